"""How a pipeline's errors arrive: where the next result is asked for, after all earlier results."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from itertools import count

import pytest

from live_monitor.detect.detector import Expected, Look
from live_monitor.errors import ModelError, SourceError
from live_monitor.stages import Stages
from live_monitor.types import Frame
from tests.fakes import FakeDetector, FakeSource, eventually, fake_stages
from tests.pipeline.conftest import LONG_S, Build, finish, take


class TestErrors:
    def test_a_source_that_cannot_be_opened_is_an_error(self, build: Build) -> None:
        pipeline = build(FakeSource([0.0], failing_opens=[1]))
        pipeline.start()
        with pytest.raises(SourceError, match="plug it in"):
            pipeline.next_result(LONG_S)

    def test_a_source_that_cannot_be_opened_is_reported_before_the_model_is_loaded(self, build: Build) -> None:
        loading = threading.Event()

        def load_slowly() -> Stages:
            assert loading.wait(LONG_S)
            return fake_stages()

        pipeline = build(FakeSource([0.0], failing_opens=[1]), load_slowly)
        pipeline.start()
        with pytest.raises(SourceError):
            pipeline.next_result(LONG_S)
        assert pipeline.loading
        loading.set()

    @pytest.mark.parametrize("time_s", [float("nan"), float("inf")])
    def test_a_time_that_is_not_finite_is_an_error(self, build: Build, time_s: float) -> None:
        with pytest.raises(SourceError, match=f"fake: expected a picture's time in seconds, got {time_s}"):
            finish(build(FakeSource([0.0, time_s])))

    def test_a_file_without_pictures_is_an_error(self, build: Build) -> None:
        with pytest.raises(SourceError, match="no readable picture"):
            finish(build(FakeSource([])))

    def test_a_model_that_cannot_be_loaded_is_an_error(self, build: Build) -> None:
        def fail() -> Stages:
            raise ModelError("no such model")

        pipeline = build(FakeSource(count()), fail)
        pipeline.start()
        with pytest.raises(ModelError, match="no such model"):
            pipeline.next_result(LONG_S)

    def test_an_exception_in_the_detector_is_raised(self, build: Build) -> None:
        class Failing(FakeDetector):
            def detect(self, frame: Frame, expected: Sequence[Expected] | None) -> Look:
                raise RuntimeError("out of memory")

        stages = Stages(Failing(), fake_stages().classifier)
        pipeline = build(FakeSource(count()), lambda: stages)
        pipeline.start()
        with pytest.raises(RuntimeError, match="out of memory"):
            pipeline.next_result(LONG_S)

    def test_pictures_read_before_an_error_are_still_analysed(self, build: Build) -> None:
        class Breaking(FakeSource):
            def grab(self) -> float | None:
                if self._grabbed == 4:
                    raise SourceError("unplugged")
                return super().grab()

        pipeline = build(Breaking(count()))
        pipeline.start()
        assert [take(pipeline).frame.index for _ in range(5)] == [0, 1, 2, 3, 4]
        with pytest.raises(SourceError, match="unplugged"):
            pipeline.next_result(LONG_S)

    def test_an_error_in_the_analysis_releases_the_source(self, build: Build) -> None:
        def fail() -> Stages:
            raise ModelError("no such model")

        source = FakeSource(count())
        pipeline = build(source, fail)
        pipeline.start()
        assert eventually(lambda: source.closed == 1)
