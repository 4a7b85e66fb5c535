"""The monitor itself: the loop on the main thread that shows results in a window until the user or the source ends it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from live_monitor.capture.clock import Clock, MonotonicClock
from live_monitor.detect.zones import Zone
from live_monitor.mailbox import Closed
from live_monitor.overlay.rate import RateCounter
from live_monitor.overlay.renderer import Status, render
from live_monitor.overlay.window import Display
from live_monitor.pipeline import Pipeline
from live_monitor.types import Frame, Image, Reading

QUIT_KEYS = frozenset((ord("q"), ord("Q"), 27))
"""27 is Esc."""

LOADING_NOTICE = "Loading model"
OPENING_NOTICE = "Opening"
LOST_NOTICE = "Signal lost, reconnecting"

POLL_S = 0.015
"""Longest wait for a result before keys are looked at again."""

REDRAW_S = 0.1
"""Without new results the picture is drawn again this often: the frame rate falls, a notice comes or goes."""

OPENING_SHOWN_AFTER_S = 0.3
"""A source that opens or fails at once needs no window that says "opening"."""


class Monitor:
    """Shows a pipeline's results. Belongs to the main thread."""

    def __init__(self, pipeline: Pipeline, display: Display, zones: Sequence[Zone] = (), clock: Clock | None = None) -> None:
        """Sets everything up; nothing is opened before `run`.

        Args:
            pipeline: whose results are shown.
            display: where.
            zones: the parts of the picture that the pipeline ignores, to be shaded.
            clock: stands in for real time in tests.
        """
        self._pipeline = pipeline
        self._display = display
        self._zones = zones
        self._clock = clock or MonotonicClock()
        self._rate = RateCounter()
        self._frame: Frame | None = None
        self._readings: tuple[Reading, ...] = ()
        self._drawn_s = 0.0

    def run(self) -> None:
        """Runs until a quit key, the window's close button or the end of the source.

        Raises:
            LiveMonitorError: what stopped the pipeline. Pipeline and window are closed in every case.
        """
        started_s = self._clock.now()
        try:
            self._pipeline.start()
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
        return self._display.poll_key() in QUIT_KEYS or self._display.closed

    def _show_next(self, running_s: float) -> None:
        result = self._pipeline.next_result(POLL_S)
        now = self._clock.now()
        if result is not None:
            self._frame, self._readings = result.frame, result.readings
            self._rate.tick(now)
        elif now - self._drawn_s < REDRAW_S:
            return
        elif self._pipeline.loading:
            self._frame = self._pipeline.waiting_frame() or self._frame
        if self._frame is not None or running_s > OPENING_SHOWN_AFTER_S:
            self._draw(now)

    def _draw(self, now_s: float) -> None:
        image = _BLANK if self._frame is None else self._frame.image
        status = Status(self._rate.rate(now_s), (image.shape[1], image.shape[0]), self._notice())
        self._display.show(render(image, self._readings, status, self._zones))
        self._drawn_s = now_s

    def _notice(self) -> str:
        if self._frame is None:
            return OPENING_NOTICE
        if self._pipeline.loading:
            return LOADING_NOTICE
        return LOST_NOTICE if self._pipeline.signal_lost else ""


_BLANK: Image = np.zeros((480, 854, 3), np.uint8)
