"""Files that a session begins: never over one that is there already."""

from __future__ import annotations

import io
from pathlib import Path

from live_monitor.errors import OutputError


def new_file(path: Path) -> io.FileIO:
    """Makes a file, empty and open for writing without a buffer.

    Raises:
        OutputError: it is there already, or cannot be made.
    """
    try:
        return path.open("xb", buffering=0)
    except FileExistsError as error:
        raise OutputError(f"{path}: is there already and is not overwritten; choose another name") from error
    except OSError as error:
        raise OutputError(f"{path}: cannot be written: {error.strerror}; choose another folder") from error
