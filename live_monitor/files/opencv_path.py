"""File names for OpenCV, which ends the process without a word if given one that is not UTF-8; and names for people."""

from __future__ import annotations

import os
import unicodedata
from pathlib import Path

from live_monitor.errors import LiveMonitorError

_NOT_SHOWN = {"Cc", "Cs", "Zl", "Zp"}
"""Unicode categories: controls, lone surrogates, and what separates lines and paragraphs."""


def opencv_path(path: Path, error: type[LiveMonitorError]) -> str:
    """The path of a file as OpenCV can be given it.

    It is absolute: FFmpeg would read "a:b.mp4" as a protocol and "-x.mp4" as an option.

    Args:
        path: as the user gave it.
        error: what is raised for a name that OpenCV cannot be given.

    Raises:
        LiveMonitorError: of that class; the file's name or that of a folder above it is not UTF-8.
    """
    absolute = os.path.abspath(path)
    if not is_utf8(absolute):
        raise error(f"{printable(absolute)}: its name is not UTF-8, which OpenCV cannot read; rename it")
    return absolute


def is_utf8(text: str) -> bool:
    """Whether it can be written as UTF-8: the other bytes of a file's name are lone surrogates in Python (PEP 383)."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def printable(text: str) -> str:
    r"""The text on one line: what is not UTF-8, breaks lines or drives a terminal is spelt out, as in y\udcff.mp4 or a\nb.mp4."""
    return "".join(_spelt_out(one) if unicodedata.category(one) in _NOT_SHOWN else one for one in text)


def _spelt_out(character: str) -> str:
    return character.encode("unicode_escape").decode()
