"""How often faces are looked for."""

from __future__ import annotations

from itertools import pairwise

import pytest

from live_monitor.detect.cadence import LONGEST_GAP_S, Cadence, EveryNth, KeepUp
from tests.fakes import frame_of, grey_picture

PICTURE = grey_picture(0)
FPS = 25.0


def frames_searched(cadence: Cadence, frames: int, look_s: float, carry_s: float, fps: float = FPS, first: int = 0) -> list[bool]:
    """Whether each frame is searched, when a frame with and without a search costs this much."""
    due = []
    for index in range(first, first + frames):
        looked = cadence.look_due(frame_of(PICTURE, index, index / fps))
        cadence.spent(look_s if looked else carry_s, looked=looked)
        due.append(looked)
    return due


def longest_gap(due: list[bool]) -> int:
    """The largest number of frames from one search to the next."""
    searched = [index for index, looked in enumerate(due) if looked]
    return max(later - earlier for earlier, later in pairwise(searched))


@pytest.mark.parametrize("every", [1, 2, 5])
def test_every_nth_frame_is_searched_whatever_it_costs(every: int) -> None:
    due = frames_searched(EveryNth(every), 20, look_s=1.0, carry_s=0.0)
    assert due == [index % every == 0 for index in range(20)]


def test_a_cadence_carries_boxes_only_if_it_leaves_frames_out() -> None:
    assert not EveryNth(1).carries
    assert EveryNth(2).carries
    assert not KeepUp().carries


def test_every_frame_is_searched_if_there_is_time() -> None:
    assert all(frames_searched(KeepUp(), 50, look_s=0.030, carry_s=0.005))


def test_a_slow_first_frame_does_not_count() -> None:
    cadence = KeepUp()
    assert frames_searched(cadence, 1, look_s=5.0, carry_s=0.0) == [True]
    assert all(frames_searched(cadence, 50, look_s=0.030, carry_s=0.005, first=1))


@pytest.mark.parametrize("lost_s", [60.0, 3600.0])
def test_a_lost_signal_is_not_mistaken_for_a_slow_source(lost_s: float) -> None:
    cadence = KeepUp()
    usual = sum(frames_searched(cadence, 100, look_s=0.100, carry_s=0.010)[50:])
    back = round(lost_s * FPS)
    frames = [cadence.look_due(frame_of(PICTURE, 100, 100 / FPS + lost_s))]
    cadence.spent(0.100, looked=True)
    frames += frames_searched(cadence, 50, look_s=0.100, carry_s=0.010, first=101 + back)
    assert sum(frames) <= usual + 5


def test_some_frames_are_searched_even_if_media_time_stands_still() -> None:
    cadence, due = KeepUp(), []
    for index in range(9000):
        due.append(cadence.look_due(frame_of(PICTURE, index, 0.0)))
        cadence.spent(0.1 if due[-1] else 0.01, looked=due[-1])
    assert 0 < sum(due) < 9000


@pytest.mark.parametrize(("look_s", "carry_s"), [(0.050, 0.005), (0.080, 0.010), (0.040, 0.002)])
def test_slow_searches_are_made_as_often_as_time_allows(look_s: float, carry_s: float) -> None:
    due = frames_searched(KeepUp(), 200, look_s, carry_s)[50:]
    spent_s = sum(look_s if looked else carry_s for looked in due)
    assert spent_s <= len(due) / FPS
    every = round(len(due) / sum(due))
    assert (look_s + (every - 2) * carry_s) / (every - 1) > 0.9 / FPS, "there was time for more searches"


def test_the_time_between_two_searches_is_limited_however_slow_they_are() -> None:
    due = frames_searched(KeepUp(), 100, look_s=3.0, carry_s=0.5)
    assert longest_gap(due) <= LONGEST_GAP_S * FPS + 1


def test_every_frame_is_searched_again_when_the_load_is_gone() -> None:
    cadence = KeepUp()
    assert not all(frames_searched(cadence, 100, look_s=0.060, carry_s=0.005))
    assert all(frames_searched(cadence, 200, look_s=0.010, carry_s=0.005, first=100)[100:])


def test_dropped_frames_do_not_make_the_source_look_slower() -> None:
    """The source still delivers 25 frames a second when every other one is dropped."""
    cadence = KeepUp()
    due = []
    for index in range(0, 200, 2):
        looked = cadence.look_due(frame_of(PICTURE, index, index / FPS))
        cadence.spent(0.060 if looked else 0.010, looked=looked)
        due.append(looked)
    assert sum(due[20:]) <= len(due[20:]) / 2


def test_the_first_frame_after_a_pause_is_searched() -> None:
    cadence = KeepUp()
    frames_searched(cadence, 100, look_s=0.060, carry_s=0.005)
    assert cadence.look_due(frame_of(PICTURE, 101, 100 / FPS + LONGEST_GAP_S))


def test_frames_without_media_time_are_no_error() -> None:
    cadence = KeepUp()
    for index in range(20):
        looked = cadence.look_due(frame_of(PICTURE, index, 0.0))
        cadence.spent(0.05, looked=looked)
