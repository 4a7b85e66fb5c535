"""The layouts FER2013 comes in: a folder of pictures, the same as a zip, or a CSV.

The folder is `train/<label>/Training_<row>.png` and `test/<label>/{PublicTest,PrivateTest}_<row>.png`, or .jpg; a leading
folder of any name is allowed. The CSV has the columns emotion, pixels and Usage in any order, a row a line.
What cannot be used in a set is named and left out; a set that is not whole is refused.
"""

from __future__ import annotations

import re
import zipfile
import zlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Final, NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from live_monitor.classify.preprocess import FACE_PX
from live_monitor.dataset.folder import files_below
from live_monitor.errors import UsageError
from live_monitor.labels import LABELS
from live_monitor.process.quiet import silent_stderr

SPLITS: Final = ("Training", "PublicTest", "PrivateTest")

WHAT_TO_GIVE: Final = "give FER2013's folder, its zip or fer2013.csv"

_FOLDER_LABELS = {label: index for index, label in enumerate(LABELS)} | {"disgusted": 1, "fearful": 2, "surprised": 5}
_FILE = re.compile(rf"({'|'.join(SPLITS)})_(.*)\.(png|jpe?g)", re.IGNORECASE)
_COLUMNS = ("emotion", "pixels", "usage")
_LONGEST_HEADER = 1000
_MAX_DIGITS = 18
"""Most digits of a row's number, which is kept in 64 bits."""

_ZIP_MAGIC = b"PK\x03\x04"


class Row(NamedTuple):
    """One face: its split, FER2013's number of the row, its label, and uint8 (48, 48)."""

    split: str
    number: int
    label: int
    image: NDArray[np.uint8]


class Skipped(NamedTuple):
    """What was left out: its split ("" where that is not known), where it is, and why."""

    split: str
    where: str
    why: str

    def __str__(self) -> str:
        return f"{self.where}: {self.why}"


@dataclass(frozen=True)
class Content:
    """What a layout holds; the rows in any order."""

    rows: list[Row] = field(default_factory=list)
    skipped: list[Skipped] = field(default_factory=list)


def read_layout(path: Path) -> Content:
    """Reads whichever layout it is.

    Raises:
        UsageError: there is nothing at the path, it cannot be read, is damaged, lacks a class, or is not FER2013.
    """
    try:
        if not path.exists():
            raise UsageError(f"{path}: no such file or folder; {WHAT_TO_GIVE}")
        with silent_stderr(briefly=False):  # libpng complains of every broken picture itself
            content = _read(path)
    except OSError as error:
        raise UsageError(f"{path}: cannot be read: {error.strerror or error}; {WHAT_TO_GIVE}") from error
    if not content.rows:
        first = f" ({content.skipped[0]})" if content.skipped else ""
        raise UsageError(f"{path}: holds no face that can be used{first}; {WHAT_TO_GIVE}")
    return content


def _read(path: Path) -> Content:
    if path.is_dir():
        return _read_folder(path)
    with path.open("rb") as file:
        zipped = file.read(len(_ZIP_MAGIC)) == _ZIP_MAGIC
    return _read_zip(path) if zipped else _read_csv(path)


def _read_folder(folder: Path) -> Content:
    files = [PurePosixPath(file.relative_to(folder).as_posix()) for file in files_below(folder)]
    if not files:
        raise UsageError(f"{folder}: is empty; {WHAT_TO_GIVE}")
    return _read_pictures(folder, files, lambda file: (folder / file).read_bytes())


def _read_zip(path: Path) -> Content:
    try:
        with zipfile.ZipFile(path) as archive:
            names = {PurePosixPath(name.replace("\\", "/")): name for name in archive.namelist()}
            return _read_pictures(path, names, lambda file: archive.read(names[file]))
    # RuntimeError: what is encrypted, or packed in a way that Python cannot unpack.
    except (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError) as error:
        raise UsageError(f"{path}: damaged: {error}; download it again") from error


def _read_pictures(path: Path, files: Iterable[PurePosixPath], read: Callable[[PurePosixPath], bytes]) -> Content:
    named = [(match, file) for file in files if (match := _FILE.fullmatch(file.name))]
    if not named:
        raise UsageError(f"{path}: is not FER2013: no picture has a name like train/happy/Training_7.png; {WHAT_TO_GIVE}")
    _refuse_missing_classes(path, ((match[1], _FOLDER_LABELS.get(file.parent.name.lower())) for match, file in named))
    content = Content()
    there: set[tuple[str, int]] = set()
    for match, file in sorted(named, key=lambda each: each[1]):  # so that of two pictures of a row always the same is used
        split = next(split for split in SPLITS if split.lower() == match[1].lower())
        try:
            number = _number(match[2])
            if (split, number) in there:
                raise ValueError("another picture of this row is there already")
            content.rows.append(Row(split, number, _folder_label(file.parent.name), _picture(file, read)))
            there.add((split, number))
        except ValueError as error:
            content.skipped.append(Skipped(split, str(file), str(error)))
    content.skipped.sort()  # a folder lists its files in no order
    return content


def _refuse_missing_classes(path: Path, faces: Iterable[tuple[str, int | None]]) -> None:
    """Takes the split of every face there is, and its label, or None if that is unknown."""
    found: dict[str, set[int | None]] = {}
    for split, label in faces:
        folder = "train" if split.lower() == "training" else "test"
        found.setdefault(folder, set()).add(label)
    missing = [
        f"{folder}/{label}"
        for folder, labels in sorted(found.items())
        for index, label in enumerate(LABELS)
        if index not in labels
    ]
    if missing:
        raise UsageError(f"{path}: no pictures in {', '.join(missing)}; part of FER2013 is missing, get it again")


def _number(text: str) -> int:
    if not (text.isascii() and text.isdecimal() and len(text) <= _MAX_DIGITS):
        raise ValueError(f"{text!r} is not the number of a row")
    return int(text)


def _folder_label(name: str) -> int:
    label = _FOLDER_LABELS.get(name.lower())
    if label is None:
        raise ValueError(f"{name!r} is none of {', '.join(LABELS)}")
    return label


def _picture(file: PurePosixPath, read: Callable[[PurePosixPath], bytes]) -> NDArray[np.uint8]:
    try:
        content = read(file)
        image = cv2.imdecode(np.frombuffer(content, np.uint8), cv2.IMREAD_UNCHANGED) if content else None
    except OSError as error:
        raise ValueError(f"cannot be read: {error.strerror or error}") from error
    except cv2.error as error:
        raise ValueError(f"not a picture that can be read: {error.err}") from error
    if image is None:
        raise ValueError("not a picture that can be read")
    height, width = image.shape[:2]
    if (height, width) != (FACE_PX, FACE_PX):
        raise ValueError(f"{width}x{height} pixels, not {FACE_PX}x{FACE_PX}")
    if image.ndim != 2 or image.dtype != np.uint8:
        raise ValueError("in colour, not grey" if image.ndim != 2 else "16 bits a pixel, not 8")
    return image.astype(np.uint8, copy=False)


def _read_csv(path: Path) -> Content:
    # A line at a time, without the quotes of CSV: one that is left open would swallow the rows after it.
    content = Content()
    with path.open(encoding="utf-8-sig", errors="replace") as file:
        header = [cell.lower() for cell in _cells(file.readline(_LONGEST_HEADER))]
        if sorted(header) != sorted(_COLUMNS):
            raise UsageError(
                f"{path}: is not FER2013: neither a zip nor a CSV with columns emotion, pixels, Usage; {WHAT_TO_GIVE}"
            )
        order = [header.index(name) for name in _COLUMNS]
        lines = ((f"line {at}", line) for at, line in enumerate(file, 2) if not line.isspace())
        for number, (where, line) in enumerate(lines):
            _read_line(content, number, where, line, order)
    _refuse_missing_classes(path, ((row.split, row.label) for row in content.rows))
    return content


def _cells(line: str) -> list[str]:
    return [cell.strip().strip('"') for cell in line.split(",")]


def _read_line(content: Content, number: int, where: str, line: str, order: list[int]) -> None:
    split = next((split for split in SPLITS if split in line), "")
    try:
        cells = _cells(line)
        if len(cells) != len(_COLUMNS):
            raise ValueError(f"{len(cells)} columns, not {len(_COLUMNS)}")
        emotion, pixels, usage = (cells[index] for index in order)
        if usage not in SPLITS:
            raise ValueError(f"Usage {usage!r} is none of {', '.join(SPLITS)}")
        content.rows.append(Row(usage, number, _label(emotion), _pixels(pixels)))
    except ValueError as error:
        content.skipped.append(Skipped(split, where, str(error)))


def _label(text: str) -> int:
    if text not in map(str, range(len(LABELS))):
        raise ValueError(f"emotion {text!r} is not 0 to {len(LABELS) - 1}")
    return int(text)


def _pixels(text: str) -> NDArray[np.uint8]:
    levels = text.split()
    if len(levels) != FACE_PX * FACE_PX:
        raise ValueError(f"{len(levels)} pixels, not {FACE_PX * FACE_PX}")
    try:
        return np.frombuffer(bytes(map(int, levels)), np.uint8).reshape(FACE_PX, FACE_PX)
    except ValueError:
        raise ValueError("a pixel is not a number from 0 to 255") from None
