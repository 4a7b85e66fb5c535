"""Pairs of boxes: the likeliest first, none twice, none too far apart."""

from __future__ import annotations

from live_monitor.track.pairing import by_distance, by_overlap
from live_monitor.types import Box


def box(x: float, y: float = 0, side: float = 10) -> Box:
    return Box(x, y, x + side, y + side)


def test_overlapping_boxes_are_paired_whatever_their_order() -> None:
    assert sorted(by_overlap([box(0), box(50)], [box(52), box(1)], 0.3)) == [(0, 1), (1, 0)]


def test_the_larger_overlap_wins() -> None:
    assert by_overlap([box(0), box(4)], [box(3)], 0.3) == [(1, 0)]


def test_too_small_an_overlap_makes_no_pair() -> None:
    assert by_overlap([box(0)], [box(6)], 0.3) == []


def test_the_nearest_box_is_the_partner_by_distance() -> None:
    assert by_distance([box(0), box(30)], [box(22)], [1.0, 1.0]) == [(1, 0)]


def test_boxes_further_apart_than_the_reach_are_not_paired() -> None:
    assert by_distance([box(0)], [box(11)], [1.0]) == []
    assert by_distance([box(0)], [box(11)], [1.2]) == [(0, 0)]


def test_boxes_of_different_sizes_are_not_paired() -> None:
    assert by_distance([box(0)], [box(0, side=20)], [2.0]) == []


def test_nothing_pairs_with_nothing() -> None:
    assert by_overlap([], [box(0)], 0.3) == by_distance([box(0)], [], [1.0]) == []
