"""Cameras and network streams as sources. Their media time is the time since the first picture arrived."""

from __future__ import annotations

import contextlib
import sys
import time
from collections.abc import Callable

import cv2

from live_monitor.capture import video_capture
from live_monitor.capture.network import (
    OPEN_TIMEOUT_MS,
    OPEN_TIMEOUT_S,
    STREAM_SCHEMES,
    scheme,
    tidied,
    without_password,
)
from live_monitor.capture.opening import OPENING
from live_monitor.capture.refusal import refusal
from live_monitor.errors import SourceError, UsageError
from live_monitor.process.quiet import silent_stderr
from live_monitor.types import Image

CAMERA_OPEN_TIMEOUT_S = 30.0
"""Some drivers take more than ten seconds to start a camera."""

STREAM_TIMEOUTS = (cv2.CAP_PROP_OPEN_TIMEOUT_MSEC, OPEN_TIMEOUT_MS, cv2.CAP_PROP_READ_TIMEOUT_MSEC, 4000)

_Advice = Callable[[float], str]
"""Says what follows "cannot be opened", given the time when opening began, in seconds of `time.monotonic`."""

_BACKENDS = {"linux": cv2.CAP_V4L2, "darwin": cv2.CAP_AVFOUNDATION}


class _LiveSource:
    """What a camera and a stream have in common: an opener, and media time taken from a picture's arrival."""

    live = True

    def __init__(self, name: str, open_timeout_s: float, opener: Callable[[], cv2.VideoCapture | None], advice: _Advice) -> None:
        self.name = name
        self.open_timeout_s = open_timeout_s
        self._opener = opener
        self._advice = advice
        self._capture: cv2.VideoCapture | None = None
        self._was_open = False
        self._first_s: float | None = None

    def open(self) -> None:
        """Opens it, or reopens it after a loss.

        Raises:
            SourceError: it cannot be opened; the message says what to try, unless it was open before.
        """
        self.close()
        since_s = time.monotonic()
        self._capture = self._opener()
        if self._capture is None and self._was_open:
            # No advice: it opens every other camera, which must not happen again and again while this one is lost.
            raise SourceError(f"{self.name}: cannot be opened again")
        if self._capture is None:
            raise SourceError(f"{self.name}: cannot be opened{self._advice(since_s)}")
        self._was_open = True

    def grab(self) -> float | None:
        if self._capture is None or not video_capture.grab(self._capture):
            return None
        now = time.perf_counter()  # time.monotonic has steps of 15.6 ms on Windows before Python 3.13
        if self._first_s is None:
            self._first_s = now
        return now - self._first_s

    def retrieve(self) -> Image | None:
        return None if self._capture is None else video_capture.retrieve(self._capture)

    def close(self) -> None:
        if self._capture is not None:
            self._capture.release()
            self._capture = None


class Camera(_LiveSource):
    """A webcam, by index (0, 1, ...) or by device path (/dev/video2)."""

    def __init__(self, device: str, size: tuple[int, int] | None = None, fps: float | None = None) -> None:
        """Sets up a camera without touching it.

        Args:
            device: digits for an index, anything else is a path.
            size: width and height to ask for, in pixels; the camera may give others.
            fps: frame rate to ask for.
        """
        name = f"camera {without_password(device)}"
        super().__init__(name, CAMERA_OPEN_TIMEOUT_S, lambda: open_camera(device, size, fps), _camera_advice)


class Stream(_LiveSource):
    """A network stream, by URL."""

    def __init__(self, url: str) -> None:
        """Sets up a stream without touching the network.

        Raises:
            UsageError: not a URL of a scheme in STREAM_SCHEMES.
        """
        shown = without_password(url.strip())
        if scheme(url) not in STREAM_SCHEMES:
            schemes = ", ".join(f"{one}://" for one in STREAM_SCHEMES)
            raise UsageError(f"--stream {shown}: not a stream's URL, which starts with one of {schemes}")
        name = f"stream {shown}"
        super().__init__(
            name, OPEN_TIMEOUT_S, lambda: _open_stream(tidied(url)), lambda since_s: _stream_advice(tidied(url), since_s)
        )


def open_camera(device: str, size: tuple[int, int] | None = None, fps: float | None = None) -> cv2.VideoCapture | None:
    """An open camera set to the wanted size and rate as far as possible, or None."""
    target = int(device) if device.isdecimal() else device
    # On macOS OpenCV writes something about each camera that it does not find.
    with silent_stderr(briefly=False) if sys.platform == "darwin" else contextlib.nullcontext():
        capture = video_capture.open_capture(target, _BACKENDS.get(sys.platform, cv2.CAP_ANY))
    if capture is None:
        return None
    # The number of V4L2's buffers is left as it is: with a single one a camera has none to fill while a picture is decoded, and
    # gives half its rate. Old pictures do not pile up in them, since the capture thread takes each as soon as it is there.
    if size is not None:
        # Uncompressed pictures above 640x480 fill a USB 2 bus; cameras reach their full rate at such sizes only as JPEG.
        capture.set(cv2.CAP_PROP_FOURCC, cv2.VideoWriter.fourcc(*"MJPG"))
        capture.set(cv2.CAP_PROP_FRAME_WIDTH, size[0])
        capture.set(cv2.CAP_PROP_FRAME_HEIGHT, size[1])
    if fps is not None:
        capture.set(cv2.CAP_PROP_FPS, fps)
    return capture


def _open_stream(url: str) -> cv2.VideoCapture | None:
    with OPENING.without_options():
        return video_capture.open_capture(url, cv2.CAP_FFMPEG, STREAM_TIMEOUTS)


def _camera_advice(_: float) -> str:
    from live_monitor.capture.cameras import list_cameras

    found = list_cameras()
    if not found:
        permission = "check the camera permission"
        if sys.platform == "darwin":  # it asks for this on the main thread only, and shows no camera until then
            permission = "run live-monitor cameras to be asked for the camera permission"
        return f"; no camera was found: plug one in, close programs that use it, {permission}, or use --video FILE"
    return f"; cameras found: {'; '.join(str(camera) for camera in found)}"


def _stream_advice(url: str, since_s: float) -> str:
    reason = refusal(url, since_s)
    return f"{'' if reason is None else f': {reason}'}; check the address and that the sender is running"
