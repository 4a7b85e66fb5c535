"""What the monitor shows, logs and records, and when."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Iterator, Sequence
from itertools import count
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from live_monitor.capture.capture import CapturePolicy
from live_monitor.detect.zones import Zone
from live_monitor.monitor.monitor import LOADING_NOTICE, LOST_NOTICE, OPENING_NOTICE, Monitor
from live_monitor.overlay.renderer import Status, render
from live_monitor.pipeline import Pipeline
from live_monitor.session.log import Log
from live_monitor.session.outputs import Outputs
from live_monitor.session.recording import MIN_FREE_BYTES, Recording
from live_monitor.session.summary import Summary
from live_monitor.stages import Stages
from live_monitor.types import Image, Reading
from tests.fakes import FakeDisplay, FakeEngine, FakeSource, fake_stages, grey_picture
from tests.monitor.made import FACE_FOUND, WaitingDisplay, make_monitor, shown_levels


class TestShowing:
    def test_the_pictures_of_a_file_are_shown_in_order(self) -> None:
        display = FakeDisplay()
        make_monitor(FakeSource([0.0, 0.04, 0.08]), display).run()
        assert shown_levels(display) == [0, 10, 20]

    def test_ignored_zones_are_shaded(self) -> None:
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

    def test_every_result_shown_is_logged(self, tmp_path: Path) -> None:
        with Log(tmp_path / "log.csv", 0.0, live=False) as log:
            pipeline = Pipeline(FakeSource([0.0, 0.04, 0.08]), fake_stages, CapturePolicy(paced=True, newest_wins=False))
            Monitor(pipeline, FakeDisplay(), outputs=Outputs(log)).run()
        assert len((tmp_path / "log.csv").read_text(encoding="utf-8").splitlines()) == 1 + 3

    def test_every_result_shown_counts_in_the_summary(self) -> None:
        summary = Summary("fake")
        pipeline = Pipeline(FakeSource([0.0, 0.04, 0.08]), fake_stages, CapturePolicy(paced=True, newest_wins=False))
        Monitor(pipeline, FakeDisplay(), summary=summary).run()
        assert summary.frames == 3

    def test_the_picture_of_each_result_is_recorded_and_says_so(self, tmp_path: Path) -> None:
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

    def test_a_failed_recording_is_reported_and_does_not_end_the_monitor(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        statuses: list[Status] = []

        def render_and_note(image: Image, readings: Sequence[Reading], status: Status, *rest: Any) -> Image:
            statuses.append(status)
            return render(image, readings, status, *rest)

        display, disk = FakeDisplay(), iter([MIN_FREE_BYTES, MIN_FREE_BYTES, 0])
        monkeypatch.setattr(shutil, "disk_usage", lambda _: SimpleNamespace(free=next(disk)))
        monkeypatch.setattr("live_monitor.overlay.live_view.render", render_and_note)
        pipeline = Pipeline(FakeSource([0.0, 0.04, 0.08, 0.12]), fake_stages, CapturePolicy(paced=True, newest_wins=False))
        with Recording(tmp_path / "lesson.avi", live=True) as recording:
            outputs = Outputs(recording=recording)
            Monitor(pipeline, display, outputs=outputs).run()
        assert outputs.failure
        assert shown_levels(display) == [0, 10, 20, 30]
        assert [(status.outputs, status.message) for status in (statuses[0], statuses[-1])] == [
            ("recording", ""),
            ("recording ended", "The recording cannot be written any more"),
        ]

    def test_the_first_picture_is_shown_with_a_notice_while_the_model_is_loaded(self) -> None:
        loading = threading.Event()

        def load_slowly() -> Stages:
            assert loading.wait(10)
            return fake_stages()

        display = WaitingDisplay(render(grey_picture(0), [], Status(0.0, (64, 48), LOADING_NOTICE)))
        make_monitor(FakeSource(count()), display, load_slowly).run()
        loading.set()
        assert display.seen

    def test_the_first_picture_stays_while_it_is_analysed(self) -> None:
        was_shown, may_end = threading.Event(), threading.Event()
        widths: list[int] = []

        class Slow(FakeEngine):
            """Waits until the first picture was shown a few more times."""

            def infer(self, faces: NDArray[np.float32]) -> NDArray[np.float32]:
                assert may_end.wait(10)
                return super().infer(faces)

        class Display(FakeDisplay):
            """Notes the width of what it shows, from the first picture on."""

            def show(self, image: Image) -> None:
                super().show(image)
                if widths or image.shape[1] == 640:
                    widths.append(image.shape[1])
                    was_shown.set()
                if len(widths) > 3:
                    may_end.set()

        def load() -> Stages:
            assert was_shown.wait(10)
            return fake_stages(engine=Slow())

        make_monitor(FakeSource([0.0]), Display(), load).run()
        assert set(widths) == {640}

    def test_a_dark_picture_with_a_notice_is_shown_while_the_source_opens(self) -> None:
        source = FakeSource([], live=True, open_hangs=True)
        blank = np.zeros((480, 854, 3), np.uint8)
        display = WaitingDisplay(render(blank, [], Status(0.0, None, OPENING_NOTICE)))
        make_monitor(source, display).run()
        source.let_go()
        assert display.seen

    def test_the_last_picture_stays_with_a_notice_after_a_loss(self) -> None:
        source = FakeSource([0.0], live=True, failing_opens=range(2, 100))
        display = WaitingDisplay(render(grey_picture(0), [FACE_FOUND], Status(0.0, (64, 48), LOST_NOTICE)))
        make_monitor(source, display).run()
        assert display.seen

    def test_the_notice_disappears_when_the_signal_is_back(self) -> None:
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
