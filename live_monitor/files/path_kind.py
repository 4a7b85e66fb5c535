"""What there is at a path: nothing, if the system does not even let one ask.

Python's own `Path.is_file` raises for a folder that may not be entered and for a name that is too long.
"""

from __future__ import annotations

from pathlib import Path


def is_file(path: Path) -> bool:
    """Whether there is a file that can be asked about."""
    try:
        return path.is_file()
    except OSError:
        return False


def is_folder(path: Path) -> bool:
    """Whether there is a folder that can be asked about."""
    try:
        return path.is_dir()
    except OSError:
        return False
