"""Reads pictures with marked faces: a JSON list, or the text format of WIDER FACE."""

from __future__ import annotations

import contextlib
import json
import math
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from live_monitor.errors import UsageError
from live_monitor.files.path_kind import is_file, is_folder
from live_monitor.types import Box

FORMATS = 'a JSON list of {"image", "boxes"}, or WIDER FACE\'s wider_face_*_bbx_gt.txt'

PUBLISHED_FOLDERS = ("images", "../WIDER_val/images", "../WIDER_train/images")
"""Where WIDER FACE keeps its pictures, as seen from the folder of the annotations."""

WIDER_NUMBERS = "x y w h blur expression illumination invalid occlusion pose"
_INVALID = WIDER_NUMBERS.split().index("invalid")


@dataclass(frozen=True)
class MarkedPicture:
    """A picture and the faces that people marked on it, boxes in its pixels.

    Attributes:
        path: the file; it may be missing.
        faces: what a detector should find.
        ignored: boxes that count neither when they are found nor when they are not.
        labels: what each of `faces` is ("with_mask"), or None where nobody said.
    """

    path: Path
    faces: tuple[Box, ...]
    ignored: tuple[Box, ...] = ()
    labels: tuple[str, ...] | None = None


def load_annotations(path: Path, pictures: Path | None = None) -> list[MarkedPicture]:
    """Reads either format; its content says which one it is.

    The first is a JSON list of {"image": name, "boxes": [[x, y, w, h], ...]} in pixels, with "labels", one a box, if there
    are any, and "ignored", boxes that do not count. The second is that of WIDER FACE (Yang et al., 2016; its readme.txt): a
    line with a name, a line with a count, then a line of WIDER_NUMBERS for each face, or one of zeros where there is none.
    Invalid boxes are ignored ones.

    Args:
        path: the annotations.
        pictures: folder of the pictures; None: beside the annotations, or where WIDER FACE has them (PUBLISHED_FOLDERS).

    Returns:
        One entry a picture, in the file's order.

    Raises:
        UsageError: the file cannot be read or is of neither format, or none of its pictures exists.
    """
    text = _read(path)
    if pictures is not None and not is_folder(pictures):
        raise UsageError(f"{pictures}: no such folder of pictures")
    folders = [path.parent, *(path.parent / folder for folder in PUBLISHED_FOLDERS)]
    if pictures is not None:
        folders = [pictures, pictures / "images"]
    entries = _from_json(path, text) if text.lstrip().startswith(("[", "{")) else _from_wider(path, text)
    found = [MarkedPicture(_find(name, folders), faces, ignored, labels) for name, faces, ignored, labels in entries]
    if not found:
        raise UsageError(f"{path}: names no picture; it should be {FORMATS}")
    if not any(is_file(picture.path) for picture in found):
        raise UsageError(f"{path}: none of its {len(found)} pictures is in {folders[0]}; give their folder with --pictures")
    return found


def load_boxes(path: Path) -> dict[str, tuple[Box, ...]]:
    """Boxes by name of the picture, from the JSON format; the pictures need not be there.

    Raises:
        UsageError: the file cannot be read, or is not of the format.
    """
    known: dict[str, tuple[Box, ...]] = {}
    for name, boxes, _, _ in _from_json(path, _read(path)):
        known[name] = known.get(name, ()) + boxes
    return known


_Entry = tuple[str, tuple[Box, ...], tuple[Box, ...], tuple[str, ...] | None]
"""Name of the picture, faces, ignored boxes, labels."""


def _read(path: Path) -> str:
    if is_folder(path):
        raise UsageError(f"{path}: is a folder; give its file of annotations: {FORMATS}")
    try:
        return path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise UsageError(f"{path}: is not text; it should be {FORMATS}") from error
    except FileNotFoundError as error:
        raise UsageError(f"{path}: no such file") from error
    except OSError as error:
        raise UsageError(f"{path}: cannot be read: {error.strerror or error}") from error


def _find(name: str, folders: list[Path]) -> Path:
    """The picture in the first folder that has it, or where it should be."""
    return next((folder / name for folder in folders if is_file(folder / name)), folders[0] / name)


def _from_json(path: Path, text: str) -> Iterator[_Entry]:
    try:
        entries = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise UsageError(f"{path}: broken JSON: {error}") from error
    if not isinstance(entries, list):
        raise UsageError(f'{path}: the JSON is not a list of {{"image", "boxes"}}')
    for number, entry in enumerate(entries, 1):
        yield _entry(f"{path}: entry {number}", entry)


def _entry(where: str, entry: Any) -> _Entry:
    if not isinstance(entry, dict) or not isinstance(entry.get("image"), str) or not isinstance(entry.get("boxes"), list):
        raise UsageError(f'{where}: {_short(entry)} is not {{"image": name, "boxes": [[x, y, w, h], ...]}}')
    if not _is_file_name(entry["image"]):
        raise UsageError(f"{where}: image {_short(entry['image'])} is not the name of a file")
    if not isinstance(entry.get("ignored", []), list):
        raise UsageError(f"{where}: ignored {_short(entry['ignored'])} is not a list of boxes")
    boxes = tuple(parse_box(where, values) for values in entry["boxes"])
    ignored = tuple(parse_box(where, values) for values in entry.get("ignored", []))
    labels = entry.get("labels")
    if labels is None:
        return entry["image"], boxes, ignored, None
    if not isinstance(labels, list) or not all(isinstance(label, str) for label in labels):
        raise UsageError(f"{where}: labels {_short(labels)} is not a list of words")
    if len(labels) != len(boxes):
        raise UsageError(f"{where}: {len(labels)} labels for {len(boxes)} boxes; each box has one")
    return entry["image"], boxes, ignored, tuple(labels)


def _is_file_name(name: str) -> bool:
    """Whether the system can be asked for it: JSON can hold half a character, and a zero byte."""
    with contextlib.suppress(UnicodeEncodeError):
        return b"\0" not in os.fsencode(name)
    return False


def parse_box(where: str, values: Any) -> Box:
    """A box of JSON, [x, y, w, h].

    Raises:
        UsageError: it is not one; the message begins with `where` it stands.
    """
    if not isinstance(values, list) or len(values) != 4 or not all(_is_number(value) for value in values):
        raise UsageError(f"{where}: box {_short(values)} is not four numbers [x, y, w, h]")
    x, y, width, height = map(float, values)
    if width <= 0 or height <= 0:
        raise UsageError(f"{where}: box {_short(values)} has no area; w and h are above 0")
    return Box(x, y, x + width, y + height)


def _is_number(value: Any) -> bool:
    if not isinstance(value, int | float) or isinstance(value, bool):
        return False
    with contextlib.suppress(OverflowError):  # a whole number of more digits than a float has room for
        return math.isfinite(value)
    return False


def _from_wider(path: Path, text: str) -> Iterator[_Entry]:
    lines = [(number, line.strip()) for number, line in enumerate(text.splitlines(), 1) if line.strip()]
    at = 0
    while at < len(lines):
        name = lines[at][1]
        count = _count(path, *lines[at + 1]) if at + 1 < len(lines) else None
        if count is None:
            raise UsageError(f"{path}: ends after {_short(name)}, before its number of faces; it should be {FORMATS}")
        at += 2
        marks = lines[at : at + count]
        if len(marks) < count:
            raise UsageError(f"{path}: ends after {len(marks)} of the {count} faces of {name}; get the whole file")
        at += count
        if count == 0 and at < len(lines) and set(lines[at][1].split()) == {"0"}:
            at += 1
        boxes = [_wider_box(path, number, line) for number, line in marks]
        yield name, tuple(box for box, valid in boxes if valid), tuple(box for box, valid in boxes if not valid), None


def _count(path: Path, number: int, line: str) -> int:
    with contextlib.suppress(ValueError):
        if (count := int(line)) >= 0:
            return count
    raise UsageError(f"{path}: line {number}: {_short(line)} is not a number of faces; the file should be {FORMATS}")


def _wider_box(path: Path, number: int, line: str) -> tuple[Box, bool]:
    """A box, and whether it counts."""
    try:
        values = [float(value) for value in line.split()]
    except ValueError:
        values = []
    if len(values) != len(WIDER_NUMBERS.split()) or not all(map(math.isfinite, values)):
        raise UsageError(f"{path}: line {number}: {_short(line)} is not the ten numbers {WIDER_NUMBERS}")
    x, y, width, height = values[:4]
    return Box(x, y, x + width, y + height), values[_INVALID] != 1 and width > 0 and height > 0


def _short(value: Any) -> str:
    """A value as a message can hold it, in one line."""
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:57]}..."
