"""How the monitor ends: because the user wants it to, or because of an error."""

from __future__ import annotations

from itertools import count, islice
from pathlib import Path

import pytest

from live_monitor.capture.capture import CapturePolicy
from live_monitor.errors import DisplayError, ModelError, OutputError, SourceError
from live_monitor.monitor.monitor import Monitor
from live_monitor.pipeline import Pipeline
from live_monitor.session.log import Log
from live_monitor.session.outputs import Outputs
from live_monitor.session.recording import Recording
from live_monitor.stages import Stages
from live_monitor.types import FrameResult, Image
from tests.fakes import FakeDisplay, FakeSource, fake_stages
from tests.monitor.made import make_monitor, shown_levels


class TestWaysOut:
    @pytest.mark.parametrize("key", [ord("q"), ord("Q"), 27], ids=["q", "Q", "Esc"])
    def test_a_quit_key_ends_the_monitor(self, key: int) -> None:
        display = FakeDisplay(keys=[None, key])
        make_monitor(FakeSource(count()), display).run()
        assert not display.keys

    @pytest.mark.parametrize("key", [ord("x"), ord("z"), 13, 0, 255])
    def test_no_other_key_ends_the_monitor(self, key: int) -> None:
        display = FakeDisplay(keys=[key] * 3)
        make_monitor(FakeSource([0.0, 0.04, 0.08]), display).run()
        assert shown_levels(display) == [0, 10, 20]

    def test_the_close_button_of_the_window_ends_the_monitor(self) -> None:
        display = FakeDisplay(close_after=2)
        make_monitor(FakeSource(index / 25 for index in count()), display).run()
        assert len(display.shown) == 2

    def test_the_end_of_the_file_ends_the_monitor(self) -> None:
        display = FakeDisplay()
        make_monitor(FakeSource([0.0, 0.04]), display).run()
        assert display.was_closed

    @pytest.mark.parametrize(
        ("display", "pictures"),
        [
            (FakeDisplay(keys=[ord("q")]), None),
            (FakeDisplay(keys=[27]), None),
            (FakeDisplay(close_after=2), None),
            (FakeDisplay(), 3),
        ],
        ids=["q", "Esc", "window closed", "end of the file"],
    )
    def test_whatever_ends_it_closes_display_and_source(self, display: FakeDisplay, pictures: int | None) -> None:
        source = FakeSource(islice((index / 25 for index in count()), pictures))
        make_monitor(source, display).run()
        assert display.was_closed
        assert source.closed

    def test_no_window_is_opened_for_a_source_that_fails_at_once(self) -> None:
        display = FakeDisplay()
        with pytest.raises(SourceError, match="plug it in"):
            make_monitor(FakeSource([], failing_opens=[1]), display).run()
        assert display.shown == []
        assert display.was_closed

    def test_a_log_that_fails_at_its_first_line_ends_the_monitor(self, tmp_path: Path) -> None:
        class Full(Log):
            def add(self, result: FrameResult) -> None:
                raise OutputError(f"no room for frame {result.frame.index}")

        display, source = FakeDisplay(), FakeSource(index / 25 for index in count())
        pipeline = Pipeline(source, fake_stages, CapturePolicy(paced=True, newest_wins=False))
        with Full(tmp_path / "log.csv", 0.0, live=False) as log, pytest.raises(OutputError, match="no room for frame 0"):
            Monitor(pipeline, display, outputs=Outputs(log)).run()
        assert display.was_closed
        assert source.closed

    def test_a_recording_that_fails_at_its_first_frame_ends_the_monitor(self, tmp_path: Path) -> None:
        class Full(Recording):
            def add(self, shown: Image, now_s: float) -> None:
                raise OutputError(f"no room at {now_s:g} s")

        display, source = FakeDisplay(), FakeSource(index / 25 for index in count())
        pipeline = Pipeline(source, fake_stages, CapturePolicy(paced=True, newest_wins=False))
        with Full(tmp_path / "lesson.mp4", live=False) as recording, pytest.raises(OutputError, match="no room at 0 s"):
            Monitor(pipeline, display, outputs=Outputs(recording=recording)).run()
        assert display.was_closed
        assert source.closed

    def test_a_model_that_cannot_be_loaded_ends_the_monitor(self) -> None:
        def fail() -> Stages:
            raise ModelError("no such model")

        display = FakeDisplay()
        with pytest.raises(ModelError, match="no such model"):
            make_monitor(FakeSource(count()), display, fail).run()
        assert display.was_closed

    def test_a_model_that_cannot_be_loaded_ends_a_paused_monitor(self) -> None:
        def fail() -> Stages:
            raise ModelError("no such model")

        display = FakeDisplay([ord(" ")], close_after=5)
        with pytest.raises(ModelError, match="no such model"):
            make_monitor(FakeSource(count()), display, fail).run()

    def test_a_display_that_fails_ends_the_monitor(self) -> None:
        class Failing(FakeDisplay):
            def show(self, image: Image) -> None:
                raise DisplayError("the screen went away")

        display = Failing()
        source = FakeSource(count())
        with pytest.raises(DisplayError, match="the screen went away"):
            make_monitor(source, display).run()
        assert display.was_closed
        assert source.closed
