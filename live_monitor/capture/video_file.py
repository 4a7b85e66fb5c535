"""A video file as a source. Nothing the file says of itself is trusted: see `MediaClock` and FAILED_GRABS_AT_END."""

from __future__ import annotations

import os
from pathlib import Path

import cv2

from live_monitor.capture import video_capture
from live_monitor.capture.source import MediaClock
from live_monitor.errors import SourceError
from live_monitor.opencv_path import opencv_path
from live_monitor.path_kind import is_folder
from live_monitor.types import Image

FAILED_GRABS_AT_END = 60
"""A broken packet and the end of the file look alike; only this many failures in a row are the end."""

CORES_SHARE = 0.5
"""Share of the cores that decoding has a thread for. With one for each it holds up the networks, whose threads wait for each
other: the whole became 10 to 20 % slower."""

LARGEST_PLAUSIBLE_COUNT = 10_000_000
_GIF_SIGNATURE = b"GIF8"


class VideoFile:
    """Every readable picture of a file, in order, turned upright as the file asks.

    `claimed_frames` is how many the file says it has, once it is open: a hint for progress bars, None when implausible.
    """

    live = False
    open_timeout_s = 30.0

    def __init__(self, path: Path) -> None:
        self.path = path
        self.claimed_frames: int | None = None
        self._capture: cv2.VideoCapture | None = None
        self._clock = MediaClock(0.0)

    @property
    def name(self) -> str:
        return str(self.path)

    def open(self) -> None:
        """Opens the file.

        Raises:
            SourceError: missing, not readable, a folder, a picture, not a video, or its name is not UTF-8.
        """
        self._capture = _open(self.path)
        self._clock = MediaClock(self._capture.get(cv2.CAP_PROP_FPS))
        count = self._capture.get(cv2.CAP_PROP_FRAME_COUNT)
        self.claimed_frames = int(count) if 0 < count < LARGEST_PLAUSIBLE_COUNT else None

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


def _open(path: Path) -> cv2.VideoCapture:
    _check_file(path)
    threads = (cv2.CAP_PROP_N_THREADS, max(1, round(CORES_SHARE * (os.cpu_count() or 1))))
    capture = video_capture.open_capture(opencv_path(path, SourceError), cv2.CAP_FFMPEG, threads)
    if capture is None:
        raise SourceError(f"{path}: not a video that can be read; try converting it: ffmpeg -i FILE out.mp4")
    return capture


def _check_file(path: Path) -> None:
    if is_folder(path):
        raise SourceError(f"{path}: is a folder; give one video file")
    try:
        with path.open("rb") as file:
            start = file.read(len(_GIF_SIGNATURE))
    except FileNotFoundError:
        raise SourceError(f"{path}: no such file") from None
    except OSError as error:
        raise SourceError(f"{path}: cannot be read: {error.strerror}") from error
    if not start:
        raise SourceError(f"{path}: is empty")
    if start != _GIF_SIGNATURE and cv2.haveImageReader(opencv_path(path, SourceError)):
        raise SourceError(f"{path}: is a picture, not a video; for pictures use live_monitor.analyze in Python")
