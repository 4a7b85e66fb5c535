"""From a trained network to a detector's folder."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest

from live_monitor.detect.facegrid import FaceGrid, LiteRTNetwork
from live_monitor.errors import ModelError, OutputError, UsageError
from live_monitor.training import model_folder
from live_monitor.training.faces import export as exporting
from live_monitor.training.faces.average_precision import Looked
from live_monitor.training.faces.export import choose_threshold, export, finds_nothing
from live_monitor.training.faces.pictures import NEGATIVE, FacePictures, Picture, load_pictures
from live_monitor.training.faces.recipe import Recipe
from live_monitor.training.faces.train import TrainedDetector
from live_monitor.training.model_folder import KERAS_FILE, LITERT_FILE
from tests.training.faces.conftest import picture, tiny_network

BOX = (10.0, 10.0, 50.0, 50.0)


@pytest.fixture
def _tiny_network(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exporting, "facegrid", tiny_network)
    monkeypatch.setattr(exporting, "CALIBRATION_SAMPLES", 16)
    monkeypatch.setattr(exporting, "MEASURED_PX", (96,))


@pytest.fixture
def trained(tmp_path: Path) -> TrainedDetector:
    keras.utils.set_random_seed(1)
    tiny_network().save_weights(tmp_path / "best.weights.h5")
    return TrainedDetector(Recipe(), tmp_path / "best.weights.h5", 7, 6)


@pytest.mark.usefixtures("_tiny_network", "_same_precision_afterwards")
def test_the_export_is_measured_and_finds_what_the_float_network_finds(
    trained: TrainedDetector, detector_data: Path, tmp_path: Path
) -> None:
    card = export(trained, load_pictures(detector_data), tmp_path / "model")
    assert json.loads((tmp_path / "model" / "card.json").read_text(encoding="utf-8")) == card
    for kind, name in (("litert", LITERT_FILE), ("keras", KERAS_FILE)):
        content = (tmp_path / "model" / name).read_bytes()
        assert card["files"][kind]["sha256"] == hashlib.sha256(content).hexdigest()
    assert {"photo", "negative", "people"} <= set(card["measured"]["96"])
    assert FaceGrid(tmp_path / "model").threshold == card["threshold"]
    _assert_close(tmp_path / "model" / LITERT_FILE, trained)


def _assert_close(litert: Path, trained: TrainedDetector) -> None:
    network: Any = tiny_network()
    network.load_weights(trained.best)
    image = picture(0, (48, 32))[0]
    as_float = network((image.astype(np.float32)[None] - 128) / 128)
    for name, tensor in LiteRTNetwork(litert.read_bytes(), threads=1).run(image).items():
        expected = np.asarray(as_float[name])[0]
        given = (tensor.values.astype(np.float32) - tensor.zero) * tensor.scale
        assert given.shape == expected.shape
        # A few cells may go beyond the ranges that int8 was given, and are clipped.
        assert np.abs(given - expected).mean() < 0.05 * np.abs(expected).max() + tensor.scale


@pytest.mark.usefixtures("_tiny_network", "_same_precision_afterwards")
def test_it_says_what_it_is_doing(trained: TrainedDetector, detector_data: Path, tmp_path: Path) -> None:
    said: list[str] = []
    export(trained, load_pictures(detector_data), tmp_path / "model", said.append)
    assert said == [
        "the int8 weights are being made, with 16 samples",
        "the int8 weights search 22 pictures kept apart, at 96 pixels",
        "the float weights search 22 pictures kept apart, at 96 pixels",
    ]


class Killed(BaseException):
    """Stands in for a signal."""


def kill(*_: object) -> None:
    raise Killed


@pytest.mark.usefixtures("_tiny_network", "_same_precision_afterwards")
def test_nothing_is_written_until_all_is_measured(
    trained: TrainedDetector, detector_data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exporting, "choose_threshold", kill)
    with pytest.raises(Killed):
        export(trained, load_pictures(detector_data), tmp_path / "model")
    assert not (tmp_path / "model").exists()


@pytest.mark.usefixtures("_tiny_network", "_same_precision_afterwards")
def test_a_half_written_folder_is_not_a_detector_until_it_is_written_again(
    trained: TrainedDetector, detector_data: Path, tmp_path: Path
) -> None:
    with pytest.MonkeyPatch.context() as monkeypatch:
        monkeypatch.setattr(model_folder, "save_weights_whole", kill)
        with pytest.raises(Killed):
            export(trained, load_pictures(detector_data), tmp_path / "model")
    assert [file.name for file in (tmp_path / "model").iterdir()] == [LITERT_FILE]
    with pytest.raises(ModelError, match=r"card.json: cannot be read: .*; .* give a folder that train-detector made"):
        FaceGrid(tmp_path / "model")
    export(trained, load_pictures(detector_data), tmp_path / "model")
    FaceGrid(tmp_path / "model")


def card_with(*recalls: float) -> dict[str, Any]:
    kinds = {f"kind {number}": {"recall": recall} for number, recall in enumerate(recalls)}
    return {"measured": {"640": kinds | {"negative": {"pictures": 3}, "landmark_error_of_width": 0.1}}}


def test_a_detector_that_finds_no_face_of_any_kind_finds_nothing() -> None:
    assert finds_nothing(card_with(0.0, 0.0))
    assert not finds_nothing(card_with(0.0, 0.01))


def test_without_a_large_enough_face_nothing_is_concluded() -> None:
    assert not finds_nothing(card_with())


@pytest.mark.usefixtures("_tiny_network", "_same_precision_afterwards")
def test_an_unwritable_folder_is_named(trained: TrainedDetector, detector_data: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(OutputError, match="cannot be written"):
        export(trained, load_pictures(detector_data), tmp_path / "file" / "model")


def test_on_another_backend_the_error_says_how_to_continue(
    trained: TrainedDetector, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keras.backend, "backend", lambda: "jax")
    with pytest.raises(UsageError, match=r"trained on jax, .* repeat the command with --resume and without KERAS_BACKEND"):
        export(trained, FacePictures([], []), tmp_path / "model")
    assert not (tmp_path / "model").exists()


def seen(kind: str, *scores: float, by_people: bool = False) -> tuple[Looked, Picture]:
    """A picture with one face, found with the first score, and false faces with the others; of kind NEGATIVE, all are false."""
    truth = np.array([BOX][: kind != NEGATIVE], np.float32).reshape(-1, 4)
    found = np.array([(100.0 * place + 10, 10, 100.0 * place + 50, 50) for place in range(len(scores))], np.float32)
    points = np.zeros((len(found), 5, 2), np.float32)
    picture = Picture("", kind, np.zeros((60, 60), np.uint8), truth, points[: len(truth)], by_people)
    return Looked(truth, points[: len(truth)], found.reshape(-1, 4), np.array(scores, np.float32), points), picture


def threshold_for(*both: tuple[Looked, Picture]) -> float:
    looked, pictures = zip(*both, strict=True)
    return choose_threshold([looked], pictures)


def test_the_threshold_lies_above_the_false_faces() -> None:
    assert threshold_for(*[seen("photo", 0.9)] * 10, seen("photo", 0.9, 0.425)) == pytest.approx(0.43)


def test_a_false_face_among_many_right_ones_is_tolerated() -> None:
    assert threshold_for(*[seen("photo", 0.9)] * 40, seen("photo", 0.9, 0.42)) < 0.42


def test_a_false_face_in_a_picture_without_faces_is_not_tolerated() -> None:
    assert threshold_for(*[seen("photo", 0.9)] * 100, seen(NEGATIVE, 0.525)) == pytest.approx(0.53)


@pytest.mark.parametrize("by_people", [True, False])
def test_many_faces_from_the_other_kind_of_boxes_do_not_hide_a_false_one(by_people: bool) -> None:
    others = [seen("photo", 0.9, by_people=not by_people)] * 100
    assert threshold_for(*others, seen("photo", 0.9, 0.805, by_people=by_people)) == pytest.approx(0.81)
