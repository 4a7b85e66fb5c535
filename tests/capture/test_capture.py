"""The capture side: what is delivered when, what is dropped, and how a lost source comes back."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from itertools import count
from typing import cast

import numpy as np
import pytest

from live_monitor.capture.capture import LONGEST_GAP_S, RECONNECT_DELAYS_S, UNREADABLE_S, Capture, CapturePolicy, SourceState
from live_monitor.errors import SourceError
from live_monitor.mailbox import Mailbox
from live_monitor.types import Frame, Image
from tests.fakes import FakeClock, FakeSource

AS_FAST_AS_POSSIBLE = CapturePolicy(paced=False, newest_wins=False)
PLAYED = CapturePolicy(paced=True, newest_wins=False)
REALTIME = CapturePolicy(paced=True, newest_wins=True)
LIVE = CapturePolicy(paced=False, newest_wins=True)

STEP_S = 0.04
TIMES_S = [0.0, 0.04, 0.08, 0.12]


class Collector(Mailbox[Frame]):
    """Takes every frame at once, and is closed after `wanted` of them."""

    def __init__(self, wanted: float = float("inf"), on_put: Callable[[], None] = lambda: None) -> None:
        super().__init__(newest_wins=True)
        self.frames: list[Frame] = []
        self._wanted = wanted
        self._on_put = on_put

    def put(self, item: Frame) -> bool:
        self.frames.append(item)
        self._on_put()
        return len(self.frames) < self._wanted

    @property
    def indexes(self) -> list[int]:
        return [frame.index for frame in self.frames]

    @property
    def media_times(self) -> list[float]:
        return [frame.pts_s for frame in self.frames]


class SlowSource(FakeSource):
    """A file of 25 frames a second that take `grab_s` to read and `decode_s` to decode."""

    def __init__(self, pictures: int, clock: FakeClock, *, grab_s: float = 0.0, decode_s: float = 0.0) -> None:
        super().__init__(index * STEP_S for index in range(pictures))
        self.decoded = 0
        self._clock = clock
        self._grab_s = grab_s
        self._decode_s = decode_s

    def grab(self) -> float | None:
        self._clock.now_s += self._grab_s
        return super().grab()

    def retrieve(self) -> Image | None:
        self.decoded += 1
        self._clock.now_s += self._decode_s
        return super().retrieve()


class DamagedSource(FakeSource):
    """A source with some frames that cannot be decoded."""

    def __init__(self, script: Iterable[float], broken: Iterable[int]) -> None:
        super().__init__(script)
        self._broken = set(broken)

    def retrieve(self) -> Image | None:
        return None if self._grabbed in self._broken else super().retrieve()


class TestDelivery:
    def test_a_file_is_delivered_whole_and_in_order(self) -> None:
        collector = Collector()
        Capture(FakeSource(TIMES_S), collector, AS_FAST_AS_POSSIBLE, FakeClock()).run()
        assert collector.media_times == TIMES_S
        assert [int(frame.image[0, 0, 0]) for frame in collector.frames] == [0, 10, 20, 30]

    def test_frames_are_numbered_from_0(self) -> None:
        collector = Collector()
        Capture(FakeSource(TIMES_S), collector, AS_FAST_AS_POSSIBLE, FakeClock()).run()
        assert collector.indexes == [0, 1, 2, 3]

    def test_pictures_are_read_only(self) -> None:
        collector = Collector()
        Capture(FakeSource(TIMES_S), collector, AS_FAST_AS_POSSIBLE, FakeClock()).run()
        with pytest.raises(ValueError, match="read-only"):
            collector.frames[0].image[:] = 0

    @pytest.mark.parametrize(
        ("image", "got"),
        [
            (np.zeros((4, 6), np.uint8), r"uint8 \(4, 6\)"),
            (np.zeros((4, 6, 4), np.uint8), r"uint8 \(4, 6, 4\)"),
            (np.zeros((4, 6, 3), np.float32), r"float32 \(4, 6, 3\)"),
            (np.zeros((0, 6, 3), np.uint8), r"uint8 \(0, 6, 3\)"),
            ([[[0, 0, 0]]], "a list"),
        ],
    )
    def test_the_error_for_an_unusable_image_describes_it(self, image: object, got: str) -> None:
        class OwnSource(FakeSource):
            def retrieve(self) -> Image:
                return cast("Image", image)

        expected = rf"fake: expected a picture as uint8 \(H, W, 3\) BGR, got {got}$"
        with pytest.raises(SourceError, match=expected):
            Capture(OwnSource(TIMES_S), Collector(), AS_FAST_AS_POSSIBLE, FakeClock()).run()

    def test_a_file_is_opened_once_and_released(self) -> None:
        source = FakeSource(TIMES_S)
        Capture(source, Collector(), AS_FAST_AS_POSSIBLE, FakeClock()).run()
        assert (source.opened, source.closed) == (1, 1)

    def test_a_frame_that_cannot_be_decoded_is_skipped(self) -> None:
        collector = Collector()
        Capture(DamagedSource(TIMES_S, broken=[0, 2]), collector, AS_FAST_AS_POSSIBLE, FakeClock()).run()
        assert collector.media_times == [0.04, 0.12]

    def test_a_file_without_frames_is_an_error(self) -> None:
        with pytest.raises(SourceError, match="fake: holds no readable picture"):
            Capture(FakeSource([]), Collector(), AS_FAST_AS_POSSIBLE, FakeClock()).run()

    def test_a_file_with_only_broken_frames_is_an_error(self) -> None:
        source = DamagedSource(TIMES_S, broken=range(len(TIMES_S)))
        with pytest.raises(SourceError, match="fake: holds no readable picture"):
            Capture(source, Collector(), AS_FAST_AS_POSSIBLE, FakeClock()).run()

    def test_the_last_arrival_is_that_of_the_last_frame(self) -> None:
        clock = FakeClock()
        capture = Capture(FakeSource(TIMES_S), Collector(), PLAYED, clock)
        capture.run()
        assert capture.last_arrival_s == pytest.approx(clock.now())


class TestPace:
    def test_an_unpaced_file_is_read_without_waiting(self) -> None:
        clock = FakeClock()
        Capture(FakeSource([0.0, 60.0]), Collector(), AS_FAST_AS_POSSIBLE, clock).run()
        assert clock.waits == []

    def test_frames_of_a_played_file_are_delivered_at_their_media_time(self) -> None:
        clock = FakeClock()
        start_s = clock.now()
        collector = Collector()
        Capture(FakeSource([0.0, 0.04, 1.0]), collector, PLAYED, clock).run()
        assert [frame.arrived_s - start_s for frame in collector.frames] == pytest.approx([0.0, 0.04, 1.0])
        assert clock.now() - start_s == pytest.approx(1.0)

    def test_decoding_does_not_delay_a_played_file(self) -> None:
        clock, handed_over_s = FakeClock(), list[float]()
        start_s = clock.now()
        collector = Collector(on_put=lambda: handed_over_s.append(clock.now() - start_s))
        Capture(SlowSource(3, clock, decode_s=0.01), collector, PLAYED, clock).run()
        assert handed_over_s == pytest.approx([0.01, STEP_S, 2 * STEP_S])

    def test_no_frame_of_a_played_file_is_dropped_for_a_slow_consumer(self) -> None:
        clock = FakeClock()

        def be_slow() -> None:
            clock.now_s += 1.0

        collector = Collector(on_put=be_slow)
        capture = Capture(FakeSource(TIMES_S), collector, PLAYED, clock)
        capture.run()
        assert collector.media_times == TIMES_S
        assert capture.skipped == 0

    def test_late_frames_are_dropped_and_counted_in_real_time(self) -> None:
        clock = FakeClock()
        collector = Collector()
        capture = Capture(SlowSource(50, clock, decode_s=0.1), collector, REALTIME, clock)
        capture.run()
        assert capture.skipped > 20
        assert capture.skipped + len(collector.frames) == 50

    def test_dropped_frames_are_not_decoded(self) -> None:
        clock = FakeClock()
        source = SlowSource(50, clock, decode_s=0.1)
        collector = Collector()
        Capture(source, collector, REALTIME, clock).run()
        assert source.decoded == len(collector.frames)

    def test_dropped_frames_keep_their_numbers(self) -> None:
        clock = FakeClock()
        collector = Collector()
        Capture(SlowSource(50, clock, decode_s=0.1), collector, REALTIME, clock).run()
        assert collector.indexes == [round(frame.pts_s / STEP_S) for frame in collector.frames]

    def test_delivered_frames_are_not_late_in_real_time(self) -> None:
        clock = FakeClock()
        start_s = clock.now()
        delays: list[float] = []
        collector = Collector(on_put=lambda: delays.append(clock.now() - start_s - collector.frames[-1].pts_s))
        Capture(SlowSource(100, clock, decode_s=0.1), collector, REALTIME, clock).run()
        assert max(delays) < LONGEST_GAP_S + 0.1

    def test_a_machine_that_is_always_late_still_delivers_some_frames(self) -> None:
        clock = FakeClock()
        collector = Collector()
        Capture(SlowSource(60, clock, grab_s=0.2), collector, REALTIME, clock).run()
        assert len(collector.frames) >= 20

    def test_no_live_frame_is_dropped_for_a_slow_consumer(self) -> None:
        clock = FakeClock()

        def be_slow() -> None:
            clock.now_s += 1.0

        collector = Collector(wanted=4, on_put=be_slow)
        capture = Capture(FakeSource(TIMES_S, live=True), collector, LIVE, clock)
        capture.run()
        assert collector.media_times == TIMES_S
        assert capture.skipped == 0


class TestStates:
    def test_the_first_state_is_opening(self) -> None:
        assert Capture(FakeSource(TIMES_S), Collector(), PLAYED, FakeClock()).state is SourceState.OPENING

    def test_the_state_is_running_while_frames_are_delivered(self) -> None:
        seen: list[SourceState] = []
        capture = Capture(FakeSource([0.0]), Collector(on_put=lambda: seen.append(capture.state)), PLAYED, FakeClock())
        capture.run()
        assert seen == [SourceState.RUNNING]

    def test_the_state_is_ended_after_the_last_frame(self) -> None:
        capture = Capture(FakeSource(TIMES_S), Collector(), PLAYED, FakeClock())
        capture.run()
        assert capture.state is SourceState.ENDED

    def test_a_source_that_cannot_be_opened_ends_the_capture_with_its_error(self) -> None:
        source = FakeSource(TIMES_S, failing_opens=[1])
        capture = Capture(source, Collector(), PLAYED, FakeClock())
        with pytest.raises(SourceError, match="plug it in"):
            capture.run()
        assert capture.state is SourceState.ENDED
        assert source.closed

    def test_a_live_source_that_cannot_be_opened_the_first_time_is_not_retried(self) -> None:
        source = FakeSource(TIMES_S, live=True, failing_opens=[1])
        with pytest.raises(SourceError):
            Capture(source, Collector(), LIVE, FakeClock()).run()
        assert source.opened == 1

    def test_an_unexpected_error_releases_the_source(self) -> None:
        class Exploding(FakeSource):
            def grab(self) -> float | None:
                raise RuntimeError("driver crashed")

        source = Exploding([])
        with pytest.raises(RuntimeError, match="driver crashed"):
            Capture(source, Collector(), LIVE, FakeClock()).run()
        assert source.closed == 1


class TestStop:
    def test_a_closed_mailbox_ends_the_capture(self) -> None:
        source = FakeSource(count())
        collector = Collector(wanted=3)
        Capture(source, collector, AS_FAST_AS_POSSIBLE, FakeClock()).run()
        assert len(collector.frames) == 3
        assert source.closed == 1

    def test_stop_ends_an_endless_source(self) -> None:
        source = FakeSource(count())
        collector = Collector(on_put=lambda: capture.stop())
        capture = Capture(source, collector, AS_FAST_AS_POSSIBLE, FakeClock())
        capture.run()
        assert len(collector.frames) == 1
        assert source.closed == 1

    def test_a_file_is_not_called_empty_after_a_stop_before_its_first_frame(self) -> None:
        collector = Collector()
        capture = Capture(FakeSource([]), collector, AS_FAST_AS_POSSIBLE, FakeClock())
        capture.stop()
        capture.run()
        assert collector.frames == []

    def test_stop_ends_the_wait_for_a_lost_source(self) -> None:
        class StoppingClock(FakeClock):
            def wait(self, stop: threading.Event, seconds: float) -> None:
                super().wait(stop, seconds)
                if len(self.waits) == 3:
                    capture.stop()
                    assert stop.is_set()  # or a real clock would sleep on

        clock = StoppingClock()
        source = FakeSource([0.0], live=True, failing_opens=range(2, 100))
        capture = Capture(source, Collector(), LIVE, clock)
        capture.run()
        assert len(clock.waits) == 3
        assert capture.state is SourceState.ENDED


class TestReconnecting:
    def test_a_lost_source_is_released_and_reopened_and_goes_on(self) -> None:
        source = FakeSource([0.0, None, 0.6], live=True)
        collector = Collector(wanted=2)
        Capture(source, collector, LIVE, FakeClock()).run()
        assert collector.media_times == [0.0, 0.6]
        assert (source.opened, source.closed) == (2, 2)

    def test_a_live_source_that_stays_unreadable_is_reopened(self) -> None:
        class Garbled(FakeSource):
            """Sends a picture a second, readable from the second one on only after it was reopened."""

            def retrieve(self) -> Image | None:
                clock.now_s += 1.0
                image = super().retrieve()
                return None if self.opened == 1 and self._grabbed > 0 else image

        clock = FakeClock()
        source = Garbled([float(second) for second in range(100)], live=True)
        collector = Collector(wanted=2)
        Capture(source, collector, LIVE, clock).run()
        assert (source.opened, collector.media_times) == (2, [0.0, UNREADABLE_S + 3])

    def test_a_source_back_after_a_long_outage_may_be_unreadable_for_a_moment(self) -> None:
        class Waking(FakeSource):
            """The first pictures it sends when it is back cannot be read."""

            def retrieve(self) -> Image | None:
                image = super().retrieve()
                return None if 1 <= self._grabbed <= 3 else image

        source = Waking([0.0, None, 1.0, 2.0, 3.0, 4.0], live=True, failing_opens=range(2, 9))
        collector = Collector(wanted=2)
        Capture(source, collector, LIVE, FakeClock()).run()
        assert (source.opened, collector.media_times) == (9, [0.0, 4.0])

    def test_an_outage_does_not_count_as_a_gap_between_two_frames(self) -> None:
        capture = Capture(FakeSource([0.0, *[None] * 8, 0.6], live=True), Collector(wanted=2), LIVE, FakeClock())
        capture.run()
        assert capture.last_gap_s == 0.0

    def test_frame_numbers_go_on_after_an_outage(self) -> None:
        collector = Collector(wanted=2)
        Capture(FakeSource([0.0, None, 0.6], live=True), collector, LIVE, FakeClock()).run()
        assert collector.indexes == [0, 1]

    def test_the_waits_between_attempts_grow_to_8_seconds(self) -> None:
        clock = FakeClock()
        source = FakeSource([0.0, None, 0.6], live=True, failing_opens=range(2, 9))
        Capture(source, Collector(wanted=2), LIVE, clock).run()
        assert clock.waits == [0.5, 1.0, 2.0, 4.0, 8.0, 8.0, 8.0, 8.0]

    def test_the_waits_are_short_again_after_the_next_loss(self) -> None:
        clock = FakeClock()
        source = FakeSource([0.0, None, 0.6, None, 1.2], live=True, failing_opens=[2, 3])
        Capture(source, Collector(wanted=3), LIVE, clock).run()
        assert clock.waits == [0.5, 1.0, 2.0, 0.5]

    def test_attempts_also_wait_if_the_source_opens_but_sends_nothing(self) -> None:
        clock = FakeClock()
        Capture(FakeSource([0.0, *[None] * 10, 0.6], live=True), Collector(wanted=2), LIVE, clock).run()
        assert len(clock.waits) == 10
        assert min(clock.waits) >= RECONNECT_DELAYS_S[0]

    def test_the_state_is_lost_while_it_waits(self) -> None:
        class WatchingClock(FakeClock):
            def wait(self, stop: threading.Event, seconds: float) -> None:
                if seconds > 0:
                    states.append(capture.state)

        states: list[SourceState] = []
        collector = Collector(wanted=2, on_put=lambda: states.append(capture.state))
        capture = Capture(FakeSource([0.0, None, 0.6], live=True), collector, LIVE, WatchingClock())
        capture.run()
        assert states == [SourceState.RUNNING, SourceState.LOST, SourceState.RUNNING]

    def test_opening_alone_does_not_count_as_an_arrival(self) -> None:
        class WatchingClock(FakeClock):
            def wait(self, stop: threading.Event, seconds: float) -> None:
                super().wait(stop, seconds)
                arrivals.append(capture.last_arrival_s)

        arrivals: list[float] = []
        clock = WatchingClock()
        start_s = clock.now()
        capture = Capture(FakeSource([0.0, None, None, None, 0.6], live=True), Collector(wanted=2), LIVE, clock)
        capture.run()
        assert clock.now() > start_s
        assert set(arrivals) == {start_s}

    def test_a_file_is_never_reopened(self) -> None:
        source = FakeSource([0.0, None, 0.6])
        collector = Collector()
        Capture(source, collector, AS_FAST_AS_POSSIBLE, FakeClock()).run()
        assert collector.media_times == [0.0]
        assert source.opened == 1
