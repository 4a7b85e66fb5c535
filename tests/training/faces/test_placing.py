"""Pictures drawn into others bring their faces along."""

from __future__ import annotations

import dataclasses
import math

import numpy as np
import pytest

from live_monitor.training.faces.pictures import TEACHER_WEIGHT, Picture
from live_monitor.training.faces.placing import MIN_VISIBLE, SMALLEST_PX, Canvas, Pose, Pyramids, draw, sides, visible_share
from live_monitor.types import Image

BOX = (40.0, 20.0, 60.0, 44.0)
POINTS = np.array([[[44, 28], [56, 28], [50, 32], [45, 38], [55, 38]]], np.float32)


def white_face(box: tuple[float, ...] = BOX) -> Picture:
    """A black picture whose face is a white box."""
    image = np.zeros((80, 100, 3), np.uint8)
    x1, y1, x2, y2 = map(int, box)
    image[y1:y2, x1:x2] = 255
    return Picture("white", "photo", image, np.array([box], np.float32), POINTS, by_people=False)


def canvas(side: int = 256) -> Canvas:
    return Canvas(np.full((side, side, 3), 128, np.uint8))


def white_box(image: Image) -> list[float]:
    rows, columns = np.nonzero(image[..., 0] > 190)
    return [columns.min(), rows.min(), columns.max() + 1, rows.max() + 1]


@pytest.mark.parametrize("scale", [0.5, 1.0, 2.5])
@pytest.mark.parametrize("mirror", [False, True])
def test_the_box_lies_on_the_drawn_face(scale: float, mirror: bool) -> None:
    sample = canvas()
    draw(sample, white_face(), Pose.around((50, 32), (120, 100), scale, mirror=mirror), sample.whole, Pyramids())
    np.testing.assert_allclose(sample.boxes[0], white_box(sample.image), atol=1.01)
    np.testing.assert_allclose((sample.boxes[0, :2] + sample.boxes[0, 2:]) / 2, [120, 100], atol=1e-3)


def test_a_strong_reduction_keeps_the_box_on_the_face() -> None:
    sample, large = canvas(), white_face((10, 8, 90, 72))
    draw(sample, large, Pose.around((50, 40), (100, 100), 0.2), sample.whole, Pyramids())
    np.testing.assert_allclose(sample.boxes[0], white_box(sample.image), atol=1.01)


def test_a_mirrored_face_still_has_its_right_eye_on_the_left() -> None:
    sample = canvas()
    draw(sample, white_face(), Pose.around((50, 32), (120, 100), 2, mirror=True), sample.whole, Pyramids())
    right_eye, left_eye, _, right_mouth, left_mouth = sample.landmarks[0]
    assert right_eye[0] < left_eye[0]
    assert right_mouth[0] < left_mouth[0]


def test_a_quarter_turn_swaps_width_and_height() -> None:
    sample = canvas()
    draw(sample, white_face(), Pose.around((50, 32), (120, 100), 1, angle=math.pi / 2), sample.whole, Pyramids())
    np.testing.assert_allclose(sample.boxes, [[108, 90, 132, 110]], atol=1e-3)


def test_stretching_keeps_the_area() -> None:
    sample = canvas()
    draw(sample, white_face(), Pose.around((50, 32), (120, 100), 2, stretch=1.44), sample.whole, Pyramids())
    width, height = sample.boxes[0, 2:] - sample.boxes[0, :2]
    assert width / height == pytest.approx(1.44 * 20 / 24, rel=1e-4)
    assert width * height == pytest.approx(4 * 20 * 24, rel=1e-4)


def test_nothing_outside_the_region_or_the_picture_changes() -> None:
    sample = canvas()
    draw(sample, white_face(), Pose.around((0, 0), (100, 100), 1), (90, 90, 150, 150), Pyramids())
    assert (sample.image[100:150, 100:150] != 128).any()
    sample.image[100:150, 100:150] = 128
    assert (sample.image == 128).all()


def test_a_mask_blends() -> None:
    sample = canvas()
    mask = np.full((256, 256), 0.5, np.float32)
    draw(sample, white_face(), Pose.around((50, 32), (120, 100), 1), sample.whole, Pyramids(), mask)
    assert sample.image[100, 120, 0] == pytest.approx((128 + 255) / 2, abs=1)


@pytest.mark.parametrize(("target", "weight"), [((120, 100), TEACHER_WEIGHT), ((3, 100), TEACHER_WEIGHT), ((-8, 100), 0.0)])
def test_a_face_counts_if_enough_of_it_shows(target: tuple[float, float], weight: float) -> None:
    sample = canvas()
    draw(sample, white_face(), Pose.around((50, 32), target, 1), sample.whole, Pyramids())
    assert sample.weights == pytest.approx([weight])


def test_a_face_so_close_that_it_fills_the_picture_counts() -> None:
    sample = canvas(64)
    draw(sample, white_face(), Pose.around((50, 32), (32, 32), 6), sample.whole, Pyramids())
    assert visible_share(sample.boxes, sample.whole)[0] < MIN_VISIBLE
    assert sample.weights == pytest.approx([TEACHER_WEIGHT])


def test_a_face_out_of_sight_is_gone() -> None:
    sample = canvas()
    draw(sample, white_face(), Pose.around((50, 32), (-60, 100), 1), sample.whole, Pyramids())
    assert len(sample.boxes) == len(sample.landmarks) == len(sample.weights) == 0


def test_a_tiny_face_does_not_count() -> None:
    sample = canvas()
    draw(sample, white_face(), Pose.around((50, 32), (120, 100), 0.2), sample.whole, Pyramids())
    assert sides(sample.boxes)[0] < SMALLEST_PX
    assert sample.weights.tolist() == [0]


def test_an_unmarked_face_comes_along_but_does_not_count() -> None:
    sample = canvas()
    picture = dataclasses.replace(white_face(), unmarked=np.array([(70.0, 20.0, 90.0, 44.0)], np.float32))
    draw(sample, picture, Pose.around((50, 32), (120, 100), 1), sample.whole, Pyramids())
    np.testing.assert_allclose(sample.boxes[1] - sample.boxes[0], [30, 0, 30, 0], atol=1e-3)
    assert sample.weights == pytest.approx([TEACHER_WEIGHT, 0])
    assert np.isnan(sample.landmarks[1]).all()


def test_visible_share_of_boxes_inside_half_inside_and_outside() -> None:
    boxes = np.array([[0, 0, 10, 10], [-5, 0, 5, 10], [-20, 0, -10, 10]], np.float32)
    assert visible_share(boxes, (0, 0, 100, 100)).tolist() == [1, 0.5, 0]
