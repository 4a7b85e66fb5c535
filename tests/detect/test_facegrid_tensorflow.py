"""facegrid in TensorFlow, on the GPU if there is one, else on the CPU: its arithmetic is nearly the same."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest

from live_monitor.detect import choose
from live_monitor.detect.card import load_detector_card
from live_monitor.detect.cells import VALUES
from live_monitor.detect.facegrid import FaceGrid, LiteRTNetwork
from live_monitor.detect.facegrid_tensorflow import TensorFlowNetwork
from live_monitor.detect.grids import Candidates, decode
from live_monitor.errors import ModelError, UsageError
from live_monitor.files.card import KERAS, LITERT
from live_monitor.networks import gpu
from live_monitor.networks.gpu import gpu_available
from live_monitor.settings import Settings
from live_monitor.types import Box, Image
from tests.drawn_faces import draw_face

THRESHOLD = 0.67


@pytest.fixture(scope="module")
def tensorflow() -> TensorFlowNetwork:
    return TensorFlowNetwork(load_detector_card(), "GPU" if gpu_available() else "CPU")


@pytest.fixture(scope="module")
def litert() -> LiteRTNetwork:
    return LiteRTNetwork(load_detector_card().weights(LITERT), threads=2)


@pytest.fixture
def _no_gpu(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gpu, "gpu_available", lambda: False)


def two_people(width: int = 480, height: int = 300) -> Image:
    image = np.full((height, width, 3), (190, 200, 205), np.uint8)
    draw_face(image, 200, 60, 120)
    draw_face(image, 40, 150, 70)
    return image


def assert_the_same_faces(one: Candidates, other: Candidates) -> None:
    """Each face of one has about the box, landmarks and score of the face of the other that overlaps it most."""
    assert len(one.scores) == len(other.scores)
    for box, score, points in zip(one.boxes, one.scores, one.landmarks, strict=True):
        overlaps = [Box(*box.tolist()).intersection(Box(*wanted)) for wanted in other.boxes.tolist()]
        best = int(np.argmax(overlaps))
        side = float(np.sqrt(np.prod(box[2:] - box[:2])))
        np.testing.assert_allclose(box, other.boxes[best], atol=0.12 * side)
        np.testing.assert_allclose(points, other.landmarks[best], atol=0.12 * side)
        assert score == pytest.approx(other.scores[best], abs=0.06)


def test_it_finds_the_same_faces_as_litert(tensorflow: TensorFlowNetwork, litert: LiteRTNetwork) -> None:
    found = decode(tensorflow.run(two_people()), THRESHOLD)
    assert len(found.scores) == 2
    assert_the_same_faces(found, decode(litert.run(two_people()), THRESHOLD))


@pytest.mark.parametrize("kind", VALUES)
def test_its_outputs_are_close_to_those_of_litert(tensorflow: TensorFlowNetwork, litert: LiteRTNetwork, kind: str) -> None:
    float_cells, int8_cells = (network.run(two_people())[f"{kind}_8"] for network in (tensorflow, litert))
    cells = np.arange(int8_cells.values.size // VALUES[kind])
    off = np.abs(float_cells.at(cells) - int8_cells.at(cells)).mean()
    assert off < {"score": 0.5, "box": 0.08, "landmarks": 0.06}[kind]


def test_it_finds_the_same_people_in_real_photos_as_litert(
    shared_data: Path, tensorflow: TensorFlowNetwork, litert: LiteRTNetwork
) -> None:
    for number in range(1, 8):
        photo = np.asarray(cv2.imread(str(shared_data / "photos" / f"group-{number}.jpg")), np.uint8)
        small = np.asarray(
            cv2.resize(photo, (640, 640 * photo.shape[0] // photo.shape[1]), interpolation=cv2.INTER_AREA), np.uint8
        )
        assert_the_same_faces(decode(tensorflow.run(small), 0.75), decode(litert.run(small), 0.75))


@pytest.mark.parametrize(("width", "height"), [(1, 1), (33, 47), (320, 180), (641, 385)])
def test_a_picture_may_have_any_size(tensorflow: TensorFlowNetwork, width: int, height: int) -> None:
    cells = -(-height // 32) * 4, -(-width // 32) * 4
    assert tensorflow.run(np.zeros((height, width, 3), np.uint8))["score_8"].values.shape == (*cells, 1)


def test_a_gpu_is_used_if_there_is_one() -> None:
    if not gpu_available():
        pytest.skip("no GPU here")
    assert len(FaceGrid(device="GPU").find(two_people())) == 2


@pytest.mark.usefixtures("_no_gpu")
def test_a_missing_gpu_is_a_usage_error() -> None:
    with pytest.raises(UsageError, match=r"--device gpu: TensorFlow finds no GPU here; use --device cpu"):
        FaceGrid(device="GPU")


def test_missing_weights_are_named() -> None:
    card = load_detector_card()
    with pytest.raises(ModelError, match=r"card\.json: lists no keras weights"):
        TensorFlowNetwork(replace(card, files={LITERT: card.files[LITERT]}), "CPU")


def test_damaged_weights_are_named(tmp_path: Path) -> None:
    content = b"no weights" * 100
    (tmp_path / "model.weights.h5").write_bytes(content)
    files = {KERAS: ("model.weights.h5", hashlib.sha256(content).hexdigest())}
    with pytest.raises(ModelError, match="these weights are not facegrid's"):
        TensorFlowNetwork(replace(load_detector_card(), folder=tmp_path, files=files), "CPU")


@pytest.mark.parametrize(("device", "wanted"), [("auto", "CPU"), ("cpu", "CPU"), ("gpu", "GPU")])
def test_live_view_runs_it_on_the_gpu_only_on_request(device: str, wanted: str, monkeypatch: pytest.MonkeyPatch) -> None:
    devices: list[str] = []

    class Recording(FaceGrid):
        def __init__(self, folder: Path | None, *, threshold: float, device: str) -> None:
            devices.append(device)
            super().__init__(folder, threshold=threshold)

    monkeypatch.setattr(choose, "FaceGrid", Recording)
    choose.load_finder(Settings(device=device))
    assert devices == [wanted]
