"""The monitor's loop: what it shows when, and the ways out that a user has."""

from __future__ import annotations

import csv
import os
import shutil
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from itertools import count
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import cv2
import numpy as np
import pytest

from live_monitor.capture.capture import CapturePolicy
from live_monitor.capture.source import Source
from live_monitor.classify.probabilities import softmax
from live_monitor.detect.zones import Zone
from live_monitor.errors import DisplayError, ModelError, OutputError, SourceError
from live_monitor.labels import COLOURS_BGR
from live_monitor.monitor.monitor import LOADING_NOTICE, LOST_NOTICE, OPENING_NOTICE, Monitor
from live_monitor.overlay.renderer import Status, render
from live_monitor.overlay.view import View
from live_monitor.pipeline import Pipeline
from live_monitor.session.log import Log
from live_monitor.session.outputs import Outputs
from live_monitor.session.recording import LEAST_FREE_BYTES, Recording
from live_monitor.session.replay import replay
from live_monitor.stages import Stages
from live_monitor.summary import Summary
from live_monitor.types import FrameResult, Image, Reading
from tests.fakes import FakeDisplay, FakeEngine, FakeSource, fake_stages, grey_picture, reading_of

FACE_FOUND = reading_of(softmax(FakeEngine().infer(np.zeros((1, 48, 48, 1), np.float32)))[0])


def make_monitor(source: Source, display: FakeDisplay, load_stages: Callable[[], Stages] = fake_stages) -> Monitor:
    policy = CapturePolicy(paced=not source.live, newest_wins=source.live)
    return Monitor(Pipeline(source, load_stages, policy), display)


def shown_levels(display: FakeDisplay) -> list[int]:
    """Grey levels of the pictures shown, from a corner where nothing is drawn; repeated ones once."""
    levels = [int(image[-1, -1, 0]) for image in display.shown]
    return [level for index, level in enumerate(levels) if index == 0 or level != levels[index - 1]]


class WaitingDisplay(FakeDisplay):
    """Presses q once it has shown a certain picture."""

    def __init__(self, awaited: Image) -> None:
        super().__init__()
        self.seen = False
        self._awaited = awaited

    def show(self, image: Image) -> None:
        super().show(image)
        if np.array_equal(image, self._awaited):
            self.seen = True
            self.keys.append(ord("q"))


class TestShowing:
    def test_the_pictures_of_a_file_are_shown_in_order(self) -> None:
        display = FakeDisplay()
        make_monitor(FakeSource([0.0, 0.04, 0.08]), display).run()
        assert shown_levels(display) == [0, 10, 20]

    def test_zones_that_are_left_out_are_shaded(self) -> None:
        display, zones = FakeDisplay(), [Zone(0, 0, 0.5, 1)]
        pipeline = Pipeline(FakeSource([0.0]), fake_stages, CapturePolicy(paced=True, newest_wins=False))
        Monitor(pipeline, display, zones).run()
        expected = render(grey_picture(0), [FACE_FOUND], Status(0.0, (64, 48)), zones)
        assert any(np.array_equal(image, expected) for image in display.shown)

    def test_faces_are_drawn_on_their_picture(self) -> None:
        display = FakeDisplay()
        make_monitor(FakeSource([0.0]), display).run()
        expected = render(grey_picture(0), [FACE_FOUND], Status(0.0, (64, 48)))
        np.testing.assert_array_equal(display.shown[-1], expected)

    def test_what_is_shown_is_logged(self, tmp_path: Path) -> None:
        with Log(tmp_path / "log.csv", 0.0, live=False) as log:
            pipeline = Pipeline(FakeSource([0.0, 0.04, 0.08]), fake_stages, CapturePolicy(paced=True, newest_wins=False))
            Monitor(pipeline, FakeDisplay(), outputs=Outputs(log)).run()
        assert len((tmp_path / "log.csv").read_text(encoding="utf-8").splitlines()) == 1 + 3

    def test_what_is_shown_is_summed_up(self) -> None:
        summary = Summary("fake")
        pipeline = Pipeline(FakeSource([0.0, 0.04, 0.08]), fake_stages, CapturePolicy(paced=True, newest_wins=False))
        Monitor(pipeline, FakeDisplay(), summary=summary).run()
        assert summary.frames == 3

    def test_what_is_shown_of_each_result_is_recorded_and_the_picture_says_so(self, tmp_path: Path) -> None:
        display = FakeDisplay()
        with Recording(tmp_path / "lesson.avi", live=False) as recording:
            pipeline = Pipeline(FakeSource([0.0, 0.04, 0.08]), fake_stages, CapturePolicy(paced=True, newest_wins=False))
            Monitor(pipeline, display, outputs=Outputs(recording=recording)).run()
        expected = render(grey_picture(0), [FACE_FOUND], Status(0.0, (64, 48), outputs="recording"))
        assert any(np.array_equal(image, expected) for image in display.shown)
        capture = cv2.VideoCapture(str(tmp_path / "lesson.avi"))
        recorded = [capture.read()[1] for _ in range(3)]
        assert not capture.grab()
        assert [round(int(image[-1, -1, 0]) / 10) for image in recorded] == [0, 1, 2]
        assert np.abs(recorded[0].astype(int) - expected).mean() < 4

    def test_a_recording_that_cannot_go_on_ends_alone_and_the_picture_says_so_until_the_end(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        told: list[Status] = []

        def render_and_note(image: Image, readings: Sequence[Reading], status: Status, *rest: Any) -> Image:
            told.append(status)
            return render(image, readings, status, *rest)

        display, disk = FakeDisplay(), iter([LEAST_FREE_BYTES, LEAST_FREE_BYTES, 0])
        monkeypatch.setattr(shutil, "disk_usage", lambda _: SimpleNamespace(free=next(disk)))
        monkeypatch.setattr("live_monitor.overlay.live_view.render", render_and_note)
        pipeline = Pipeline(FakeSource([0.0, 0.04, 0.08, 0.12]), fake_stages, CapturePolicy(paced=True, newest_wins=False))
        with Recording(tmp_path / "lesson.avi", live=True) as recording:
            outputs = Outputs(recording=recording)
            Monitor(pipeline, display, outputs=outputs).run()
        assert outputs.failure
        assert shown_levels(display) == [0, 10, 20, 30]
        assert [(status.outputs, status.message) for status in (told[0], told[-1])] == [
            ("recording", ""),
            ("recording ended", "The recording cannot be written any more"),
        ]

    def test_while_the_model_is_loaded_the_first_picture_is_shown_with_a_notice(self) -> None:
        loading = threading.Event()

        def load_slowly() -> Stages:
            assert loading.wait(10)
            return fake_stages()

        display = WaitingDisplay(render(grey_picture(0), [], Status(0.0, (64, 48), LOADING_NOTICE)))
        make_monitor(FakeSource(count()), display, load_slowly).run()
        loading.set()
        assert display.seen

    def test_while_the_source_opens_a_dark_picture_says_so(self) -> None:
        source = FakeSource([], live=True, open_hangs=True)
        blank = np.zeros((480, 854, 3), np.uint8)
        display = WaitingDisplay(render(blank, [], Status(0.0, (854, 480), OPENING_NOTICE)))
        make_monitor(source, display).run()
        source.let_go()
        assert display.seen

    def test_after_a_loss_the_last_picture_stays_with_a_notice(self) -> None:
        source = FakeSource([0.0], live=True, failing_opens=range(2, 100))
        display = WaitingDisplay(render(grey_picture(0), [FACE_FOUND], Status(0.0, (64, 48), LOST_NOTICE)))
        make_monitor(source, display).run()
        assert display.seen

    def test_the_notice_goes_when_the_signal_is_back(self) -> None:
        was_shown = threading.Event()

        class Display(FakeDisplay):
            """Presses q once it has shown the second picture."""

            def show(self, image: Image) -> None:
                super().show(image)
                if image[-1, -1, 0] == 10:
                    self.keys.append(ord("q"))
                    was_shown.set()

        def script() -> Iterator[float | None]:
            yield 0.0
            yield None
            yield 0.6
            assert was_shown.wait(10)
            yield 0.7

        display, source = Display(), FakeSource(script(), live=True)
        make_monitor(source, display).run()
        assert source.opened == 2
        assert 10 in shown_levels(display)


class TestWaysOut:
    @pytest.mark.parametrize("key", [ord("q"), ord("Q"), 27], ids=["q", "Q", "Esc"])
    def test_a_quit_key(self, key: int) -> None:
        display = FakeDisplay(keys=[None, key])
        make_monitor(FakeSource(count()), display).run()
        assert not display.keys

    @pytest.mark.parametrize("key", [ord("x"), ord("z"), 13, 0, 255])
    def test_no_other_key(self, key: int) -> None:
        display = FakeDisplay(keys=[key] * 3)
        make_monitor(FakeSource([0.0, 0.04, 0.08]), display).run()
        assert shown_levels(display) == [0, 10, 20]

    def test_the_windows_close_button(self) -> None:
        display = FakeDisplay(close_after=2)
        make_monitor(FakeSource(index / 25 for index in count()), display).run()
        assert len(display.shown) == 2

    def test_the_end_of_the_file(self) -> None:
        display = FakeDisplay()
        make_monitor(FakeSource([0.0, 0.04]), display).run()
        assert display.was_closed

    def test_whatever_ends_it_closes_display_and_source(self) -> None:
        display = FakeDisplay(keys=[ord("q")])
        source = FakeSource(index / 25 for index in count())
        make_monitor(source, display).run()
        assert display.was_closed
        assert source.closed

    def test_a_source_that_fails_at_once_opens_no_window(self) -> None:
        display = FakeDisplay()
        with pytest.raises(SourceError, match="plug it in"):
            make_monitor(FakeSource([], failing_opens=[1]), display).run()
        assert display.shown == []
        assert display.was_closed

    def test_a_log_that_cannot_even_begin(self, tmp_path: Path) -> None:
        class Full(Log):
            def add(self, result: FrameResult) -> None:
                raise OutputError(f"no room for frame {result.frame.index}")

        display, source = FakeDisplay(), FakeSource(index / 25 for index in count())
        pipeline = Pipeline(source, fake_stages, CapturePolicy(paced=True, newest_wins=False))
        with Full(tmp_path / "log.csv", 0.0, live=False) as log, pytest.raises(OutputError, match="no room for frame 0"):
            Monitor(pipeline, display, outputs=Outputs(log)).run()
        assert display.was_closed
        assert source.closed

    def test_a_recording_that_cannot_even_begin(self, tmp_path: Path) -> None:
        class Full(Recording):
            def add(self, shown: Image, now_s: float) -> None:
                raise OutputError(f"no room at {now_s:g} s")

        display, source = FakeDisplay(), FakeSource(index / 25 for index in count())
        pipeline = Pipeline(source, fake_stages, CapturePolicy(paced=True, newest_wins=False))
        with Full(tmp_path / "lesson.mp4", live=False) as recording, pytest.raises(OutputError, match="no room at 0 s"):
            Monitor(pipeline, display, outputs=Outputs(recording=recording)).run()
        assert display.was_closed
        assert source.closed

    def test_a_model_that_cannot_be_loaded(self) -> None:
        def fail() -> Stages:
            raise ModelError("no such model")

        display = FakeDisplay()
        with pytest.raises(ModelError, match="no such model"):
            make_monitor(FakeSource(count()), display, fail).run()
        assert display.was_closed

    def test_a_model_that_cannot_be_loaded_though_the_picture_was_paused_meanwhile(self) -> None:
        def fail() -> Stages:
            raise ModelError("no such model")

        display = FakeDisplay([ord(" ")], close_after=5)
        with pytest.raises(ModelError, match="no such model"):
            make_monitor(FakeSource(count()), display, fail).run()

    def test_a_display_that_fails(self) -> None:
        class Failing(FakeDisplay):
            def show(self, image: Image) -> None:
                raise DisplayError("the screen went away")

        display = Failing()
        source = FakeSource(count())
        with pytest.raises(DisplayError, match="the screen went away"):
            make_monitor(source, display).run()
        assert display.was_closed
        assert source.closed


class Watcher(FakeDisplay):
    """Does something at certain pictures, by how many were shown; presses q at the end."""

    def __init__(self, at: dict[int, str | tuple[int, int]], until: int = 40) -> None:
        super().__init__()
        self._at = at
        self._until = until

    def show(self, image: Image) -> None:
        super().show(image)
        doing = self._at.get(len(self.shown))
        if isinstance(doing, str):
            self.keys.append(ord(doing))
        elif doing is not None:
            self.clicks.append(doing)
        if len(self.shown) >= self._until:
            self.keys.append(ord("q"))


def differs(one: Image, other: Image) -> bool:
    return one.shape != other.shape or not np.array_equal(one, other)


class TestKeys:
    def test_a_paused_file_stands_still_and_goes_on_where_it_was(self) -> None:
        display = Watcher({1: " ", 8: " "}, until=100)
        make_monitor(FakeSource(index / 25 for index in range(5)), display).run()
        levels = [int(image[-1, -1, 0]) for image in display.shown]
        assert levels[2:7] == [levels[2]] * 5
        assert [level for level in shown_levels(display) if level % 10 == 0] == [0, 10, 20, 30, 40]

    def test_p_shows_the_panel_beside_the_picture(self) -> None:
        display = Watcher({2: "p"}, until=6)
        make_monitor(FakeSource(index / 25 for index in count()), display).run()
        assert display.shown[0].shape[1] < display.shown[-1].shape[1]
        assert display.shown[0].shape[0] == display.shown[-1].shape[0]

    def test_f_fills_the_screen(self) -> None:
        display = Watcher({2: "f"}, until=6)
        make_monitor(FakeSource(index / 25 for index in count()), display).run()
        assert display.fullscreen

    def test_it_fills_the_screen_from_the_start_if_that_is_asked_for(self) -> None:
        display = FakeDisplay(close_after=1)  # a key would tell the display anyway
        pipeline = Pipeline(FakeSource(count()), fake_stages, CapturePolicy(paced=False, newest_wins=False))
        Monitor(pipeline, display, fullscreen=True).run()
        assert display.fullscreen

    def test_s_writes_what_is_shown_and_says_where(self, tmp_path: Path) -> None:
        display = Watcher({2: "s"}, until=6)
        pipeline = Pipeline(FakeSource(count()), fake_stages, CapturePolicy(paced=False, newest_wins=False))
        Monitor(pipeline, display, snapshots=tmp_path / "shots").run()
        (path,) = (tmp_path / "shots").iterdir()
        written = cv2.imread(str(path))
        assert written is not None
        assert any(np.array_equal(written, shown) for shown in display.shown)
        assert differs(display.shown[1][-60:], display.shown[2][-60:])

    def test_a_snapshot_that_cannot_be_written_ends_nothing(self, tmp_path: Path) -> None:
        (tmp_path / "file").write_text("")
        display = Watcher({2: "s"}, until=6)
        pipeline = Pipeline(FakeSource(count()), fake_stages, CapturePolicy(paced=False, newest_wins=False))
        Monitor(pipeline, display, snapshots=tmp_path / "file").run()
        assert len(display.shown) >= 6

    @pytest.mark.skipif(sys.platform != "linux", reason="other systems have no such names")
    @pytest.mark.parametrize("is_there", [True, False])
    def test_what_is_said_of_a_snapshot_can_be_drawn_whatever_its_folder_is_called(self, tmp_path: Path, is_there: bool) -> None:
        folder = tmp_path / os.fsdecode(b"y\xff")
        if is_there:
            folder.write_text("a file")
        pipeline = Pipeline(FakeSource(count()), fake_stages, CapturePolicy(paced=False, newest_wins=False))
        assert r"y\udcff" in Monitor(pipeline, FakeDisplay(), snapshots=folder)._write_snapshot()

    def test_n_marks_the_moment_in_the_log(self, tmp_path: Path) -> None:
        with Log(tmp_path / "log.csv", 0.0, live=False) as log:
            pipeline = Pipeline(FakeSource(count()), fake_stages, CapturePolicy(paced=False, newest_wins=False))
            Monitor(pipeline, Watcher({2: "n", 4: "n"}, until=8), outputs=Outputs(log)).run()
        with (tmp_path / "log.csv").open(newline="", encoding="utf-8") as lines:
            markers = [line["marker"] for line in csv.DictReader(lines)]
        assert [marker for marker in markers if marker] == ["1", "2"]

    def test_every_marker_of_a_pause_is_in_the_log_though_it_ends_with_q(self, tmp_path: Path) -> None:
        with Log(tmp_path / "log.csv", 10.0, live=False) as log:
            pipeline = Pipeline(FakeSource(index / 25 for index in count()), fake_stages, CapturePolicy(False, False))
            Monitor(pipeline, Watcher({10: " ", 12: "n", 14: "n"}, until=16), outputs=Outputs(log)).run()
        first, *marked = replay(tmp_path / "log.csv")
        assert first.markers == ()
        assert [moment.markers for moment in marked] == [(1, 2)]
        assert 0 < marked[0].result.frame.pts_s < 1

    def test_a_marker_is_told_with_the_time_that_a_report_has(self) -> None:
        pipeline = Pipeline(FakeSource(4503 + index / 25 for index in count()), fake_stages, CapturePolicy(False, False))
        monitor = Monitor(pipeline, Watcher({10: "n"}, until=14))
        monitor.run()
        assert monitor._controls.message(0.0).startswith("Marker 1 at 1:15:0")

    def test_a_click_on_a_face_leaves_it_out_and_another_takes_it_back(self) -> None:
        scale = 10
        inside = (20 * scale, 20 * scale)
        engine = FakeEngine()
        display = Watcher({3: inside, 10: inside}, until=16)
        pipeline = Pipeline(
            FakeSource(index / 25 for index in count()), lambda: fake_stages(engine=engine), CapturePolicy(False, False)
        )
        Monitor(pipeline, display).run()
        colour = COLOURS_BGR["happy"]
        boxed = [bool((image == colour).all(axis=2).any()) for image in display.shown]
        assert boxed[1]
        assert not all(boxed[4:10])
        assert boxed[-1]

    def test_a_click_in_a_pause_leaves_the_face_out_at_once(self) -> None:
        display = Watcher({3: " ", 6: (200, 200)}, until=12)
        make_monitor(FakeSource(index / 25 for index in count()), display).run()
        boxed = [bool((image == COLOURS_BGR["happy"]).all(axis=2).any()) for image in display.shown]
        assert all(boxed[3:6])
        assert not any(boxed[6:])

    def test_a_click_in_a_pause_takes_the_face_out_of_the_panel_at_once_and_another_brings_it_back(self) -> None:
        display = Watcher({3: " ", 6: (200, 200), 9: (200, 200)}, until=12)
        pipeline = Pipeline(
            FakeSource(index / 25 for index in count()), fake_stages, CapturePolicy(paced=True, newest_wins=False)
        )
        Monitor(pipeline, display, view=View(panel=True)).run()
        panels = [image[:, 640:] for image in display.shown]
        # The bar of the moment is all of one colour, much wider than the square beside the word.
        happy = [int((panel == COLOURS_BGR["happy"]).all(axis=2).sum(axis=1).max()) > 100 for panel in panels]
        assert happy[3:12] == [True] * 3 + [False] * 3 + [True] * 3

    def test_nothing_is_logged_or_summed_up_of_a_face_from_its_click_on(self, tmp_path: Path) -> None:
        display, summary = Watcher({3: " ", 6: (200, 200), 8: " "}, until=16), Summary("fake")
        with Log(tmp_path / "log.csv", 0.0, live=False) as log:
            pipeline = Pipeline(FakeSource(index / 25 for index in count()), fake_stages, CapturePolicy(False, False))
            Monitor(pipeline, display, outputs=Outputs(log), summary=summary).run()
        with (tmp_path / "log.csv").open(newline="", encoding="utf-8") as lines:
            frames = [int(line["frame"]) for line in csv.DictReader(lines) if line["face"]]
        clicked_at = int(display.shown[2][-1, -1, 0]) // 10
        assert frames == list(range(clicked_at + 1))
        assert summary.as_json()["readings"] == clicked_at + 1 < summary.frames

    @pytest.mark.parametrize("log_every_s", [0.0, 10.0])
    def test_a_marker_in_a_pause_says_nothing_of_a_face_that_was_clicked_away_in_it(
        self, tmp_path: Path, log_every_s: float
    ) -> None:
        display = Watcher({5: " ", 7: (200, 200), 9: "n"}, until=11)
        with Log(tmp_path / "log.csv", log_every_s, live=False) as log:
            pipeline = Pipeline(FakeSource(index / 25 for index in count()), fake_stages, CapturePolicy(False, False))
            Monitor(pipeline, display, outputs=Outputs(log)).run()
        with (tmp_path / "log.csv").open(newline="", encoding="utf-8") as lines:
            (marked,) = [line for line in csv.DictReader(lines) if line["marker"]]
        assert (marked["marker"], marked["face"], marked["label"]) == ("1", "", "")

    def test_a_click_beside_all_faces_does_nothing(self) -> None:
        display = Watcher({3: (500, 450)}, until=8)
        make_monitor(FakeSource(index / 25 for index in count()), display).run()
        assert all((image == COLOURS_BGR["happy"]).all(axis=2).any() for image in display.shown[1:])
