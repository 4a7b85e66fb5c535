"""Covers a part of some faces: a hand, a mask, another head, a frame's edge."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from live_monitor.training.faces.placing import Canvas, Region, inside

OCCLUDED = 0.2
"""Share of the faces that are partly covered."""

COVERED_EVENLY = 0.5
"""Share of these on which one grey level lies."""


def occlude(canvas: Canvas, rng: np.random.Generator) -> None:
    """Covers up to 45 % of some faces: a hand, a mask, another head, a frame's edge."""
    for box in canvas.boxes[(rng.random(len(canvas.boxes)) < OCCLUDED) & (canvas.weights > 0)]:
        x1, y1, x2, y2 = box
        width, height = x2 - x1, y2 - y1
        side, depth = int(rng.integers(0, 4)), rng.uniform(0.15, 0.45)
        # From the left, right, top (shallower: hair) or bottom (masks).
        bar = [
            (x1, y1, x1 + depth * width, y2),
            (x2 - depth * width, y1, x2, y2),
            (x1, y1, x2, y1 + depth * 0.6 * height),
            (x1, y2 - depth * height, x2, y2),
        ][side]
        region = inside(canvas.whole, bar)
        if region[2] > region[0] and region[3] > region[1]:
            _cover(canvas.grey, region, rng)


def _cover(grey: NDArray[np.uint8], region: Region, rng: np.random.Generator) -> None:
    """Fills a region with one grey level, or with what is elsewhere in the picture, as a head in front has a texture too."""
    x1, y1, x2, y2 = region
    if rng.random() < COVERED_EVENLY:
        grey[y1:y2, x1:x2] = rng.integers(0, 256)
        return
    x, y = rng.integers(0, grey.shape[1] - (x2 - x1) + 1), rng.integers(0, grey.shape[0] - (y2 - y1) + 1)
    grey[y1:y2, x1:x2] = grey[y : y + y2 - y1, x : x + x2 - x1].copy()
