"""One face's box over time: smoothed while it is still, without lag while it moves."""

from __future__ import annotations

import numpy as np
import pytest

from live_monitor.track.motion import LONGEST_AHEAD_S, Motion
from live_monitor.types import Box

STEP_S = 1 / 30
SIDE = 100


def box_at(x: float, side: float = SIDE) -> Box:
    return Box(x - side / 2, 200 - side / 2, x + side / 2, 200 + side / 2)


def test_a_face_in_steady_motion_is_followed_without_lag() -> None:
    motion = Motion(box_at(100), 0.0)
    for step in range(1, 31):
        motion.correct(box_at(100 + 8 * step), step * STEP_S)
    assert motion.box.centre[0] == pytest.approx(100 + 8 * 30, abs=1)


def test_its_next_position_is_predicted() -> None:
    motion = Motion(box_at(100), 0.0)
    for step in range(1, 31):
        motion.correct(box_at(100 + 8 * step), step * STEP_S)
    assert motion.predicted(1.0 + 3 * STEP_S).centre[0] == pytest.approx(100 + 8 * 33, abs=2)


def test_predictions_stop_moving_after_a_while() -> None:
    motion = Motion(box_at(100), 0.0)
    motion.correct(box_at(110), 0.1)
    assert motion.predicted(0.1 + LONGEST_AHEAD_S) == motion.predicted(60.0)


def test_the_jitter_of_a_still_face_is_reduced() -> None:
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


def test_the_size_of_an_approaching_face_is_followed() -> None:
    motion = Motion(box_at(300), 0.0)
    for step in range(1, 31):
        motion.correct(box_at(300, SIDE + 2 * step), step * STEP_S)
    assert motion.box.width == pytest.approx(SIDE + 60, abs=2)


def test_a_nodding_face_wanders_little_and_a_walker_far() -> None:
    nodding, walking = Motion(box_at(300), 0.0), Motion(box_at(300), 0.0)
    for step in range(1, 91):
        nodding.correct(box_at(300 + 20 * (step % 20 < 10)), step * STEP_S)
        walking.correct(box_at(300 + 5 * step), step * STEP_S)
    assert nodding.wander < 0.2
    assert walking.wander > 0.5
