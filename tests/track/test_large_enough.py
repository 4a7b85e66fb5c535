"""Faces that are large enough, where smaller ones are followed too."""

from __future__ import annotations

from live_monitor.track.large_enough import LargeEnough
from live_monitor.track.tracker import COAST_S
from live_monitor.types import Box, Detection, Track


def track(number: int, side: float, *, coasting: bool = False) -> Track:
    face = Detection(Box(0, 0, 0.8 * side, side))
    return Track(number, face, None if coasting else face)


def ids(tracks: list[Track]) -> list[int]:
    return [one.id for one in tracks]


def test_the_longer_side_counts() -> None:
    assert ids(LargeEnough().of([track(1, 100), track(2, 99)], 100, 0.0)) == [1]


def test_a_face_too_small_for_a_moment_stays_as_long_as_a_missed_one() -> None:
    large = LargeEnough()
    large.of([track(1, 100), track(2, 100)], 100, 0.0)
    assert ids(large.of([track(1, 98), track(2, 100, coasting=True)], 100, COAST_S)) == [1, 2]
    assert ids(large.of([track(1, 98), track(2, 100, coasting=True)], 100, COAST_S + 0.04)) == []
    assert ids(large.of([track(1, 101)], 100, COAST_S + 0.08)) == [1]


def test_a_face_that_is_gone_is_forgotten() -> None:
    large = LargeEnough()
    large.of([track(1, 100)], 100, 0.0)
    large.of([], 100, 0.04)
    assert large.of([track(1, 50)], 100, 0.08) == []
