"""Names on their way into OpenCV, which ends the process without a word where it is given text that is not UTF-8."""

from __future__ import annotations

import os
from pathlib import Path

from live_monitor.errors import LiveMonitorError


def opencv_path(path: Path, error: type[LiveMonitorError]) -> str:
    """The path of a file as OpenCV can be given it.

    It is absolute: FFmpeg would read "a:b.mp4" as a protocol and "-x.mp4" as an option.

    Args:
        path: as the user gave it.
        error: what is raised of a name that OpenCV cannot be given.

    Raises:
        LiveMonitorError: of that class; the file's name or that of a folder above it is not UTF-8.
    """
    absolute = os.path.abspath(path)
    if not is_utf8(absolute):
        raise error(f"{printable(absolute)}: its name is not UTF-8, which OpenCV cannot read; rename it")
    return absolute


def is_utf8(text: str) -> bool:
    """Whether it can be written as UTF-8: the other bytes of a file's name are lone surrogates in Python (PEP 383)."""
    return printable(text) == text


def printable(text: str) -> str:
    r"""The text with what is not UTF-8 spelt out, as in y\udcff.mp4."""
    return text.encode(errors="backslashreplace").decode()
