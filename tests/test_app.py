"""The composition root: what `analyze` takes, gives and refuses, and that it can run for hours."""

from __future__ import annotations

import gc
import json
import re
import shutil
import threading
import tracemalloc
from collections.abc import Iterator
from itertools import count, islice
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from live_monitor import analyze, app
from live_monitor.app import AnySource, load_stages, make_pipeline, make_source, results
from live_monitor.capture.capture import CapturePolicy
from live_monitor.capture.live import Camera, Stream
from live_monitor.capture.picture import Picture
from live_monitor.capture.video_file import VideoFile
from live_monitor.capture.web_video import WebVideo
from live_monitor.classify.card import load_card
from live_monitor.classify.engine import load_engine
from live_monitor.classify.preprocess import normalise
from live_monitor.classify.probabilities import probabilities
from live_monitor.detect.cadence import EveryNth, KeepUp
from live_monitor.detect.choose import load_finder
from live_monitor.errors import ModelError, SourceError, UsageError
from live_monitor.mailbox import Closed
from live_monitor.pipeline import Pipeline
from live_monitor.settings import Settings
from live_monitor.stages import Stages
from tests.fakes import (
    FakeClock,
    FakeDetector,
    FakeEngine,
    FakeSource,
    drawn_faces,
    drawn_portrait,
    fake_classifier,
    fake_stages,
    grey_picture,
    write_clip,
)

EVERY_FRAME = CapturePolicy(paced=False, newest_wins=False)
NEWEST = CapturePolicy(paced=False, newest_wins=True)


@pytest.fixture
def clip(tmp_path: Path) -> Path:
    return write_clip(tmp_path / "clip.avi", [0, 50, 100])


@pytest.fixture
def _fake_model(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(app, "load_stages", lambda _settings, **_how: fake_stages())


@pytest.mark.usefixtures("_fake_model")
class TestAnalyze:
    def test_every_frame_of_a_file_gives_a_result(self, clip: Path) -> None:
        assert [round(float(result.frame.image.mean()), -1) for result in analyze(clip)] == [0, 50, 100]

    def test_a_path_may_be_text(self, clip: Path) -> None:
        assert len(list(analyze(str(clip)))) == 3

    @pytest.mark.parametrize("shape", [(48, 64, 3), (48, 64), (48, 64, 4)], ids=["bgr", "grey", "bgra"])
    def test_a_picture_gives_one_result(self, shape: tuple[int, ...]) -> None:
        (result,) = analyze(np.full(shape, 99, np.uint8))
        assert [reading.label for reading in result.readings] == ["happy"]
        np.testing.assert_array_equal(result.frame.image, grey_picture(99))

    def test_the_callers_own_source_is_read_and_closed(self) -> None:
        source = FakeSource([0.0, 0.04, 0.08])
        assert [result.frame.pts_s for result in analyze(source)] == [0.0, 0.04, 0.08]
        assert source.closed

    def test_the_callers_picture_stays_writable(self) -> None:
        pixels = grey_picture(99)
        list(analyze(pixels))
        assert pixels.flags.writeable

    def test_results_may_be_kept(self, clip: Path) -> None:
        kept = list(analyze(clip))
        assert len({result.frame.image.tobytes() for result in kept}) == 3

    def test_nothing_is_opened_before_the_first_result_is_requested(self, tmp_path: Path) -> None:
        results = analyze(tmp_path / "gone.mp4")
        with pytest.raises(SourceError, match="no such file"):
            next(results)

    def test_leaving_early_ends_the_threads(self, clip: Path) -> None:
        before = set(threading.enumerate())
        results = analyze(clip)
        next(results)
        results.close()  # type: ignore[attr-defined]
        assert set(threading.enumerate()) <= before

    def test_the_end_of_the_file_ends_the_threads(self, clip: Path) -> None:
        before = set(threading.enumerate())
        list(analyze(clip))
        assert set(threading.enumerate()) <= before

    def test_two_files_can_be_analysed_side_by_side(self, clip: Path) -> None:
        pairs = list(zip(analyze(clip), analyze(clip), strict=True))
        assert [(one.frame.index, other.frame.index) for one, other in pairs] == [(0, 0), (1, 1), (2, 2)]

    def test_in_real_time_a_file_keeps_its_speed(self, clip: Path) -> None:
        frames = [result.frame for result in analyze(clip, realtime=True)]
        assert frames[-1].arrived_s - frames[0].arrived_s == pytest.approx(frames[-1].pts_s - frames[0].pts_s)

    def test_without_a_display_a_file_is_not_slowed_down(self, tmp_path: Path) -> None:
        slides = write_clip(tmp_path / "slides.avi", [0] * 60, fps=1.0)
        assert len(list(analyze(slides))) == 60

    def test_every_real_photo_gives_one_result(self, shared_data: Path) -> None:
        for path in sorted((shared_data / "photos").glob("*.jpg"))[:3]:
            pixels = cv2.imread(str(path), cv2.IMREAD_UNCHANGED)
            assert pixels is not None
            assert len(list(analyze(pixels.astype(np.uint8)))) == 1


class TestRefusals:
    @pytest.mark.parametrize(
        ("setting", "value"),
        [
            ("size", (0, 480)),
            ("fps", 0.0),
            ("fps", -5.0),
            ("fps", float("nan")),
            ("min_face", 0),
            ("device", "tpu"),
        ],
    )
    def test_a_setting_out_of_range_is_refused_at_the_call(self, setting: str, value: Any) -> None:
        with pytest.raises(UsageError, match=setting):
            analyze("lecture.mp4", **{setting: value})

    def test_an_unknown_setting_is_refused_at_the_call(self) -> None:
        with pytest.raises(TypeError, match="colour"):
            analyze("lecture.mp4", colour="green")

    @pytest.mark.parametrize("pixels", [np.zeros((4, 4, 3)), np.zeros((4, 4, 2), np.uint8), np.zeros((0, 4, 3), np.uint8)])
    def test_an_array_that_is_not_a_picture_is_refused_at_the_call(self, pixels: NDArray[np.uint8]) -> None:
        with pytest.raises(UsageError, match="picture: expected"):
            analyze(pixels)


class TestMakeSource:
    @pytest.mark.parametrize(
        ("given", "kind", "name"),
        [
            (0, Camera, "camera 0"),
            ("/dev/video2", Camera, "camera /dev/video2"),
            ("rtsp://host/live", Stream, "stream rtsp://host/live"),
            ("HTTP://host/live", Stream, "stream HTTP://host/live"),
            ("http://host/live.m3u8", Stream, "stream http://host/live.m3u8"),
            ("http://host/live?like=a.mp4", Stream, "stream http://host/live?like=a.mp4"),
            ("rtsp://host/live.mp4", Stream, "stream rtsp://host/live.mp4"),
            ("https://host/a/lecture.mp4", WebVideo, "https://host/a/lecture.mp4"),
            ("http://host/LECTURE.MKV?key=1", WebVideo, "http://host/LECTURE.MKV?key=1"),
            (" https://host/lecture.mp4 ", WebVideo, "https://host/lecture.mp4"),
            ("lecture.mp4", VideoFile, "lecture.mp4"),
            (Path("a") / "lecture.mp4", VideoFile, str(Path("a") / "lecture.mp4")),
            ("rtsp.mp4", VideoFile, "rtsp.mp4"),
            ("0", VideoFile, "0"),
            (np.zeros((4, 4, 3), np.uint8), Picture, "picture"),
        ],
        ids=str,
    )
    def test_the_argument_decides_the_kind_of_source(self, given: AnySource, kind: type, name: str) -> None:
        source = make_source(given, Settings())
        assert isinstance(source, kind)
        assert source.name == name

    @pytest.mark.parametrize("given", [3.5, None, ["a.mp4"]])
    def test_an_invalid_source_is_refused_with_the_valid_kinds(self, given: Any) -> None:
        with pytest.raises(UsageError, match=rf"source {re.escape(repr(given))}: is none of a path, a URL, a camera's index"):
            make_source(given, Settings())


@pytest.mark.usefixtures("_fake_model")
class TestMakePipeline:
    def arrivals(self, *, shown: bool) -> float:
        """Seconds between the arrivals of two pictures that are 0.2 s apart."""
        pipeline = make_pipeline(FakeSource([0.0, 0.2]), Settings(), shown=shown)
        first, last = (result.frame.arrived_s for result in results(pipeline, "fake"))
        return last - first

    def test_a_file_on_screen_plays_at_its_own_speed(self) -> None:
        assert self.arrivals(shown=True) == pytest.approx(0.2)

    @pytest.mark.parametrize("blur", [True, False])
    def test_min_face_and_blur_are_known_from_the_first_frame(self, blur: bool) -> None:
        pipeline = make_pipeline(FakeSource([0.0]), Settings(min_face=90), shown=False, blur=blur)
        assert (pipeline.wishes.min_face, pipeline.wishes.blur) == (90, blur)

    def test_a_file_without_a_screen_does_not_play_at_its_own_speed(self) -> None:
        assert self.arrivals(shown=False) != pytest.approx(0.2)

    @pytest.mark.parametrize(
        ("live", "realtime", "shown", "policy"),
        [
            (True, False, True, NEWEST),
            (True, True, True, NEWEST),
            (True, False, False, NEWEST),
            (False, False, True, CapturePolicy(paced=True, newest_wins=False)),
            (False, True, False, CapturePolicy(paced=True, newest_wins=True)),
            (False, False, False, EVERY_FRAME),
        ],
    )
    def test_only_live_or_real_time_sources_drop_frames_and_only_files_are_paced(
        self, live: bool, realtime: bool, shown: bool, policy: CapturePolicy
    ) -> None:
        pipeline = make_pipeline(FakeSource([0.0], live=live), Settings(realtime=realtime), shown=shown)
        assert pipeline._capture._policy == policy


class Interrupted:
    """A pipeline in a process that was stopped for an hour between results."""

    silent_s = 3600.0

    def __init__(self, script: list[str | None]) -> None:
        self._script = iter(script)

    def start(self) -> None:
        """Starts nothing."""

    def next_result(self, _timeout_s: float) -> str | None:
        try:
            return next(self._script)
        except StopIteration:
            raise Closed from None

    def close(self) -> None:
        """Ends nothing."""


class TestSilence:
    @pytest.fixture(autouse=True)
    def _impatient(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("live_monitor.app.GIVE_UP_S", 0.5)

    def test_a_live_source_that_stays_silent_is_given_up_on(self) -> None:
        source = FakeSource([0.0], live=True, failing_opens=range(2, 10**9))
        run = results(Pipeline(source, fake_stages, NEWEST, FakeClock()), "camera 0")
        with pytest.raises(SourceError, match=r"camera 0: signal lost, no picture for 0\.5 s"):
            list(run)

    def test_results_from_before_the_silence_come_first(self) -> None:
        source = FakeSource([0.0, "hang"], live=True)
        clock = FakeClock()
        run = results(Pipeline(source, fake_stages, NEWEST, clock), "camera 0")
        assert next(run).frame.index == 0
        assert source.hanging.wait(5)
        clock.now_s += 1
        with pytest.raises(SourceError, match="signal lost"):
            next(run)
        source.let_go()

    def test_time_for_which_the_program_was_stopped_does_not_count_as_silence(self) -> None:
        stopped = Interrupted(["picture", None, "picture"])
        assert len(list(results(stopped, "camera 0"))) == 2  # type: ignore[arg-type]

    def test_a_source_that_comes_back_in_time_continues(self) -> None:
        source = FakeSource([0.0, None, 0.6, "hang"], live=True, failing_opens=[2, 3])
        run = results(Pipeline(source, fake_stages, NEWEST, FakeClock()), "camera 0")
        assert any(result.frame.pts_s == 0.6 for result in run)
        source.let_go()

    @pytest.mark.timeout(20)
    def test_a_source_that_keeps_reopening_but_sends_nothing_is_given_up_on(self) -> None:
        source = FakeSource([0.0], live=True)
        run = results(Pipeline(source, fake_stages, NEWEST, FakeClock()), "camera 0")
        with pytest.raises(SourceError, match="signal lost"):
            list(run)


class TinyEngine(FakeEngine):
    """Remembers nothing."""

    def infer(self, faces: NDArray[np.float32]) -> NDArray[np.float32]:
        logits = super().infer(faces)
        self.batches.clear()
        return logits


class TestEndurance:
    FRAMES = 6_000
    WARM_UP = 1_000

    def loop(self) -> Iterator[int]:
        """Runs a file that never ends."""
        stages = Stages(FakeDetector(), fake_classifier(TinyEngine(), input_px=8))
        pipeline = Pipeline(FakeSource(index / 25 for index in count()), lambda: stages, EVERY_FRAME)
        for result in results(pipeline, "fake"):
            yield result.frame.index

    def test_memory_and_threads_do_not_grow_with_the_length_of_a_video(self) -> None:
        tracemalloc.start(1)
        try:
            frames = self.loop()
            assert next(islice(frames, self.WARM_UP - 1, None)) == self.WARM_UP - 1
            before = (self.memory(), threading.active_count())
            next(islice(frames, self.FRAMES - self.WARM_UP - 1, None))
            after = (self.memory(), threading.active_count())
            frames.close()  # type: ignore[attr-defined]
        finally:
            tracemalloc.stop()
        assert after[1] == before[1]
        assert after[0] - before[0] < 50_000

    def memory(self) -> int:
        """Bytes in use."""
        gc.collect()
        return tracemalloc.get_traced_memory()[0]


class TestLoadStages:
    """With the cascade, which finds drawn faces."""

    def test_a_source_with_its_own_pace_is_searched_as_often_as_time_allows(self) -> None:
        assert isinstance(load_stages(Settings(detector="haar"), on_time=True).cadence, KeepUp)

    def test_every_frame_of_any_other_source_is_searched(self) -> None:
        cadence = load_stages(Settings(detector="haar"), on_time=False).cadence
        assert isinstance(cadence, EveryNth)
        assert not cadence.carries

    @pytest.mark.parametrize("on_time", [True, False])
    def test_every_nth_frame_is_searched_on_request(self, on_time: bool) -> None:
        cadence = load_stages(Settings(detector="haar", detect_every=3), on_time=on_time).cadence
        assert isinstance(cadence, EveryNth)
        assert cadence.carries

    def test_faces_smaller_than_the_smallest_wanted_are_not_found(self) -> None:
        (all_sizes,) = analyze(drawn_portrait(), detector="haar")
        (large_ones,) = analyze(drawn_portrait(), detector="haar", min_face=200)
        assert (len(all_sizes.readings), len(large_ones.readings)) == (1, 0)

    @pytest.mark.parametrize(("ignore", "faces"), [((), 1), (((0, 0, 1, 1),), 0), (((0, 0, 0.2, 1),), 1)])
    def test_faces_in_an_ignored_part_are_left_out(self, ignore: tuple[tuple[float, ...], ...], faces: int) -> None:
        (result,) = analyze(drawn_portrait(), detector="haar", ignore=ignore)
        assert len(result.readings) == faces

    def test_faces_are_read_as_often_as_requested(self) -> None:
        reading_times = load_stages(Settings(detector="haar", read_every=2.0), on_time=False).reading_times
        assert [reading_times.due(now_s) for now_s in (0.0, 1.0, 2.0, 3.0)] == [True, False, True, False]

    def test_the_limits_of_readability_come_from_the_models_card(self, tmp_path: Path) -> None:
        model = Path(shutil.copytree(load_card("custom-cnn").folder, tmp_path / "model"))
        facts = {**load_card("custom-cnn").facts, "readable": {"size_px": 77, "turn": 0.1}}
        (model / "card.json").write_text(json.dumps(facts), encoding="utf-8")
        limits = load_stages(Settings(detector="facegrid", model=str(model), device="cpu"), on_time=False).gate.limits
        assert (limits.size_px, limits.turn) == (77, 0.1)
        assert limits.score == load_finder(Settings(detector="facegrid")).sure_score

    @pytest.mark.parametrize("detector", ["facegrid", "haar"])
    def test_the_tracker_uses_the_sure_score_of_the_detector(self, detector: str) -> None:
        settings = Settings(detector=detector, device="cpu")
        assert load_stages(settings, on_time=False).tracker._sure_score == load_finder(settings).sure_score > 0

    def test_faces_are_labelled_as_the_card_of_the_default_model_says(self) -> None:
        card, faces = load_card(Settings().model), drawn_faces(4)
        logits = load_engine(card, "cpu").infer(normalise(faces))
        labelled = load_stages(Settings(detector="haar", device="cpu"), on_time=False).classifier.label(faces)
        assert card.ferplus_share > 0
        np.testing.assert_allclose(labelled, probabilities(logits, card.calibration, card.ferplus_share), atol=1e-5)

    def test_a_label_needs_the_probability_in_the_models_card(self, tmp_path: Path) -> None:
        model = Path(shutil.copytree(load_card("custom-cnn").folder, tmp_path / "model"))
        whys = []
        for unsure_below in (0.0, 1.0):
            facts = {**load_card("custom-cnn").facts, "unsure_below": unsure_below}
            (model / "card.json").write_text(json.dumps(facts), encoding="utf-8")
            (result,) = analyze(drawn_portrait(), detector="haar", model=str(model), device="cpu")
            whys += [reading.why for reading in result.readings]
        assert whys == ["", "unclear"]

    def test_faces_are_cropped_for_the_detector_that_finds_them(self, tmp_path: Path) -> None:
        model = Path(shutil.copytree(load_card("custom-cnn").folder, tmp_path / "model"))
        card = json.loads((model / "card.json").read_text(encoding="utf-8"))
        del card["crop_margins"]["facegrid"]
        (model / "card.json").write_text(json.dumps(card), encoding="utf-8")
        load_stages(Settings(detector="haar", model=str(model), device="cpu"), on_time=False)
        with pytest.raises(ModelError, match="has no crop margin for the detector facegrid"):
            load_stages(Settings(detector="facegrid", model=str(model), device="cpu"), on_time=False)
