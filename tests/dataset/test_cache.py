"""What is cached of a data set, and when it is read again."""

from __future__ import annotations

import logging
import os
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from live_monitor.dataset.cache import FILE, Arrays, remembered


class Reader:
    """Gives the same arrays every time, and counts how often it was called."""

    def __init__(self) -> None:
        self.readings = 0

    def __call__(self) -> Arrays:
        self.readings += 1
        return {"faces": np.arange(12, dtype=np.uint8).reshape(3, 2, 2), "names": np.array("[]")}


@pytest.fixture
def read() -> Reader:
    return Reader()


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    path = tmp_path / "set.zip"
    path.write_bytes(b"content")
    os.utime(path, ns=(0, 0))
    return path


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "set"
    for name in ("train/a.png", "test/b.png"):
        (folder / name).parent.mkdir(parents=True)
        (folder / name).write_bytes(b"content")
        os.utime(folder / name, ns=(0, 0))
    return folder


def grow(path: Path) -> None:
    """Changes the size, but not the time."""
    path.write_bytes(b"another size")
    os.utime(path, ns=(0, 0))


def test_a_source_is_read_once(archive: Path, read: Reader) -> None:
    first, second = remembered(archive, read), remembered(archive, read)
    assert read.readings == 1
    assert second.keys() == first.keys()
    np.testing.assert_array_equal(second["faces"], first["faces"])
    assert str(second["names"]) == "[]"


def test_a_folder_is_read_once(folder: Path, read: Reader) -> None:
    remembered(folder, read)
    remembered(folder, read)
    assert read.readings == 1


@pytest.mark.parametrize(
    "change",
    [
        grow,
        lambda path: os.utime(path, ns=(0, 1)),
    ],
    ids=["size", "time"],
)
def test_a_changed_file_is_read_again(archive: Path, read: Reader, change: Callable[[Path], object]) -> None:
    remembered(archive, read)
    change(archive)
    remembered(archive, read)
    assert read.readings == 2


def test_a_file_with_another_path_is_read_again(archive: Path, read: Reader) -> None:
    remembered(archive, read)
    remembered(archive.rename(archive.with_name("other.zip")), read)
    assert read.readings == 2


@pytest.mark.parametrize(
    "change",
    [
        lambda folder: os.utime(folder / "train" / "a.png", ns=(0, 1)),
        lambda folder: (folder / "test" / "b.png").unlink(),
        lambda folder: (folder / "train" / "c.png").touch(),
        lambda folder: (folder / "train" / "a.png").rename(folder / "test" / "a.png"),
    ],
    ids=["changed", "deleted", "new", "moved"],
)
def test_a_folder_with_a_changed_file_is_read_again(folder: Path, read: Reader, change: Callable[[Path], object]) -> None:
    remembered(folder, read)
    change(folder)
    remembered(folder, read)
    assert read.readings == 2


@pytest.mark.parametrize(
    "damage",
    [
        lambda _content: b"",
        lambda _content: b"nonsense",
        lambda content: content[: len(content) // 2],
        lambda content: content.replace(bytes(range(12)), bytes(12)),
    ],
    ids=["empty", "nonsense", "half", "a changed array"],
)
def test_a_damaged_cache_is_made_again(archive: Path, read: Reader, cache: Path, damage: Callable[[bytes], bytes]) -> None:
    remembered(archive, read)
    (cache / FILE).write_bytes(damage((cache / FILE).read_bytes()))
    assert remembered(archive, read)["faces"].tolist() == read()["faces"].tolist()
    assert read.readings == 3
    remembered(archive, read)
    assert read.readings == 3


def test_an_unwritable_cache_is_no_error(archive: Path, read: Reader, cache: Path, caplog: pytest.LogCaptureFixture) -> None:
    cache.write_bytes(b"a file where the folder should be")
    with caplog.at_level(logging.INFO):
        assert remembered(archive, read).keys() == {"faces", "names"}
    assert f"{cache / FILE}: not kept for the next time: " in caplog.text


def test_a_failed_reading_is_not_cached(archive: Path, cache: Path) -> None:
    def fail() -> Arrays:
        raise ValueError("no data set")

    with pytest.raises(ValueError, match="no data set"):
        remembered(archive, fail)
    assert not cache.exists()


def test_no_temporary_file_is_left(archive: Path, read: Reader, cache: Path) -> None:
    remembered(archive, read)
    assert [path.name for path in cache.iterdir()] == [FILE]
