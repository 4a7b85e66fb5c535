"""Reads the pictures that a face detector learns from, and keeps a fifth of them apart for choosing.

The folder is laid out like this; boxes and landmarks are in pixels of the picture, x and y of a box its top left corner:

    faces/faces.json                    boxes that people made:
                                        [{"image": file in faces/, "source": name, "boxes": [[x, y, w, h], …]}, …]
    detector_train/scenes.json, .zip    boxes and landmarks of another detector, pictures of one video next to each other:
                                        [{"image": file in the zip, "kind": "photo" | "frame" | "portrait" | "negative",
                                          "faces": [{"box": [x, y, w, h], "landmarks": [x, y, … 10 numbers]}, …]}, …]
    detector_train/single_faces.json, .zip    small pictures of one face each, in the same form, without "kind"
"""

from __future__ import annotations

import json
import zipfile
import zlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from live_monitor.errors import UsageError
from live_monitor.evaluation.faces.annotations import parse_box
from live_monitor.files.picture import decoded
from live_monitor.training.faces.likeness import have_twins, thumbnails
from live_monitor.types import Image

LONGEST_PX = 640
"""Pictures are reduced to this longest side when read."""

HUMAN_WEIGHT, TEACHER_WEIGHT = 1.0, 0.7
"""How much a face counts in training if a person made its box, or if another detector did."""

KEPT_APART = 5
"""One picture of so many is kept apart."""

BLOCK = 20
"""Scenes are used or kept apart in blocks of so many: pictures of one video stand next to each other."""

SINGLE, CUTOUT, NEGATIVE = "single", "cutout", "negative"
"""Kinds of pictures: one small face; a face of `live_monitor.training.faces.cutouts`; no face. Others are a kind of scene or a
source of `faces`."""


def _no_boxes() -> NDArray[np.float32]:
    return np.zeros((0, 4), np.float32)


@dataclass(frozen=True, eq=False)
class Picture:
    """A picture and its faces.

    Attributes:
        name: its file.
        kind: SINGLE, CUTOUT, NEGATIVE, the kind of scene, or the source of a picture with boxes by people.
        image: uint8 (h, w, 3) BGR.
        boxes: float32 (n, 4), x1, y1, x2, y2 in pixels; may reach beyond the picture.
        landmarks: float32 (n, 5, 2), x, y in pixels: right eye, left eye, nose, right and left corner of the mouth; nan where
            unknown.
        by_people: whether people made the boxes; they left out faces that they found too blurred or too far turned away.
        scale: how many times as large it is as in its file.
        unmarked: float32 (m, 4), boxes that count neither way, see `live_monitor.training.faces.unmarked`.
        mistakes: float32 (k, 4), what a detector took for faces, see `live_monitor.training.faces.mistakes`.
        mistaken_at: float32 (k,), how many times as large the picture was then.
        faint: int64 (f,), indexes of the faces that a detector hardly saw, see `live_monitor.training.faces.faint`.
    """

    name: str
    kind: str
    image: Image
    boxes: NDArray[np.float32]
    landmarks: NDArray[np.float32]
    by_people: bool
    scale: float = 1.0
    unmarked: NDArray[np.float32] = field(default_factory=_no_boxes)
    mistakes: NDArray[np.float32] = field(default_factory=_no_boxes)
    mistaken_at: NDArray[np.float32] = field(default_factory=lambda: np.zeros(0, np.float32))
    faint: NDArray[np.int64] = field(default_factory=lambda: np.zeros(0, np.int64))

    @property
    def weight(self) -> float:
        """How much its faces count in training."""
        return HUMAN_WEIGHT if self.by_people else TEACHER_WEIGHT


@dataclass(frozen=True, eq=False)
class FacePictures:
    """What to train on, and what is kept apart for choosing."""

    training: Sequence[Picture]
    kept_apart: Sequence[Picture]


def load_pictures(folder: Path) -> FacePictures:
    """Reads the whole folder; the same folder always gives the same two parts.

    Of the pictures with boxes by people a fifth of each source is kept apart, chosen by the checksum of the file's name; of the
    scenes every fifth block of 20. Single faces are all for training.

    Raises:
        UsageError: the folder is not laid out as above, or a file in it is damaged.
    """
    human, scenes = _read_human(folder / "faces"), _read_taught(folder / "detector_train", "scenes")
    singles = _read_taught(folder / "detector_train", "single_faces")
    apart = [picture for picture in human if zlib.crc32(picture.name.encode()) % KEPT_APART == 0]
    apart += [picture for row, picture in enumerate(scenes) if row // BLOCK % KEPT_APART == KEPT_APART - 1]
    chosen = {id(picture) for picture in apart}
    rest = [picture for picture in (*human, *scenes) if id(picture) not in chosen]
    if not rest or not any(len(picture.boxes) for picture in apart):
        raise UsageError(f"{folder}: too few pictures to train on four fifths and choose on one; add more")
    return FacePictures([*_without_twins(rest, apart), *singles], apart)


def _read_human(folder: Path) -> list[Picture]:
    labels = folder / "faces.json"

    def picture(row: Any) -> Picture:
        content = _content(folder / row["image"], labels)
        boxes = _boxes(f"{labels}: {row['image']}", row["boxes"])
        unknown = np.full((len(boxes), 5, 2), np.nan, np.float32)
        return _picture(row["image"], str(row["source"]), content, boxes, unknown, by_people=True)

    return list(_rows(labels, picture))


def _read_taught(folder: Path, name: str) -> list[Picture]:
    path, labels = folder / f"{name}.zip", folder / f"{name}.json"
    try:
        with zipfile.ZipFile(path) as archive:

            def picture(row: Any) -> Picture:
                boxes = _boxes(f"{labels}: {row['image']}", [face["box"] for face in row["faces"]])
                points = np.array([face["landmarks"] for face in row["faces"]], np.float32).reshape(len(boxes), 5, 2)
                content = archive.read(row["image"])
                kind = str(row["kind"]) if name == "scenes" else SINGLE
                return _picture(row["image"], kind, content, boxes, points, by_people=False)

            return list(_rows(labels, picture))
    except FileNotFoundError as error:
        raise _missing(path) from error
    # RuntimeError: what is encrypted, or packed in a way that Python cannot unpack.
    except (zipfile.BadZipFile, zlib.error, OSError, RuntimeError) as error:
        raise UsageError(f"{path}: damaged: {error}; copy it again") from error


def _rows(path: Path, read: Callable[[Any], Picture]) -> Iterator[Picture]:
    try:
        for row in json.loads(_content(path)):
            yield read(row)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise UsageError(f"{path}: not in the layout of a detector's training data: {error}") from error


def _content(file: Path, named_in: Path | None = None) -> bytes:
    try:
        return file.read_bytes()
    except FileNotFoundError as error:
        raise _missing(file) from error
    except OSError as error:
        where = f"; it is named in {named_in}" if named_in else ""
        raise UsageError(f"{file}: cannot be read: {error.strerror or error}{where}") from error


def _missing(path: Path) -> UsageError:
    return UsageError(f"{path}: no such file; give a folder with faces/ and detector_train/")


def _picture(
    name: str, kind: str, content: bytes, boxes: NDArray[np.float32], landmarks: NDArray[np.float32], *, by_people: bool
) -> Picture:
    image = decoded(content)
    if image is None:
        raise ValueError(f"{name} is not a readable picture")
    scale = min(1.0, LONGEST_PX / max(image.shape))
    if scale < 1:
        image = np.asarray(cv2.resize(image, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA), np.uint8)
    return Picture(name, kind, image, boxes * scale, landmarks * scale, by_people, scale)


def _boxes(where: str, values: Sequence[Any]) -> NDArray[np.float32]:
    """Boxes by their corners, (n, 4); `where` they stand is for the message."""
    return np.array([parse_box(where, box) for box in values], np.float32).reshape(-1, 4)


def _without_twins(pictures: Sequence[Picture], apart: Sequence[Picture]) -> list[Picture]:
    """A picture that looks like one kept apart is not trained on."""
    twins = have_twins(thumbnails(picture.image for picture in pictures), thumbnails(picture.image for picture in apart))
    return [picture for picture, twin in zip(pictures, twins, strict=True) if not twin]
