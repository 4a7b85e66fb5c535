"""A folder that a command fills: tried before the long work starts, so that no result is lost at its end."""

from __future__ import annotations

from pathlib import Path

from live_monitor.errors import OutputError
from live_monitor.files.whole_file import write_whole


def claim_folder(folder: Path) -> None:
    """Makes the folder, and makes sure that files can be written there.

    Raises:
        OutputError: they cannot.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        probe = folder / ".part"
        probe.write_bytes(b"")
        probe.unlink()
    except FileExistsError as error:
        raise OutputError(f"{folder}: is a file, not a folder; choose another name") from error
    except OSError as error:
        raise _cannot_write(folder, error) from error


def write_output(path: Path, content: bytes) -> None:
    """Writes a whole file, in place of another of its name.

    Raises:
        OutputError: the disk is full, or the folder went away.
    """
    try:
        write_whole(path, content)
    except OSError as error:
        raise _cannot_write(path, error) from error


def _cannot_write(path: Path, error: OSError) -> OutputError:
    return OutputError(f"{path}: cannot be written: {error.strerror or error}; free space or choose another folder")
