"""Files that are either complete or absent."""

from __future__ import annotations

import contextlib
from pathlib import Path

import pytest

from live_monitor.files.whole_file import whole_file, write_whole


class Stop(BaseException):
    """As if somebody pressed Ctrl-C."""


def test_a_file_is_written_and_nothing_else_is_left(tmp_path: Path) -> None:
    write_whole(tmp_path / "card.json", b"content")
    assert [(path.name, path.read_bytes()) for path in tmp_path.iterdir()] == [("card.json", b"content")]


def test_an_existing_file_is_replaced(tmp_path: Path) -> None:
    write_whole(tmp_path / "card.json", b"old")
    write_whole(tmp_path / "card.json", b"new")
    assert (tmp_path / "card.json").read_bytes() == b"new"


def test_a_file_does_not_exist_before_it_is_complete(tmp_path: Path) -> None:
    with whole_file(tmp_path / "card.json") as unfinished:
        unfinished.write_bytes(b"half")
        assert not (tmp_path / "card.json").exists()


def test_a_stop_half_way_leaves_the_old_file_and_nothing_else(tmp_path: Path) -> None:
    write_whole(tmp_path / "card.json", b"old")
    with contextlib.suppress(Stop), whole_file(tmp_path / "card.json") as unfinished:
        unfinished.write_bytes(b"half")
        raise Stop
    assert [(path.name, path.read_bytes()) for path in tmp_path.iterdir()] == [("card.json", b"old")]


def test_a_file_in_place_of_the_folder_is_an_os_error(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(NotADirectoryError):
        write_whole(tmp_path / "file" / "card.json", b"")
