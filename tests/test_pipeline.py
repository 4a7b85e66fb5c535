"""The pipeline: what comes out of it, how its errors arrive, and what it knows of a live source."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from itertools import count

import numpy as np
import pytest
from numpy.typing import NDArray

from live_monitor.capture.capture import CapturePolicy
from live_monitor.capture.source import Source
from live_monitor.classify.classifier import EmotionClassifier
from live_monitor.detect.detector import Expected, Look
from live_monitor.errors import ModelError, SourceError
from live_monitor.mailbox import Closed
from live_monitor.pipeline import SIGNAL_LOST_S, Pipeline
from live_monitor.stages import Stages
from live_monitor.types import Box, Frame, FrameResult, Image
from tests.fakes import FakeClock, FakeDetector, FakeEngine, FakeSource, eventually, fake_stages

EVERY_FRAME = CapturePolicy(paced=False, newest_wins=False)
NEWEST = CapturePolicy(paced=False, newest_wins=True)

LONG_S = 10.0

Build = Callable[..., Pipeline]


@pytest.fixture
def build() -> Iterator[Build]:
    """Makes pipelines with fake stages, and closes them."""
    pipelines: list[Pipeline] = []

    def build(source: Source, load_stages: Callable[[], Stages] = fake_stages, clock: FakeClock | None = None) -> Pipeline:
        policy = NEWEST if source.live else EVERY_FRAME
        pipelines.append(Pipeline(source, load_stages, policy, clock))
        return pipelines[-1]

    yield build
    for pipeline in pipelines:
        pipeline.close()


def finish(pipeline: Pipeline) -> list[FrameResult]:
    """Starts a pipeline and takes all its results."""
    pipeline.start()
    results: list[FrameResult] = []
    while True:
        try:
            result = pipeline.next_result(LONG_S)
        except Closed:
            return results
        assert result is not None
        results.append(result)


def take(pipeline: Pipeline) -> FrameResult:
    result = pipeline.next_result(LONG_S)
    assert result is not None
    return result


class GatedDetector(FakeDetector):
    """Lets no picture pass until the gate is opened."""

    def __init__(self) -> None:
        super().__init__()
        self.entered = threading.Event()
        self.gate = threading.Event()

    def detect(self, frame: Frame, expected: Sequence[Expected] | None) -> Look:
        self.entered.set()
        assert self.gate.wait(LONG_S)
        return super().detect(frame, expected)

    def stages(self) -> Stages:
        return Stages(self, EmotionClassifier(FakeEngine(), input_px=48, crop_margin=0.0))


class TestResults:
    def test_every_picture_of_a_file_comes_out_in_order(self, build: Build) -> None:
        results = finish(build(FakeSource(index / 25 for index in range(50))))
        assert [result.frame.index for result in results] == list(range(50))
        assert [result.frame.pts_s for result in results] == [index / 25 for index in range(50)]

    def test_a_file_drops_nothing(self, build: Build) -> None:
        results = finish(build(FakeSource(index / 25 for index in range(50))))
        assert results[-1].dropped == 0

    def test_all_faces_of_a_frame_are_classified_by_one_call(self, build: Build) -> None:
        engine = FakeEngine()
        boxes = [Box(x, 0, x + 10, 10) for x in (0, 20, 40)]
        finish(build(FakeSource([0.0, 0.04]), lambda: fake_stages(boxes, engine)))
        assert [len(batch) for batch in engine.batches] == [3, 3]

    def test_a_frame_without_faces_needs_no_call(self, build: Build) -> None:
        engine = FakeEngine()
        (result,) = finish(build(FakeSource([0.0]), lambda: fake_stages([], engine)))
        assert result.readings == ()
        assert engine.batches == []

    def test_readings_are_ordered_from_left_to_right(self, build: Build) -> None:
        boxes = [Box(x, 0, x + 10, 10) for x in (40, 0, 20)]
        (result,) = finish(build(FakeSource([0.0]), lambda: fake_stages(boxes)))
        assert [reading.detection.box.x1 for reading in result.readings] == [0, 20, 40]

    def test_each_face_gets_the_probabilities_of_its_own_crop(self, build: Build) -> None:
        class SlopeEngine(FakeEngine):
            def infer(self, faces: NDArray[np.float32]) -> NDArray[np.float32]:
                rising = faces[:, 0, -1, 0] > faces[:, 0, 0, 0]
                logits = np.zeros((len(faces), 7), np.float32)
                logits[np.arange(len(faces)), rising.astype(int)] = 9.0
                return logits

        class RidgeSource(FakeSource):
            """Brightness rises over the left half of the picture and falls over the right one."""

            def retrieve(self) -> Image:
                image = np.zeros((48, 64, 3), np.uint8)
                image[:] = 7 * np.minimum(np.arange(64), np.arange(64)[::-1])[:, np.newaxis]
                return image

        boxes = [Box(40, 0, 60, 20), Box(0, 0, 20, 20)]
        (result,) = finish(build(RidgeSource([0.0]), lambda: fake_stages(boxes, SlopeEngine())))
        assert [int(reading.probabilities.argmax()) for reading in result.readings] == [1, 0]

    def test_the_result_carries_the_picture_that_was_analysed(self, build: Build) -> None:
        results = finish(build(FakeSource([0.0, 0.04])))
        assert [int(result.frame.image[0, 0, 0]) for result in results] == [0, 10]

    def test_the_time_each_stage_took_is_told(self, build: Build) -> None:
        (result,) = finish(build(FakeSource([0.0])))
        assert result.stages_ms.keys() == {"detect", "track", "classify", "steady"}
        assert min(result.stages_ms.values()) > 0

    def test_the_age_of_a_result_counts_from_the_arrival_of_its_picture(self, build: Build) -> None:
        clock = FakeClock()
        detector = GatedDetector()
        pipeline = build(FakeSource([0.0]), detector.stages, clock)
        pipeline.start()
        detector.entered.wait(LONG_S)
        clock.now_s += 0.5
        detector.gate.set()
        assert take(pipeline).age_s == pytest.approx(0.5)

    def test_without_a_result_in_time_there_is_none(self, build: Build) -> None:
        source = FakeSource(["hang"])
        pipeline = build(source)
        pipeline.start()
        assert pipeline.next_result(0.01) is None
        source.let_go()


class TestSlowAnalysis:
    def live(self, detector: GatedDetector, pictures: int) -> FakeSource:
        """Sends the first picture, and the others while that one is being analysed."""

        def script() -> Iterator[float | str]:
            yield 0.0
            assert detector.entered.wait(LONG_S)
            yield from (index / 25 for index in range(1, pictures))
            yield "hang"

        return FakeSource(script(), live=True)

    def test_a_live_source_goes_on_with_the_newest_picture(self, build: Build) -> None:
        detector = GatedDetector()
        source = self.live(detector, pictures=10)
        pipeline = build(source, detector.stages)
        pipeline.start()
        source.hanging.wait(LONG_S)
        detector.gate.set()
        assert eventually(lambda: take(pipeline).frame.index == 9)
        source.let_go()

    def test_a_picture_is_either_in_a_result_or_counted_as_dropped(self, build: Build) -> None:
        detector = GatedDetector()
        source = self.live(detector, pictures=10)
        pipeline = build(source, detector.stages)
        pipeline.start()
        source.hanging.wait(LONG_S)
        detector.gate.set()
        results = [take(pipeline)]
        while results[-1].frame.index < 9:
            results.append(take(pipeline))
        assert len(results) + results[-1].dropped == 10
        source.let_go()

    def test_pictures_passed_over_in_real_time_are_counted(self, build: Build) -> None:
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
        detector.entered.wait(LONG_S)
        assert not eventually(lambda: source.closed > 0, within_s=0.05)
        detector.gate.set()
        assert [take(pipeline).frame.index for _ in range(50)] == list(range(50))


class TestErrors:
    def test_a_source_that_cannot_be_opened(self, build: Build) -> None:
        pipeline = build(FakeSource([0.0], failing_opens=[1]))
        pipeline.start()
        with pytest.raises(SourceError, match="plug it in"):
            pipeline.next_result(LONG_S)

    def test_a_source_that_cannot_be_opened_is_told_before_the_model_is_loaded(self, build: Build) -> None:
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

    def test_a_file_without_pictures(self, build: Build) -> None:
        with pytest.raises(SourceError, match="no readable picture"):
            finish(build(FakeSource([])))

    def test_a_model_that_cannot_be_loaded(self, build: Build) -> None:
        def fail() -> Stages:
            raise ModelError("no such model")

        pipeline = build(FakeSource(count()), fail)
        pipeline.start()
        with pytest.raises(ModelError, match="no such model"):
            pipeline.next_result(LONG_S)

    def test_a_detector_that_fails(self, build: Build) -> None:
        class Failing(FakeDetector):
            def detect(self, frame: Frame, expected: Sequence[Expected] | None) -> Look:
                raise RuntimeError("out of memory")

        stages = Stages(Failing(), fake_stages().classifier)
        pipeline = build(FakeSource(count()), lambda: stages)
        pipeline.start()
        with pytest.raises(RuntimeError, match="out of memory"):
            pipeline.next_result(LONG_S)

    def test_what_was_read_before_an_error_is_still_analysed(self, build: Build) -> None:
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

    def test_an_error_of_the_analysis_releases_the_source(self, build: Build) -> None:
        def fail() -> Stages:
            raise ModelError("no such model")

        source = FakeSource(count())
        pipeline = build(source, fail)
        pipeline.start()
        assert eventually(lambda: source.closed == 1)

    def test_the_end_is_told_again_to_who_asks_again(self, build: Build) -> None:
        pipeline = build(FakeSource([0.0]))
        finish(pipeline)
        with pytest.raises(Closed):
            pipeline.next_result(LONG_S)


class TestOpening:
    def test_a_live_source_that_does_not_open_is_given_up(self, build: Build) -> None:
        clock = FakeClock()
        source = FakeSource([], live=True, open_hangs=True)
        pipeline = build(source, clock=clock)
        pipeline.start()
        source.hanging.wait(LONG_S)
        clock.now_s += source.open_timeout_s + 0.1
        with pytest.raises(SourceError, match="fake: did not answer within 9 s"):
            pipeline.next_result(0.0)
        source.let_go()

    def test_until_then_it_is_waited_for(self, build: Build) -> None:
        clock = FakeClock()
        source = FakeSource([], live=True, open_hangs=True)
        pipeline = build(source, clock=clock)
        pipeline.start()
        clock.now_s += source.open_timeout_s - 0.1
        assert pipeline.next_result(0.0) is None
        source.let_go()

    def test_an_open_source_may_take_its_time_for_the_first_picture(self, build: Build) -> None:
        clock = FakeClock()
        source = FakeSource(["hang"], live=True)
        pipeline = build(source, clock=clock)
        pipeline.start()
        source.hanging.wait(LONG_S)
        clock.now_s += source.open_timeout_s + 1.0
        assert pipeline.next_result(0.0) is None
        source.let_go()


class TestSilence:
    def hanging(self, build: Build, clock: FakeClock, source: FakeSource) -> Pipeline:
        """A pipeline whose first result was taken and whose source hangs."""
        pipeline = build(source, clock=clock)
        pipeline.start()
        take(pipeline)
        source.hanging.wait(LONG_S)
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

    def test_a_source_that_opens_is_not_silent_yet(self, build: Build) -> None:
        clock = FakeClock()
        source = FakeSource([], live=True, open_hangs=True)
        pipeline = build(source, clock=clock)
        pipeline.start()
        source.hanging.wait(LONG_S)
        clock.now_s += 5.0
        assert pipeline.silent_s == 0.0
        assert not pipeline.signal_lost
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

    def test_a_frame_that_was_seen_waiting_is_analysed_all_the_same(self, build: Build) -> None:
        pipeline, loading = self.loading_with_a_frame_waiting(build)
        loading.set()
        assert [take(pipeline).frame.index for _ in range(2)] == [0, 1]

    def test_it_is_no_longer_loading_once_there_is_a_result(self, build: Build) -> None:
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
        source.hanging.wait(LONG_S)
        assert not pipeline.close()
        source.let_go()

    def test_a_thread_left_behind_ends_as_soon_as_its_read_returns(self, build: Build) -> None:
        source = FakeSource(["hang"], live=True)
        pipeline = build(source)
        pipeline.start()
        source.hanging.wait(LONG_S)
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
