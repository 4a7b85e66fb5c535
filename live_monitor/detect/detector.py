"""What a face detector is, and what all of them share: merging boxes of the same face."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol

from live_monitor.types import Box, Detection, Image

SAME_FACE_OVERLAP = 0.5
"""Two boxes are one face when they share this much of the smaller one's area."""


class FaceDetector(Protocol):
    """Finds every face of a picture. Only the analysis thread calls it."""

    def detect(self, image: Image) -> list[Detection]:
        """Faces of uint8 (H, W, 3) BGR, in pixels of that picture, any order, none twice."""


def merge_overlapping(boxes: Iterable[Box]) -> list[Box]:
    """Keeps one box a face.

    Args:
        boxes: the most trusted first; of two that overlap by SAME_FACE_OVERLAP the earlier stays.
    """
    kept: list[Box] = []
    for box in boxes:
        if all(box.intersection(other) < SAME_FACE_OVERLAP * min(box.area, other.area) for other in kept):
            kept.append(box)
    return kept
