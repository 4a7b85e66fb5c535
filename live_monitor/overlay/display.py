"""Checks that a window can be opened, and reacts when its display goes away: in both cases OpenCV would just end the process."""

from __future__ import annotations

import contextlib
import ctypes
import ctypes.util
import os
import socket
import sys
from collections.abc import Callable, Iterator

import cv2

from live_monitor.errors import DisplayError

SOCKET_TIMEOUT_S = 2.0
_FIRST_X_PORT = 6000
_CALLED_AT_EXIT: list[object] = []
"""What C's exit() may call; kept for ever, in case it cannot be taken off C's list."""

_WITHOUT_WINDOW = "use --no-display to analyse without a window"
_FROM_A_DESKTOP = f"start the program from a desktop, or {_WITHOUT_WINDOW}"


def check_display() -> None:
    """Makes sure that a window can be opened.

    Raises:
        DisplayError: OpenCV was built without windows, or there is no screen.
    """
    if not cv2.currentUIFramework():
        raise DisplayError(
            "this OpenCV cannot open windows; run: pip uninstall -y opencv-python-headless opencv-contrib-python-headless && "
            f'pip install --force-reinstall "opencv-python>=4.10,<5"; or {_WITHOUT_WINDOW}'
        )
    if sys.platform == "linux":
        _check_x_display(os.environ.get("DISPLAY", ""))


@contextlib.contextmanager
def when_display_goes(end: Callable[[], object]) -> Iterator[None]:
    """Calls `end` if the display goes away within the block, as when a desktop crashes or a connection breaks.

    OpenCV's Qt then calls C's exit(), which leaves all of Python where it is: nothing is raised, no file is closed. `end` is
    called on the thread that shows the window, and must end the process itself.
    """
    if sys.platform != "linux":
        yield
        return
    libc = ctypes.CDLL(None)
    inside = [True]
    own = ctypes.c_char()  # its address distinguishes our entry in the list of what exit() calls
    at_exit = ctypes.CFUNCTYPE(None, ctypes.c_void_p)(lambda _argument: inside and end())
    _CALLED_AT_EXIT.append((at_exit, own))
    libc.__cxa_atexit(at_exit, None, ctypes.byref(own))
    try:
        yield
    finally:
        inside.clear()
        libc.__cxa_finalize(ctypes.byref(own))  # calls it a last time, and takes it off the list


def _check_x_display(display: str) -> None:
    if not display:
        raise DisplayError(f"no display: DISPLAY is not set; {_FROM_A_DESKTOP}")
    reachable = _xcb_connects(display)
    if reachable is None:
        reachable = _socket_connects(display)
    if not reachable:
        raise DisplayError(f"no display: cannot connect to DISPLAY {display}; {_FROM_A_DESKTOP}")


def _xcb_connects(display: str) -> bool | None:
    """Whether a full connection with the user's permission cookie works, as the window will make it; None without libxcb."""
    library = ctypes.util.find_library("xcb")
    if library is None:
        return None
    try:
        xcb = ctypes.CDLL(library)
    except OSError:
        return None
    xcb.xcb_connect.restype = ctypes.c_void_p
    xcb.xcb_connect.argtypes = [ctypes.c_char_p, ctypes.POINTER(ctypes.c_int)]
    xcb.xcb_connection_has_error.argtypes = xcb.xcb_disconnect.argtypes = [ctypes.c_void_p]
    connection = xcb.xcb_connect(display.encode(), None)
    failed = bool(xcb.xcb_connection_has_error(connection))
    xcb.xcb_disconnect(connection)
    return not failed


def _socket_connects(display: str) -> bool:
    """Whether anything listens where DISPLAY ([host]:number[.screen]) points to."""
    host, _, number = display.rpartition(":")
    number = number.partition(".")[0]
    if not number.isdecimal():
        return False
    if host not in ("", "unix"):
        return _connects(socket.AF_INET, (host, _FIRST_X_PORT + int(number)))
    path = f"/tmp/.X11-unix/X{number}"
    return _connects(socket.AF_UNIX, path) or _connects(socket.AF_UNIX, "\0" + path)


def _connects(family: socket.AddressFamily, address: tuple[str, int] | str) -> bool:
    with socket.socket(family) as connection:
        connection.settimeout(SOCKET_TIMEOUT_S)
        try:
            connection.connect(address)
        except (OSError, OverflowError):  # a number that is no port
            return False
    return True
