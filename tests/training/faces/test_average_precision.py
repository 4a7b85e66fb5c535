"""How detectors are measured, on a few boxes."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import pytest

from live_monitor.evaluation.faces.matching import Pool
from live_monitor.training.faces.average_precision import Looked, judge, landmark_error

FACES = [(0, 0, 40, 40), (100, 0, 140, 40)]
POINTS = np.array([[10, 15], [30, 15], [20, 22], [12, 30], [28, 30]], np.float32)
Box = tuple[float, ...]


def looked(truth: Sequence[Box], found: Sequence[tuple[Box, float]]) -> Looked:
    boxes = np.array([box for box, _ in found], np.float32).reshape(-1, 4)
    faces = np.array(truth, np.float32).reshape(-1, 4)
    corner = np.array([box[:2] for box in truth], np.float32).reshape(-1, 1, 2)
    return Looked(faces, POINTS + corner, boxes, np.array([score for _, score in found], np.float32), POINTS + boxes[:, None, :2])


def right(pool: Pool) -> list[bool]:
    """Whether each detection that counts is right, the best first."""
    counts = pool.verdicts.right | pool.verdicts.false
    order = np.argsort(-pool.scores[counts], kind="stable")
    return [bool(one) for one in pool.verdicts.right[counts][order]]


def test_finding_every_face_and_nothing_else_gives_one() -> None:
    assert judge([looked(FACES, [(FACES[0], 0.9), (FACES[1], 0.3)])]).average_precision() == 1.0


def test_finding_half_of_the_faces_gives_a_half() -> None:
    assert judge([looked(FACES, [(FACES[0], 0.9)])]).average_precision() == 0.5


def test_a_false_face_costs_only_where_it_scores_higher_than_a_right_one() -> None:
    false = (300, 300, 340, 340)
    assert judge([looked(FACES[:1], [(FACES[0], 0.9), (false, 0.5)])]).average_precision() == 1.0
    assert judge([looked(FACES[:1], [(FACES[0], 0.5), (false, 0.9)])]).average_precision() == 0.5


def test_a_face_found_twice_counts_as_right_once() -> None:
    judged = judge([looked(FACES[:1], [(FACES[0], 0.9), ((1, 0, 41, 40), 0.8)])])
    assert right(judged) == [True, False]


def test_a_box_that_overlaps_too_little_is_false() -> None:
    assert right(judge([looked(FACES[:1], [((25, 0, 65, 40), 0.9)])])) == [False]


def test_small_faces_are_not_judged_found_or_not() -> None:
    small = (200, 200, 215, 215)
    judged = judge([looked([*FACES, small], [(FACES[0], 0.9), (small, 0.8), ((300, 0, 312, 12), 0.7)])])
    assert (judged.faces, right(judged)) == (2, [True])


def test_small_faces_are_judged_if_the_smallest_size_admits_them() -> None:
    small = (200, 200, 215, 215)
    picture = looked([*FACES, small], [(FACES[0], 0.9), (FACES[1], 0.8), ((300, 0, 312, 12), 0.7)])
    assert judge([picture], smallest_px=15).average_precision() == pytest.approx(2 / 3)
    assert right(judge([picture], smallest_px=10)) == [True, True, False]


def test_scores_are_compared_across_pictures() -> None:
    judged = judge([looked(FACES[:1], [(FACES[0], 0.4)]), looked([], [(FACES[0], 0.6)])])
    assert right(judged) == [False, True]
    assert judged.average_precision() == 0.5


def test_precision_and_recall_depend_on_the_threshold() -> None:
    judged = judge([looked(FACES, [(FACES[0], 0.9), ((300, 300, 340, 340), 0.5)])])
    assert (judged.precision(0.4), judged.recall(0.4)) == (0.5, 0.5)
    assert (judged.precision(0.8), judged.recall(0.95)) == (1.0, 0.0)


def test_without_faces_there_is_no_average_precision() -> None:
    assert judge([looked([], [])]).average_precision() is None


def test_landmark_error_is_a_share_of_the_width() -> None:
    assert landmark_error([looked(FACES[:1], [((4, 0, 44, 40), 0.9)])], 0.5) == pytest.approx(0.1)


def test_landmarks_of_turned_faces_and_of_faces_not_found_do_not_count() -> None:
    turned = looked(FACES[:1], [(FACES[0], 0.9)])
    turned.truth_landmarks[0, 2, 0] = 32
    assert math.isnan(landmark_error([turned, looked(FACES[:1], [])], 0.5))
