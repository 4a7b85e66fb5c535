"""Things that are not faces: lamps, lights out of focus, balls, bushes, heads from behind, letters; some as round as faces."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from live_monitor.training.faces.colours import colour
from live_monitor.training.faces.placing import Canvas, log_uniform, visible_share

MAX_THINGS = 4
SMALLEST_PX, LARGEST_PX = 14.0, 150.0
"""Sizes are drawn log-uniformly between these."""

CAPPED, STRIPED = 0.4, 0.2
"""Shares of the things that have a part of another colour, as hair on a head, and that have stripes, as a fan or a blind."""

TEXTURED = 0.5
"""Share of the things that look like a piece of the sample, as a bush or a stone does; the others are of one colour."""

MAX_ENLARGED = 2.0
"""A piece of the sample becomes up to so many times as large, or as small."""

WRITTEN = 0.35
"""Share of the things that are writing."""

SMALLEST_LETTER_PX, LARGEST_LETTER_PX = 6.0, 40.0
MAX_LETTERS = 9
LETTERS = tuple("ABCDEFGHIJKLMNOPQRSTUVWXYZOOQCGDBRabcdeghopqs0123456789")
"""Round ones are in it twice."""

ON_PLATE = 0.5
"""Share of the words that stand on a plate of their own."""
FONTS = (
    cv2.FONT_HERSHEY_SIMPLEX,
    cv2.FONT_HERSHEY_DUPLEX,
    cv2.FONT_HERSHEY_COMPLEX,
    cv2.FONT_HERSHEY_TRIPLEX,
    cv2.FONT_HERSHEY_SCRIPT_SIMPLEX,
)

Levels = NDArray[np.float32]


def distract(canvas: Canvas, rng: np.random.Generator) -> None:
    """Draws a few things where no face is."""
    for _ in range(int(rng.integers(1, MAX_THINGS + 1))):
        if rng.random() < WRITTEN:
            _write(canvas, rng)
            continue
        side = canvas.image.shape[0]
        size = log_uniform(SMALLEST_PX, LARGEST_PX, rng)
        low = np.clip(rng.uniform(-size / 3, side - size / 3, 2), 0, side - 8).astype(int)
        high = np.minimum(low + max(8, round(size)), side)
        region = int(low[0]), int(low[1]), int(high[0]), int(high[1])
        if visible_share(canvas.boxes, region).max(initial=0) == 0:
            x1, y1, x2, y2 = region
            shape = y2 - y1, x2 - x1
            level = _piece(canvas, shape, rng) if rng.random() < TEXTURED else None
            if level is None:
                level = np.full((*shape, 3), colour(rng), np.float32)
            canvas.image[y1:y2, x1:x2] = _thing_over(canvas.image[y1:y2, x1:x2].astype(np.float32), level, rng)


def _write(canvas: Canvas, rng: np.random.Generator) -> None:
    """Writes a word of random letters and digits, unless a face is there."""
    side = canvas.image.shape[0]
    letters = "".join(str(rng.choice(LETTERS)) for _ in range(int(rng.integers(1, MAX_LETTERS + 1))))
    font = int(rng.choice(FONTS))
    height = log_uniform(SMALLEST_LETTER_PX, LARGEST_LETTER_PX, rng)
    thickness = max(1, round(height * rng.uniform(0.03, 0.2)))
    scale = cv2.getFontScaleFromHeight(font, max(2, round(height)), thickness)
    (width, tall), below = cv2.getTextSize(letters, font, scale, thickness)
    x, y = (int(value) for value in rng.uniform((-width / 2, 0), (side - 8, side)))
    x1, y1, x2, y2 = (int(np.clip(value, 0, side)) for value in (x - 2, y - tall - 2, x + width + 2, y + below + 2))
    if x1 >= x2 or y1 >= y2 or visible_share(canvas.boxes, (x1, y1, x2, y2)).max(initial=0) > 0:
        return
    if rng.random() < ON_PLATE:
        canvas.image[y1:y2, x1:x2] = colour(rng)
    cv2.putText(canvas.image, letters, (x, y), font, scale, colour(rng), thickness, cv2.LINE_AA)


def _piece(canvas: Canvas, shape: tuple[int, int], rng: np.random.Generator) -> Levels | None:
    """A piece of the sample, float32 (height, width, 3), larger or smaller there, mirrored at random; None where a face is."""
    side = canvas.image.shape[0]
    scale = MAX_ENLARGED ** rng.uniform(-1, 1)
    height, width = (min(side, max(2, round(length / scale))) for length in shape)
    y, x = int(rng.integers(side - height + 1)), int(rng.integers(side - width + 1))
    if visible_share(canvas.boxes, (x, y, x + width, y + height)).max(initial=0) > 0:
        return None
    piece = canvas.image[y : y + height, x : x + width, :][:, :: int(rng.choice((-1, 1)))]
    return np.asarray(cv2.resize(piece, shape[::-1]), np.float32)


def _thing_over(before: Levels, level: Levels, rng: np.random.Generator) -> NDArray[np.uint8]:
    height, width = before.shape[:2]
    if rng.random() < CAPPED:
        level[: int(height * rng.uniform(0.2, 0.7))] = colour(rng)
    if rng.random() < STRIPED:
        level += rng.uniform(10, 80) * np.sin(np.arange(height, dtype=np.float32) * rng.uniform(0.2, 2.0))[:, None, None]
    level = np.asarray(cv2.GaussianBlur(level, (0, 0), 0.3 + rng.uniform(0, 0.08) * height), np.float32)
    mask = np.zeros(before.shape[:2], np.float32)
    axes = max(1, round(width * rng.uniform(0.3, 0.46))), max(1, round(height * rng.uniform(0.3, 0.46)))
    cv2.ellipse(mask, (width // 2, height // 2), axes, float(rng.uniform(0, 180)), 0, 360, float(rng.uniform(0.5, 1.0)), -1)
    mask = np.asarray(cv2.GaussianBlur(mask, (0, 0), 0.3 + rng.uniform(0, 0.1) * min(height, width)), np.float32)
    return (before + mask[..., None] * (level.clip(0, 255) - before)).astype(np.uint8)
