"""A tiny FER2013, made up on the spot in the three layouts it comes in."""

from __future__ import annotations

import csv
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

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


def png(face: NDArray[np.uint8]) -> bytes:
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


@pytest.fixture(scope="session")
def fer2013(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder; read it, never write to it."""
    return write_folder(tmp_path_factory.mktemp("fer2013"), rows())


@pytest.fixture
def _same_precision_afterwards() -> Iterator[None]:
    """Keras keeps the precision of networks in one place for the whole process."""
    import keras

    before = keras.config.dtype_policy()
    yield
    keras.config.set_dtype_policy(before)
