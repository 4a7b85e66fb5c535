"""The OpenCV window: shows pictures, reads keys, notices when it is closed. Only the main thread calls it."""

from __future__ import annotations

import contextlib
import os
import re
import signal
import sys
import time
from collections.abc import Iterator
from types import FrameType
from typing import Protocol

import cv2
import numpy as np

from live_monitor.overlay.display import check_display
from live_monitor.process.stop_signals import STOP_SIGNALS
from live_monitor.scaling import resized
from live_monitor.types import Image

LARGEST_FIRST_SIZE = (1280, 720)
"""A larger picture starts in a window of this size, or it would not fit many screens."""

_FLAGS = cv2.WINDOW_NORMAL | cv2.WINDOW_FREERATIO | cv2.WINDOW_GUI_NORMAL
"""The window may have any shape: OpenCV would add bright bars to keep the picture's; `letterboxed` adds black ones."""

MIN_BARS = 0.01
"""Bars that would take a smaller part of the window are left out: nobody sees that the picture is stretched so little."""

MAX_BARS = 8.0
"""In a window so narrow that bars would take more, as a share of the picture, the picture fills the whole: the bars would take
hundreds of megabytes."""

_QT_FACTORS = ("QT_SCALE_FACTOR", "QT_SCREEN_SCALE_FACTORS")
_QT_AUTOMATIC = ("QT_AUTO_SCREEN_SCALE_FACTOR", "QT_ENABLE_HIGHDPI_SCALING")
"""Variables by which a desktop lets Qt enlarge windows: by these factors, for all screens or each, or as the screens ask."""

_KEY_BITS = 0xFFFF
"""In the bits above, GTK puts the modifiers that are on, NumLock too, and Windows the keys that are not characters."""
_LAST_PLAIN = 0x7F


class Display(Protocol):
    """Where pictures are shown."""

    def show(self, image: Image) -> None:
        """Shows uint8 (H, W, 3) BGR; the first picture opens the window."""

    def poll_key(self) -> int | None:
        """The key pressed since the last call, as its character's code, or None. Also lets the window react."""

    def poll_click(self) -> tuple[int, int] | None:
        """Where the picture was clicked since the last call, in its pixels, or None."""

    def set_fullscreen(self, wanted: bool) -> None:
        """Fills the screen, or stops filling it."""

    def wait(self, seconds: float) -> None:
        """Lets time pass while nothing is to be shown."""

    @property
    def closed(self) -> bool:
        """True once the user has closed the window; it then stays closed."""

    def close(self) -> None:
        """Takes the window away."""


class Window:
    """A resizable window that keeps its pictures' aspect ratio."""

    def __init__(self, title: str) -> None:
        """Opens nothing yet.

        Raises:
            DisplayError: no window can be opened here.
        """
        check_display()
        # Elsewhere OpenCV would show other characters in place of those that are not ASCII.
        self._title = title if sys.platform == "linux" else title.encode("ascii", "replace").decode()
        self._open = False
        self._closed = False
        self._shape: tuple[int, ...] = ()
        self._own_sizes: set[tuple[int, int]] = set()
        self._click: tuple[int, int] | None = None
        self._corner, self._reduction = (0, 0), (1.0, 1.0)
        self._size_is_in_pixels = not _may_have_more_pixels()
        self._fullscreen = self._fullscreen_wanted = self._left_at_own_size = False

    def show(self, image: Image) -> None:
        if self.closed:
            return  # showing it would open the window again
        if not self._open:
            cv2.namedWindow(self._title, _FLAGS)
            cv2.setMouseCallback(self._title, self._on_mouse)
            self._open = True
            self.set_fullscreen(self._fullscreen_wanted)
        fits = image.shape == self._shape or self._fullscreen
        if not fits:
            self._fit(image)
            self._shape = image.shape
        size = self._size()
        framed, self._corner = letterboxed(image, *size)
        shown = reduced(framed, *size) if self._size_is_in_pixels else framed
        self._reduction = shown.shape[1] / framed.shape[1], shown.shape[0] / framed.shape[0]
        cv2.imshow(self._title, shown)
        if sys.platform == "darwin" and not fits:
            self._fit(image)  # a window there takes the size of its first picture

    def _fit(self, image: Image) -> None:
        """Fits the window's size to a picture of a new shape, unless the user has chosen a size."""
        size = self._size()
        if min(size) <= 0 or not self._own_sizes or size in self._own_sizes:
            wanted = _first_size(image.shape[1], image.shape[0])
            cv2.resizeWindow(self._title, *wanted)
            self._own_sizes = {wanted, size}  # it may take a while until the window has its new size

    def _size(self) -> tuple[int, int]:
        """Width and height of what the window can show, in pixels; not positive where that is not known.

        On macOS it is not known: there OpenCV gives the size of the picture that it shows, whose shape it keeps by itself.
        """
        if sys.platform == "darwin":
            return 0, 0
        try:
            _, _, width, height = cv2.getWindowImageRect(self._title)
        except cv2.error:  # the window has just gone
            return 0, 0
        return width, height

    def poll_key(self) -> int | None:
        if not self._open:
            return None
        with _signals_afterwards():
            code = cv2.waitKeyEx(1)
        return plain_character(code)

    def poll_click(self) -> tuple[int, int] | None:
        click, self._click = self._click, None
        return click

    def set_fullscreen(self, wanted: bool) -> None:
        self._fullscreen_wanted = wanted
        if self._open and wanted != self._fullscreen:
            if wanted:
                self._left_at_own_size = self._size() in self._own_sizes
            elif self._left_at_own_size:
                self._own_sizes.add(self._size())  # the whole screen, which OpenCV reports for a while yet
            cv2.setWindowProperty(self._title, cv2.WND_PROP_FULLSCREEN, cv2.WINDOW_FULLSCREEN if wanted else cv2.WINDOW_NORMAL)
            self._fullscreen = wanted

    def wait(self, seconds: float) -> None:
        time.sleep(seconds)

    def _on_mouse(self, event: int, x: int, y: int, _flags: int, _param: object) -> None:
        if event == cv2.EVENT_LBUTTONDOWN:
            across, down = self._reduction
            self._click = round(x / across) - self._corner[0], round(y / down) - self._corner[1]

    @property
    def closed(self) -> bool:
        # On macOS a window of OpenCV cannot be closed, and one that is minimised counts as not visible.
        if self._open and not self._closed and sys.platform != "darwin":
            try:
                self._closed = cv2.getWindowProperty(self._title, cv2.WND_PROP_VISIBLE) < 1
            except cv2.error:  # the window is gone altogether
                self._closed = True
        return self._closed

    def close(self) -> None:
        if self._open:
            cv2.destroyAllWindows()
            self._open = False
            self._closed = True


def letterboxed(image: Image, width: int, height: int) -> tuple[Image, tuple[int, int]]:
    """A picture in the shape of a window, with black bars at its sides or above and below it.

    Args:
        image: uint8 (H, W, 3) BGR.
        width: of the window, which shows the picture enlarged or reduced.
        height: likewise.

    Returns:
        The picture with its bars (`image` itself if it has that shape already, or a very different one), and where the upper left
        corner of `image` is in it, (x, y).
    """
    rows, columns = image.shape[:2]
    if min(width, height) <= 0:
        return image, (0, 0)
    across, down = max(0, round(rows * width / height) - columns), max(0, round(columns * height / width) - rows)
    if not MIN_BARS < max(across / columns, down / rows) <= MAX_BARS:
        return image, (0, 0)
    left, top = across // 2, down // 2
    framed = cv2.copyMakeBorder(image, top, down - top, left, across - left, cv2.BORDER_CONSTANT)
    return framed.astype(np.uint8, copy=False), (left, top)


def reduced(framed: Image, width: int, height: int) -> Image:
    """A picture reduced to a window's size, if that is smaller: OpenCV's own skips rows and columns, and so strokes of text.

    Args:
        framed: uint8 (H, W, 3) BGR.
        width: of the window.
        height: likewise.
    """
    rows, columns = framed.shape[:2]
    return resized(framed, width, height) if 0 < width < columns and 0 < height < rows else framed


def _may_have_more_pixels() -> bool:
    """Whether windows may have more pixels than OpenCV reports: where Qt enlarges them."""
    factors = [float(number) for name in _QT_FACTORS for number in re.findall(r"\d+(?:\.\d+)?(?=;|$)", os.environ.get(name, ""))]
    automatic = any(os.environ.get(name, "") not in ("", "0") for name in _QT_AUTOMATIC)
    return automatic or any(factor != 1 for factor in factors)


def plain_character(code: int) -> int | None:
    """The ASCII character that a code of cv2.waitKeyEx stands for, as its number, or None: no key, or one such as an arrow.

    cv2.waitKey cannot tell them apart: it keeps the low byte only, and that of X11's left arrow, 0xFF51, is Q.
    """
    character = code & _KEY_BITS
    return character if 0 < character <= _LAST_PLAIN else None


@contextlib.contextmanager
def _signals_afterwards() -> Iterator[None]:
    """Postpones STOP_SIGNALS: OpenCV swallows what their handlers raise while it calls a mouse callback.

    A `try` in the callback would come too late: a signal's handler may run before the callback's first line.
    """
    arrived: list[int] = []

    def note(number: int, _frame: FrameType | None) -> None:
        arrived.append(number)

    before = {wanted: signal.getsignal(wanted) for wanted in STOP_SIGNALS}
    try:
        for wanted in before:
            signal.signal(wanted, note)
        yield
    finally:
        for wanted, handler in before.items():
            if signal.getsignal(wanted) is note:  # one that came before it was postponed may have changed them all
                signal.signal(wanted, handler or signal.SIG_DFL)
    for number in arrived:
        signal.raise_signal(number)


def _first_size(width: int, height: int) -> tuple[int, int]:
    scale = min(1.0, LARGEST_FIRST_SIZE[0] / width, LARGEST_FIRST_SIZE[1] / height)
    return max(1, round(width * scale)), max(1, round(height * scale))
