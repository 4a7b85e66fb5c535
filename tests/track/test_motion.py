"""One face's box over time: smoothed where it is still, not late where it moves."""

from __future__ import annotations

import numpy as np
import pytest

from live_monitor.track.motion import LONGEST_AHEAD_S, Motion
from live_monitor.types import Box

STEP_S = 1 / 30
SIDE = 100


def box_at(x: float, side: float = SIDE) -> Box:
    return Box(x - side / 2, 200 - side / 2, x + side / 2, 200 + side / 2)


def test_a_face_in_even_motion_is_followed_without_lag() -> None:
    motion = Motion(box_at(100), 0.0)
    for step in range(1, 31):
        motion.correct(box_at(100 + 8 * step), step * STEP_S)
    assert motion.box.centre[0] == pytest.approx(100 + 8 * 30, abs=1)


def test_where_it_will_be_is_foretold() -> None:
    motion = Motion(box_at(100), 0.0)
    for step in range(1, 31):
        motion.correct(box_at(100 + 8 * step), step * STEP_S)
    assert motion.predicted(1.0 + 3 * STEP_S).centre[0] == pytest.approx(100 + 8 * 33, abs=2)


def test_it_is_not_expected_further_away_the_longer_it_is_gone() -> None:
    motion = Motion(box_at(100), 0.0)
    motion.correct(box_at(110), 0.1)
    assert motion.predicted(0.1 + LONGEST_AHEAD_S) == motion.predicted(60.0)


def test_the_jitter_of_a_still_face_is_halved() -> None:
    noise = np.random.default_rng(1).normal(0, 1, 300)
    motion = Motion(box_at(300), 0.0)
    smoothed = []
    for step, off in enumerate(noise, start=1):
        motion.correct(box_at(300 + float(off)), step * STEP_S)
        smoothed.append(motion.box.centre[0])
    assert np.abs(np.diff(smoothed)).mean() < 0.6 * np.abs(np.diff(noise)).mean()


def test_a_jump_is_followed_at_once() -> None:
    motion = Motion(box_at(300), 0.0)
    for step in range(1, 10):
        motion.correct(box_at(300), step * STEP_S)
    motion.correct(box_at(330), 10 * STEP_S)
    assert motion.box.centre[0] == pytest.approx(330, abs=1)


def test_a_face_that_comes_nearer_is_as_large_as_it_is_seen() -> None:
    motion = Motion(box_at(300), 0.0)
    for step in range(1, 31):
        motion.correct(box_at(300, SIDE + 2 * step), step * STEP_S)
    assert motion.box.width == pytest.approx(SIDE + 60, abs=2)


def test_a_face_that_nods_in_its_chair_stays_near_its_home_and_a_walker_does_not() -> None:
    nodding, walking = Motion(box_at(300), 0.0), Motion(box_at(300), 0.0)
    for step in range(1, 91):
        nodding.correct(box_at(300 + 20 * (step % 20 < 10)), step * STEP_S)
        walking.correct(box_at(300 + 5 * step), step * STEP_S)
    assert nodding.wander < 0.2
    assert walking.wander > 0.5
