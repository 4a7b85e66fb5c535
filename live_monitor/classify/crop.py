"""From a detector's box to the square grey face a network takes: four small steps, shared with evaluation."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from live_monitor.types import Box, Image


def square(box: Box) -> Box:
    """The smallest square around the box, with the same centre."""
    return _around_centre(box, max(box.width, box.height))


def widen(box: Box, margin: float) -> Box:
    """A square box made larger by `margin` of its side on every edge; negative makes it smaller."""
    return _around_centre(box, box.width * (1 + 2 * margin))


def clip(box: Box, width: int, height: int) -> tuple[int, int, int, int]:
    """The box in whole pixels inside a picture of that size, x1, y1, x2, y2; at least one pixel in each direction."""
    x1 = min(max(round(box.x1), 0), width - 1)
    y1 = min(max(round(box.y1), 0), height - 1)
    return x1, y1, max(x1 + 1, min(round(box.x2), width)), max(y1 + 1, min(round(box.y2), height))


def crop_faces(image: Image, boxes: Sequence[Box], side_px: int, margin: float) -> NDArray[np.uint8]:
    """Cuts every face out.

    Args:
        image: uint8 (H, W, 3) BGR.
        boxes: in pixels of the picture; parts outside it are left out.
        side_px: side of the faces wanted.
        margin: see `widen`.

    Returns:
        uint8 (n, side_px, side_px) grey.
    """
    faces = np.empty((len(boxes), side_px, side_px), np.uint8)
    for face, box in zip(faces, boxes, strict=True):
        x1, y1, x2, y2 = clip(widen(square(box), margin), image.shape[1], image.shape[0])
        grey = cv2.cvtColor(image[y1:y2, x1:x2], cv2.COLOR_BGR2GRAY).astype(np.uint8, copy=False)
        face[:] = resize_face(grey, side_px)
    return faces


def resize_face(grey: NDArray[np.uint8], side_px: int) -> NDArray[np.uint8]:
    """Brings a grey face to side_px x side_px: by averaging when it shrinks, by interpolation when it grows."""
    if grey.shape == (side_px, side_px):
        return grey
    shrinks = min(grey.shape) > side_px
    resized = cv2.resize(grey, (side_px, side_px), interpolation=cv2.INTER_AREA if shrinks else cv2.INTER_LINEAR)
    return resized.astype(np.uint8, copy=False)


def _around_centre(box: Box, side: float) -> Box:
    x, y = box.centre
    return Box(x - side / 2, y - side / 2, x + side / 2, y + side / 2)
