"""A video file at a web address as a source: read while it is analysed, nothing of it is kept."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator

import cv2

from live_monitor.capture.network import OPEN_TIMEOUT_MS, OPEN_TIMEOUT_S, OPENING, without_password
from live_monitor.capture.recorded import Recorded, open_recorded
from live_monitor.errors import SourceError

TIMEOUTS = (cv2.CAP_PROP_OPEN_TIMEOUT_MSEC, OPEN_TIMEOUT_MS, cv2.CAP_PROP_READ_TIMEOUT_MSEC, 15_000)

OPTIONS_VARIABLE, OPTIONS = "OPENCV_FFMPEG_CAPTURE_OPTIONS", "reconnect;1|reconnect_delay_max;4"
"""Lets FFmpeg connect again where it was, as when a server has hung up on somebody who paused."""

WHOLE_SHARE = 0.95
REST_S = 3.0
"""A lost connection and the end of a video look alike: see `WebVideo`."""


class WebVideo(Recorded):
    """A video file, by its http or https URL. Unlike a `Stream` it has an end, and each of its pictures counts.

    It broke off if it ends before WHOLE_SHARE of both the time and the pictures that it claims, and more than REST_S early.
    Time alone says little, since timestamps may be broken; so do pictures, since .mkv and .webm have no number of them:
    what they claim is the length of the whole at one rate, also where the sound is longer than the pictures, or begins
    earlier. What is lost of the last REST_S is not told from that, and passes for the end; sound that is alone for longer,
    or a last picture that stands for longer in such a file, passes for a lost connection.
    """

    def __init__(self, url: str) -> None:
        """Sets up a video without touching the network."""
        super().__init__(without_password(url), OPEN_TIMEOUT_S, lambda: _open(url))

    def grab(self) -> float | None:
        """See `live_monitor.capture.source.Source`.

        Raises:
            SourceError: the video broke off.
        """
        pts_s = super().grab()
        if pts_s is None and self._capture is not None and self._is_short():
            raise SourceError(
                f"{self.name}: broke off after {self.reached_s:.1f} of {self.claimed_s:.1f} s; try again, or download it and "
                "give the file to --video"
            )
        return pts_s

    def _is_short(self) -> bool:
        rest_s = self.claimed_s - self.reached_s
        few = self.grabbed < WHOLE_SHARE * (self.claimed_frames or 0)
        return few and rest_s > max(REST_S, (1 - WHOLE_SHARE) * self.claimed_s)


def _open(url: str) -> cv2.VideoCapture:
    with OPENING, _reconnecting():
        capture = open_recorded(url, TIMEOUTS)
    if capture is None:
        raise SourceError(
            f"{without_password(url)}: no video can be read there; check the address, which must be that of a video file, not of "
            "a page that shows one"
        )
    return capture


@contextlib.contextmanager
def _reconnecting() -> Iterator[None]:
    """OpenCV takes FFmpeg's options from the environment alone; a user's own stay, and other sources do without these."""
    if OPTIONS_VARIABLE in os.environ:
        yield
        return
    os.environ[OPTIONS_VARIABLE] = OPTIONS
    try:
        yield
    finally:
        os.environ.pop(OPTIONS_VARIABLE, None)
