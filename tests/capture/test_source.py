"""Media time from timestamps that may be wrong in any way."""

from __future__ import annotations

import math
import random
from collections.abc import Iterable
from itertools import pairwise

import pytest

from live_monitor.capture.source import FALLBACK_FPS, MediaClock


def media_times(claimed_s: Iterable[float], claimed_fps: float = 25.0, claimed_duration_s: float = 0.0) -> list[float]:
    clock = MediaClock(claimed_fps, claimed_duration_s)
    return [clock.advance(claim) for claim in claimed_s]


@pytest.mark.parametrize("first_s", [0.0, 3600.0, -5.0, math.nan, math.inf])
def test_media_time_begins_at_0_whatever_the_file_claims(first_s: float) -> None:
    assert media_times([first_s]) == [0.0]


def test_plausible_timestamps_are_kept_even_if_uneven() -> None:
    assert media_times([0.0, 0.03, 0.5, 0.51, 9.0]) == pytest.approx([0.0, 0.03, 0.5, 0.51, 9.0])


def test_a_file_whose_timestamps_begin_late_keeps_its_steps() -> None:
    assert media_times([100.0, 100.1, 100.5]) == pytest.approx([0.0, 0.1, 0.5])


@pytest.mark.parametrize("first_s", [0.0, 100.0])
def test_a_frame_may_last_any_time_within_the_claimed_duration(first_s: float) -> None:
    claimed = [first_s + slide_s for slide_s in (0.0, 12.0, 13.0, 213.0)]
    assert media_times(claimed, claimed_duration_s=220.0) == pytest.approx([0.0, 12.0, 13.0, 213.0])


def test_a_repeated_timestamp_does_not_shorten_the_frames_after_it() -> None:
    assert media_times([0.0, 0.0, 12.0, 30.0], claimed_duration_s=30.0) == pytest.approx([0.0, 0.04, 12.0, 30.0])


@pytest.mark.parametrize("broken_s", [60.1, 1e9, 0.0, -1e9, math.nan, math.inf])
def test_a_timestamp_outside_the_claimed_duration_is_broken(broken_s: float) -> None:
    assert media_times([0.0, 0.04, broken_s, 0.12], claimed_duration_s=60.0) == pytest.approx([0.0, 0.04, 0.08, 0.12])


@pytest.mark.parametrize("fps", [10.0, 29.97, 60.0])
def test_frames_without_timestamps_follow_the_claimed_frame_rate(fps: float) -> None:
    assert media_times([0.0] * 4, fps) == pytest.approx([0.0, 1 / fps, 2 / fps, 3 / fps])


@pytest.mark.parametrize("fps", [0.0, -25.0, 0.5, 1000.0, 90000.0, math.nan, math.inf])
def test_an_implausible_frame_rate_is_replaced(fps: float) -> None:
    assert media_times([0.0, 0.0], fps) == pytest.approx([0.0, 1 / FALLBACK_FPS])


@pytest.mark.parametrize("broken_s", [0.04, 0.0, -3.0, 1e9, -1e9, math.nan, math.inf])
def test_a_broken_timestamp_counts_as_one_nominal_step(broken_s: float) -> None:
    assert media_times([0.0, 0.04, broken_s]) == pytest.approx([0.0, 0.04, 0.08])


@pytest.mark.parametrize("jump_s", [3600.0, -3600.0])
def test_media_time_goes_on_evenly_after_a_jump(jump_s: float) -> None:
    claimed = [0.0, 0.04, jump_s, jump_s + 0.1, jump_s + 0.2]
    assert media_times(claimed) == pytest.approx([0.0, 0.04, 0.08, 0.18, 0.28])


def test_a_repeated_timestamp_and_a_low_claimed_rate_do_not_stretch_the_video() -> None:
    claimed = [0.0, *(index / 30 for index in range(300))]
    assert media_times(claimed, 10.0)[-1] == pytest.approx(10.0, abs=0.15)


@pytest.mark.parametrize("seed", range(5))
def test_media_time_increases_with_every_frame_whatever_the_file_claims(seed: int) -> None:
    dice = random.Random(seed)
    claimed = [dice.choice((dice.uniform(-100, 100), dice.gauss(0, 1e6), 0.0, math.nan, math.inf)) for _ in range(500)]
    for duration_s in (0.0, 50.0, 1e7):
        assert all(earlier < later for earlier, later in pairwise(media_times(claimed, claimed_duration_s=duration_s)))
