"""The shipped face detector."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from ai_edge_litert.interpreter import Interpreter

from live_monitor.detect.card import load_detector_card
from live_monitor.detect.cells import MIDDLE_GREY, MULTIPLE_PX, to_input
from live_monitor.detect.facegrid import DOUBTFUL, FaceGrid, LiteRTNetwork
from live_monitor.errors import ModelError
from live_monitor.files.card import LITERT
from live_monitor.files.resources import packaged_folder
from live_monitor.types import Image
from tests.drawn_faces import draw_face

FACE = (200, 60, 120)
"""x, y and side of the drawn face."""


@pytest.fixture(scope="module")
def finder() -> FaceGrid:
    return FaceGrid()


def room(width: int = 480, height: int = 300) -> Image:
    """A wall with a door."""
    image = np.full((height, width, 3), (190, 200, 205), np.uint8)
    image[height // 4 :, width // 12 : width // 4] = (90, 110, 130)
    return image


def with_face(image: Image) -> Image:
    draw_face(image, *FACE)
    return image


def test_a_drawn_face_is_found_where_it_is(finder: FaceGrid) -> None:
    (face,) = finder.find(with_face(room()))
    x, y, side = FACE
    centre = (face.box.x1 + face.box.x2) / 2, (face.box.y1 + face.box.y2) / 2
    np.testing.assert_allclose(centre, (x + side / 2, y + side / 2), atol=side / 6)
    assert 0.5 * side < face.box.width < side
    assert face.score is not None
    assert finder.threshold <= face.score <= 1


@pytest.mark.parametrize(("threshold", "doubtful"), [(0.6, DOUBTFUL), (0.05, 0.05)])
def test_fainter_hits_are_reported_for_a_closer_look(threshold: float, doubtful: float) -> None:
    finder = FaceGrid(threshold=threshold)
    doubts = finder.doubts
    assert isinstance(doubts.finder, FaceGrid)
    assert (doubts.finder.threshold, doubts.least_score) == (doubtful, threshold)
    assert finder.threshold == threshold


def test_the_sure_score_is_that_of_the_card_whatever_the_threshold() -> None:
    assert FaceGrid(threshold=0.05).sure_score == load_detector_card(None).threshold


def test_landmarks_are_two_eyes_a_nose_and_the_corners_of_the_mouth(finder: FaceGrid) -> None:
    (face,) = finder.find(with_face(room()))
    assert face.landmarks is not None
    right_eye, left_eye, nose, right_mouth, left_mouth = face.landmarks
    assert right_eye[0] < nose[0] < left_eye[0]
    assert right_mouth[0] < left_mouth[0]
    assert max(right_eye[1], left_eye[1]) < nose[1] < min(right_mouth[1], left_mouth[1])


def test_no_face_is_found_in_an_empty_room(finder: FaceGrid) -> None:
    assert finder.find(room()) == []


@pytest.mark.parametrize(("width", "height"), [(1, 1), (33, 47), (320, 180), (641, 385)])
def test_a_picture_may_have_any_size(finder: FaceGrid, width: int, height: int) -> None:
    assert finder.find(np.zeros((height, width, 3), np.uint8)) == []


def test_a_picture_of_another_size_in_between_changes_nothing(finder: FaceGrid) -> None:
    image = with_face(room())
    before = finder.find(image)
    finder.find(room(width=333))
    assert finder.find(image) == before


def test_a_read_only_picture_can_be_searched(finder: FaceGrid) -> None:
    image = with_face(room())
    image.flags.writeable = False
    assert len(finder.find(image)) == 1


def test_a_picture_is_padded_with_middle_grey_and_not_with_the_one_before() -> None:
    network = LiteRTNetwork(load_detector_card().weights(LITERT), threads=1)
    picture = room(2 * MULTIPLE_PX - 5, MULTIPLE_PX - 7)
    padded = np.full((MULTIPLE_PX, 2 * MULTIPLE_PX, 3), MIDDLE_GREY, np.uint8)
    padded[: picture.shape[0], : picture.shape[1]] = picture
    network.run(np.full_like(padded, 255))
    outputs, expected = network.run(picture), network.run(padded)
    for name, tensor in outputs.items():
        np.testing.assert_array_equal(tensor.values, expected[name].values)


def test_a_higher_threshold_finds_fewer_faces() -> None:
    image = with_face(room())
    assert len(FaceGrid(threshold=0.05).find(image)) >= 1
    assert FaceGrid(threshold=0.999).find(image) == []


def test_int8_finds_the_same_face_as_the_keras_weights(finder: FaceGrid) -> None:
    from live_monitor.detect.facegrid_network import load_facegrid
    from live_monitor.detect.grids import Tensor, decode

    network = load_facegrid(load_detector_card(), "float32")
    image = with_face(room(480, 320))
    outputs = network(to_input(image)[None], training=False)
    as_float = decode({name: Tensor(np.asarray(values)[0]) for name, values in outputs.items()}, finder.threshold)
    (face,) = finder.find(image)
    np.testing.assert_allclose(face.box, as_float.boxes[0], atol=4)
    assert face.score == pytest.approx(as_float.scores[0], abs=0.1)


def test_tensorflow_is_not_loaded() -> None:
    code = "import sys; from live_monitor.detect.facegrid import FaceGrid; FaceGrid(); print('tensorflow' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"


@pytest.mark.parametrize("quantization", [(1 / 100, 0), (1 / 128, 1), (-1 / 128, 0), (0.0, 0)])
def test_a_network_with_another_input_quantization_is_refused(
    monkeypatch: pytest.MonkeyPatch, quantization: tuple[float, int]
) -> None:
    class Other(Interpreter):  # type: ignore[misc]  # LiteRT ships no types
        def get_input_details(self) -> list[dict[str, Any]]:
            (given,) = super().get_input_details()
            return [given | {"quantization": quantization}]

    monkeypatch.setattr("ai_edge_litert.interpreter.Interpreter", Other)
    with pytest.raises(ModelError, match="not its network's: a level of its input is not one step of int8; reinstall"):
        FaceGrid()


@pytest.mark.parametrize("content", [b"no model", b""])
def test_a_file_that_is_not_a_network_is_refused(content: bytes) -> None:
    with pytest.raises(ModelError, match="not its network's"):
        LiteRTNetwork(content, threads=1)


def test_the_network_of_an_emotion_model_is_refused() -> None:
    content = (packaged_folder("models") / "custom-cnn" / "model.tflite").read_bytes()
    with pytest.raises(ModelError, match="not its network's: channels of their input: 1, not 3; reinstall"):
        LiteRTNetwork(content, threads=1)


def test_nine_faces_of_a_call_are_found_with_hardly_a_false_one(finder: FaceGrid, shared_data: Path) -> None:
    video = cv2.VideoCapture(str(shared_data / "videos" / "call_gallery_9.mp4"))
    counts = []
    for _ in range(20):
        taken, frame = video.read()
        assert taken
        counts.append(len(finder.find(np.asarray(cv2.resize(frame, (640, 360), interpolation=cv2.INTER_AREA), np.uint8))))
    video.release()
    assert min(counts) == 9
    assert sum(counts) <= 9 * 20 + 2


def test_hardly_a_face_is_found_in_a_scene_without_faces(finder: FaceGrid, shared_data: Path) -> None:
    video = cv2.VideoCapture(str(shared_data / "videos" / "no_face.mp4"))
    false = 0
    for _ in range(50):
        taken, frame = video.read()
        if not taken:
            break
        false += len(finder.find(np.asarray(cv2.resize(frame, (640, 360), interpolation=cv2.INTER_AREA), np.uint8)))
    video.release()
    assert false <= 1
