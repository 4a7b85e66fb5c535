"""Steps of media time: the frames that are read."""

from __future__ import annotations

import pytest

from live_monitor.media_steps import MediaSteps

EVERY_S = 0.2


def times(fps: float, seconds: float = 2.0, every_s: float = EVERY_S) -> list[float]:
    """The times of the frames in which faces are read."""
    steps = MediaSteps(every_s)
    return [frame / fps for frame in range(round(seconds * fps)) if steps.due(frame / fps)]


@pytest.mark.parametrize("fps", [60, 30, 10, 5])
def test_frame_rates_that_fit_the_steps_read_at_the_same_times(fps: float) -> None:
    assert times(fps) == pytest.approx([0.2 * step for step in range(10)])


@pytest.mark.parametrize("fps", [24, 25, 29.97, 12])
def test_other_frame_rates_read_the_first_frame_of_each_step(fps: float) -> None:
    read = times(fps)
    assert len(read) == 10
    assert all(-1e-9 < now_s - 0.2 * step < 1 / fps for step, now_s in enumerate(read))


def test_a_slower_source_is_read_in_every_frame() -> None:
    assert len(times(fps=3)) == 6


def test_the_first_frame_is_read_whenever_it_comes() -> None:
    assert MediaSteps(EVERY_S).due(7.31)


def test_a_time_rounded_down_belongs_to_the_step_it_stands_for() -> None:
    steps = MediaSteps(EVERY_S)
    assert [steps.due(now_s) for now_s in (0.0, 0.199, 0.233)] == [True, True, False]


def test_without_steps_every_frame_is_read() -> None:
    assert len(times(30, every_s=0.0)) == 60
