"""How often faces are looked for."""

from __future__ import annotations

from itertools import pairwise

import pytest

from live_monitor.detect.cadence import LONGEST_GAP_S, Cadence, EveryNth, KeepUp
from tests.fakes import frame_of, grey_picture

PICTURE = grey_picture(0)
FPS = 25.0


def looks(cadence: Cadence, frames: int, look_s: float, carry_s: float, fps: float = FPS, first: int = 0) -> list[bool]:
    """What the cadence says of each frame, when a frame costs this much with a look and without."""
    said = []
    for index in range(first, first + frames):
        looked = cadence.look_due(frame_of(PICTURE, index, index / fps))
        cadence.spent(look_s if looked else carry_s, looked=looked)
        said.append(looked)
    return said


def longest_gap(said: list[bool]) -> int:
    """Most frames from one look to the next."""
    where = [index for index, looked in enumerate(said) if looked]
    return max(later - earlier for earlier, later in pairwise(where))


@pytest.mark.parametrize("every", [1, 2, 5])
def test_every_nth_frame_is_looked_at_whatever_it_costs(every: int) -> None:
    said = looks(EveryNth(every), 20, look_s=1.0, carry_s=0.0)
    assert said == [index % every == 0 for index in range(20)]


def test_boxes_are_kept_ready_only_where_they_may_be_carried() -> None:
    assert not EveryNth(1).carries
    assert EveryNth(2).carries
    assert not KeepUp().carries


def test_with_time_enough_every_frame_is_looked_at() -> None:
    assert all(looks(KeepUp(), 50, look_s=0.030, carry_s=0.005))


def test_the_first_frame_which_sets_everything_up_is_not_held_against_the_rest() -> None:
    cadence = KeepUp()
    assert looks(cadence, 1, look_s=5.0, carry_s=0.0) == [True]
    assert all(looks(cadence, 50, look_s=0.030, carry_s=0.005, first=1))


@pytest.mark.parametrize("lost_s", [60.0, 3600.0])
def test_a_signal_that_was_lost_is_not_taken_for_a_slow_source(lost_s: float) -> None:
    cadence = KeepUp()
    usual = sum(looks(cadence, 100, look_s=0.100, carry_s=0.010)[50:])
    back = round(lost_s * FPS)
    frames = [cadence.look_due(frame_of(PICTURE, 100, 100 / FPS + lost_s))]
    cadence.spent(0.100, looked=True)
    frames += looks(cadence, 50, look_s=0.100, carry_s=0.010, first=101 + back)
    assert sum(frames) <= usual + 5


def test_a_source_whose_time_stands_still_is_looked_at_in_some_of_its_frames() -> None:
    cadence, said = KeepUp(), []
    for index in range(9000):
        said.append(cadence.look_due(frame_of(PICTURE, index, 0.0)))
        cadence.spent(0.1 if said[-1] else 0.01, looked=said[-1])
    assert 0 < sum(said) < 9000


@pytest.mark.parametrize(("look_s", "carry_s"), [(0.050, 0.005), (0.080, 0.010), (0.040, 0.002)])
def test_a_look_that_takes_too_long_is_made_just_rarely_enough(look_s: float, carry_s: float) -> None:
    said = looks(KeepUp(), 200, look_s, carry_s)[50:]
    spent_s = sum(look_s if looked else carry_s for looked in said)
    assert spent_s <= len(said) / FPS
    every = round(len(said) / sum(said))
    assert (look_s + (every - 2) * carry_s) / (every - 1) > 0.9 / FPS, "more looks would have fitted in"


def test_faces_are_looked_for_often_enough_however_slow_that_is() -> None:
    said = looks(KeepUp(), 100, look_s=3.0, carry_s=0.5)
    assert longest_gap(said) <= LONGEST_GAP_S * FPS + 1


def test_it_looks_at_every_frame_again_when_the_load_is_gone() -> None:
    cadence = KeepUp()
    assert not all(looks(cadence, 100, look_s=0.060, carry_s=0.005))
    assert all(looks(cadence, 200, look_s=0.010, carry_s=0.005, first=100)[100:])


def test_frames_that_were_dropped_make_it_look_more_rarely_not_less() -> None:
    """The source still delivers 25 a second when every other one is lost."""
    cadence = KeepUp()
    said = []
    for index in range(0, 200, 2):
        looked = cadence.look_due(frame_of(PICTURE, index, index / FPS))
        cadence.spent(0.060 if looked else 0.010, looked=looked)
        said.append(looked)
    assert sum(said[20:]) <= len(said[20:]) / 2


def test_a_pause_of_the_source_ends_in_a_look() -> None:
    cadence = KeepUp()
    looks(cadence, 100, look_s=0.060, carry_s=0.005)
    assert cadence.look_due(frame_of(PICTURE, 101, 100 / FPS + LONGEST_GAP_S))


def test_frames_without_media_time_are_all_looked_at_or_carried_without_an_error() -> None:
    cadence = KeepUp()
    for index in range(20):
        looked = cadence.look_due(frame_of(PICTURE, index, 0.0))
        cadence.spent(0.05, looked=looked)
