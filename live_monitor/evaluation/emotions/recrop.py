"""Faces cropped again as the live view crops them: a detector's box, made square, widened by a margin."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from live_monitor.classify.crop import crop_faces
from live_monitor.classify.preprocess import FACE_PX
from live_monitor.detect.detector import FaceFinder
from live_monitor.detect.size_to_fit import SizeToFit
from live_monitor.evaluation.emotions.labelled import LabelledFaces, at_face_size
from live_monitor.types import Box, Image


def recrop(
    faces: LabelledFaces, finder: FaceFinder, margins: Sequence[float], progress: Callable[[int], object] = lambda _: None
) -> list[LabelledFaces]:
    """The same faces once for each margin; the detector looks at each picture once.

    Args:
        faces: pictures of one face each.
        finder: the detector.
        margins: see `live_monitor.classify.crop.widen`.
        progress: called with the number of pictures done since the last call.

    Returns:
        Faces of 48x48 pixels, in the order of `margins`. Where no face is found, the whole picture is taken for one.
    """
    detector = SizeToFit(finder)
    pictures: list[Image] = [np.repeat(image[:, :, np.newaxis], 3, axis=2) for image in faces.images]
    boxes: list[Box | None] = []
    for picture in pictures:
        height, width = picture.shape[:2]
        boxes.append(main_box([found.box for found in detector.look_once(picture)], width, height))
        progress(1)
    not_found = sum(box is None for box in boxes)
    return [
        replace(faces, images=_cropped(pictures, boxes, faces, margin), margin=margin, not_found=not_found) for margin in margins
    ]


def main_box(boxes: Sequence[Box], width: int, height: int) -> Box | None:
    """Whom the picture shows: the box that is largest, weighed by how near the middle of the picture it is; None of none."""
    half_diagonal = math.hypot(width, height) / 2

    def weight(box: Box) -> float:
        x, y = box.centre
        return box.area * (1 - math.hypot(x - width / 2, y - height / 2) / half_diagonal)

    return max(boxes, key=weight, default=None)


def _cropped(pictures: Sequence[Image], boxes: Sequence[Box | None], faces: LabelledFaces, margin: float) -> NDArray[np.uint8]:
    cropped = at_face_size(faces.images)
    for index, (picture, box) in enumerate(zip(pictures, boxes, strict=True)):
        if box is not None:
            cropped[index] = crop_faces(picture, [box], FACE_PX, margin)[0]
    return cropped
