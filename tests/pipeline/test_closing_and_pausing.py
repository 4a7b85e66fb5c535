"""Closing a pipeline, even one whose source never answers, and pausing it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator
from itertools import count

import pytest

from live_monitor.capture.capture import CapturePolicy, SourceState
from live_monitor.mailbox import Closed
from live_monitor.pipeline import Pipeline
from live_monitor.types import Frame
from tests.fakes import FakeClock, FakeSource, eventually, fake_stages
from tests.pipeline.conftest import LONG_S, NEWEST, Build, GatedDetector, take

REALTIME = CapturePolicy(paced=True, newest_wins=True)


class _Collecting(FakeSource):
    """Collects garbage on the capture thread."""

    collect: Callable[[], bool]

    def __init__(self, script: Iterable[float]) -> None:
        super().__init__(script)
        self.collected = threading.Event()

    def grab(self) -> float | None:
        self.collect()
        self.collected.set()
        return super().grab()


class TestClose:
    def test_a_running_pipeline_ends_and_releases_its_source(self, build: Build) -> None:
        source = FakeSource(count())
        pipeline = build(source)
        pipeline.start()
        take(pipeline)
        assert pipeline.close()
        assert source.closed == 1

    def test_closing_again_does_nothing(self, build: Build) -> None:
        pipeline = build(FakeSource(count()))
        pipeline.start()
        assert pipeline.close()
        assert pipeline.close()

    def test_a_pipeline_that_was_never_started_can_be_closed(self, build: Build) -> None:
        assert build(FakeSource(count())).close()

    def test_a_read_that_never_returns_is_left_behind_and_reported(self, build: Build) -> None:
        source = FakeSource(["hang"], live=True)
        pipeline = build(source)
        pipeline.start()
        assert source.hanging.wait(LONG_S)
        assert not pipeline.close()
        source.let_go()

    def test_a_thread_left_behind_ends_as_soon_as_its_read_returns(self, build: Build) -> None:
        source = FakeSource(["hang"], live=True)
        pipeline = build(source)
        pipeline.start()
        assert source.hanging.wait(LONG_S)
        pipeline.close()
        source.let_go()
        assert eventually(lambda: source.closed > 0)
        assert pipeline.close()

    @pytest.fixture
    def at_exit(self, monkeypatch: pytest.MonkeyPatch) -> list[Callable[[], None]]:
        """What is to be called when the interpreter exits."""
        registered: list[Callable[[], None]] = []
        monkeypatch.setattr("atexit.register", registered.append)

        def unregister(done: Callable[[], None]) -> None:
            registered[:] = (one for one in registered if one != done)

        monkeypatch.setattr("atexit.unregister", unregister)
        return registered

    def test_at_exit_a_pipeline_that_was_not_closed_waits_for_its_current_frame(
        self, build: Build, at_exit: list[Callable[[], None]], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        detector = GatedDetector()
        monkeypatch.setattr("live_monitor.pipeline.JOIN_S", 0.01)
        build(FakeSource(count()), detector.stages).start()
        assert detector.entered.wait(LONG_S)
        [close] = at_exit
        ending = threading.Thread(target=close)
        ending.start()
        ending.join(0.1)
        assert ending.is_alive()
        detector.gate.set()
        ending.join(LONG_S)
        assert not ending.is_alive()

    def test_a_closed_pipeline_leaves_nothing_to_do_at_exit(self, build: Build, at_exit: list[Callable[[], None]]) -> None:
        pipeline = build(FakeSource(count()))
        pipeline.start()
        pipeline.close()
        assert at_exit == []

    def test_it_can_be_closed_on_its_own_thread_as_by_garbage_collection(self, build: Build) -> None:
        source = _Collecting(count())
        pipeline = build(source)
        source.collect = pipeline.close
        pipeline.start()
        assert source.collected.wait(LONG_S)

    def test_after_close_there_is_no_result(self, build: Build) -> None:
        pipeline = build(FakeSource(count()))
        pipeline.start()
        take(pipeline)
        pipeline.close()
        with pytest.raises(Closed):
            pipeline.next_result(LONG_S)


@pytest.mark.parametrize(("live", "policy"), [(True, NEWEST), (False, REALTIME)], ids=["live", "file in real time"])
def test_a_paused_source_that_does_not_wait_goes_on_with_the_newest_frame_and_counts_no_drops(
    monkeypatch: pytest.MonkeyPatch, live: bool, policy: CapturePolicy
) -> None:
    wanted = threading.Semaphore()
    asked_for: list[int] = []

    def script() -> Iterator[float]:
        for index in count():
            asked_for.append(index)
            wanted.acquire()
            yield index / 25

    pipeline = Pipeline(FakeSource(script(), live=live), fake_stages, policy, FakeClock())
    pause_while_it_waits_for_the_second_frame(pipeline, monkeypatch)
    wanted.release()
    assert eventually(lambda: len(asked_for) == 3 and pipeline._frames.peek() is None), "it has a frame that becomes old"
    wanted.release(19)
    assert eventually(lambda: len(asked_for) == 22), "all twenty were handed over"
    pipeline.resume()
    result = take(pipeline)
    wanted.release(2)
    pipeline.close()
    assert result.frame.index == 20
    assert result.dropped == 0


def test_a_file_in_real_time_that_ends_during_a_pause_shows_its_last_frame_afterwards(monkeypatch: pytest.MonkeyPatch) -> None:
    wanted = threading.Event()

    def script() -> Iterator[float]:
        yield 0.0
        wanted.wait(LONG_S)
        yield 0.04

    pipeline = Pipeline(FakeSource(script()), fake_stages, REALTIME, FakeClock())
    pause_while_it_waits_for_the_second_frame(pipeline, monkeypatch)
    wanted.set()
    assert eventually(lambda: pipeline.waiting_frame() is not None and pipeline._frames.peek() is None), "it has the last frame"
    assert eventually(lambda: pipeline._capture.state is SourceState.ENDED)
    pipeline.resume()
    assert take(pipeline).frame.index == 1
    pipeline.close()


def pause_while_it_waits_for_the_second_frame(pipeline: Pipeline, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also starts it and takes the first result."""
    waiting = threading.Semaphore(0)
    get = pipeline._frames.get

    def get_signalling(timeout_s: float) -> Frame | None:
        waiting.release()
        return get(timeout_s)

    monkeypatch.setattr(pipeline._frames, "get", get_signalling)
    pipeline.start()
    assert take(pipeline).frame.index == 0
    for _ in ("the first frame", "the second one"):
        assert waiting.acquire(timeout=LONG_S)
    pipeline.pause()


def test_a_paused_file_is_not_analysed(build: Build) -> None:
    pipeline = build(FakeSource(index / 25 for index in range(5)))
    pipeline.pause()
    pipeline.start()
    assert eventually(lambda: not pipeline.loading)
    assert pipeline.next_result(0.3) is None
    pipeline.resume()
    assert take(pipeline).frame.index == 0


def test_a_paused_file_goes_on_where_it_was(build: Build) -> None:
    pipeline = build(FakeSource(index / 25 for index in range(5)))
    pipeline.start()
    indexes = [take(pipeline).frame.index]
    pipeline.pause()
    assert pipeline.paused
    pipeline.resume()
    indexes += [take(pipeline).frame.index for _ in range(4)]
    assert indexes == [0, 1, 2, 3, 4]


def test_a_paused_pipeline_can_be_closed(build: Build) -> None:
    pipeline = build(FakeSource(index / 25 for index in range(5)))
    pipeline.start()
    pipeline.pause()
    assert pipeline.close()


def test_a_pipeline_paused_before_its_first_frame_can_be_closed(build: Build) -> None:
    pipeline = build(FakeSource(index / 25 for index in range(5)))
    pipeline.pause()
    pipeline.start()
    assert eventually(lambda: not pipeline.loading)
    assert pipeline.close()
