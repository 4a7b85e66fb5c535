"""Files that do not ship with the program but are used once they are there.

Nothing here goes online: see `live_monitor.inventory.pull`.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

import platformdirs

from live_monitor.errors import ModelError
from live_monitor.files.checksum import verified
from live_monitor.files.resources import packaged_folder


@dataclass(frozen=True)
class Download:
    """A file on the network, pinned.

    Attributes:
        name: what `live-monitor models pull` takes.
        file: its name on this machine.
        url: where its publisher keeps it.
        sha256: of its content, in lower-case hexadecimal digits.
        size_bytes: of its content.
        licence: SPDX identifier of the licence it is published under.
    """

    name: str
    file: str
    url: str
    sha256: str
    size_bytes: int
    licence: str


def cache_folder() -> Path:
    """Where pulled files lie, one folder a user. It need not exist."""
    return platformdirs.user_cache_path("live-monitor", appauthor=False)


def find(download: Download) -> Path | None:
    """Where the file lies, in the user's cache or in `models/`; None if in neither. It may be damaged: see `verify`."""
    # The cache comes first: a pull can then put right whatever is damaged.
    paths = (folder / download.file for folder in (cache_folder(), packaged_folder("models")))
    return next((path for path in paths if os.path.exists(path)), None)


def verify(path: Path, download: Download) -> None:
    """Makes sure that this is the very file.

    Raises:
        ModelError: it cannot be read, or its checksum is a different one.
    """
    verified(path, download.sha256, f"run: live-monitor models pull {download.name}")


def installed(download: Download) -> Path | None:
    """Where the file lies if it is there and undamaged."""
    path = find(download)
    if path is None:
        return None
    try:
        verify(path, download)
    except ModelError:
        return None
    return path
