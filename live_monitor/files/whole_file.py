"""Files that are whole or not there: what is half written is never seen, even after Ctrl-C or on a full disk."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path


@contextlib.contextmanager
def whole_file(path: Path) -> Iterator[Path]:
    """Yields where to write; the file appears under its own name once that went well, and replaces what was there.

    Raises:
        OSError: it cannot be written.
    """
    unfinished = path.with_suffix(path.suffix + ".part")
    try:
        yield unfinished
        os.replace(unfinished, path)
    finally:
        with contextlib.suppress(OSError):
            unfinished.unlink(missing_ok=True)


def write_whole(path: Path, content: bytes) -> None:
    """The same for content that is at hand."""
    with whole_file(path) as unfinished:
        unfinished.write_bytes(content)
