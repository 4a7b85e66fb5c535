"""A folder that a command fills: tried before the long work starts, so that no result is lost at its end."""

from __future__ import annotations

import contextlib
import json
import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from live_monitor.errors import OutputError
from live_monitor.files.whole_file import write_whole


@contextlib.contextmanager
def writing(path: Path) -> Iterator[None]:
    """Turns what the file system refuses into one line.

    Raises:
        OutputError: the path, or something in it, cannot be written.
    """
    try:
        yield
    except OSError as error:
        raise OutputError(f"{path}: cannot be written: {_reason(error)}; free space or choose another folder") from error


def _reason(error: OSError) -> str:
    number = re.search(r"errno = (\d+)", str(error))  # as HDF5 gives it, amid all that it knows about the file
    return os.strerror(int(number[1])) if number else error.strerror or str(error)


def claim_folder(folder: Path) -> None:
    """Makes the folder, and makes sure that files can be written there.

    Raises:
        OutputError: they cannot.
    """
    with writing(folder):
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except FileExistsError as error:
            raise OutputError(f"{folder}: is a file, not a folder; choose another name") from error
        probe = folder / ".part"
        probe.write_bytes(b"")
        probe.unlink()


def write_output(path: Path, content: bytes) -> None:
    """Writes a whole file, in place of another of its name.

    Raises:
        OutputError: the disk is full, or the folder went away.
    """
    with writing(path):
        write_whole(path, content)


def write_json(path: Path, values: Any) -> None:
    """The same for values that JSON knows."""
    write_output(path, (json.dumps(values, indent=2) + "\n").encode())
