"""The monitor itself: the loop on the main thread that shows results in a window until the user or the source ends it."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from pathlib import Path

from live_monitor.capture.clock import Clock, MonotonicClock
from live_monitor.detect.zones import Zone
from live_monitor.files.opencv_path import printable
from live_monitor.mailbox import Closed
from live_monitor.monitor.controls import Controls
from live_monitor.overlay.canvas import Canvas
from live_monitor.overlay.faces import face_at
from live_monitor.overlay.keys import ACTIONS
from live_monitor.overlay.live_view import BLANK, LiveView
from live_monitor.overlay.snapshot import write_snapshot
from live_monitor.overlay.view import View
from live_monitor.overlay.window import Display
from live_monitor.pipeline import Pipeline
from live_monitor.session.outputs import Outputs
from live_monitor.session.summary import Summary
from live_monitor.session.words import at
from live_monitor.types import FrameResult, Image

LOADING_NOTICE = "Loading model"
OPENING_NOTICE = "Opening"
LOST_NOTICE = "Signal lost, reconnecting"
PAUSED_NOTICE = "Paused"

POLL_S = 0.015
"""Longest wait for a result before keys are looked at again."""

REDRAW_S = 0.1
"""Without new results the picture is drawn again this often: the frame rate falls, a notice comes or goes."""

OPENING_SHOWN_AFTER_S = 0.3
"""A source that opens or fails at once needs no window that says "opening"."""


class Monitor:
    """Shows a pipeline's results. Belongs to the main thread."""

    def __init__(
        self,
        pipeline: Pipeline,
        display: Display,
        zones: Sequence[Zone] = (),
        clock: Clock | None = None,
        view: View = View(),  # noqa: B008, it is frozen
        snapshots: Path = Path(),
        outputs: Outputs | None = None,
        summary: Summary | None = None,
        *,
        fullscreen: bool = False,
    ) -> None:
        """Sets everything up; nothing is opened before `run`.

        Args:
            pipeline: whose results are shown.
            display: where.
            zones: the parts of the picture that the pipeline ignores, to be shaded.
            clock: stands in for real time in tests.
            view: what is shown at first.
            snapshots: folder for snapshots, made when the first one is written.
            outputs: get every result, and every picture that shows a new one; whoever made them asks afterwards what failed.
            summary: gets every result too.
            fullscreen: whether the window fills the screen at first.
        """
        self._pipeline = pipeline
        self._display = display
        self._snapshots, self._summary = snapshots, summary
        self._clock = clock or MonotonicClock()
        self._controls = Controls(view, pipeline.wishes, fullscreen=fullscreen)
        self._outputs = outputs or Outputs()
        self._live_view = LiveView(zones, live=pipeline.newest_wins)
        self._shown: Image = BLANK
        self._drawn_s = 0.0

    def run(self) -> None:
        """Runs until a quit key, the window's close button or the end of the source.

        Raises:
            LiveMonitorError: what stopped the pipeline. Pipeline and window are closed in every case.
        """
        started_s = self._clock.now()
        try:
            self._pipeline.start()
            self._display.set_fullscreen(self._controls.fullscreen)
            while not self._quit_wanted():
                self._show_next(self._clock.now() - started_s)
        except Closed:
            return
        finally:
            try:
                self._display.close()
            finally:
                self._pipeline.close()

    def _quit_wanted(self) -> bool:
        """Does what the user asks for; True when that is to end."""
        now_s = self._clock.now()
        key, click = self._display.poll_key(), self._display.poll_click()
        if key in ACTIONS:
            self._controls.act(ACTIONS[key], now_s, self._write_snapshot, self._mark)
            self._apply(now_s)
        if click is not None:
            self._click(click, now_s)
        return self._controls.quit or self._display.closed

    def _apply(self, now_s: float) -> None:
        """Lets the pipeline and the window follow the user's choices, and shows them at once."""
        if self._controls.paused != self._pipeline.paused:
            (self._pipeline.pause if self._controls.paused else self._pipeline.resume)()
        self._pipeline.wishes = self._controls.wishes
        self._live_view.leave_out(self._controls.wishes.left_out)
        if self._live_view.result is not None:
            self._outputs.renew(self._live_view.result)
        self._display.set_fullscreen(self._controls.fullscreen)
        self._live_view.renew_panel()
        if self._live_view.frame is not None and not self._controls.quit:
            self._draw(now_s)

    def _click(self, point: tuple[int, int], now_s: float) -> None:
        result = self._live_view.result
        if result is None:
            return
        frame = result.frame
        place = Canvas(frame.width, frame.height, self._controls.view.mirror)
        tracks = [*(reading.track for reading in result.readings), *result.left_out]
        number = face_at(place.to_picture(*point), tracks)
        if number is not None:
            self._controls.leave_out(number, now_s, known=self._live_view.knows(number))
            self._apply(now_s)

    def _write_snapshot(self) -> str:
        taken = datetime.datetime.now().astimezone()
        try:
            return printable(f"Snapshot: {write_snapshot(self._shown, self._snapshots, taken).resolve()}")
        except OSError as error:
            return printable(f"No snapshot: {self._snapshots} cannot be written: {error.strerror or error}")

    def _mark(self) -> str:
        marked_s = self._live_view.pulse.mark()
        number = len(self._live_view.pulse.markers)
        ended = self._outputs.mark(number, self._live_view.result)
        return ended or f"Marker {number} at {at(marked_s)}{'' if self._outputs.logs else ', not logged'}"

    def _show_next(self, running_s: float) -> None:
        result = None
        if self._controls.paused and self._live_view.result is not None:
            self._display.wait(POLL_S)
        else:  # before there is a result, only this shows that there will be none
            result = self._pipeline.next_result(POLL_S)
        now = self._clock.now()
        if result is not None:
            result = self._live_view.take(result, now)
        elif now - self._drawn_s < REDRAW_S:
            return
        elif self._live_view.result is None and not (self._controls.paused and self._live_view.frame):
            self._live_view.frame = self._pipeline.waiting_frame() or self._live_view.frame
        if self._live_view.frame is not None or running_s > OPENING_SHOWN_AFTER_S:
            self._draw(now)
        if result is not None:
            self._write(result)

    def _write(self, result: FrameResult) -> None:
        if self._summary is not None:
            self._summary.add(result)
        if ended := self._outputs.add(result, self._shown):
            self._controls.say(ended, self._clock.now())

    def _draw(self, now_s: float) -> None:
        notice, message = self._notice(), self._controls.message(now_s)
        self._shown = self._live_view.draw(now_s, self._controls.view, notice, message, self._outputs.state)
        self._display.show(self._shown)
        self._drawn_s = now_s

    def _notice(self) -> str:
        if self._live_view.frame is None:
            return OPENING_NOTICE
        if self._pipeline.loading:
            return LOADING_NOTICE
        if self._controls.paused:
            return PAUSED_NOTICE
        return LOST_NOTICE if self._pipeline.signal_lost else ""
