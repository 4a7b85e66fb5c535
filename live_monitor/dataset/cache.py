"""Keeps what was read from a data set in the user's cache, so that the next time takes a fraction of a second.

One data set at a time: the next one replaces it. Without a cache that can be written everything works, only slower.
"""

from __future__ import annotations

import hashlib
import logging
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from live_monitor.dataset.folder import files_below
from live_monitor.files.download import cache_folder
from live_monitor.files.whole_file import whole_file

Arrays = dict[str, NDArray[Any]]

FILE: Final = "dataset.npz"

FORMAT: Final = 3
"""Changed whenever the same source is to be read differently: what was kept before is then ignored."""

_SOURCE = "source"
_log = logging.getLogger(__name__)


def remembered(source: Path, read: Callable[[], Arrays]) -> Arrays:
    """What `read` gives, or gave when the source was the same.

    Args:
        source: a file, or a folder with all that is in it; not the same if a path in it, a size or a time of change differs.
        read: reads the source. Its errors pass through, and nothing is kept then.
    """
    file = cache_folder() / FILE
    try:
        key = _fingerprint(source)
    except OSError:
        return read()  # which says what is wrong with it
    kept = _load(file, key)
    if kept is not None:
        return kept
    arrays = read()
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        with whole_file(file) as unfinished, unfinished.open("wb") as stream:
            np.savez(stream, allow_pickle=False, **arrays, **{_SOURCE: np.array(key)})
    except OSError as error:
        _log.info("%s: not kept for the next time: %s", file, error.strerror or error)
    return arrays


def _load(file: Path, key: str) -> Arrays | None:
    """None if there is nothing from that source, or it is damaged: every array has a checksum, which reading compares."""
    try:
        with file.open("rb") as stream, np.load(stream, allow_pickle=False) as kept:
            if str(kept[_SOURCE]) != key:
                return None
            return {name: kept[name] for name in kept.files if name != _SOURCE}
    except FileNotFoundError:
        return None
    except Exception as error:  # numpy and zipfile raise anything on damaged bytes
        _log.info("%s: damaged, made again: %s", file, error)
        return None


def _fingerprint(source: Path) -> str:
    digest = hashlib.sha256(f"{FORMAT} {source.resolve()}".encode(errors="surrogateescape"))
    for name, stat in sorted(_files(source)):
        digest.update(f"\n{name} {stat}".encode(errors="surrogateescape"))
    return digest.hexdigest()


def _files(source: Path) -> Iterator[tuple[str, str]]:
    """Every file's path, and its size and time of change in nanoseconds."""
    if not source.is_dir():
        yield "", _state(source.stat())
        return
    for file in files_below(source):
        yield os.fspath(file), _state(file.stat())


def _state(stat: os.stat_result) -> str:
    return f"{stat.st_size} {stat.st_mtime_ns}"
