"""What there is at a path; where the system does not even let one ask, nothing is.

Python's own `Path.is_file` raises of a folder that may not be entered and of a name longer than names may be.
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
