"""FER2013 as arrays, one split at a time, from any of its layouts."""

from __future__ import annotations

import logging
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from live_monitor.dataset.fer2013 import NAMED, SPLITS, Fer2013, load_fer2013, read_fer2013
from live_monitor.dataset.ferplus import SPLIT_ROWS
from live_monitor.errors import UsageError
from tests.dataset.made import COUNTS, Row, rows, write_csv, write_folder, write_zip

LAYOUTS = {
    "folder": lambda path: write_folder(path / "any name", rows()),
    "zip": lambda path: write_zip(path / "archive.zip", rows()),
    "zip with a leading folder": lambda path: write_zip(path / "archive.zip", rows(), "fer2013/"),
    "csv": lambda path: write_csv(path / "fer2013.csv", rows()),
}


@pytest.mark.parametrize("write", LAYOUTS.values(), ids=LAYOUTS)
@pytest.mark.parametrize("split", SPLITS)
def test_every_layout_gives_the_same_faces_in_the_order_of_their_rows(
    tmp_path: Path, write: Callable[[Path], Path], split: str
) -> None:
    faces = load_fer2013(write(tmp_path), split)
    expected = [row for row in rows() if row.usage == split]
    np.testing.assert_array_equal(faces.images, np.stack([row.face for row in expected]))
    np.testing.assert_array_equal(faces.labels, [row.label for row in expected])
    np.testing.assert_array_equal(faces.rows, [row.number for row in expected])


def test_splits_are_never_mixed(fer2013: Path) -> None:
    assert {split: len(load_fer2013(fer2013, split)) for split in SPLITS} == COUNTS


def test_faces_are_48_pixels_square_and_grey(fer2013: Path) -> None:
    faces = load_fer2013(fer2013, "Training")
    assert faces.images.shape == (28, 48, 48)
    assert faces.images.dtype == np.uint8


@pytest.mark.parametrize("kind", ["folder", "zip", "csv"])
def test_a_set_without_faces_of_the_split_is_refused(tmp_path: Path, kind: str) -> None:
    others: list[Row] = [row for row in rows() if row.usage != "PublicTest"]
    path = {
        "folder": lambda: write_folder(tmp_path / "folder", others),
        "zip": lambda: write_zip(tmp_path / "archive.zip", others),
        "csv": lambda: write_csv(tmp_path / "fer2013.csv", others),
    }[kind]()
    with pytest.raises(UsageError, match=r"holds no PublicTest faces; give FER2013's folder, its zip or fer2013\.csv"):
        load_fer2013(path, "PublicTest")


def test_the_whole_set_has_every_split_even_an_empty_one(tmp_path: Path) -> None:
    fer2013 = read_fer2013(write_csv(tmp_path / "fer2013.csv", rows()[:28]))
    assert {split: len(faces) for split, faces in fer2013.splits.items()} == {"Training": 28, "PublicTest": 0, "PrivateTest": 0}
    assert fer2013.splits["PublicTest"].images.shape == (0, 48, 48)


def write_with_broken(path: Path, broken: int, usage: str = "Training") -> Path:
    """A CSV with this many unusable rows before the others."""
    write_csv(path, rows())
    header, *lines = path.read_text(encoding="utf-8").splitlines()
    path.write_text("\n".join([header, *[f"9,1 2 3,{usage}"] * broken, *lines]), encoding="utf-8")
    return path


def test_unusable_rows_are_left_out_and_the_others_keep_their_numbers(tmp_path: Path) -> None:
    faces = load_fer2013(write_with_broken(tmp_path / "fer2013.csv", 2), "Training")
    assert faces.rows.tolist() == list(range(2, 30))


def test_a_warning_names_the_rows_left_out(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    path = write_with_broken(tmp_path / "fer2013.csv", 1)
    load_fer2013(path, "Training")
    assert caplog.messages == [f"{path}: 1 left out of Training: line 2: emotion '9' is not 0 to 6"]


def test_a_warning_names_a_few_and_counts_the_others(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    load_fer2013(write_with_broken(tmp_path / "fer2013.csv", NAMED + 2), "Training")
    [message] = caplog.messages
    assert message.count("line ") == NAMED
    assert message.endswith("; and 2 more")


def test_there_is_no_warning_about_rows_of_another_split(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    path = write_with_broken(tmp_path / "fer2013.csv", 1)
    load_fer2013(path, "PublicTest")
    assert caplog.messages == []


def test_there_is_a_warning_about_rows_of_an_unknown_split(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    path = write_with_broken(tmp_path / "fer2013.csv", 1, usage="")
    load_fer2013(path, "PublicTest")
    assert "1 left out of PublicTest: line 2" in caplog.text


def test_the_second_reading_is_from_the_cache_and_the_same(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    path = write_with_broken(tmp_path / "fer2013.csv", 1)
    first = read_fer2013(path)
    with pytest.MonkeyPatch.context() as monkeypatch, caplog.at_level(logging.INFO):
        monkeypatch.setattr("live_monitor.dataset.fer2013.read_layout", None)
        second = read_fer2013(path)
    assert second.skipped == first.skipped
    for split in SPLITS:
        for name in ("images", "labels", "rows"):
            np.testing.assert_array_equal(getattr(second.splits[split], name), getattr(first.splits[split], name))


def test_a_path_that_is_not_fer2013_is_not_cached(tmp_path: Path, cache: Path) -> None:
    for path in (tmp_path / "nowhere", tmp_path):
        with pytest.raises(UsageError):
            read_fer2013(path)
    assert not cache.exists()


def test_the_real_set_has_the_sizes_of_the_paper(real_fer2013: Fer2013) -> None:
    assert {split: len(faces) for split, faces in real_fer2013.splits.items()} == SPLIT_ROWS
    assert [faces.rows.tolist() for faces in real_fer2013.splits.values()] == [
        list(range(28709)), list(range(28709, 32298)), list(range(32298, 35887))
    ]  # fmt: skip
    assert real_fer2013.skipped == ()
