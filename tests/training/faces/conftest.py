"""A tiny folder of pictures with drawn faces, and a tiny network with the inputs and outputs of facegrid's."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import cv2
import keras
import numpy as np
import pytest
from numpy.typing import NDArray

from live_monitor.detect.cells import STRIDES, VALUES
from tests.drawn_faces import draw_face

SCENES, SINGLES, BY_PEOPLE = 100, 3, 12
"""The last 20 scenes and about a fifth of the pictures marked by people are kept apart."""

FACE_AREA = (0.12, 0.08, 0.76, 0.88)
"""Box of a drawn face in its square."""

POINTS = np.array([[0.345, 0.435], [0.655, 0.435], [0.5, 0.62], [0.35, 0.765], [0.65, 0.765]])


def picture(number: int, sides: tuple[int, ...], *, size: int = 96) -> tuple[NDArray[np.uint8], list[dict[str, Any]]]:
    """A picture with a drawn face of each of these sides, next to each other, and what a label file says about them."""
    rng = np.random.default_rng(number)
    image = cv2.resize(rng.integers(0, 256, (6, 6, 3), np.uint8), (size, size), interpolation=cv2.INTER_CUBIC).astype(np.uint8)
    faces, x = [], 2
    for side in sides:
        y = int(rng.integers(2, size - side))
        draw_face(image, x, y, side)
        left, top, width, height = (share * side for share in FACE_AREA)
        faces.append({"box": [x + left, y + top, width, height], "landmarks": (POINTS * side + (x, y)).ravel().tolist()})
        x += side
    return image, faces


def jpg(image: NDArray[np.uint8]) -> bytes:
    return cv2.imencode(".jpg", image)[1].tobytes()


def write_data(folder: Path) -> Path:
    """The layout that `live_monitor.training.faces.pictures` describes."""
    (folder / "faces").mkdir(parents=True)
    (folder / "detector_train").mkdir()
    rows = []
    for number in range(BY_PEOPLE):
        image, faces = picture(1000 + number, (40, 24))
        (folder / "faces" / f"{number}.jpg").write_bytes(jpg(image))
        rows.append({"image": f"{number}.jpg", "source": "people", "boxes": [face["box"] for face in faces]})
    (folder / "faces" / "faces.json").write_text(json.dumps(rows), encoding="utf-8")
    scenes = [
        ("negative", picture(number, ())) if number % 3 == 0 else ("photo", picture(number, (48,))) for number in range(SCENES)
    ]
    _write_zip(folder / "detector_train", "scenes", scenes)
    _write_zip(
        folder / "detector_train", "single_faces", [("", picture(2000 + number, (60,), size=64)) for number in range(SINGLES)]
    )
    return folder


def _write_zip(folder: Path, name: str, pictures: list[tuple[str, tuple[NDArray[np.uint8], list[dict[str, Any]]]]]) -> None:
    rows = []
    with zipfile.ZipFile(folder / f"{name}.zip", "w") as archive:
        for number, (kind, (image, faces)) in enumerate(pictures):
            archive.writestr(f"{number}.jpg", jpg(image))
            rows.append({"image": f"{number}.jpg", "faces": faces} | ({"kind": kind} if kind else {}))
    (folder / f"{name}.json").write_text(json.dumps(rows), encoding="utf-8")


@pytest.fixture(scope="session")
def detector_data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder; read it, never write to it."""
    return write_data(tmp_path_factory.mktemp("pictures") / "data")


def tiny_network(upsample: Callable[[Any], Any] | None = None) -> Any:
    """The inputs and outputs of facegrid with hardly anything in between."""
    upsample = upsample or keras.layers.UpSampling2D(2)
    inputs = keras.layers.Input((None, None, 3))
    level = keras.layers.Conv2D(8, 8, STRIDES[0], "same", activation="relu")(inputs)
    levels = [level]
    for _ in STRIDES[1:]:
        level = keras.layers.Conv2D(8, 3, 2, "same", activation="relu")(level)
        levels.append(level)
    levels[0] = keras.layers.Add()([levels[0], upsample(levels[1])])
    outputs = {}
    for stride, cells in zip(STRIDES, levels, strict=True):
        for kind, values in VALUES.items():
            outputs[f"{kind}_{stride}"] = keras.layers.Conv2D(values, 1, dtype="float32", name=f"{kind}_{stride}")(cells)
    return keras.Model(inputs, outputs)
