"""The folder that a command writes to."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest

from live_monitor.errors import OutputError
from live_monitor.files.output_folder import claim_folder, write_output, writing


def test_the_folder_is_made_and_stays_empty(tmp_path: Path) -> None:
    claim_folder(tmp_path / "deep" / "out")
    assert list((tmp_path / "deep" / "out").iterdir()) == []


def test_files_in_the_folder_are_kept(tmp_path: Path) -> None:
    (tmp_path / "old").touch()
    claim_folder(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["old"]


def test_a_folder_that_cannot_be_made_is_an_output_error(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(OutputError, match=r"file/out: cannot be written: Not a directory; free space or choose another folder"):
        claim_folder(tmp_path / "file" / "out")


def test_a_file_in_place_of_the_folder_is_an_output_error(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(OutputError, match=r"file: is a file, not a folder; choose another name"):
        claim_folder(tmp_path / "file")


def test_a_file_replaces_an_older_one(tmp_path: Path) -> None:
    for content in (b"old", b"new"):
        write_output(tmp_path / "report.md", content)
    assert (tmp_path / "report.md").read_bytes() == b"new"


def test_a_file_that_cannot_be_written_is_an_output_error_and_leaves_nothing(tmp_path: Path) -> None:
    (tmp_path / "report.md").mkdir()
    with pytest.raises(OutputError, match=r"report\.md: cannot be written: "):
        write_output(tmp_path / "report.md", b"new")
    assert [path.name for path in tmp_path.iterdir()] == ["report.md"]


def test_only_the_reason_of_an_hdf5_error_is_reported() -> None:
    message = (
        "[Errno 28] Can't write data (file write failed: time = Tue, filename = 'x', errno = 28, error message = 'No space')"
    )
    with (
        pytest.raises(OutputError, match=f"^x: cannot be written: {os.strerror(28)}; free space or choose another folder$"),
        writing(Path("x")),
    ):
        raise OSError(message)


def test_a_folder_that_cannot_be_written_to_is_refused_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> int:
        raise OSError(errno.EROFS, os.strerror(errno.EROFS))

    monkeypatch.setattr(Path, "write_bytes", refuse)
    with pytest.raises(OutputError, match="Read-only file system"):
        claim_folder(tmp_path)
