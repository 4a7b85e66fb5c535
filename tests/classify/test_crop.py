"""From a box to a square grey face."""

from __future__ import annotations

import numpy as np
import pytest

from live_monitor.classify.crop import clip, crop_faces, resize_face, square, widen
from live_monitor.types import Box
from tests.fakes import grey_picture


@pytest.mark.parametrize("box", [Box(10, 20, 30, 60), Box(0, 30, 40, 50)])
def test_a_box_becomes_a_square_of_its_longer_side_around_the_same_centre(box: Box) -> None:
    assert square(box) == Box(0, 20, 40, 60)


@pytest.mark.parametrize(
    ("margin", "expected"),
    [(0.0, Box(10, 10, 30, 30)), (0.25, Box(5, 5, 35, 35)), (-0.25, Box(15, 15, 25, 25))],
)
def test_a_margin_is_added_on_every_edge_as_a_share_of_the_side(margin: float, expected: Box) -> None:
    assert widen(Box(10, 10, 30, 30), margin) == expected


def test_a_box_inside_the_picture_is_rounded_to_whole_pixels() -> None:
    assert clip(Box(1.4, 2.6, 10.4, 12.6), 64, 48) == (1, 3, 10, 13)


def test_what_reaches_beyond_the_edge_is_left_out() -> None:
    assert clip(Box(-5, -6, 70, 50), 64, 48) == (0, 0, 64, 48)


@pytest.mark.parametrize(
    "box", [Box(-20, -20, -10, -10), Box(100, 100, 120, 120), Box(5, 5, 5, 5), Box(63.9, 47.9, 80, 80), Box(9, 9, 3, 3)]
)
def test_any_box_leaves_at_least_one_pixel_of_the_picture(box: Box) -> None:
    x1, y1, x2, y2 = clip(box, 64, 48)
    assert 0 <= x1 < x2 <= 64
    assert 0 <= y1 < y2 <= 48


def test_a_face_of_the_wanted_size_is_cropped_pixel_by_pixel() -> None:
    grey = np.random.default_rng(1).integers(0, 256, (48, 64), dtype=np.uint8)
    picture = np.repeat(grey[..., np.newaxis], 3, axis=2)
    [face] = crop_faces(picture, [Box(7, 5, 39, 37)], side_px=32, margin=0.0)
    np.testing.assert_array_equal(face, grey[5:37, 7:39])


def test_colours_become_grey_weighted_as_the_eye_sees_them() -> None:
    picture = grey_picture(0)
    picture[:] = (10, 200, 100)  # blue, green, red
    [face] = crop_faces(picture, [Box(0, 0, 16, 16)], side_px=16, margin=0.0)
    assert abs(int(face[0, 0]) - (0.114 * 10 + 0.587 * 200 + 0.299 * 100)) <= 1


def test_a_face_is_averaged_when_reduced() -> None:
    stripes = np.zeros((64, 64), np.uint8)
    stripes[:, ::4] = 200
    assert (resize_face(stripes, 16) == 200 / 4).all()


def test_a_face_keeps_its_range_when_enlarged() -> None:
    face = np.random.default_rng(2).integers(50, 200, (12, 12), dtype=np.uint8)
    grown = resize_face(face, 48)
    assert grown.shape == (48, 48)
    assert face.min() <= grown.min() <= grown.max() <= face.max()


def test_faces_are_in_the_order_of_their_boxes() -> None:
    picture = grey_picture(0)
    picture[:, 32:] = 200
    faces = crop_faces(picture, [Box(40, 10, 60, 30), Box(4, 10, 24, 30)], side_px=8, margin=0.0)
    assert [int(face.mean()) for face in faces] == [200, 0]


def test_no_boxes_give_no_faces() -> None:
    assert crop_faces(grey_picture(0), [], side_px=48, margin=0.0).shape == (0, 48, 48)


def test_cropping_does_not_modify_the_picture() -> None:
    picture = grey_picture(70)
    crop_faces(picture, [Box(0, 0, 20, 20)], side_px=48, margin=0.1)
    np.testing.assert_array_equal(picture, grey_picture(70))


@pytest.mark.parametrize("seed", range(5))
def test_every_box_gives_a_face_wherever_it_lies(seed: int) -> None:
    corners = np.random.default_rng(seed).uniform(-100, 160, (50, 4))
    boxes = [Box(min(x1, x2), min(y1, y2), max(x1, x2), max(y1, y2)) for x1, y1, x2, y2 in corners.tolist()]
    faces = crop_faces(grey_picture(90), boxes, side_px=48, margin=0.2)
    assert faces.shape == (50, 48, 48)
    assert (faces == 90).all()
