"""Boxes carried along with the movement inside them; pictures are moved by hand, so that the truth is known."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import cv2
import numpy as np
import pytest

from live_monitor.track.flow import MAX_GROWTH, BoxCarrier
from live_monitor.types import Box, Detection, Image
from tests.fakes import PORTRAIT_FACE, drawn_portrait, grey_picture

EYES = ((120.0, 110.0), (200.0, 110.0))


def moved(image: Image, dx: float, dy: float, scale: float = 1.0) -> Image:
    """The picture moved, and scaled around the face's centre."""
    x, y = PORTRAIT_FACE.centre
    matrix = np.array([[scale, 0, x + dx - scale * x], [0, scale, y + dy - scale * y]])
    warped = cv2.warpAffine(image, matrix, (image.shape[1], image.shape[0]), borderMode=cv2.BORDER_REPLICATE)
    return warped.astype(np.uint8, copy=False)


def carrier_of(image: Image, *detections: Detection) -> BoxCarrier:
    carrier = BoxCarrier()
    carrier.start(image, detections)
    return carrier


@pytest.mark.parametrize(("dx", "dy"), [(0, 0), (6, 0), (-4, 3), (0.5, -0.5), (12, 8)])
def test_a_box_moves_with_its_face(dx: float, dy: float) -> None:
    portrait = drawn_portrait()
    [face] = carrier_of(portrait, Detection(PORTRAIT_FACE)).carry(moved(portrait, dx, dy))
    expected = [value + shift for value, shift in zip(PORTRAIT_FACE, (dx, dy, dx, dy), strict=True)]
    np.testing.assert_allclose(face.box, expected, atol=1.0)


@pytest.mark.parametrize("scale", [0.93, 1.0, 1.08])
def test_a_box_grows_with_its_face(scale: float) -> None:
    portrait = drawn_portrait()
    [face] = carrier_of(portrait, Detection(PORTRAIT_FACE)).carry(moved(portrait, 0, 0, scale))
    assert face.box.width / PORTRAIT_FACE.width == pytest.approx(scale, abs=0.02)
    np.testing.assert_allclose(face.box.centre, PORTRAIT_FACE.centre, atol=1.0)


def test_a_face_does_not_grow_by_more_than_a_face_can() -> None:
    portrait = drawn_portrait()
    [face] = carrier_of(portrait, Detection(PORTRAIT_FACE)).carry(moved(portrait, 0, 0, 1.25))
    assert face.box.width / PORTRAIT_FACE.width == pytest.approx(MAX_GROWTH, abs=0.001)


def test_a_face_mostly_hidden_by_something_flickering_stays_where_it_is() -> None:
    portrait = drawn_portrait()
    rng = np.random.default_rng(8)
    carrier = carrier_of(portrait, Detection(PORTRAIT_FACE))
    for _ in range(5):
        hidden = portrait.copy()
        hidden[:, 95:190] = rng.integers(0, 256, (240, 95, 3), dtype=np.uint8)
        [face] = carrier.carry(hidden)
    np.testing.assert_allclose(face.box.centre, PORTRAIT_FACE.centre, atol=1.0)


def test_landmarks_move_too_and_the_score_is_kept() -> None:
    portrait = drawn_portrait()
    [face] = carrier_of(portrait, Detection(PORTRAIT_FACE, 0.7, EYES)).carry(moved(portrait, 5, -3))
    assert face.landmarks is not None
    np.testing.assert_allclose(face.landmarks, np.add(EYES, (5, -3)), atol=1.0)
    assert face.score == 0.7


def test_a_box_can_be_carried_through_many_frames() -> None:
    portrait = drawn_portrait()
    carrier = carrier_of(portrait, Detection(PORTRAIT_FACE))
    for step in range(1, 11):
        [face] = carrier.carry(moved(portrait, 2 * step, step))
    np.testing.assert_allclose(face.box, np.add(PORTRAIT_FACE, (20, 10, 20, 10)), atol=3.0)


def test_faces_move_independently() -> None:
    portrait = drawn_portrait()
    beside = np.hstack([portrait, portrait])
    other = Box(PORTRAIT_FACE.x1 + 320, PORTRAIT_FACE.y1, PORTRAIT_FACE.x2 + 320, PORTRAIT_FACE.y2)
    left, right = carrier_of(beside, Detection(PORTRAIT_FACE), Detection(other)).carry(
        np.hstack([moved(portrait, 4, 0), moved(portrait, -4, 2)])
    )
    assert left.box.centre[0] - PORTRAIT_FACE.centre[0] == pytest.approx(4, abs=1)
    assert right.box.centre[0] - other.centre[0] == pytest.approx(-4, abs=1)


def test_a_face_keeps_its_size_while_something_passes_in_front_of_it() -> None:
    portrait = drawn_portrait()
    carrier = carrier_of(portrait, Detection(PORTRAIT_FACE))
    noise = np.random.default_rng(2).integers(0, 256, portrait.shape, dtype=np.uint8)
    for step in range(1, 6):
        hidden = portrait.copy()
        hidden[:, : 95 + 25 * step] = noise[:, 135 - 25 * step : 230]
        [face] = carrier.carry(hidden)
    assert 0.6 < face.box.width / PORTRAIT_FACE.width < 1.6


def test_a_face_in_a_uniform_picture_stays_where_it_was() -> None:
    [face] = carrier_of(grey_picture(90, 320, 240), Detection(PORTRAIT_FACE)).carry(grey_picture(90, 320, 240))
    np.testing.assert_allclose(face.box, PORTRAIT_FACE, atol=0.5)


@pytest.mark.parametrize("box", [Box(-60, -40, 40, 60), Box(300, 200, 420, 320), Box(5, 5, 6, 6), Box(400, 300, 500, 400)])
def test_a_box_at_or_beyond_the_edge_is_not_an_error(box: Box) -> None:
    portrait = drawn_portrait()
    [face] = carrier_of(portrait, Detection(box)).carry(moved(portrait, 3, 0))
    assert np.isfinite(face.box).all()


def test_carrying_no_faces_gives_no_faces() -> None:
    carrier = carrier_of(drawn_portrait())
    assert carrier.can_carry(drawn_portrait())
    assert list(carrier.carry(drawn_portrait())) == []


def test_it_can_carry_once_it_knows_a_frame_of_that_size_until_it_forgets_it() -> None:
    portrait = drawn_portrait()
    carrier = BoxCarrier()
    assert not carrier.can_carry(portrait)
    carrier.start(portrait, [Detection(PORTRAIT_FACE)])
    assert carrier.can_carry(portrait)
    assert not carrier.can_carry(portrait[:-1])
    carrier.forget()
    assert not carrier.can_carry(portrait)


def test_on_a_real_video_carried_boxes_stay_on_their_faces(shared_data: Path) -> None:
    """Carried forwards and backwards again, a box must end where it began."""
    capture = cv2.VideoCapture(str(shared_data / "videos" / "call_gallery_9.mp4"))
    frames = [capture.read()[1].astype(np.uint8) for _ in range(6)]
    capture.release()
    boxes = [Box(426 * x + 163, 240 * y + 70, 426 * x + 263, 240 * y + 170) for x in range(3) for y in range(3)]
    carrier = carrier_of(frames[0], *map(Detection, boxes))
    for _, frame in pairwise([*frames, *frames[-2::-1]]):
        faces = carrier.carry(frame)
    np.testing.assert_allclose([face.box for face in faces], boxes, atol=4)
