"""Turns the three grids that facegrid's network gives into faces, for floats and for int8 as LiteRT leaves it."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from live_monitor.boxes import areas, shared_areas
from live_monitor.detect.cells import BOX, LANDMARKS, SCORE, STRIDES, decode_boxes, decode_points, middles

SAME_FACE_IOU = 0.4
"""Of two boxes that overlap by more than this (intersection over union) only the one with the better score stays."""

SAME_FACE_SHARE = 0.65
"""Nor does a box stay that shares more than this of the smaller one's area with a better one: an eye, half of a face, or far
too much around it."""

MIN_SIDE_PX = 6.0
"""Smaller boxes, by the side of a square of the same area, are left out: a face is less than one cell there."""

TRUSTED_SIDE_PX = 16.0
"""The score of a smaller box is multiplied by the root of its side's share of this: at that size clouds, letters and coats of
arms look like faces nearly as often as faces do."""

_NO_FACE = np.zeros((0, 4), np.float32), np.zeros(0, np.float32), np.zeros((0, 5, 2), np.float32)
"""Boxes, logits and landmarks of a grid without a face, as most are."""

MAX_CANDIDATES = 1000
"""If more cells are above the threshold, only this many, the best, are considered: a picture of noise must not stop the
program."""


@dataclass(frozen=True, eq=False)
class Tensor:
    """One output of the network for one picture: (h, w, k), its numbers being (values - zero) * scale."""

    values: NDArray[Any]
    scale: float = 1.0
    zero: int = 0

    def at(self, cells: NDArray[np.intp]) -> NDArray[np.float32]:
        """The numbers (n, k) of some cells, counted row by row."""
        picked = self.values.reshape(-1, self.values.shape[-1])[cells].astype(np.float32)
        return (picked - np.float32(self.zero)) * np.float32(self.scale)


@dataclass(frozen=True, eq=False)
class Candidates:
    """Faces of one picture, the best score first.

    Attributes:
        boxes: float32 (n, 4), x1, y1, x2, y2 in pixels of the network's input.
        scores: float32 (n,), 0..1.
        landmarks: float32 (n, 5, 2), x, y in the same pixels.
    """

    boxes: NDArray[np.float32]
    scores: NDArray[np.float32]
    landmarks: NDArray[np.float32]


def decode(outputs: Mapping[str, Tensor], threshold: float) -> Candidates:
    """Faces that the network sees in one picture, none twice.

    Args:
        outputs: by names like "score_8", for every stride and kind of `cells`.
        threshold: least score, between 0 and 1.
    """
    grids = [_above(outputs, stride, math.log(threshold / (1 - threshold))) for stride in STRIDES]
    boxes, logits, points = (np.concatenate(parts) for parts in zip(*grids, strict=True))
    side = np.sqrt((boxes[:, 2:] - boxes[:, :2]).prod(axis=1))
    scores = np.sqrt(np.minimum(1, side / TRUSTED_SIDE_PX)) / (1 + np.exp(-logits))
    fit = np.flatnonzero((side >= MIN_SIDE_PX) & (scores >= threshold))
    best = fit[np.argsort(-scores[fit], kind="stable")[:MAX_CANDIDATES]]
    boxes, scores, points = boxes[best], scores[best], points[best]
    left_top_size = np.concatenate([boxes[:, :2], boxes[:, 2:] - boxes[:, :2]], axis=1)
    kept = cv2.dnn.NMSBoxes(left_top_size.tolist(), scores.tolist(), 0.0, SAME_FACE_IOU)
    order = np.asarray(kept, np.intp).reshape(-1)
    order = order[_apart(boxes[order])]
    return Candidates(boxes[order], scores[order], points[order])


def _apart(boxes: NDArray[np.float32]) -> NDArray[np.bool_]:
    """Which of the boxes (n, 4), the best first, neither lie in a better one nor around it."""
    own = areas(boxes)
    same = shared_areas(boxes, boxes) > SAME_FACE_SHARE * np.minimum(own[:, np.newaxis], own)
    return np.asarray(~np.tril(same, -1).any(axis=1), np.bool_)


def _above(outputs: Mapping[str, Tensor], stride: int, logit: float) -> tuple[NDArray[np.float32], ...]:
    """Boxes, logits and landmarks of one grid's cells with at least this logit."""
    score = outputs[f"{SCORE}_{stride}"]
    # Compared as they come, so that only the few cells found are turned into floats.
    cells = np.flatnonzero(score.values >= logit / score.scale + score.zero)
    if not len(cells):
        return _NO_FACE
    rows, columns = np.divmod(cells, score.values.shape[1])
    middle = middles(rows, columns, stride)
    boxes = decode_boxes(outputs[f"{BOX}_{stride}"].at(cells), middle, stride)
    points = decode_points(outputs[f"{LANDMARKS}_{stride}"].at(cells), middle, stride)
    return boxes, score.at(cells)[:, 0], points
