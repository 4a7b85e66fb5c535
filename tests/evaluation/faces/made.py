"""Marked pictures and detectors made on the spot."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import cv2

from live_monitor.evaluation.faces.annotations import MarkedPicture
from live_monitor.evaluation.faces.detectors import Candidate
from live_monitor.types import Box, Detection, Image
from tests.drawn_faces import draw_face
from tests.fakes import grey_picture


def square(x: float, y: float, side: float = 40) -> Box:
    return Box(x, y, x + side, y + side)


def seen(box: Box, score: float | None = None) -> Detection:
    return Detection(box, score)


def write_picture(path: Path, level: int = 70, width: int = 320, height: int = 240) -> Path:
    """A uniformly grey picture, which a `script` recognises by its level."""
    path.parent.mkdir(parents=True, exist_ok=True)
    assert cv2.imwrite(str(path), grey_picture(level, width, height))
    return path


def marked(path: Path, *faces: Box, **more: Any) -> MarkedPicture:
    return MarkedPicture(path, faces, **more)


def script(name: str, found: Mapping[int, Sequence[Detection]], threshold: float = 0.5) -> Candidate:
    """A detector that finds these in a picture of that grey level, and nothing in others."""
    return Candidate(name, lambda image: found.get(int(image[0, 0, 0]), ()), threshold)


FACE_BOXES = [[22, 40, 110, 110], [182, 40, 110, 110]]
"""x, y, width, height of the faces in `drawn_pair`."""


def drawn_pair() -> Image:
    """A 320x200 picture of two drawn faces."""
    picture = grey_picture(70, 320, 200)
    draw_face(picture, 10, 20, 136)
    draw_face(picture, 170, 20, 136)
    return picture


def write_json(path: Path, entries: Any) -> Path:
    path.write_text(json.dumps(entries), encoding="utf-8")
    return path
