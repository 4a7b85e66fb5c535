"""Draws a run: loss and average precision over the steps."""

from __future__ import annotations

import math
import os
from collections.abc import Mapping, Sequence
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

WIDTH, HEIGHT, MARGIN = 640, 300, 40
_INK, _FRAME, _LINE = (40, 40, 40), (200, 200, 200), (180, 90, 20)


def plot_progress(history: Sequence[Mapping[str, float]], file: Path) -> None:
    """Writes a PNG with two curves, one above the other.

    Args:
        history: lines with "step", "loss" and "average_precision" (nan: not measured), at least one.
        file: replaced as a whole.

    Raises:
        OSError: the file cannot be written.
    """
    panels = [_panel(history, "loss", None), _panel(history, "average_precision", 1.0)]
    encoded = cv2.imencode(".png", np.vstack(panels))[1]
    unfinished = file.with_suffix(".part")
    unfinished.write_bytes(encoded.tobytes())
    os.replace(unfinished, file)


def _panel(history: Sequence[Mapping[str, float]], column: str, top: float | None) -> NDArray[np.uint8]:
    panel = np.full((HEIGHT, WIDTH, 3), 255, np.uint8)
    cv2.rectangle(panel, (MARGIN, MARGIN), (WIDTH - MARGIN, HEIGHT - MARGIN), _FRAME)
    steps = max(line["step"] for line in history)
    points = [(line["step"] / steps, line[column]) for line in history if math.isfinite(line[column])]
    # The first steps' loss would press the rest flat.
    high = top or max((value for _, value in points[len(points) // 20 :]), default=1.0)
    curve = [
        (round(MARGIN + x * (WIDTH - 2 * MARGIN)), round(HEIGHT - MARGIN - min(1.0, value / high) * (HEIGHT - 2 * MARGIN)))
        for x, value in points
    ]
    cv2.polylines(panel, [np.array(curve, np.int32).reshape(-1, 1, 2)], False, _LINE, 2, cv2.LINE_AA)
    last = f", last {points[-1][1]:.3f}" if points else ""
    _write(panel, f"{column.replace('_', ' ')}{last}", (MARGIN, MARGIN - 12))
    _write(panel, f"{high:.2f}", (2, MARGIN + 5))
    _write(panel, f"{steps:.0f} steps", (WIDTH - MARGIN - 90, HEIGHT - MARGIN + 20))
    return panel


def _write(panel: NDArray[np.uint8], text: str, corner: tuple[int, int]) -> None:
    cv2.putText(panel, text, corner, cv2.FONT_HERSHEY_SIMPLEX, 0.45, _INK, 1, cv2.LINE_AA)
