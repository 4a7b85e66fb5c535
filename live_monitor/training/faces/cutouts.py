"""FER2013's faces as single faces to paste: cut out tightly, grey, of more people than all other pictures show."""

from __future__ import annotations

from collections.abc import Iterator

import cv2
import numpy as np
from numpy.typing import NDArray

from live_monitor.detect.detector import FaceFinder, in_pixels_of
from live_monitor.training.faces.colours import like_skin
from live_monitor.training.faces.pictures import CUTOUT, Picture
from live_monitor.types import Image

ENLARGED = 2
BORDER_PX = 16
"""The teacher sees a face enlarged so many times, with a border of so many pixels of the face's picture: YuNet finds 89 faces
in a hundred as they are, and 97 this way."""


def cutouts(faces: NDArray[np.uint8], teacher: FaceFinder) -> Iterator[Picture]:
    """A picture of each face that a teacher finds, every second one in colour: samples in colour are made of those.

    Args:
        faces: uint8 (n, h, w), grey.
        teacher: says where the face is; one that it does not find is left out.
    """
    rng = np.random.default_rng(0)
    for number, face in enumerate(faces):
        found = teacher.find(_surrounded(face))
        if found:
            best = max(found, key=lambda one: one.score or 0.0)
            best = in_pixels_of(best, (1 / ENLARGED, 1 / ENLARGED), (-BORDER_PX, -BORDER_PX))
            image = like_skin(face, rng) if number % 2 else np.repeat(face[..., None], 3, axis=2)
            points = np.full((1, 5, 2), np.nan) if best.landmarks is None else np.array([best.landmarks])
            boxes = np.array([best.box], np.float32)
            yield Picture(str(number), CUTOUT, image, boxes, points.astype(np.float32), by_people=False)


def _surrounded(face: NDArray[np.uint8]) -> Image:
    grey = float(face.mean())
    around = cv2.copyMakeBorder(face, BORDER_PX, BORDER_PX, BORDER_PX, BORDER_PX, cv2.BORDER_CONSTANT, value=grey)
    larger = cv2.resize(around, None, fx=ENLARGED, fy=ENLARGED, interpolation=cv2.INTER_LINEAR)
    return np.asarray(cv2.cvtColor(larger, cv2.COLOR_GRAY2BGR), np.uint8)
