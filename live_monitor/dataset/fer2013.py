"""Reads FER2013: the Kaggle folder, the same as a zip, or fer2013.csv.

The folder layout is `train/<label>/Training_<row>.png` and `test/<label>/{PublicTest,PrivateTest}_<row>.png`; a leading
folder of any name is allowed. The three official splits ("Usage") are never mixed: the name of a file decides.
"""

from __future__ import annotations

import csv
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

import cv2
import numpy as np
from numpy.typing import NDArray

from live_monitor.classify.preprocess import FACE_PX
from live_monitor.errors import UsageError
from live_monitor.labels import LABELS

SPLITS = ("Training", "PublicTest", "PrivateTest")

_FOLDER_LABELS = {label: index for index, label in enumerate(LABELS)} | {"disgusted": 1, "fearful": 2, "surprised": 5}


@dataclass(frozen=True, eq=False)
class Faces:
    """Labelled faces of one split.

    Attributes:
        images: uint8 (n, 48, 48), grey levels 0..255.
        labels: int64 (n,), indexes into LABELS.
        rows: int64 (n,), FER2013's own row numbers, ascending: those of fer2013.csv and of FER+'s votes, the first being 0.
    """

    images: NDArray[np.uint8]
    labels: NDArray[np.int64]
    rows: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.labels)


def load_fer2013(path: Path, split: str) -> Faces:
    """Reads one split, ordered by FER2013's own row number, so that every layout gives the same arrays.

    Args:
        path: the folder, a .zip of it, or fer2013.csv.
        split: one of SPLITS.

    Raises:
        UsageError: the path is not FER2013, or holds a face of the wrong size or label.
    """
    if not path.exists():
        raise UsageError(f"{path}: no such file or folder; give FER2013's folder, its zip or fer2013.csv")
    if path.is_dir():
        rows = _read_folder(path, split)
    elif zipfile.is_zipfile(path):
        rows = _read_zip(path, split)
    else:
        rows = _read_csv(path, split)
    found = sorted(rows, key=lambda row: row[0])
    if not found:
        raise UsageError(f"{path}: holds no {split} faces; give FER2013's folder, its zip or fer2013.csv")
    return Faces(
        np.stack([image for _, _, image in found]),
        np.array([label for _, label, _ in found], np.int64),
        np.array([row for row, _, _ in found], np.int64),
    )


_Row = tuple[int, int, NDArray[np.uint8]]


def _read_folder(folder: Path, split: str) -> Iterator[_Row]:
    for file in folder.rglob(f"{split}_*.png"):
        yield _row(PurePosixPath(file.relative_to(folder).as_posix()), file.read_bytes())


def _read_zip(path: Path, split: str) -> Iterator[_Row]:
    try:
        with zipfile.ZipFile(path) as archive:
            for name in archive.namelist():
                member = PurePosixPath(name)
                if member.name.startswith(f"{split}_") and member.suffix == ".png":
                    yield _row(member, archive.read(name))
    except (zipfile.BadZipFile, zlib.error, OSError) as error:
        raise UsageError(f"{path}: damaged: {error}; download it again") from error


def _row(file: PurePosixPath, content: bytes) -> _Row:
    label = _FOLDER_LABELS.get(file.parent.name)
    number = file.stem.rpartition("_")[2]
    if label is None or not number.isdecimal():
        raise UsageError(f"{file}: not in FER2013's layout <split>/<label>/<Usage>_<row>.png")
    image = cv2.imdecode(np.frombuffer(content, np.uint8), cv2.IMREAD_GRAYSCALE) if content else None
    if image is None or image.shape != (FACE_PX, FACE_PX):
        raise UsageError(f"{file}: not a readable {FACE_PX}x{FACE_PX} picture")
    return int(number), label, image.astype(np.uint8, copy=False)


def _read_csv(path: Path, split: str) -> Iterator[_Row]:
    try:
        with path.open(newline="", encoding="utf-8") as file:
            for number, row in enumerate(csv.DictReader(file)):
                if row.get("Usage") == split:
                    yield number, _label(row["emotion"]), _pixels(row["pixels"])
    except (ValueError, OverflowError, KeyError, AttributeError, csv.Error) as error:
        raise UsageError(f"{path}: not fer2013.csv (columns emotion, pixels, Usage): {error}") from error


def _label(text: str) -> int:
    label = int(text)
    if label not in range(len(LABELS)):
        raise ValueError(f"emotion {label} is not 0 to {len(LABELS) - 1}")
    return label


def _pixels(text: str) -> NDArray[np.uint8]:
    return np.array(text.split(), dtype=np.uint8).reshape(FACE_PX, FACE_PX)
