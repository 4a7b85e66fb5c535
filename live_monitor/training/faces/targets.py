"""What each cell of the three grids should say about a composed sample."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from live_monitor.detect.cells import BOX, LANDMARKS, STRIDES, VALUES, encode_boxes, encode_points, middles
from live_monitor.training.faces.placing import sides

SIZES_PX = {8: (0.0, 40.0), 16: (32.0, 100.0), 32: (80.0, np.inf)}
"""Sides of the faces each grid answers for; where two ranges overlap, both grids do."""

UNJUDGED = 1.5
"""Up to this factor beyond those sides, a grid's cells in a face are not judged; further off, they are background."""

MIDDLE, AROUND = 0.45, 0.7
"""Cells within the first part of a box, around its middle, answer for its face; those between the first and the second part
are not judged; the others are background, or they would take half a face for a whole one."""

NEAREST, NEXT = 0.5, 0.75
"""The same for a face that is small beside the cells, as parts of a cell's side from its middle: the nearest cell answers, and
one that is about as near is not judged, for both see nearly the same."""

NEGATIVE, FACE = 0, 1
BOX_COLUMNS = slice(2, 2 + VALUES[BOX])
LANDMARK_COLUMNS = slice(BOX_COLUMNS.stop, BOX_COLUMNS.stop + VALUES[LANDMARKS])
KNOWN = LANDMARK_COLUMNS.stop
COLUMNS = KNOWN + 1
"""A cell's target: its weight as background, its weight as a face, box and landmarks as `cells` encodes them, and 1 where the
landmarks are known."""

Array = NDArray[np.float32]


def targets(side: int, boxes: Array, landmarks: Array, weights: Array) -> Array:
    """Targets of every cell of a square sample.

    Args:
        side: of the sample, in pixels.
        boxes: (n, 4) x1, y1, x2, y2 in pixels.
        landmarks: (n, 5, 2), nan where unknown.
        weights: (n,); 0: nobody has to find the face.

    Returns:
        float32 (cells, COLUMNS): the cells of stride 8 row by row, then 16, then 32.
    """
    return np.concatenate([_grid(side // stride, stride, boxes, landmarks, weights) for stride in STRIDES])


def _grid(cells: int, stride: int, boxes: Array, landmarks: Array, weights: Array) -> Array:
    grid = np.zeros((cells * cells, COLUMNS), np.float32)
    grid[:, NEGATIVE] = 1
    centres = (boxes[:, :2] + boxes[:, 2:]) / 2
    halves = (boxes[:, 2:] - boxes[:, :2]) / 2
    size, (low, high) = sides(boxes), SIZES_PX[stride]
    # A grid that has nothing to do with a face must keep quiet about its eyes and its mouth.
    near = (size >= low / UNJUDGED) & (size < high * UNJUDGED)
    for face in np.flatnonzero(near):
        around = np.maximum(halves[face] * AROUND, NEXT * stride)
        grid[_within(centres[face], around, stride, cells), NEGATIVE] = 0
    answered = (weights > 0) & (size >= low) & (size < high)
    # The smallest comes last: a cell that two faces ask for goes to the one that has fewer.
    for face in sorted(np.flatnonzero(answered), key=lambda face: -float(size[face])):
        middle = np.maximum(halves[face] * MIDDLE, NEAREST * stride)
        found = _within(centres[face], middle, stride, cells)
        grid[found] = _answers(found, boxes[face], landmarks[face], weights[face], stride, cells)
    return grid


def _within(centre: Array, half: Array, stride: int, cells: int) -> NDArray[np.intp]:
    """Indexes of the cells whose middle lies within `half` (x, y) of a point."""
    first = np.maximum(np.ceil((centre - half) / stride - 0.5), 0).astype(np.intp)
    last = np.minimum(np.floor((centre + half) / stride - 0.5), cells - 1).astype(np.intp)
    rows, columns = np.arange(first[1], last[1] + 1), np.arange(first[0], last[0] + 1)
    return (rows[:, None] * cells + columns).ravel()


def _answers(found: NDArray[np.intp], box: Array, landmarks: Array, weight: float, stride: int, cells: int) -> Array:
    rows = np.zeros((len(found), COLUMNS), np.float32)
    middle = middles(found // cells, found % cells, stride)
    # A large face has many cells; the root keeps it from drowning the small ones.
    rows[:, FACE] = weight / np.sqrt(max(1, len(found)))
    rows[:, BOX_COLUMNS] = encode_boxes(np.repeat(box[None], len(found), axis=0), middle, stride)
    if not np.isnan(landmarks).any():
        rows[:, LANDMARK_COLUMNS] = encode_points(np.repeat(landmarks[None], len(found), axis=0), middle, stride)
        rows[:, KNOWN] = 1
    return rows
