"""Before the first result: a source that is being opened, and a model that is being loaded."""

from __future__ import annotations

import threading

import pytest

from live_monitor.errors import SourceError
from live_monitor.pipeline import Pipeline
from live_monitor.stages import Stages
from tests.fakes import FakeClock, FakeSource, eventually, fake_stages
from tests.pipeline.conftest import LONG_S, Build, finish, opening, take


class TestOpening:
    def test_a_live_source_that_does_not_open_is_given_up_on(self, build: Build) -> None:
        clock, source, pipeline = opening(build)
        clock.now_s += source.open_timeout_s + 0.1
        with pytest.raises(SourceError, match="fake: did not answer within 9 s"):
            pipeline.next_result(0.0)
        source.let_go()

    def test_an_opening_source_is_waited_for_until_the_timeout(self, build: Build) -> None:
        clock, source, pipeline = opening(build)
        clock.now_s += source.open_timeout_s - 0.1
        assert pipeline.next_result(0.0) is None
        source.let_go()

    def test_an_open_source_may_take_its_time_for_the_first_picture(self, build: Build) -> None:
        clock = FakeClock()
        source = FakeSource(["hang"], live=True)
        pipeline = build(source, clock=clock)
        pipeline.start()
        assert source.hanging.wait(LONG_S)
        clock.now_s += source.open_timeout_s + 1.0
        assert pipeline.next_result(0.0) is None
        source.let_go()


class TestLoading:
    def loading_with_a_frame_waiting(self, build: Build) -> tuple[Pipeline, threading.Event]:
        """A pipeline of two pictures whose stages are loaded once the event is set."""
        loading = threading.Event()

        def load_slowly() -> Stages:
            assert loading.wait(LONG_S)
            return fake_stages()

        pipeline = build(FakeSource([0.0, 0.04]), load_slowly)
        pipeline.start()
        assert eventually(lambda: pipeline.waiting_frame() is not None)
        return pipeline, loading

    def test_the_waiting_frame_can_be_seen_while_the_model_is_loaded(self, build: Build) -> None:
        pipeline, loading = self.loading_with_a_frame_waiting(build)
        frame = pipeline.waiting_frame()
        assert frame is not None
        assert frame.index == 0
        assert pipeline.loading
        loading.set()

    def test_a_frame_that_was_seen_waiting_is_still_analysed(self, build: Build) -> None:
        pipeline, loading = self.loading_with_a_frame_waiting(build)
        loading.set()
        assert [take(pipeline).frame.index for _ in range(2)] == [0, 1]

    def test_loading_is_over_once_there_is_a_result(self, build: Build) -> None:
        pipeline = build(FakeSource([0.0]))
        before = pipeline.loading
        finish(pipeline)
        assert (before, pipeline.loading) == (True, False)

    def test_nothing_is_opened_or_loaded_before_start(self, build: Build) -> None:
        loaded: list[bool] = []

        def load() -> Stages:
            loaded.append(True)
            return fake_stages()

        source = FakeSource([0.0])
        build(source, load)
        assert (source.opened, loaded) == (0, [])
