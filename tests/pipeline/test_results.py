"""What comes out of a pipeline: every picture in order, all its faces from left to right, how long that took, and the end."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from live_monitor.mailbox import Closed
from live_monitor.types import Box, Image
from tests.fakes import FakeClock, FakeEngine, FakeSource, fake_stages
from tests.pipeline.conftest import LONG_S, Build, GatedDetector, finish, take


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

    def test_the_time_of_each_stage_is_reported(self, build: Build) -> None:
        (result,) = finish(build(FakeSource([0.0])))
        assert result.stages_ms.keys() == {"detect", "track", "classify", "steady"}
        assert min(result.stages_ms.values()) > 0

    def test_the_age_of_a_result_counts_from_the_arrival_of_its_picture(self, build: Build) -> None:
        clock = FakeClock()
        detector = GatedDetector()
        pipeline = build(FakeSource([0.0]), detector.stages, clock)
        pipeline.start()
        assert detector.entered.wait(LONG_S)
        clock.now_s += 0.5
        detector.gate.set()
        assert take(pipeline).age_s == pytest.approx(0.5)

    def test_none_is_returned_if_no_result_comes_in_time(self, build: Build) -> None:
        source = FakeSource(["hang"])
        pipeline = build(source)
        pipeline.start()
        assert pipeline.next_result(0.01) is None
        source.let_go()

    def test_asking_again_after_the_end_raises_closed_again(self, build: Build) -> None:
        pipeline = build(FakeSource([0.0]))
        finish(pipeline)
        with pytest.raises(Closed):
            pipeline.next_result(LONG_S)
