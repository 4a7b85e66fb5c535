"""Draws accuracy against coverage."""

from __future__ import annotations

from collections.abc import Mapping

import cv2
import numpy as np
from numpy.typing import NDArray

from live_monitor.evaluation.unsure.coverage import TARGET, Values

WIDTH, HEIGHT, MARGIN = 800, 520, 60
LOWEST = 0.2
"""Accuracy at the lower edge."""

COLOURS = ((180, 90, 20), (40, 40, 200), (30, 140, 30), (150, 30, 150))
_INK, _GRID = (40, 40, 40), (220, 220, 220)


def draw_curves(curves: Mapping[str, tuple[Values, Values]]) -> NDArray[np.uint8]:
    """A picture, uint8 (HEIGHT, WIDTH, 3) BGR, of curves (coverage, accuracy) by name."""
    picture = np.full((HEIGHT, WIDTH, 3), 255, np.uint8)
    for tenth in range(11):
        x, share = _place(tenth / 10, LOWEST)[0], LOWEST + (1 - LOWEST) * tenth / 10
        y = _place(0.0, share)[1]
        cv2.line(picture, (x, MARGIN), (x, HEIGHT - MARGIN), _INK if tenth == round(10 * TARGET) else _GRID)
        cv2.line(picture, (MARGIN, y), (WIDTH - MARGIN, y), _GRID)
        _write(picture, f"{tenth / 10:.0%}", (x - 14, HEIGHT - MARGIN + 20), _INK)
        _write(picture, f"{share:.0%}", (MARGIN - 42, y + 5), _INK)
    for number, (name, (coverage, accuracy)) in enumerate(curves.items()):
        colour = COLOURS[number % len(COLOURS)]
        first = len(coverage) // 50  # the accuracy of a handful of faces says nothing
        points = [_place(x, y) for x, y in zip(coverage[first:].tolist(), accuracy[first:].tolist(), strict=True)]
        cv2.polylines(picture, [np.array(points, np.int32).reshape(-1, 1, 2)], False, colour, 2, cv2.LINE_AA)
        _write(picture, name, (MARGIN + 20, HEIGHT - MARGIN - 20 - 22 * number), colour)
    _write(picture, "accuracy of the faces that are not unsure, by their share of all faces", (MARGIN, MARGIN - 20), _INK)
    return picture


def _place(coverage: float, accuracy: float) -> tuple[int, int]:
    high = (max(accuracy, LOWEST) - LOWEST) / (1 - LOWEST)
    return round(MARGIN + coverage * (WIDTH - 2 * MARGIN)), round(HEIGHT - MARGIN - high * (HEIGHT - 2 * MARGIN))


def _write(picture: NDArray[np.uint8], text: str, corner: tuple[int, int], colour: tuple[int, int, int]) -> None:
    cv2.putText(picture, text, corner, cv2.FONT_HERSHEY_SIMPLEX, 0.45, colour, 1, cv2.LINE_AA)
