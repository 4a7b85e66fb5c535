"""Limits and curves on made-up faces of known accuracy."""

from __future__ import annotations

import math

import numpy as np
import pytest

from live_monitor.evaluation.unsure.coverage import Values, at_coverage, at_threshold, curve, limit

RNG = np.random.default_rng(0)
VALUES = RNG.uniform(0, 1, 5000)
ONES = np.ones(5000)


def gains(accuracy_below: float, accuracy_above: float, edge: float = 0.3) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    right = RNG.random(5000) < np.where(edge > VALUES, accuracy_below, accuracy_above)
    return right.astype(np.float64) - accuracy_above


def test_the_limit_is_where_faces_start_to_be_read_well() -> None:
    assert limit(VALUES, gains(0.2, 0.7), ONES, high_is_bad=False) == pytest.approx(0.3, abs=0.04)


def test_large_values_can_be_the_bad_ones() -> None:
    assert limit(-VALUES, gains(0.2, 0.7), ONES, high_is_bad=True) == pytest.approx(-0.3, abs=0.04)


def test_there_is_no_limit_if_all_faces_are_read_equally_well() -> None:
    assert limit(VALUES, gains(0.7, 0.7), ONES, high_is_bad=False) == -math.inf
    assert limit(VALUES, gains(0.7, 0.7), ONES, high_is_bad=True) == math.inf


def test_unmeasured_faces_are_left_out() -> None:
    with_gaps = np.where(RNG.random(5000) < 0.2, np.nan, VALUES)
    assert limit(with_gaps, gains(0.2, 0.7), ONES, high_is_bad=False) == pytest.approx(0.3, abs=0.04)


@pytest.mark.parametrize("values", [np.full(5000, np.nan), np.empty(0)])
def test_there_is_no_limit_if_nothing_was_measured(values: Values) -> None:
    assert limit(values, ONES[: len(values)], ONES[: len(values)], high_is_bad=True) == math.inf
    assert limit(values, ONES[: len(values)], ONES[: len(values)], high_is_bad=False) == -math.inf


CONFIDENCE = np.array([0.9, 0.8, 0.7, 0.6, 0.5])
RIGHT = np.array([True, True, False, True, False])
ALL = np.ones(5, bool)


def test_the_curve_goes_from_the_surest_face_to_all_faces() -> None:
    coverage, accuracy = curve(CONFIDENCE, RIGHT, ALL)
    assert coverage.tolist() == [0.2, 0.4, 0.6, 0.8, 1.0]
    assert accuracy.tolist() == pytest.approx([1, 1, 2 / 3, 3 / 4, 3 / 5])


def test_the_curve_ends_where_no_more_faces_can_be_read() -> None:
    coverage, accuracy = curve(CONFIDENCE, RIGHT, np.array([False, True, True, True, False]))
    assert coverage.tolist() == [0.2, 0.4, 0.6]
    assert accuracy.tolist() == pytest.approx([1, 1 / 2, 2 / 3])


def test_the_threshold_leaves_the_wanted_share() -> None:
    assert at_coverage(CONFIDENCE, RIGHT, ALL, 0.8) == pytest.approx((0.6, 0.8, 0.75))


def test_unreadable_faces_do_not_count() -> None:
    readable = np.array([False, True, True, True, False])
    assert at_coverage(CONFIDENCE, RIGHT, readable, 0.8).coverage == pytest.approx(0.6)
    assert at_threshold(CONFIDENCE, RIGHT, readable, 0.75) == pytest.approx((0.75, 0.2, 1.0))


def test_without_a_readable_face_accuracy_is_unknown() -> None:
    point = at_coverage(CONFIDENCE, RIGHT, ~ALL)
    assert point.coverage == 0
    assert math.isnan(point.accuracy)
