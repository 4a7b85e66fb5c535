"""Many boxes at once, as rows x1, y1, x2, y2 of an array."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Boxes = NDArray[np.floating[Any]]
"""(n, 4)."""


def areas(boxes: Boxes) -> Boxes:
    """The area of each, (n,); 0 for one whose corners are the wrong way round."""
    sides = (boxes[:, 2:] - boxes[:, :2]).clip(0)
    return np.asarray(sides[:, 0] * sides[:, 1])


def shared_areas(one: Boxes, other: Boxes) -> Boxes:
    """The area that each of n boxes shares with each of m others, (n, m)."""
    upper_left = np.maximum(one[:, np.newaxis, :2], other[:, :2])
    sides = (np.minimum(one[:, np.newaxis, 2:], other[:, 2:]) - upper_left).clip(0)
    return np.asarray(sides[..., 0] * sides[..., 1])


def overlaps(one: Boxes, other: Boxes) -> Boxes:
    """Intersection over union of each of n boxes and each of m others, (n, m), 0..1."""
    shared = shared_areas(one, other)
    return shared / np.maximum(areas(one)[:, np.newaxis] + areas(other) - shared, 1e-9)
