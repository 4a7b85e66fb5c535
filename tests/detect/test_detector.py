"""One face, one box."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest

from live_monitor.detect.detector import SAME_FACE_OVERLAP, merge_overlapping
from live_monitor.types import Box


def same_face(one: Box, other: Box) -> bool:
    return one.intersection(other) >= SAME_FACE_OVERLAP * min(one.area, other.area)


def random_boxes(seed: int) -> list[Box]:
    numbers = np.random.default_rng(seed).uniform((0, 0, 5, 5), (200, 200, 80, 80), (60, 4))
    return [Box(x, y, x + width, y + height) for x, y, width, height in numbers.tolist()]


def test_boxes_apart_are_all_kept() -> None:
    boxes = [Box(0, 0, 10, 10), Box(20, 0, 30, 10), Box(0, 20, 10, 30)]
    assert merge_overlapping(boxes) == boxes


def test_of_two_boxes_of_a_face_the_earlier_stays() -> None:
    first, second = Box(0, 0, 10, 10), Box(2, 2, 12, 12)
    assert merge_overlapping([first, second]) == [first]
    assert merge_overlapping([second, first]) == [second]


@pytest.mark.parametrize("small_first", [True, False])
def test_a_box_inside_another_is_the_same_face(small_first: bool) -> None:
    boxes = [Box(40, 40, 60, 60), Box(0, 0, 100, 100)]
    assert len(merge_overlapping(boxes if small_first else boxes[::-1])) == 1


@pytest.mark.parametrize(("shift", "faces"), [(4.9, 1), (5.1, 2)])
def test_half_of_the_smaller_box_decides(shift: float, faces: int) -> None:
    assert len(merge_overlapping([Box(0, 0, 10, 10), Box(shift, 0, 10 + shift, 10)])) == faces


def test_nothing_merges_to_nothing() -> None:
    assert merge_overlapping([]) == []


@pytest.mark.parametrize("seed", range(10))
def test_no_two_boxes_left_are_the_same_face(seed: int) -> None:
    assert not any(same_face(one, other) for one, other in combinations(merge_overlapping(random_boxes(seed)), 2))


@pytest.mark.parametrize("seed", range(10))
def test_every_box_taken_away_is_the_same_face_as_one_that_is_left(seed: int) -> None:
    boxes = random_boxes(seed)
    kept = merge_overlapping(boxes)
    assert all(any(same_face(box, other) for other in kept) for box in boxes)
