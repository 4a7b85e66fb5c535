"""Reading FER2013 in each of the layouts it comes in."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from live_monitor.dataset.fer2013 import SPLITS, load_fer2013
from live_monitor.errors import UsageError
from tests.dataset.made import COUNTS, Row, png, rows, write_csv, write_folder, write_zip

HEADER = "emotion,pixels,Usage\n"
PIXELS = " ".join(["7"] * 48 * 48)

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


@pytest.mark.parametrize(("folder", "label"), [("disgusted", 1), ("fearful", 2), ("surprised", 5)])
def test_other_copies_names_of_labels_are_known(tmp_path: Path, folder: str, label: int) -> None:
    file = tmp_path / "train" / folder / "Training_1.png"
    file.parent.mkdir(parents=True)
    file.write_bytes(png(rows()[0].face))
    assert load_fer2013(tmp_path, "Training").labels.tolist() == [label]


def test_a_path_that_does_not_exist_is_named(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"nowhere: no such file or folder; give FER2013's folder, its zip or fer2013\.csv"):
        load_fer2013(tmp_path / "nowhere", "Training")


@pytest.mark.parametrize("kind", ["folder", "zip", "csv"])
def test_a_set_without_faces_of_the_split_is_refused(tmp_path: Path, kind: str) -> None:
    others: list[Row] = [row for row in rows() if row.usage != "PublicTest"]
    path = {
        "folder": lambda: write_folder(tmp_path / "folder", others),
        "zip": lambda: write_zip(tmp_path / "archive.zip", others),
        "csv": lambda: write_csv(tmp_path / "fer2013.csv", others),
    }[kind]()
    with pytest.raises(UsageError, match="holds no PublicTest faces"):
        load_fer2013(path, "PublicTest")


@pytest.mark.parametrize(
    ("file", "content"),
    [
        ("train/happy/Training_1.png", b""),
        ("train/happy/Training_1.png", b"no picture"),
        ("train/happy/Training_1.png", png(np.zeros((47, 48), np.uint8))),
        ("train/happy/Training_1.png", png(np.zeros((96, 96), np.uint8))),
        ("train/bored/Training_1.png", png(np.zeros((48, 48), np.uint8))),
        ("train/happy/Training_one.png", png(np.zeros((48, 48), np.uint8))),
    ],
    ids=["empty", "no picture", "47 pixels", "96 pixels", "unknown label", "no row number"],
)
@pytest.mark.parametrize("kind", ["folder", "zip"])
def test_a_picture_that_does_not_belong_is_named(tmp_path: Path, kind: str, file: str, content: bytes) -> None:
    path = tmp_path / kind
    if kind == "folder":
        (path / file).parent.mkdir(parents=True)
        (path / file).write_bytes(content)
    else:
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr(file, content)
    with pytest.raises(UsageError, match=file):
        load_fer2013(path, "Training")


@pytest.mark.parametrize(
    "row",
    [
        "3,1 2 3,Training",
        f"3,{PIXELS} 7,Training",
        f"3,{PIXELS[:-1]}x,Training",
        f"3,{PIXELS[:-1]}256,Training",
        f"3,{PIXELS[:-1]}-1,Training",
        f"happy,{PIXELS},Training",
        f"7,{PIXELS},Training",
        f"-1,{PIXELS},Training",
        f"3,{PIXELS * 50},Training",
    ],
    ids=[
        "too few pixels", "too many pixels", "a letter", "a level above 255", "a negative level",
        "a label in words", "a label above 6", "a negative label", "a row without end",
    ],
)  # fmt: skip
def test_a_broken_row_of_a_csv_is_refused(tmp_path: Path, row: str) -> None:
    file = tmp_path / "fer2013.csv"
    file.write_text(f"{HEADER}0,{PIXELS},Training\n{row}\n", encoding="utf-8")
    with pytest.raises(UsageError, match=r"fer2013\.csv: not fer2013\.csv"):
        load_fer2013(file, "Training")


@pytest.mark.parametrize("content", [b"", b"a text\n", b"\xff\xd8\xff\xe0 a photo \x00" * 9], ids=["empty", "text", "binary"])
def test_a_file_that_is_no_csv_is_refused(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "file"
    file.write_bytes(content)
    with pytest.raises(UsageError):
        load_fer2013(file, "Training")


def test_a_damaged_zip_is_refused(tmp_path: Path) -> None:
    path = write_zip(tmp_path / "archive.zip", rows()[:1])
    content = bytearray(path.read_bytes())
    content[content.index(b"IDAT") + 10] ^= 0xFF
    path.write_bytes(content)
    with pytest.raises(UsageError, match=r"archive\.zip"):
        load_fer2013(path, "Training")


def test_the_real_set_has_the_sizes_of_the_paper(shared_data: Path) -> None:
    assert len(load_fer2013(shared_data / "fer2013" / "fer2013.zip", "PublicTest")) == 3589
