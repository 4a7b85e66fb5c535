"""A picture with one marked face, and a detector that finds given boxes."""

from __future__ import annotations

import numpy as np

from live_monitor.training.faces.pictures import NEGATIVE, Picture
from live_monitor.types import Box, Detection, Image

WIDTH, HEIGHT = 100, 60
MARKED = (20.0, 20.0, 40.0, 40.0)
BESIDE = (60.0, 10.0, 80.0, 34.0)

Corners = tuple[float, float, float, float]


class Finder:
    """Finds the same boxes in every picture of one width, and nothing in others."""

    name, sure_score, smallest_px, picture_px, copies, doubts = "finder", 0.5, 10, 10_000, (), None

    def __init__(self, *boxes: Corners, score: float | None = 0.9, width: int = WIDTH) -> None:
        self._boxes, self._score, self._width = boxes, score, width

    def find(self, picture: Image) -> list[Detection]:
        assert picture.shape[0] * WIDTH == picture.shape[1] * HEIGHT
        assert picture.ndim == 3
        return [Detection(Box(*box), self._score) for box in self._boxes if picture.shape[1] == self._width]


def picture(kind: str = "photo", *, by_people: bool = True) -> Picture:
    boxes = np.array([MARKED] if kind != NEGATIVE else np.zeros((0, 4)), np.float32)
    image = np.zeros((HEIGHT, WIDTH, 3), np.uint8)
    return Picture("", kind, image, boxes, np.zeros((len(boxes), 5, 2), np.float32), by_people)
