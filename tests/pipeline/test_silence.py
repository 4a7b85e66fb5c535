"""A live source that goes silent: for how long, and when its signal counts as lost."""

from __future__ import annotations

import pytest

from live_monitor.pipeline import SIGNAL_LOST_S, Pipeline
from live_monitor.types import Image
from tests.fakes import FakeClock, FakeSource, eventually
from tests.pipeline.conftest import LONG_S, Build, opening, take


class TestSilence:
    def hanging(self, build: Build, clock: FakeClock, source: FakeSource) -> Pipeline:
        """A pipeline whose first result was taken and whose source hangs."""
        pipeline = build(source, clock=clock)
        pipeline.start()
        take(pipeline)
        assert source.hanging.wait(LONG_S)
        return pipeline

    def test_a_read_that_does_not_return_is_silence(self, build: Build) -> None:
        clock = FakeClock()
        source = FakeSource([0.0, "hang"], live=True)
        pipeline = self.hanging(build, clock, source)
        clock.now_s += 5.0
        assert pipeline.silent_s == pytest.approx(5.0)
        source.let_go()

    def test_after_two_seconds_of_silence_the_signal_counts_as_lost(self, build: Build) -> None:
        clock = FakeClock()
        source = FakeSource([0.0, "hang"], live=True)
        pipeline = self.hanging(build, clock, source)
        clock.now_s += SIGNAL_LOST_S - 0.1
        before = pipeline.signal_lost
        clock.now_s += 0.2
        assert (before, pipeline.signal_lost) == (False, True)
        source.let_go()

    def test_a_source_that_sends_a_picture_every_few_seconds_is_not_lost_between_them(self, build: Build) -> None:
        class Slow(FakeSource):
            def retrieve(self) -> Image | None:
                clock.now_s += 3.0
                return super().retrieve()

        clock = FakeClock()
        source = Slow([0.0, 3.0, "hang"], live=True)
        pipeline = build(source, clock=clock)
        pipeline.start()
        assert source.hanging.wait(LONG_S)
        clock.now_s += 5.0
        before = pipeline.signal_lost
        clock.now_s += 2.0
        assert (before, pipeline.signal_lost) == (False, True)
        source.let_go()

    def test_a_failed_read_is_a_lost_signal_at_once(self, build: Build) -> None:
        pipeline = build(FakeSource([0.0], live=True, failing_opens=range(2, 100)))
        pipeline.start()
        take(pipeline)
        assert eventually(lambda: pipeline.signal_lost)

    def test_a_file_is_never_silent(self, build: Build) -> None:
        clock = FakeClock()
        source = FakeSource([0.0, "hang"])
        pipeline = self.hanging(build, clock, source)
        clock.now_s += 60.0
        assert pipeline.silent_s == 0.0
        assert not pipeline.signal_lost
        source.let_go()

    def test_a_source_that_is_still_opening_is_not_silent(self, build: Build) -> None:
        clock, source, pipeline = opening(build)
        clock.now_s += 5.0
        assert pipeline.silent_s == 0.0
        assert not pipeline.signal_lost
        source.let_go()
