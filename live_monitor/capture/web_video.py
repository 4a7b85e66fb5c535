"""A video file at a web address as a source: read while it is analysed, nothing of it is kept."""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Iterator

import cv2

from live_monitor.capture.network import OPEN_TIMEOUT_MS, OPEN_TIMEOUT_S, tidied, without_password
from live_monitor.capture.opening import OPENING
from live_monitor.capture.recorded import Recorded, open_recorded
from live_monitor.capture.refusal import refusal
from live_monitor.errors import SourceError
from live_monitor.process.variables import set_variable

READ_TIMEOUT_MS = 15_000

OPTIONS_VARIABLE, OPTIONS = "OPENCV_FFMPEG_CAPTURE_OPTIONS", "reconnect;1|reconnect_delay_max;4|multiple_requests;1"
"""Lets FFmpeg reconnect and resume where it was, as when a server has hung up on somebody who paused.

To go back in a file, FFmpeg uses the connection that it has, though it has asked the server to close it. If the server does so
without saying so in its answer, reading goes on at a wrong place, and pictures are lost; with multiple_requests FFmpeg asks to
keep it open.
"""


class WebVideo(Recorded):
    """A video file, by its http or https URL. Unlike a `Stream` it has an end, and each of its pictures counts.

    A lost connection and the end look alike: it broke off if it `is_short`.
    """

    def __init__(self, url: str) -> None:
        """Sets up a video without touching the network."""
        super().__init__(without_password(url.strip()), OPEN_TIMEOUT_S, lambda: _open(tidied(url)), READ_TIMEOUT_MS / 1000)

    def grab(self) -> float | None:
        """See `live_monitor.capture.source.Source`.

        Raises:
            SourceError: the video broke off, or holds no picture.
        """
        pts_s = super().grab()
        if pts_s is not None or self._capture is None:
            return pts_s
        if not self.grabbed:
            raise SourceError(
                f"{self.name}: no picture of it can be read; its server may not send parts of files: download it and give the "
                "file to --video"
            )
        if self.is_short:
            raise SourceError(
                f"{self.name}: broke off after {self.reached_s:.1f} of {self.claimed_s:.1f} s; try again, or download it and "
                "give the file to --video"
            )
        return None


def _open(url: str) -> cv2.VideoCapture:
    timeouts = (cv2.CAP_PROP_OPEN_TIMEOUT_MSEC, OPEN_TIMEOUT_MS, cv2.CAP_PROP_READ_TIMEOUT_MSEC, READ_TIMEOUT_MS)
    since_s = time.monotonic()
    with OPENING.with_options(), _reconnecting():
        capture = open_recorded(url, timeouts)
    if capture is not None:
        return capture
    shown, reason = without_password(url), refusal(url, since_s)
    if reason is not None:
        raise SourceError(f"{shown}: cannot be opened: {reason}; check the address")
    raise SourceError(
        f"{shown}: no video can be read there; check the address, which must be that of a video file, not of a page that shows "
        "one"
    )


@contextlib.contextmanager
def _reconnecting() -> Iterator[None]:
    """Sets OPTIONS meanwhile, since OpenCV takes FFmpeg's from the environment alone; keeps a user's own instead."""
    if OPTIONS_VARIABLE in os.environ:
        yield
        return
    set_variable(OPTIONS_VARIABLE, OPTIONS)
    try:
        yield
    finally:
        set_variable(OPTIONS_VARIABLE, None)
