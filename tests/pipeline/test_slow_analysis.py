"""Pictures that come faster than they are analysed: a live source drops and counts them, a file waits."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence

from live_monitor.capture.capture import CapturePolicy
from live_monitor.detect.detector import Expected, Look
from live_monitor.pipeline import Pipeline
from live_monitor.stages import Stages
from live_monitor.types import Frame, Image
from tests.fakes import FakeClock, FakeDetector, FakeSource, eventually, fake_classifier, fake_stages
from tests.pipeline.conftest import LONG_S, Build, GatedDetector, finish, take


class TestSlowAnalysis:
    def live(self, detector: GatedDetector, pictures: int) -> FakeSource:
        """Sends the first picture, and the others while that one is being analysed."""

        def script() -> Iterator[float | str]:
            yield 0.0
            assert detector.entered.wait(LONG_S)
            yield from (index / 25 for index in range(1, pictures))
            yield "hang"

        return FakeSource(script(), live=True)

    def after_ten_pictures(self, build: Build) -> tuple[Pipeline, FakeSource]:
        """A pipeline whose detector may go on now that all ten pictures have come."""
        detector = GatedDetector()
        source = self.live(detector, pictures=10)
        pipeline = build(source, detector.stages)
        pipeline.start()
        assert source.hanging.wait(LONG_S)
        detector.gate.set()
        return pipeline, source

    def test_a_live_source_goes_on_with_the_newest_picture(self, build: Build) -> None:
        pipeline, source = self.after_ten_pictures(build)
        assert eventually(lambda: take(pipeline).frame.index == 9)
        source.let_go()

    def test_every_picture_is_either_in_a_result_or_counted_as_dropped(self, build: Build) -> None:
        pipeline, source = self.after_ten_pictures(build)
        results = [take(pipeline)]
        while results[-1].frame.index < 9:
            results.append(take(pipeline))
        assert len(results) + results[-1].dropped == 10
        source.let_go()

    def test_a_result_replaced_by_a_newer_one_counts_as_dropped(self, build: Build) -> None:
        seen = threading.Semaphore(0)

        class SignallingDetector(FakeDetector):
            """Signals that a picture has reached it."""

            def detect(self, frame: Frame, expected: Sequence[Expected] | None) -> Look:
                seen.release()
                return super().detect(frame, expected)

        def script() -> Iterator[float | str]:
            for index in range(10):
                yield index / 25
                assert seen.acquire(timeout=LONG_S)
            yield "hang"

        source = FakeSource(script(), live=True)
        classifier = fake_classifier()
        pipeline = build(source, lambda: Stages(SignallingDetector(), classifier))
        pipeline.start()
        assert source.hanging.wait(LONG_S)
        results = [take(pipeline)]
        while results[-1].frame.index < 9:
            results.append(take(pipeline))
        assert len(results) <= 2
        assert len(results) + results[-1].dropped == 10
        source.let_go()

    def test_pictures_dropped_in_real_time_are_counted(self, build: Build) -> None:
        clock = FakeClock()

        class SlowSource(FakeSource):
            def retrieve(self) -> Image | None:
                clock.now_s += 0.1
                return super().retrieve()

        realtime = CapturePolicy(paced=True, newest_wins=True)
        pipeline = Pipeline(SlowSource(index / 25 for index in range(50)), fake_stages, realtime, clock)
        results = finish(pipeline)
        pipeline.close()
        assert results[-1].dropped > 20
        assert results[-1].frame.index <= 49

    def test_a_file_waits_for_the_analysis(self, build: Build) -> None:
        detector = GatedDetector()
        source = FakeSource(index / 25 for index in range(50))
        pipeline = build(source, detector.stages)
        pipeline.start()
        assert detector.entered.wait(LONG_S)
        assert not eventually(lambda: source.closed > 0, within_s=0.05)
        detector.gate.set()
        assert [take(pipeline).frame.index for _ in range(50)] == list(range(50))
