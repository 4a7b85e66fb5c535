"""Which detections are right, and the measures of that, checked by hand-computed examples and by properties."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

import numpy as np
import pytest

from live_monitor.evaluation.faces.matching import (
    MIN_IOU,
    UNSCORED,
    Match,
    Pool,
    Verdicts,
    match,
    pooled,
)
from live_monitor.types import Box, Detection
from tests.evaluation.faces.made import seen, square

A, B, FAR = square(0, 0), square(100, 0), square(0, 200)
TINY = square(200, 200, 12)


def ap(matches: Sequence[Match], low: float = 20, high: float = np.inf) -> float | None:
    return pooled(matches, low, high).average_precision()


def recall_and_precision(matches: Sequence[Match], threshold: float = 0.0) -> tuple[float | None, float | None]:
    pool = pooled(matches, 20, np.inf)
    return pool.recall(threshold), pool.precision(threshold)


def test_finding_every_face_exactly_is_perfect() -> None:
    matches = [match([A, B], [], [seen(A, 0.9), seen(B, 0.6)]), match([A], [], [seen(A, 0.3)])]
    assert ap(matches) == 1.0
    assert recall_and_precision(matches) == (1.0, 1.0)


def test_overlap_and_score_exactly_at_their_minimum_count() -> None:
    face, two_fifths, beside = Box(0, 0, 100, 100), Box(0, 0, 40, 100), Box(300, 0, 400, 100)
    found = match([face], [], [Detection(two_fifths, 0.5), Detection(beside, 0.5)])
    assert found.found(0.5).tolist() == [True]
    assert recall_and_precision([found], 0.5) == (1.0, 0.5)


def test_finding_nothing_gives_zero() -> None:
    matches = [match([A], [], [])]
    assert ap(matches) == 0.0
    assert recall_and_precision(matches) == (0.0, None)


def test_without_faces_only_precision_can_be_measured() -> None:
    matches = [match([], [], [seen(A, 0.9)])]
    assert ap(matches) is None
    assert recall_and_precision(matches) == (None, 0.0)


def test_average_precision_of_a_hand_computed_ranking() -> None:
    """Right, false, right, false, right of four faces: precision 1, 1/2, 2/3, 1/2, 3/5 at recall 1/4, 1/4, 1/2, 1/2, 3/4."""
    right = np.array([True, False, True, False, True])
    scores = np.array([0.9, 0.8, 0.7, 0.6, 0.5])
    assert Pool(scores, Verdicts(right, ~right), 4).average_precision() == pytest.approx((1 + 2 / 3 + 3 / 5) / 4)


def test_precision_at_a_recall_is_the_best_at_that_recall_or_beyond() -> None:
    """False, right, right of two faces: precision 1/2 at recall 1/2 and 2/3 at 1, so 2/3 everywhere."""
    right = np.array([False, True, True])
    assert Pool(np.array([0.9, 0.8, 0.7]), Verdicts(right, ~right), 2).average_precision() == pytest.approx(2 / 3)


def test_equal_scores_enter_together() -> None:
    """One of two detections is right, one of two faces found: the area is recall 1/2 times precision 1/2."""
    for right in ([True, False], [False, True]):
        flags = np.array(right)
        assert Pool(np.array([0.5, 0.5]), Verdicts(flags, ~flags), 2).average_precision() == pytest.approx(0.25)


def test_average_precision_without_scores_is_recall_times_precision() -> None:
    matches = [match([A, B, FAR], [], [seen(A), seen(B), seen(square(300, 300))])]
    assert set(matches[0].scores) == {UNSCORED}
    assert ap(matches) == pytest.approx(2 / 3 * 2 / 3)


@pytest.mark.parametrize(("shift", "found"), [(17.1, True), (17.2, False)])
def test_a_face_counts_as_found_from_an_overlap_of_four_tenths(shift: float, found: bool) -> None:
    """Squares of 40 moved by d have an IoU of (40 - d) / (40 + d): 0.4009 at 17.1, 0.3986 at 17.2."""
    assert MIN_IOU == 0.4
    assert match([A], [], [seen(square(shift, 0), 0.9)]).found(0.0).tolist() == [found]


def test_a_second_detection_of_a_face_is_false() -> None:
    twice = match([A], [], [seen(A, 0.6), seen(square(2, 0), 0.9)])
    verdicts = twice.verdicts(20)
    assert twice.scores.tolist() == [0.9, 0.6]
    assert verdicts.right.tolist() == [True, False]
    assert verdicts.false.tolist() == [False, True]


def test_of_equally_scored_detections_the_closer_one_is_right() -> None:
    twice = match([A], [], [seen(square(9, 0)), seen(A)])
    assert twice.detections[0].box == A
    assert twice.verdicts(20).right.tolist() == [True, False]


def test_a_detection_belongs_to_the_face_it_overlaps_most_even_if_that_is_taken() -> None:
    """As in PASCAL VOC: the second detection does not fall back to the neighbour that it overlaps less."""
    neighbour = square(14, 0)
    detections = [seen(A, 0.9), seen(square(6, 0), 0.8)]
    assert match([A, neighbour], [], detections).verdicts(20).false.tolist() == [False, True]


def test_a_face_that_is_too_small_counts_as_neither_found_nor_missed() -> None:
    found, missed = match([A, TINY], [], [seen(A), seen(TINY)]), match([A, TINY], [], [seen(A)])
    assert recall_and_precision([found]) == recall_and_precision([missed]) == (1.0, 1.0)


def test_the_size_of_a_face_is_its_shorter_side() -> None:
    narrow = match([Box(0, 0, 19, 60), Box(100, 0, 120, 60)], [], [])
    assert narrow.counted(20).tolist() == [False, True]


def test_an_ignored_box_counts_as_neither_found_nor_missed_however_often_it_is_found() -> None:
    result = match([A], [B], [seen(A), seen(B), seen(B)])
    assert recall_and_precision([result]) == (1.0, 1.0)
    assert recall_and_precision([match([A], [B], [seen(A)])]) == (1.0, 1.0)


def test_a_box_without_area_matches_nothing() -> None:
    nothing = Box(5, 5, 5, 5)
    assert match([A], [nothing], [seen(nothing), seen(A)]).owners.tolist() == [0, -1]


def test_a_tiny_detection_of_nothing_is_not_false_but_a_large_one_is() -> None:
    verdicts = match([A], [], [seen(A, 0.9), seen(TINY, 0.8), seen(FAR, 0.7)]).verdicts(20)
    assert verdicts.right.tolist() == [True, False, False]
    assert verdicts.false.tolist() == [False, False, True]


def test_scores_at_or_above_the_threshold_count() -> None:
    result = match([A, B], [], [seen(A, 0.5), seen(B, 0.4), seen(FAR, 0.6)])
    assert recall_and_precision([result], 0.5) == (0.5, 0.5)
    assert result.found(0.5).tolist() == [True, False]
    assert recall_and_precision([result], 0.95) == (0.0, None)


def test_a_band_counts_its_own_faces_and_ignores_detections_of_all_others() -> None:
    small, large = square(0, 0, 25), square(100, 0, 70)
    result = match([small, large], [], [seen(small, 0.9), seen(large, 0.8), seen(square(200, 0, 30), 0.95)])
    assert ap([result], 20, 32) == pytest.approx(0.5)  # the false one has this size too
    assert ap([result], 64, 128) == 1.0
    assert ap([result], 128) is None


def test_a_band_excludes_its_upper_edge() -> None:
    assert match([square(0, 0, 32)], [], []).counted(20, 32).tolist() == [False]
    assert match([square(0, 0, 32)], [], []).counted(32, 64).tolist() == [True]


T = TypeVar("T")


def shuffled(items: Sequence[T], rng: np.random.Generator) -> list[T]:
    return [items[index] for index in rng.permutation(len(items))]


Scene = tuple[list[Box], list[Box], list[Detection]]


def scenes(rng: np.random.Generator) -> list[Scene]:
    """Crowded pictures: boxes of 10 to 60 px that overlap, detections near them and elsewhere, few different scores."""

    def boxes(count: int) -> list[Box]:
        return [square(x, y, side) for x, y, side in rng.integers((0, 0, 10), (120, 120, 60), (count, 3)).tolist()]

    def one() -> Scene:
        faces, ignored = boxes(6), boxes(2)
        near = [Box(*(np.array(box) + rng.integers(-6, 7))) for box in (*faces, *ignored)]
        return faces, ignored, [seen(box, float(rng.integers(1, 6)) / 5) for box in (*near, *boxes(5))]

    return [one() for _ in range(6)]


@pytest.mark.parametrize("seed", range(10))
def test_the_order_of_pictures_faces_and_detections_makes_no_difference(seed: int) -> None:
    rng = np.random.default_rng(seed)
    given = scenes(rng)
    other = [
        match(shuffled(faces, rng), shuffled(ignored, rng), shuffled(found, rng))
        for faces, ignored, found in shuffled(given, rng)
    ]
    matches = [match(*scene) for scene in given]
    for low, high in ((20, np.inf), (20, 32), (32, 64)):
        assert ap(other, low, high) == ap(matches, low, high)
    for threshold in (0.0, 0.4, 0.8):
        assert recall_and_precision(other, threshold) == recall_and_precision(matches, threshold)


@pytest.mark.parametrize("seed", range(10))
def test_only_the_order_of_scores_matters_to_average_precision(seed: int) -> None:
    given = scenes(np.random.default_rng(seed))
    squeezed = [
        (faces, ignored, [seen(each.box, (each.score or 0) ** 3 / 2) for each in found]) for faces, ignored, found in given
    ]
    assert ap([match(*scene) for scene in squeezed]) == ap([match(*scene) for scene in given])


@pytest.mark.parametrize("seed", range(10))
def test_a_false_detection_below_all_others_costs_nothing_and_one_above_never_gains(seed: int) -> None:
    given = scenes(np.random.default_rng(seed))
    before = ap([match(*scene) for scene in given])
    assert before is not None
    (faces, ignored, found), *rest = given
    below = [(faces, ignored, [*found, seen(square(500, 500), 0.01)]), *rest]
    above = [(faces, ignored, [*found, seen(square(500, 500), 1.5)]), *rest]
    assert ap([match(*scene) for scene in below]) == pytest.approx(before)
    assert (ap([match(*scene) for scene in above]) or 0) < before


@pytest.mark.parametrize("seed", range(10))
def test_duplicates_cost_precision_but_no_recall(seed: int) -> None:
    given = scenes(np.random.default_rng(seed))
    doubled = [(faces, ignored, [*found, *found]) for faces, ignored, found in given]
    recall, precision = recall_and_precision([match(*scene) for scene in given])
    recall_doubled, precision_doubled = recall_and_precision([match(*scene) for scene in doubled])
    assert recall_doubled == recall
    assert precision is not None
    assert precision_doubled is not None
    assert precision_doubled < precision
