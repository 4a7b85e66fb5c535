"""Closing a pipeline, even one whose source never answers, and pausing it."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from itertools import count

import pytest

from live_monitor.mailbox import Closed
from tests.fakes import FakeSource, eventually
from tests.pipeline.conftest import LONG_S, Build, take


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

    def test_a_read_that_never_returns_is_left_behind_and_told(self, build: Build) -> None:
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

    def test_after_close_there_is_no_result(self, build: Build) -> None:
        pipeline = build(FakeSource(count()))
        pipeline.start()
        take(pipeline)
        pipeline.close()
        with pytest.raises(Closed):
            pipeline.next_result(LONG_S)


def test_a_paused_live_source_goes_on_with_the_newest_frame_and_counts_no_drops(build: Build) -> None:
    wanted = threading.Semaphore()
    asked_for: list[int] = []

    def script() -> Iterator[float]:
        for index in count():
            asked_for.append(index)
            wanted.acquire()
            yield index / 25

    pipeline = build(FakeSource(script(), live=True))
    pipeline.start()
    assert take(pipeline).frame.index == 0
    pipeline.pause()
    wanted.release(20)
    assert eventually(lambda: len(asked_for) == 22), "all twenty were handed over"
    pipeline.resume()
    result = take(pipeline)
    assert result.frame.index == 20
    assert result.dropped == 0
    wanted.release()


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
