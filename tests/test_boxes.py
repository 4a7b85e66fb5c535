"""Areas and overlaps of many boxes."""

from __future__ import annotations

import numpy as np
import pytest

from live_monitor.boxes import areas, overlaps, shared_areas

ONE = np.array([[0.0, 0.0, 10.0, 10.0], [20.0, 20.0, 10.0, 30.0]])
OTHER = np.array([[5.0, 0.0, 15.0, 10.0], [0.0, 0.0, 10.0, 10.0], [10.0, 0.0, 20.0, 10.0]])


def test_a_box_the_wrong_way_round_has_no_area() -> None:
    assert areas(ONE).tolist() == [100.0, 0.0]


def test_boxes_that_only_touch_share_no_area() -> None:
    assert shared_areas(ONE, OTHER).tolist() == [[50.0, 100.0, 0.0], [0.0, 0.0, 0.0]]


def test_overlap_is_the_shared_part_of_their_joint_area() -> None:
    assert overlaps(ONE[:1], OTHER)[0].tolist() == pytest.approx([1 / 3, 1.0, 0.0])


def test_no_boxes_have_no_overlaps() -> None:
    assert overlaps(ONE[:0], OTHER).shape == (0, 3)
    assert overlaps(ONE, OTHER[:0]).shape == (2, 0)


def test_boxes_without_area_do_not_overlap() -> None:
    assert overlaps(ONE[1:], ONE[1:]).tolist() == [[0.0]]
