"""The numbers that facegrid's network takes and gives: its input, and what each cell of its three grids says about a face.

A picture is covered by grids of cells of 8, 16 and 32 pixels. A cell whose middle lies in the middle of a face gives a
score, and a box (dx, dy, log w, log h) and five points (x, y) in sides of the cell, from the cell's middle.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

STRIDES = (8, 16, 32)
"""Side of a cell in pixels, one a grid."""

MULTIPLE_PX = STRIDES[-1]
"""Width and height of the network's input are multiples of this."""

MIDDLE_GREY = 128
"""Becomes 0 in the network's input, which is what its convolutions see outside the picture: pad with it."""

CHANNELS = 3
"""Of the input: blue, green, red."""

SCORE, BOX, LANDMARKS = "score", "box", "landmarks"
VALUES = {SCORE: 1, BOX: 4, LANDMARKS: 10}
"""How many numbers a cell gives, by kind, in the order in which training joins them."""

Values = NDArray[np.float32]


def to_input(levels: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Converts levels of blue, green and red, 0..255, to -1..1, any shape."""
    return np.asarray((levels.astype(np.float32) - MIDDLE_GREY) / MIDDLE_GREY, np.float32)


def middles(rows: NDArray[np.intp], columns: NDArray[np.intp], stride: int) -> Values:
    """Middles (n, 2) of cells as x, y in pixels."""
    return ((np.stack([columns, rows], axis=-1) + 0.5) * stride).astype(np.float32)


def encode_boxes(boxes: Values, middle: Values, stride: int) -> Values:
    """What cells at `middle` (n, 2) should give for boxes (n, 4), x1, y1, x2, y2 in pixels."""
    centre = (boxes[:, :2] + boxes[:, 2:]) / 2
    size = np.maximum(boxes[:, 2:] - boxes[:, :2], 1.0)
    return np.concatenate([(centre - middle) / stride, np.log(size / stride)], axis=1).astype(np.float32)


def decode_boxes(values: Values, middle: Values, stride: int) -> Values:
    """The reverse of `encode_boxes`."""
    centre = middle + values[:, :2] * stride
    half = np.exp(values[:, 2:]) * (stride / 2)
    return np.concatenate([centre - half, centre + half], axis=1)


def encode_points(points: Values, middle: Values, stride: int) -> Values:
    """What cells at `middle` (n, 2) should give for points (n, k, 2) in pixels: (n, 2 k)."""
    return np.asarray((points - middle[:, None]) / stride, np.float32).reshape(len(points), 2 * points.shape[1])


def decode_points(values: Values, middle: Values, stride: int) -> Values:
    """The reverse of `encode_points`."""
    return values.reshape(len(values), values.shape[1] // 2, 2) * stride + middle[:, None]
