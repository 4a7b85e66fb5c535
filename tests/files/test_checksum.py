"""Files that must have the checksum their card or publisher gives."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from live_monitor.errors import ModelError
from live_monitor.files.checksum import verified

SHA256 = hashlib.sha256(b"weights").hexdigest()


def test_the_right_file_is_read(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"weights")
    assert verified(tmp_path / "file", SHA256, "advice") == b"weights"


def test_another_file_is_refused_with_both_checksums_and_advice(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"weightS")
    with pytest.raises(ModelError, match=rf"file: damaged, its SHA-256 is \w{{12}}… instead of {SHA256[:12]}…; pull it again$"):
        verified(tmp_path / "file", SHA256, "pull it again")


@pytest.mark.parametrize("name", ["missing", "."])
def test_an_unreadable_file_is_named_with_advice(tmp_path: Path, name: str) -> None:
    with pytest.raises(ModelError, match=r"cannot be read: .*; pull it again$"):
        verified(tmp_path / name, SHA256, "pull it again")
