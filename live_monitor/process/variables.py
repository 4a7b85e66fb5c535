"""Environment variables for libraries, some of which do not see what Python sets."""

from __future__ import annotations

import ctypes
import os
import sys


def set_variable(name: str, value: str | None) -> None:
    """Sets an environment variable for this process and its libraries, or with None takes it away.

    On Windows the FFmpeg that comes with OpenCV reads them through a C runtime of its own, msvcrt, which copied the environment
    when the process began and must be told what changes.
    """
    if value is None:
        os.environ.pop(name, None)
    else:
        os.environ[name] = value
    if sys.platform == "win32":
        ctypes.cdll.msvcrt._putenv(f"{name}={value or ''}".encode())
