"""One face, one box."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest

from live_monitor.detect.detector import SAME_FACE_OVERLAP, merge_overlapping, mirrored
from live_monitor.types import Box, Detection


def detections(boxes: list[Box]) -> list[Detection]:
    """One detection for each box, the first with the highest score."""
    return [Detection(box, 1 - 0.01 * number) for number, box in enumerate(boxes)]


def merged(boxes: list[Box]) -> list[Box]:
    return [detection.box for detection in merge_overlapping(detections(boxes))]


def same_face(one: Box, other: Box) -> bool:
    return one.intersection(other) >= SAME_FACE_OVERLAP * min(one.area, other.area)


def random_boxes(seed: int) -> list[Box]:
    numbers = np.random.default_rng(seed).uniform((0, 0, 5, 5), (200, 200, 80, 80), (60, 4))
    return [Box(x, y, x + width, y + height) for x, y, width, height in numbers.tolist()]


def test_boxes_that_do_not_overlap_are_all_kept() -> None:
    boxes = [Box(0, 0, 10, 10), Box(20, 0, 30, 10), Box(0, 20, 10, 30)]
    assert merged(boxes) == boxes


@pytest.mark.parametrize("reverse", [True, False])
def test_the_better_of_two_boxes_of_a_face_is_kept(reverse: bool) -> None:
    weak, strong = Detection(Box(0, 0, 10, 10), 0.6), Detection(Box(2, 2, 12, 12), 0.9)
    assert merge_overlapping([strong, weak] if reverse else [weak, strong]) == [strong]


def test_a_detection_without_a_score_is_the_least_trusted() -> None:
    unscored, weak = Detection(Box(0, 0, 10, 10)), Detection(Box(2, 2, 12, 12), 0.1)
    assert merge_overlapping([unscored, weak]) == [weak]


@pytest.mark.parametrize("small_first", [True, False])
def test_a_box_inside_another_is_the_same_face(small_first: bool) -> None:
    boxes = [Box(40, 40, 60, 60), Box(0, 0, 100, 100)]
    assert len(merged(boxes if small_first else boxes[::-1])) == 1


@pytest.mark.parametrize(("shift", "faces"), [(3.9, 1), (4.1, 2)])
def test_overlap_is_measured_as_a_share_of_the_smaller_box(shift: float, faces: int) -> None:
    assert len(merged([Box(0, 0, 10, 10), Box(shift, 0, 10 + shift, 10)])) == faces


def test_merging_no_detections_gives_none() -> None:
    assert merge_overlapping([]) == []


@pytest.mark.parametrize("seed", range(10))
def test_no_two_kept_boxes_are_the_same_face(seed: int) -> None:
    assert not any(same_face(one, other) for one, other in combinations(merged(random_boxes(seed)), 2))


@pytest.mark.parametrize("seed", range(10))
def test_every_removed_box_is_the_same_face_as_a_kept_one(seed: int) -> None:
    boxes = random_boxes(seed)
    kept = merged(boxes)
    assert all(any(same_face(box, other) for other in kept) for box in boxes)


def test_mirroring_exchanges_sides_and_left_and_right_landmarks() -> None:
    face = Detection(Box(10, 20, 30, 50), 0.8, ((13, 28), (25, 29), (18, 36), (14, 43), (24, 44)))
    other_side = mirrored(face, 100)
    assert other_side == Detection(Box(70, 20, 90, 50), 0.8, ((75, 29), (87, 28), (82, 36), (76, 44), (86, 43)))
    assert mirrored(other_side, 100) == face


def test_a_face_without_landmarks_is_mirrored_without_them() -> None:
    assert mirrored(Detection(Box(0, 0, 10, 10)), 10) == Detection(Box(0, 0, 10, 10))
