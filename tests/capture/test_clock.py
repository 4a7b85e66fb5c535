"""Time on the capture side: the real clock's waits, and when each frame of a file is due."""

from __future__ import annotations

import threading

import pytest

from live_monitor.capture.clock import MonotonicClock, Pacer
from tests.fakes import FakeClock


class TestMonotonicClock:
    def test_a_wait_takes_at_least_its_time(self) -> None:
        clock = MonotonicClock()
        start_s = clock.now()
        clock.wait(threading.Event(), 0.02)
        assert clock.now() - start_s >= 0.02

    def test_a_wait_ends_as_soon_as_stop_is_set(self) -> None:
        stop = threading.Event()
        waiting = threading.Thread(target=MonotonicClock().wait, args=(stop, 3600.0))
        waiting.start()
        stop.set()
        waiting.join(5)
        assert not waiting.is_alive()

    @pytest.mark.parametrize("seconds", [0.0, -1.0])
    def test_a_wait_for_no_time_ends_at_once(self, seconds: float) -> None:
        waiting = threading.Thread(target=MonotonicClock().wait, args=(threading.Event(), seconds))
        waiting.start()
        waiting.join(5)
        assert not waiting.is_alive()


class TestPacer:
    @pytest.mark.parametrize("first_pts_s", [0.0, 7.5])
    def test_the_first_frame_is_due_at_once(self, first_pts_s: float) -> None:
        clock = FakeClock()
        assert Pacer(clock, keep_schedule=False).due_s(first_pts_s) == clock.now()

    def test_a_frame_is_due_its_media_time_after_the_first_one(self) -> None:
        clock = FakeClock()
        start_s = clock.now()
        pacer = Pacer(clock, keep_schedule=False)
        pacer.due_s(0.0)
        assert pacer.due_s(0.4) == pytest.approx(start_s + 0.4)

    def test_a_short_delay_is_made_up_for(self) -> None:
        clock = FakeClock()
        start_s = clock.now()
        pacer = Pacer(clock, keep_schedule=False)
        pacer.due_s(0.0)
        clock.now_s += 0.04 + 0.2
        assert pacer.due_s(0.04) == pytest.approx(start_s + 0.04)

    def test_the_next_frame_is_due_at_once_after_a_long_delay(self) -> None:
        clock = FakeClock()
        pacer = Pacer(clock, keep_schedule=False)
        pacer.due_s(0.0)
        clock.now_s += 60.0
        assert pacer.due_s(0.04) == pytest.approx(clock.now())

    def test_the_rest_plays_at_normal_speed_after_a_long_delay(self) -> None:
        clock = FakeClock()
        pacer = Pacer(clock, keep_schedule=False)
        pacer.due_s(0.0)
        clock.now_s += 60.0
        pacer.due_s(0.04)
        assert pacer.due_s(0.08) == pytest.approx(clock.now() + 0.04)

    def test_a_kept_schedule_does_not_move_after_a_long_delay(self) -> None:
        clock = FakeClock()
        start_s = clock.now()
        pacer = Pacer(clock, keep_schedule=True)
        pacer.due_s(0.0)
        clock.now_s += 60.0
        assert pacer.due_s(0.04) == pytest.approx(start_s + 0.04)
