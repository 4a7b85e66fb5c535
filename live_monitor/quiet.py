"""Keeps third-party libraries from writing to the terminal. Nothing else in the package silences anything."""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Iterator

_SILENT_ENVIRONMENT = {
    "OPENCV_LOG_LEVEL": "SILENT",
    "OPENCV_FFMPEG_LOGLEVEL": "-8",
    "QT_LOGGING_RULES": "*=false",
    "TF_CPP_MIN_LOG_LEVEL": "3",
}


def silence_libraries() -> None:
    """Sets what OpenCV, FFmpeg, Qt and TensorFlow read when they are first imported; a user's own setting stays."""
    for name, value in _SILENT_ENVIRONMENT.items():
        os.environ.setdefault(name, value)


def keep_own_stderr() -> None:
    """Lets what Python prints pass while `silent_stderr` is at work in any thread: it has a descriptor of its own from now on."""
    if sys.stderr is None:  # under pythonw
        return
    try:
        own = os.dup(2)
    except OSError:  # closed
        return
    sys.stderr = os.fdopen(own, "w", buffering=1, encoding=sys.stderr.encoding, errors=sys.stderr.errors)


@contextlib.contextmanager
def silent_stderr() -> Iterator[None]:
    """Throws away what C++ code writes to the process's stderr: some of it obeys no setting."""
    try:
        original = os.dup(2)
    except OSError:  # closed, as under pythonw: nothing can be written there
        yield
        return
    if sys.stderr is not None:
        sys.stderr.flush()
    with open(os.devnull, "wb") as sink:
        os.dup2(sink.fileno(), 2)
        try:
            yield
        finally:
            os.dup2(original, 2)
            os.close(original)
