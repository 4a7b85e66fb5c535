"""Keeps third-party libraries from writing to the terminal.

What they read from the environment when they are imported is set here, even if it has nothing to do with silence.
"""

from __future__ import annotations

import contextlib
import os
import sys
import threading
from collections.abc import Iterator

from live_monitor.process.variables import set_variable

_ENVIRONMENT_AT_IMPORT = {
    "OPENCV_LOG_LEVEL": "SILENT",
    "OPENCV_FFMPEG_LOGLEVEL": "-8",
    "QT_LOGGING_RULES": "*=false",
    "TF_CPP_MIN_LOG_LEVEL": "3",
    # With some webcams Windows takes minutes to open a camera otherwise: github.com/opencv/opencv/issues/17687
    "OPENCV_VIDEOIO_MSMF_ENABLE_HW_TRANSFORMS": "0",
}


def silence_libraries() -> None:
    """Sets what OpenCV, FFmpeg, Qt and TensorFlow read when they are first imported; a user's own setting stays.

    They write nothing to the terminal from then on, and OpenCV opens cameras on Windows without the transforms in hardware
    that can take minutes to start.
    """
    for name, value in _ENVIRONMENT_AT_IMPORT.items():
        if name not in os.environ:
            set_variable(name, value)


def occupy_closed_descriptors() -> None:
    """Opens the null device as stdin, stdout or stderr where the program was started without them.

    A file opened later would otherwise get their numbers, and lose them to `silent_stderr`.
    """
    for descriptor in range(3):
        try:
            os.fstat(descriptor)
        except OSError:
            os.open(os.devnull, os.O_RDWR)  # gets the lowest free descriptor, which is this one


def keep_own_stderr() -> None:
    """Lets what Python prints through while `silent_stderr` is at work in any thread: it gets a descriptor of its own."""
    if sys.stderr is None:  # under pythonw
        return
    try:
        own = os.dup(2)
    except OSError:  # closed
        return
    sys.stderr = os.fdopen(own, "w", buffering=1, encoding=sys.stderr.encoding, errors=sys.stderr.errors)
    _SINK.others_have_their_own = True


class _Sink:
    """Where the process's stderr goes while any thread is inside `silent_stderr`; all share the descriptor, and this."""

    def __init__(self) -> None:
        self.others_have_their_own = False
        self._lock = threading.Lock()
        self._inside = 0
        self._original = -1

    def enter(self) -> None:
        """Raises OSError where stderr is closed."""
        with self._lock:
            if self._inside == 0:
                self._original = os.dup(2)
                if sys.stderr is not None:
                    sys.stderr.flush()
                with open(os.devnull, "wb") as sink:
                    os.dup2(sink.fileno(), 2)
            self._inside += 1

    def leave(self) -> None:
        """Gives stderr back when the last thread has left."""
        with self._lock:
            self._inside -= 1
            if self._inside == 0:
                os.dup2(self._original, 2)
                os.close(self._original)


_SINK = _Sink()


@contextlib.contextmanager
def silent_stderr(*, briefly: bool = True) -> Iterator[None]:
    """Throws away what C++ code writes to the process's stderr: some of it obeys no setting.

    Args:
        briefly: whether it takes only milliseconds; otherwise nothing is thrown away in a program that uses this package
            without `keep_own_stderr`, as its own errors would be lost for seconds.
    """
    if not (briefly or _SINK.others_have_their_own):
        yield
        return
    try:
        _SINK.enter()
    except OSError:  # closed, as under pythonw: nothing can be written there
        yield
        return
    try:
        yield
    finally:
        _SINK.leave()
