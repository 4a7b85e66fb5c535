"""Writes what the window shows."""

from __future__ import annotations

import datetime
from pathlib import Path

from live_monitor.files.picture import png
from live_monitor.files.whole_file import write_whole
from live_monitor.types import Image


def write_snapshot(image: Image, folder: Path, taken: datetime.datetime) -> Path:
    """Writes a PNG, named after the time, into a folder that is made if missing; never over another file.

    Returns:
        Where it is.

    Raises:
        OSError: it cannot be written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    stem = f"live-monitor-{taken:%Y%m%d-%H%M%S}"
    path, number = folder / f"{stem}.png", 1
    while path.exists():
        number += 1
        path = folder / f"{stem}-{number}.png"
    write_whole(path, png(image))
    return path
