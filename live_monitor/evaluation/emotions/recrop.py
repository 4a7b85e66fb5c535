"""Faces cropped again as the live view crops them: a detector's box, made square, widened by a margin."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import replace

import cv2
import numpy as np
from numpy.typing import NDArray

from live_monitor.classify.crop import crop_faces
from live_monitor.classify.preprocess import FACE_PX
from live_monitor.detect.detector import FaceFinder
from live_monitor.detect.size_to_fit import SizeToFit
from live_monitor.evaluation.emotions.labelled import LabelledFaces, at_face_size
from live_monitor.types import Box, Image

BORDER = 0.25
"""Share of its side by which a picture is continued on every edge, in plain grey, while a face is looked for.

Faces are often cut as tightly as FER2013's: without it the cascade finds a fifth fewer of those, and no box is wider than the
picture."""


def recrop(
    faces: LabelledFaces, finder: FaceFinder, margins: Sequence[float], progress: Callable[[int], object] = lambda _: None
) -> list[LabelledFaces]:
    """The same faces once for each margin; the detector searches each picture once.

    Args:
        faces: pictures of one face each.
        finder: the detector.
        margins: see `live_monitor.classify.crop.widen`.
        progress: called with the number of pictures done since the last call.

    Returns:
        Faces of 48x48 pixels, in the order of `margins`. A face that the detector hardly sees counts as found, as it does live
        once a face is known. The part of a crop that is outside the picture is left out. Where no
        face is found, the whole picture is taken for one.
    """
    detector = SizeToFit(finder)
    pictures: list[Image] = [np.repeat(image[:, :, np.newaxis], 3, axis=2) for image in faces.images]
    boxes: list[Box | None] = []
    for picture in pictures:
        boxes.append(_found(detector, picture))
        progress(1)
    not_found = sum(box is None for box in boxes)
    return [
        replace(faces, images=_cropped(pictures, boxes, faces, margin), margin=margin, not_found=not_found) for margin in margins
    ]


def main_box(boxes: Sequence[Box], width: int, height: int) -> Box | None:
    """The picture's main face: the largest box, weighted by how near the middle of the picture it is; None if there is none."""
    half_diagonal = math.hypot(width, height) / 2

    def weight(box: Box) -> float:
        x, y = box.centre
        return box.area * (1 - math.hypot(x - width / 2, y - height / 2) / half_diagonal)

    return max(boxes, key=weight, default=None)


def _found(detector: SizeToFit, picture: Image) -> Box | None:
    """The main face's box, in pixels of the picture; it may reach beyond it."""
    height, width = picture.shape[:2]
    below, beside = round(BORDER * height), round(BORDER * width)
    surrounded = cv2.copyMakeBorder(picture, below, below, beside, beside, cv2.BORDER_CONSTANT, value=[float(picture.mean())] * 3)
    found = detector.look_once(surrounded.astype(np.uint8, copy=False))
    boxes = [Box(box.x1 - beside, box.y1 - below, box.x2 - beside, box.y2 - below) for box in (one.box for one in found)]
    return main_box(boxes, width, height)


def _cropped(pictures: Sequence[Image], boxes: Sequence[Box | None], faces: LabelledFaces, margin: float) -> NDArray[np.uint8]:
    cropped = at_face_size(faces.images)
    for index, (picture, box) in enumerate(zip(pictures, boxes, strict=True)):
        if box is not None:
            cropped[index] = crop_faces(picture, [box], FACE_PX, margin)[0]
    return cropped
