"""Notices a cut: nearly all of the picture differs from that of the frame before."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from live_monitor.detect.zones import Zone
from live_monitor.types import Image

POINTS = (32, 18)
"""Columns and rows of points that are compared."""

CHANGED_LEVELS = 20
"""A point has changed when its grey level moved by more than this beyond that of the whole picture: switching on a light is no
cut."""

CUT_SHARE = 0.5
"""Share of the points that have changed at a cut."""

BLACK, MIN_SHOWN = 16, 0.2
"""A point as dark as this in both frames does not count: it is in a bar beside the picture, as with an upright video. If no more
than this share of all points is left, as in a dark room, no cut is reported."""


class Scene:
    """Remembers the last frame. Belongs to one thread."""

    def __init__(self, zones: Sequence[Zone] = ()) -> None:
        """Begins without a frame.

        Args:
            zones: parts of all frames that do not count.
        """
        self._outside = _outside(zones)
        self._last: NDArray[np.int16] | None = None

    def cut(self, image: Image) -> bool:
        """Takes the next frame.

        Args:
            image: uint8 (H, W, 3) BGR.

        Returns:
            True when it shows another scene than the one before.
        """
        points = cv2.resize(image, POINTS, interpolation=cv2.INTER_NEAREST)
        now = cv2.cvtColor(points, cv2.COLOR_BGR2GRAY).astype(np.int16)
        last, self._last = self._last, now
        if last is None:
            return False
        moved = (now - last)[self._outside & (np.maximum(now, last) > BLACK)]
        if moved.size <= MIN_SHOWN * np.count_nonzero(self._outside):
            return False
        middle = np.partition(moved, moved.size // 2)[moved.size // 2]  # np.median takes four times as long
        return bool(np.count_nonzero(np.abs(moved - middle) > CHANGED_LEVELS) > CUT_SHARE * moved.size)


def _outside(zones: Sequence[Zone]) -> NDArray[np.bool_]:
    """Which of the points lie in no zone: bool, in their rows and columns."""
    columns, rows = POINTS
    x, y = np.arange(columns) / columns, np.arange(rows)[:, None] / rows
    outside = np.ones((rows, columns), np.bool_)
    for zone in zones:
        outside &= (x < zone.x) | (x >= zone.x + zone.width) | (y < zone.y) | (y >= zone.y + zone.height)
    return outside
