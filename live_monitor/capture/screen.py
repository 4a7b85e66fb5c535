"""The screen as a source: a call or a lesson that another program shows."""

from __future__ import annotations

import contextlib
import os
import sys
import time
from dataclasses import dataclass

import cv2
import mss
import numpy as np
from numpy.typing import NDArray

from live_monitor.capture.network import without_password
from live_monitor.errors import SourceError, UsageError
from live_monitor.types import Image

SCREEN_OPEN_TIMEOUT_S = 9.0

DEFAULT_FPS = 30.0
"""That of most calls; a screen can be read at any rate."""

ALL = 0
"""The number of all screens together, as one picture."""

_UNREADABLE = (mss.ScreenShotError, AssertionError)
"""What mss raises if a screen cannot be read; the AssertionError means that the X server has gone."""


@dataclass(frozen=True)
class Area:
    """A part of what all screens show together, in pixels."""

    left: int
    top: int
    width: int
    height: int

    def within(self, other: Area) -> Area:
        """What both have in common; its width or height is 0 if that is nothing."""
        left, top = max(self.left, other.left), max(self.top, other.top)
        right = min(self.left + self.width, other.left + other.width)
        bottom = min(self.top + self.height, other.top + other.height)
        return Area(left, top, max(0, right - left), max(0, bottom - top))

    def __str__(self) -> str:
        return f"{self.left},{self.top},{self.width},{self.height}"


class Screen:
    """A whole screen, or an area. Its media time is the time since the first picture."""

    live = True
    open_timeout_s = SCREEN_OPEN_TIMEOUT_S

    def __init__(self, wanted: str, fps: float | None = None) -> None:
        """Sets it up without looking at the screen.

        Args:
            wanted: number of a screen in the order of `list_screens`, or an area as "left,top,width,height".
            fps: pictures a second, at most.

        Raises:
            UsageError: `wanted` is neither.
        """
        self.name = f"screen {without_password(wanted)}"
        self._wanted = _parsed(wanted)
        self._step_s = 1 / (fps or DEFAULT_FPS)
        self._reader: mss.MSS | None = None
        self._area = Area(0, 0, 0, 0)
        self._picture: NDArray[np.uint8] | None = None
        self._first_s: float | None = None
        self._due_s = 0.0

    def open(self) -> None:
        """Finds the screen.

        Raises:
            SourceError: there is no such screen or area, or no program may read it.
        """
        self.close()
        self._reader = _open_reader(self.name)
        self._area = self._found(_areas(self._reader, self.name))

    def grab(self) -> float | None:
        """Waits until the next picture is due, and takes it."""
        if self._reader is None:
            return None
        time.sleep(max(0.0, self._due_s - time.perf_counter()))
        area = self._area
        try:
            shot = self._reader.grab((area.left, area.top, area.left + area.width, area.top + area.height))
        except _UNREADABLE:
            return None
        self._picture = np.frombuffer(shot.raw, np.uint8).reshape(shot.height, shot.width, 4)
        now_s = time.perf_counter()
        if self._first_s is None:
            self._first_s = self._due_s = now_s
        self._due_s = max(now_s, self._due_s + self._step_s)
        return now_s - self._first_s

    def retrieve(self) -> Image | None:
        if self._picture is None:
            return None
        return np.asarray(cv2.cvtColor(self._picture, cv2.COLOR_BGRA2BGR), np.uint8)

    def close(self) -> None:
        if self._reader is not None:
            _close(self._reader)
            self._reader = None

    def _found(self, areas: list[Area]) -> Area:
        if isinstance(self._wanted, Area):
            area = self._wanted.within(areas[ALL])
            if not area.width or not area.height:
                raise SourceError(f"{self.name}: is on no screen; together they are {areas[ALL]}")
            return area
        if self._wanted >= len(areas):
            raise SourceError(f"{self.name}: no such screen; live-monitor screens lists them")
        return areas[self._wanted]


def list_screens() -> list[Area]:
    """Where each screen is; the first one stands for all of them together.

    Raises:
        SourceError: no program may read them.
    """
    reader = _open_reader("screens")
    try:
        return _areas(reader, "screens")
    finally:
        _close(reader)


def _parsed(wanted: str) -> int | Area:
    if wanted.isdecimal():
        return int(wanted)
    try:
        left, top, width, height = (int(part) for part in wanted.split(","))
    except ValueError:
        left = top = width = height = 0
    if width < 1 or height < 1:
        what_it_takes = "a number nor left,top,width,height in pixels; live-monitor screens lists them"
        raise UsageError(f"--screen {without_password(wanted)}: is neither {what_it_takes}")
    return Area(left, top, width, height)


def _open_reader(name: str) -> mss.MSS:
    if sys.platform == "linux" and os.environ.get("XDG_SESSION_TYPE") == "wayland":
        raise SourceError(f"{name}: cannot be read, Wayland lets no program look at it; log in with Xorg instead")
    try:
        return mss.MSS()
    except _UNREADABLE as error:
        raise _unreadable(name, error) from error


def _areas(reader: mss.MSS, name: str) -> list[Area]:
    try:
        monitors = reader.monitors
    except _UNREADABLE as error:
        raise _unreadable(name, error) from error
    return [Area(monitor["left"], monitor["top"], monitor["width"], monitor["height"]) for monitor in monitors]


def _unreadable(name: str, error: Exception) -> SourceError:
    return SourceError(f"{name}: cannot be read: {str(error) or 'it has gone'}; start the program from a desktop")


def _close(reader: mss.MSS) -> None:
    with contextlib.suppress(*_UNREADABLE):  # the screen may have gone
        reader.close()
