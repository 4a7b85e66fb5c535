"""Faces cropped again by a detector's boxes."""

from __future__ import annotations

import numpy as np
import pytest

from live_monitor.evaluation.emotions.labelled import LabelledFaces
from live_monitor.evaluation.emotions.recrop import main_box, recrop
from live_monitor.types import Box
from tests.fakes import FakeFinder, squares


def pictures(*boxes: Box | None) -> LabelledFaces:
    """Dark pictures of 120 pixels, each with one bright square or none."""
    images = [squares(*([box] if box else []), width=120, height=120)[:, :, 0] for box in boxes]
    return LabelledFaces("made", np.stack(images), np.zeros(len(images), np.int64))


def test_the_crop_is_the_box_widened_by_the_margin_of_its_side() -> None:
    tight, wide = recrop(pictures(Box(40, 40, 80, 80)), FakeFinder(), (0.0, 0.5))
    assert tight.images.shape == (1, 48, 48)
    assert tight.images.min() == 255
    # With half a side more on every edge, a quarter of the picture is face.
    assert (wide.images > 127).mean() == pytest.approx(0.25, abs=0.03)


def test_a_border_lets_the_detector_see_a_face_that_fills_the_picture() -> None:
    finder = FakeFinder()
    [faces] = recrop(pictures(Box(10, 0, 110, 100)), finder, (0.0,))
    assert finder.pictures == [(288, 288)]  # 180 with its border, enlarged as small pictures are
    assert faces.not_found == 0


def test_a_crop_reaching_beyond_the_picture_is_filled_with_dark() -> None:
    [wide] = recrop(pictures(Box(0, 0, 60, 60)), FakeFinder(), (0.25,))
    assert (wide.images > 127).mean() == pytest.approx((60 / 75) ** 2, abs=0.03)


def test_each_margin_gives_a_set_and_each_picture_is_searched_once() -> None:
    finder = FakeFinder()
    done: list[int] = []
    sets = recrop(pictures(Box(40, 40, 80, 80), Box(20, 20, 60, 60)), finder, (0.0, 0.1, 0.2), done.append)
    assert [faces.margin for faces in sets] == [0.0, 0.1, 0.2]
    assert len(finder.pictures) == sum(done) == 2


def test_a_picture_without_a_box_is_used_whole_and_counted() -> None:
    [faces] = recrop(pictures(Box(40, 40, 80, 80), None), FakeFinder(), (0.0,))
    assert faces.not_found == 1
    assert faces.images[1].max() == 0


def test_labels_and_name_are_kept() -> None:
    before = pictures(Box(40, 40, 80, 80))
    [after] = recrop(before, FakeFinder(), (0.1,))
    assert after.name == "made"
    np.testing.assert_array_equal(after.labels, before.labels)


def test_the_main_box_is_the_largest() -> None:
    large = Box(30, 30, 80, 80)
    assert main_box([Box(40, 40, 60, 60), large, Box(50, 50, 60, 60)], 100, 100) == large


def test_of_boxes_of_equal_size_the_main_one_is_nearest_to_the_middle() -> None:
    central = Box(35, 35, 65, 65)
    assert main_box([Box(0, 0, 30, 30), central, Box(70, 70, 100, 100)], 100, 100) == central


def test_without_boxes_there_is_no_main_one() -> None:
    assert main_box([], 100, 100) is None
