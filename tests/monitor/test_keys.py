"""What keys and clicks do in the monitor."""

from __future__ import annotations

import csv
import os
import re
import sys
import threading
from collections.abc import Iterator
from itertools import count
from pathlib import Path

import cv2
import numpy as np
import pytest

from live_monitor.capture.capture import CapturePolicy
from live_monitor.labels import COLOURS_BGR
from live_monitor.monitor.monitor import PAUSED_NOTICE, Monitor
from live_monitor.overlay.renderer import Status, render
from live_monitor.overlay.view import View
from live_monitor.pipeline import Pipeline
from live_monitor.session.log import Log
from live_monitor.session.outputs import Outputs
from live_monitor.session.replay import replay
from live_monitor.session.summary import Summary
from live_monitor.stages import Stages
from live_monitor.types import Image
from live_monitor.wishes import Wishes
from tests.fakes import FakeDisplay, FakeEngine, FakeSource, fake_stages, grey_picture
from tests.lifecycle.scenes import LONG_S
from tests.monitor.made import WaitingDisplay, make_monitor, shown_levels


class Watcher(FakeDisplay):
    """Presses keys and clicks after given numbers of pictures; presses q at the end."""

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
    def test_the_first_picture_is_shown_even_in_a_pause_begun_before_it(self) -> None:
        paused = threading.Event()

        class Display(WaitingDisplay):
            """Presses the space bar at the first picture, which says that the source is opening."""

            def show(self, image: Image) -> None:
                super().show(image)
                if len(self.shown) == 1:
                    self.keys.append(ord(" "))
                else:
                    paused.set()

        def script() -> Iterator[float | str]:
            paused.wait(LONG_S)
            yield from (0.0, "hang")

        display = Display(render(grey_picture(0), [], Status(0.0, (64, 48), PAUSED_NOTICE)))
        source = FakeSource(script(), live=True)
        make_monitor(source, display).run()
        source.let_go()
        assert display.seen

    def test_a_live_source_paused_before_its_first_result_stands_still(self) -> None:
        paused = threading.Event()

        def load() -> Stages:
            paused.wait(LONG_S)
            return fake_stages()

        class Display(Watcher):
            """Sets `paused` when pictures are shown in the pause."""

            def show(self, image: Image) -> None:
                super().show(image)
                if len(self.shown) > 2:
                    paused.set()

        display = Display({1: " "}, until=20)
        make_monitor(FakeSource((index / 25 for index in count()), live=True), display, load).run()
        levels = [int(image[-1, -1, 0]) for image in display.shown[3:]]
        assert levels == [levels[0]] * len(levels)

    def test_a_paused_file_stands_still_and_goes_on_from_there(self) -> None:
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

    def test_the_screen_is_filled_from_the_start_on_request(self) -> None:
        display = FakeDisplay(close_after=1)  # without a key, which would set it too
        pipeline = Pipeline(FakeSource(count()), fake_stages, CapturePolicy(paced=False, newest_wins=False))
        Monitor(pipeline, display, fullscreen=True).run()
        assert display.fullscreen

    def test_s_writes_a_snapshot_and_says_where(self, tmp_path: Path) -> None:
        display = Watcher({2: "s"}, until=6)
        pipeline = Pipeline(FakeSource(count()), fake_stages, CapturePolicy(paced=False, newest_wins=False))
        Monitor(pipeline, display, snapshots=tmp_path / "shots").run()
        (path,) = (tmp_path / "shots").iterdir()
        written = cv2.imread(str(path))
        assert written is not None
        assert any(np.array_equal(written, shown) for shown in display.shown)
        assert differs(display.shown[1][-60:], display.shown[2][-60:])

    def test_a_snapshot_that_cannot_be_written_does_not_end_the_monitor(self, tmp_path: Path) -> None:
        (tmp_path / "file").write_text("")
        display = Watcher({2: "s"}, until=6)
        pipeline = Pipeline(FakeSource(count()), fake_stages, CapturePolicy(paced=False, newest_wins=False))
        Monitor(pipeline, display, snapshots=tmp_path / "file").run()
        assert len(display.shown) >= 6

    @pytest.mark.skipif(sys.platform != "linux", reason="other systems have no such names")
    @pytest.mark.parametrize("is_there", [True, False])
    def test_the_message_about_a_snapshot_can_be_drawn_for_any_folder_name(self, tmp_path: Path, is_there: bool) -> None:
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

    def test_every_marker_of_a_pause_is_logged_even_if_q_ends_it(self, tmp_path: Path) -> None:
        with Log(tmp_path / "log.csv", 10.0, live=False) as log:
            pipeline = Pipeline(FakeSource(index / 25 for index in count()), fake_stages, CapturePolicy(False, False))
            Monitor(pipeline, Watcher({10: " ", 12: "n", 14: "n"}, until=16), outputs=Outputs(log)).run()
        first, *marked = replay(tmp_path / "log.csv")
        assert first.markers == ()
        assert [moment.markers for moment in marked] == [(1, 2)]
        assert 0 < marked[0].result.frame.pts_s < 1

    def test_the_message_about_a_marker_has_the_media_time(self) -> None:
        pipeline = Pipeline(FakeSource(4503 + index / 25 for index in count()), fake_stages, CapturePolicy(False, False))
        monitor = Monitor(pipeline, Watcher({10: "n"}, until=14))
        monitor.run()
        assert re.fullmatch(r"Marker 1 at 1:15:0\d, not logged", monitor._controls.message(0.0))

    def test_the_message_about_a_logged_marker_has_only_its_time(self, tmp_path: Path) -> None:
        with Log(tmp_path / "log.csv", 0.0, live=False) as log:
            pipeline = Pipeline(FakeSource(count()), fake_stages, CapturePolicy(False, False))
            monitor = Monitor(pipeline, Watcher({2: "n"}, until=4), outputs=Outputs(log))
            monitor.run()
        assert re.fullmatch(r"Marker 1 at 0:0\d", monitor._controls.message(0.0))

    def test_a_click_leaves_a_face_out_and_another_takes_it_back(self) -> None:
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

    def test_a_face_in_a_mirrored_picture_is_clicked_where_it_is_shown(self) -> None:
        display = Watcher({3: (200, 200), 8: (440, 200)}, until=16)
        pipeline = Pipeline(FakeSource(index / 25 for index in count()), fake_stages, CapturePolicy(False, False))
        Monitor(pipeline, display, view=View(panel=False, mirror=True)).run()
        boxed = [bool((image == COLOURS_BGR["happy"]).all(axis=2).any()) for image in display.shown]
        assert all(boxed[1:8])
        assert not any(boxed[8:])

    def test_the_wishes_of_the_user_reach_the_analysis(self) -> None:
        display = Watcher({2: "+", 4: "b", 6: (200, 200)}, until=9)
        pipeline = Pipeline(FakeSource(index / 25 for index in count()), fake_stages, CapturePolicy(False, False))
        Monitor(pipeline, display).run()
        assert pipeline.wishes == Wishes(left_out=frozenset({1}), min_face=12, blur=True)

    def test_a_click_in_a_pause_leaves_the_face_out_at_once(self) -> None:
        display = Watcher({3: " ", 6: (200, 200)}, until=12)
        make_monitor(FakeSource(index / 25 for index in count()), display).run()
        boxed = [bool((image == COLOURS_BGR["happy"]).all(axis=2).any()) for image in display.shown]
        assert all(boxed[3:6])
        assert not any(boxed[6:])

    def test_a_click_in_a_pause_changes_the_panel_at_once(self) -> None:
        display = Watcher({3: " ", 6: (200, 200), 9: (200, 200)}, until=12)
        pipeline = Pipeline(
            FakeSource(index / 25 for index in count()), fake_stages, CapturePolicy(paced=True, newest_wins=False)
        )
        Monitor(pipeline, display, view=View(panel=True)).run()
        panels = [image[:, 640:] for image in display.shown]
        # The bar is all of one colour, and much wider than the square beside the label.
        happy = [int((panel == COLOURS_BGR["happy"]).all(axis=2).sum(axis=1).max()) > 100 for panel in panels]
        assert happy[3:12] == [True] * 3 + [False] * 3 + [True] * 3

    def test_a_face_is_not_logged_or_counted_in_the_summary_after_the_click(self, tmp_path: Path) -> None:
        display, summary = Watcher({3: " ", 6: (200, 200), 8: " "}, until=16), Summary("fake")
        with Log(tmp_path / "log.csv", 0.0, live=False) as log:
            pipeline = Pipeline(FakeSource(index / 25 for index in count()), fake_stages, CapturePolicy(False, False))
            Monitor(pipeline, display, outputs=Outputs(log), summary=summary).run()
        with (tmp_path / "log.csv").open(newline="", encoding="utf-8") as lines:
            frames = [int(line["frame"]) for line in csv.DictReader(lines) if line["face"]]
        clicked_at = int(display.shown[2][-1, -1, 0]) // 10
        assert frames == list(range(clicked_at + 1))
        assert summary.as_json()["readings"] == clicked_at + 1 < summary.frames

    def test_the_last_line_of_the_log_omits_a_face_clicked_away_in_a_pause(self, tmp_path: Path) -> None:
        display = Watcher({5: " ", 7: (200, 200)}, until=9)
        with Log(tmp_path / "log.csv", 10.0, live=False) as log:
            pipeline = Pipeline(FakeSource(index / 25 for index in count()), fake_stages, CapturePolicy(False, False))
            Monitor(pipeline, display, outputs=Outputs(log)).run()
        with (tmp_path / "log.csv").open(newline="", encoding="utf-8") as lines:
            assert [(line["frame"] == "0", line["face"]) for line in csv.DictReader(lines)] == [(True, "1"), (False, "")]

    @pytest.mark.parametrize("log_every_s", [0.0, 10.0])
    def test_a_marker_in_a_pause_omits_a_face_clicked_away_in_it(self, tmp_path: Path, log_every_s: float) -> None:
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
