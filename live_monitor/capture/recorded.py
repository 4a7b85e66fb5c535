"""What a video file and one at a web address have in common. Nothing a video says of itself is trusted: see `MediaClock`."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence

import cv2

from live_monitor.capture import video_capture
from live_monitor.capture.source import MediaClock
from live_monitor.types import Image

FAILED_GRABS_AT_END = 60
"""A broken packet and the end of the file look alike; only this many failures in a row are the end."""

CORES_SHARE = 0.5
"""Share of the cores that decoding has a thread for. With one for each it holds up the networks, whose threads wait for each
other: the whole became 10 to 20 % slower."""

LARGEST_PLAUSIBLE_COUNT = 10_000_000


class Recorded:
    """Every readable picture of a video that has an end, in order, turned upright as it asks.

    `claimed_frames` is how many the video says it has, once it is open: a hint for progress bars, None when implausible;
    `claimed_s` the seconds from the first to the last of them, 0 when implausible.
    """

    live = False

    def __init__(self, name: str, open_timeout_s: float, opener: Callable[[], cv2.VideoCapture]) -> None:
        self.name = name
        self.open_timeout_s = open_timeout_s
        self.claimed_frames: int | None = None
        self.claimed_s = 0.0
        self._opener = opener
        self._capture: cv2.VideoCapture | None = None
        self._clock = MediaClock(0.0)

    def open(self) -> None:
        """Opens it, again from its beginning.

        Raises:
            SourceError: it cannot be opened; the message says why, or what to try.
        """
        self._capture = self._opener()
        fps = self._capture.get(cv2.CAP_PROP_FPS)
        self._clock = MediaClock(fps)
        count = self._capture.get(cv2.CAP_PROP_FRAME_COUNT)
        self.claimed_frames = int(count) if 0 < count < LARGEST_PLAUSIBLE_COUNT else None
        self.claimed_s = (self.claimed_frames - 1) / fps if self.claimed_frames and fps > 0 else 0.0

    def grab(self) -> float | None:
        if self._capture is None:
            return None
        for _ in range(FAILED_GRABS_AT_END):
            if video_capture.grab(self._capture):
                return self._clock.advance(self._capture.get(cv2.CAP_PROP_POS_MSEC) / 1000)
        return None

    def retrieve(self) -> Image | None:
        return None if self._capture is None else video_capture.retrieve(self._capture)

    def close(self) -> None:
        if self._capture is not None:
            self._capture.release()
            self._capture = None


def open_recorded(target: str, parameters: Sequence[int] = ()) -> cv2.VideoCapture | None:
    """A capture of an absolute path or a URL that is open, or None; `parameters` as OpenCV takes them."""
    threads = (cv2.CAP_PROP_N_THREADS, max(1, round(CORES_SHARE * (os.cpu_count() or 1))))
    return video_capture.open_capture(target, cv2.CAP_FFMPEG, (*threads, *parameters))
