"""What is shown, from one result to the next: the picture with what was found, and the pulse of the class beside it."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

import numpy as np

from live_monitor.detect.zones import Zone
from live_monitor.overlay.latency import Latency
from live_monitor.overlay.panel import draw_panel
from live_monitor.overlay.rate import RateCounter
from live_monitor.overlay.renderer import Status, render
from live_monitor.overlay.view import View
from live_monitor.pulse.pulse import Pulse
from live_monitor.types import Box, Frame, FrameResult, Image

PANEL_EVERY_S = 0.5
"""The panel is drawn anew this often: nobody reads numbers that change faster."""

BLANK: Image = np.zeros((480, 854, 3), np.uint8)
"""What is shown before there is a picture."""


class LiveView:
    """Keeps what the numbers in the picture and in the panel are computed from. Belongs to one thread."""

    def __init__(self, zones: Sequence[Zone] = (), *, live: bool = False) -> None:
        """Begins with a dark picture.

        Args:
            zones: the parts of the picture that are ignored, to be shaded.
            live: whether the source is live, or late frames of a file are dropped.
        """
        self.pulse = Pulse(live=live)
        self.result: FrameResult | None = None
        """The one that was taken last, without the faces that were left out since."""

        self.frame: Frame | None = None
        """The picture that is shown: the last result's or, before there is one, any other."""

        self._analysed: FrameResult | None = None
        self._left_out: frozenset[int] = frozenset()
        self._zones = zones
        self._rate, self._latency = RateCounter(), Latency()
        self._panel: Image | None = None
        self._panel_s, self._panel_has_details = 0.0, False

    def take(self, analysed: FrameResult, now_s: float) -> FrameResult:
        """Takes the next result, and the time in seconds by the clock that `draw` gets too.

        Returns:
            The result without the faces that were left out while it was analysed.
        """
        self._analysed, self.frame = analysed, analysed.frame
        self._rate.tick(now_s)
        self._latency.add(analysed, now_s)
        return self._count(analysed)

    def leave_out(self, numbers: frozenset[int]) -> None:
        """Leaves out the faces with these numbers, beginning with the result that is shown."""
        self._left_out = numbers
        if self._analysed is not None:
            # No time has passed for the pulse since it took this result: it only counts the faces of the moment anew.
            self._count(self._analysed)

    def knows(self, number: int) -> bool:
        """Whether the face with this number was analysed in the result that is shown, even if it was left out since."""
        return self._analysed is not None and any(reading.track.id == number for reading in self._analysed.readings)

    def _count(self, analysed: FrameResult) -> FrameResult:
        self.result = _without(analysed, self._left_out)
        self.pulse.add(self.result)
        return self.result

    def renew_panel(self) -> None:
        """Lets the next picture show the pulse as it is then, not as it was up to PANEL_EVERY_S before."""
        self._panel = None

    def draw(self, now_s: float, view: View, notice: str = "", message: str = "", outputs: str = "") -> Image:
        """The picture as the window shows it now, uint8 (H, W, 3) BGR; see `live_monitor.overlay.renderer`."""
        image = BLANK if self.frame is None else self.frame.image
        details = self._latency.lines(now_s, still=bool(notice))
        status = Status(
            self._rate.rate(now_s),
            None if self.frame is None else (image.shape[1], image.shape[0]),
            notice,
            message,
            () if view.panel else details,
            outputs=outputs,
        )
        readings, left_out = (self.result.readings, self.result.left_out) if self.result else ((), ())
        hidden = self._hidden(image) if view.blur else ()
        shown = render(image, readings, status, self._zones, view, left_out, hidden)
        if not view.panel:
            return shown
        return np.hstack([shown, self._panel_for(shown, now_s, details if view.details else ())])

    def _hidden(self, image: Image) -> Sequence[Box]:
        """Where there may be somebody about whom nothing is said yet; before there is a result, everywhere."""
        return self.result.newcomers if self.result else [Box(0, 0, image.shape[1], image.shape[0])]

    def _panel_for(self, shown: Image, now_s: float, details: Sequence[str]) -> Image:
        old = now_s - self._panel_s >= PANEL_EVERY_S or self._panel_has_details != bool(details)
        if self._panel is None or old or self._panel.shape[0] != shown.shape[0]:
            self._panel, self._panel_s = draw_panel(self.pulse, shown.shape[1], shown.shape[0], details), now_s
            self._panel_has_details = bool(details)
        return self._panel


def _without(result: FrameResult, numbers: frozenset[int]) -> FrameResult:
    """The result as it would be if the faces with these numbers had been left out before."""
    readings = tuple(reading for reading in result.readings if reading.track.id not in numbers)
    since = (reading.track for reading in result.readings if reading.track.id in numbers)
    return dataclasses.replace(result, readings=readings, left_out=(*result.left_out, *since))
