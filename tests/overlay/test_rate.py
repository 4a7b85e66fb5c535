"""The frame rate: how many pictures were shown in the last second."""

from __future__ import annotations

import pytest

from live_monitor.overlay.rate import RateCounter


def ticked(*times_s: float) -> RateCounter:
    counter = RateCounter()
    for time_s in times_s:
        counter.tick(time_s)
    return counter


def at_rate(fps: float, seconds: float) -> tuple[RateCounter, float]:
    """A counter that ran at an even rate, and the time of its last tick."""
    times_s = [50 + number / fps for number in range(round(fps * seconds) + 1)]
    return ticked(*times_s), times_s[-1]


def test_the_rate_is_0_before_the_second_picture() -> None:
    assert ticked().rate(1.0) == 0
    assert ticked(1.0).rate(1.0) == 0


@pytest.mark.parametrize("fps", [0.2, 1, 2, 5, 25, 30, 59.94, 240])
@pytest.mark.parametrize("since", [0.0, 0.1, 0.9])
def test_an_even_rate_is_measured_exactly_at_any_moment(fps: float, since: float) -> None:
    counter, now_s = at_rate(fps, seconds=max(3, 3 / fps))
    assert counter.rate(now_s + since / fps) == pytest.approx(fps, rel=0.01)


def test_the_rate_is_right_from_the_second_picture_on() -> None:
    assert ticked(10.0, 10.04).rate(10.04) == pytest.approx(25)


def test_the_rate_falls_while_no_picture_comes() -> None:
    counter, now_s = at_rate(25, seconds=2)
    rates = [counter.rate(now_s + waited_s) for waited_s in (0.0, 0.2, 0.4, 0.6)]
    assert rates == sorted(rates, reverse=True)
    assert len(set(rates)) == len(rates)


def test_the_rate_falls_to_0_when_the_stream_stalls() -> None:
    counter, now_s = at_rate(25, seconds=2)
    assert counter.rate(now_s + 1.1) == 0


def test_a_slower_rate_is_measured_within_a_second() -> None:
    counter, now_s = at_rate(30, seconds=2)
    for number in range(1, 11):
        counter.tick(now_s + number / 10)
    assert counter.rate(now_s + 1) == pytest.approx(10, rel=0.05)


def test_old_times_are_forgotten_even_if_the_rate_is_never_asked_for() -> None:
    counter, _ = at_rate(25, seconds=60)
    assert len(counter._times) <= 26


def test_two_pictures_at_the_same_instant_are_no_error() -> None:
    counter = ticked(5.0, 5.0)
    assert counter.rate(5.0) >= 0
