"""A tiny FER2013, made on the spot in its three layouts."""

from __future__ import annotations

import csv
import zipfile
from pathlib import Path
from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from live_monitor.dataset.ferplus import SPLIT_ROWS
from live_monitor.labels import LABELS
from tests.fakes import drawn_faces

COUNTS = {"Training": 28, "PublicTest": 14, "PrivateTest": 7}


class Row(NamedTuple):
    """One row of FER2013."""

    number: int
    label: int
    usage: str
    face: NDArray[np.uint8]

    @property
    def file(self) -> str:
        folder = "train" if self.usage == "Training" else "test"
        return f"{folder}/{LABELS[self.label]}/{self.usage}_{self.number:07d}.png"


def rows() -> list[Row]:
    """All rows, in FER2013's own order."""
    usages = [usage for usage, count in COUNTS.items() for _ in range(count)]
    faces = drawn_faces(len(usages), seed=11)
    return [
        Row(number, number % len(LABELS), usage, face) for number, (usage, face) in enumerate(zip(usages, faces, strict=True))
    ]


def rows_of_fer2013() -> list[Row]:
    """All rows, numbered as in the splits of FER2013, so that FER+'s votes fit."""
    first = {
        "Training": 0,
        "PublicTest": 28709 - COUNTS["Training"],
        "PrivateTest": 32298 - COUNTS["Training"] - COUNTS["PublicTest"],
    }
    return [row._replace(number=row.number + first[row.usage]) for row in rows()]


def png(face: NDArray[np.uint8] | NDArray[np.uint16]) -> bytes:
    return cv2.imencode(".png", face)[1].tobytes()


def write_folder(folder: Path, content: list[Row]) -> Path:
    for row in content:
        file = folder / row.file
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(png(row.face))
    return folder


def write_zip(path: Path, content: list[Row], prefix: str = "") -> Path:
    with zipfile.ZipFile(path, "w") as archive:
        for row in reversed(content):
            archive.writestr(prefix + row.file, png(row.face))
    return path


def write_csv(path: Path, content: list[Row]) -> Path:
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(("emotion", "pixels", "Usage"))
        writer.writerows((row.label, " ".join(map(str, row.face.ravel().tolist())), row.usage) for row in content)
    return path


VOTES_HEADER = "Usage,Image name,neutral,happiness,surprise,sadness,anger,disgust,fear,contempt,unknown,NF"


def vote_lines() -> list[str]:
    """The lines of FER+'s file, with ten votes for neutral in each."""
    splits = [split for split, count in SPLIT_ROWS.items() for _ in range(count)]
    return [f"{split},fer{row:07d}.png,10,0,0,0,0,0,0,0,0,0" for row, split in enumerate(splits)]


def write_votes(path: Path, votes: dict[int, list[int]]) -> Path:
    """FER+'s file, with these votes in some rows."""
    lines = vote_lines()
    for row, counts in votes.items():
        lines[row] = ",".join([*lines[row].split(",")[:2], *map(str, counts)])
    path.write_text("\n".join([VOTES_HEADER, *lines]), encoding="utf-8")
    return path
