"""Reads files that must be the very ones their card or publisher describes."""

from __future__ import annotations

import hashlib
from pathlib import Path

from live_monitor.errors import ModelError


def verified(path: Path, sha256: str, advice: str) -> bytes:
    """A file's content, its checksum verified.

    Args:
        path: the file.
        sha256: of its content, in lower-case hexadecimal digits.
        advice: what to do if it is not that file, for the end of the message.

    Raises:
        ModelError: it cannot be read, or it is another file.
    """
    try:
        content = path.read_bytes()
    except OSError as error:
        raise ModelError(f"{path}: cannot be read: {error.strerror}; {advice}") from error
    found = hashlib.sha256(content).hexdigest()
    if found != sha256:
        raise ModelError(f"{path}: damaged, its SHA-256 is {found[:12]}… instead of {sha256[:12]}…; {advice}")
    return content
