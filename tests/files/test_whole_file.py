"""Files that are whole or not there."""

from __future__ import annotations

import contextlib
from pathlib import Path

import pytest

from live_monitor.files.whole_file import whole_file, write_whole


class Stop(BaseException):
    """Somebody pressed Ctrl-C."""


def test_a_file_is_written_under_its_name_and_nothing_else_stays(tmp_path: Path) -> None:
    write_whole(tmp_path / "card.json", b"content")
    assert [(path.name, path.read_bytes()) for path in tmp_path.iterdir()] == [("card.json", b"content")]


def test_it_replaces_the_one_that_was_there(tmp_path: Path) -> None:
    write_whole(tmp_path / "card.json", b"old")
    write_whole(tmp_path / "card.json", b"new")
    assert (tmp_path / "card.json").read_bytes() == b"new"


def test_it_is_not_there_before_it_is_whole(tmp_path: Path) -> None:
    with whole_file(tmp_path / "card.json") as unfinished:
        unfinished.write_bytes(b"half")
        assert not (tmp_path / "card.json").exists()


def test_a_stop_half_way_leaves_what_was_there_and_no_more(tmp_path: Path) -> None:
    write_whole(tmp_path / "card.json", b"old")
    with contextlib.suppress(Stop), whole_file(tmp_path / "card.json") as unfinished:
        unfinished.write_bytes(b"half")
        raise Stop
    assert [(path.name, path.read_bytes()) for path in tmp_path.iterdir()] == [("card.json", b"old")]


def test_a_folder_that_is_none_is_an_os_error(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(NotADirectoryError):
        write_whole(tmp_path / "file" / "card.json", b"")
