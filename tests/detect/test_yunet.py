"""The network that OpenCV runs, on real pictures: its file does not ship, so these tests need it among the shared data."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest

from live_monitor.detect.per_size import SIZES_READY
from live_monitor.detect.yunet import THRESHOLD, YuNetFinder
from live_monitor.errors import ModelError
from live_monitor.types import Image

MODEL = Path("detectors") / "face_detection_yunet_2026may.onnx"
LEFT_EYE_OF_PICTURE, RIGHT_EYE_OF_PICTURE, NOSE, LEFT_MOUTH_OF_PICTURE, RIGHT_MOUTH_OF_PICTURE = range(5)


def read(path: Path) -> Image:
    image = cv2.imread(str(path))
    assert image is not None, path
    return image.astype(np.uint8, copy=False)


@pytest.fixture(scope="module")
def finder(shared_data: Path) -> YuNetFinder:
    return YuNetFinder(shared_data / MODEL)


@pytest.fixture
def portrait(shared_data: Path) -> Image:
    return read(shared_data / "photos" / "neutral.jpg")


def test_a_face_has_a_score_and_five_landmarks_in_the_right_places(finder: YuNetFinder, portrait: Image) -> None:
    [face] = finder.find(portrait)
    assert face.score is not None
    assert THRESHOLD <= face.score <= 1
    assert face.landmarks is not None
    points = np.array(face.landmarks)
    assert points.shape == (5, 2)
    eyes, nose, mouth = points[:2], points[NOSE], points[3:]
    assert eyes[:, 1].max() < nose[1] < mouth[:, 1].min()
    assert points[LEFT_EYE_OF_PICTURE, 0] < nose[0] < points[RIGHT_EYE_OF_PICTURE, 0]
    assert points[LEFT_MOUTH_OF_PICTURE, 0] < points[RIGHT_MOUTH_OF_PICTURE, 0]
    assert ((points > face.box[:2]) & (points < face.box[2:])).all()


def test_pictures_of_many_sizes_can_be_mixed_without_changing_the_results(shared_data: Path, portrait: Image) -> None:
    scales = [0.5 + 0.25 * number for number in range(SIZES_READY + 2)]
    pictures = [cv2.resize(portrait, None, fx=scale, fy=scale).astype(np.uint8, copy=False) for scale in scales]
    alone = [YuNetFinder(shared_data / MODEL).find(picture) for picture in pictures]
    assert all(len(faces) == 1 for faces in alone)
    mixed = YuNetFinder(shared_data / MODEL)
    for _ in range(2):
        assert [mixed.find(picture) for picture in pictures] == alone


@pytest.mark.parametrize("size", [(1, 1), (1, 300), (300, 1), (31, 33)])
def test_a_picture_may_have_any_size(finder: YuNetFinder, size: tuple[int, int]) -> None:
    assert finder.find(np.full((*size, 3), 128, np.uint8)) == []


def test_a_lower_threshold_reports_more(shared_data: Path) -> None:
    crowd = read(shared_data / "photos" / "solvay1927.jpg")
    sure, unsure = (YuNetFinder(shared_data / MODEL, threshold=threshold).find(crowd) for threshold in (THRESHOLD, 0.05))
    assert len(sure) < len(unsure)
    assert all(face.score is not None and face.score >= THRESHOLD for face in sure)


def test_a_missing_model_is_named_with_how_to_get_it(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"no\.onnx: no such detector model; .*live-monitor models pull yunet"):
        YuNetFinder(tmp_path / "no.onnx")


def test_a_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"cannot be read: .*live-monitor models pull yunet"):
        YuNetFinder(tmp_path)


@pytest.mark.parametrize("content", [b"", b"a text, not a network\n", bytes(1000)], ids=["empty", "text", "zeros"])
def test_a_file_that_is_not_a_network_is_refused(tmp_path: Path, content: bytes) -> None:
    model = tmp_path / "face.onnx"
    model.write_bytes(content)
    with pytest.raises(ModelError, match=r"face\.onnx: not a YuNet that OpenCV can read; run: live-monitor models pull yunet"):
        YuNetFinder(model)


@pytest.mark.parametrize("share", [0.1, 0.5, 0.99])
def test_a_truncated_network_is_refused(shared_data: Path, tmp_path: Path, share: float) -> None:
    content = (shared_data / MODEL).read_bytes()
    model = tmp_path / "face.onnx"
    model.write_bytes(content[: int(share * len(content))])
    with pytest.raises(ModelError, match=r"face\.onnx: not a YuNet"):
        YuNetFinder(model)


def test_opencv_writes_nothing_about_a_broken_network(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    model = tmp_path / "face.onnx"
    model.write_bytes(b"broken")
    with pytest.raises(ModelError):
        YuNetFinder(model)
    assert capfd.readouterr() == ("", "")
