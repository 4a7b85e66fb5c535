"""What cameras, codecs and lamps do to a grey picture."""

from __future__ import annotations

import math

import cv2
import numpy as np
from numpy.typing import NDArray

Grey = NDArray[np.uint8]


LEAST_BLURRED_PX = 16.0
"""Where a face is smaller than this, resolution stays: blurred as well, it would be nobody's."""


def degrade(grey: Grey, rng: np.random.Generator, *, smallest_px: float) -> Grey:
    """A random chain of light, loss of resolution, blur, noise and compression.

    Args:
        grey: uint8 (h, w).
        rng: the only source of randomness.
        smallest_px: side of the smallest face in it.

    Returns:
        uint8 (h, w).
    """
    grey = light(grey, rng)
    if rng.random() < 0.2:
        grey = _lamp(grey, rng)
    if smallest_px >= LEAST_BLURRED_PX:
        grey = _resolve(grey, rng)
    if rng.random() < 0.3:
        grey = _noise(grey, rng)
    if rng.random() < 0.2:
        grey = _compress(grey, rng)
    return grey


def light(grey: Grey, rng: np.random.Generator) -> Grey:
    """Another gamma, contrast and brightness."""
    levels = np.linspace(0, 1, 256) ** math.exp(rng.normal(0, 0.3))
    contrast, middle = rng.uniform(0.45, 1.25), rng.uniform(0.35, 0.65)
    levels = (levels - 0.5) * contrast + (middle if contrast < 1 else 0.5)
    return _as_u8(cv2.LUT(grey, (levels.clip(0, 1) * 255).astype(np.uint8)))


def _lamp(grey: Grey, rng: np.random.Generator) -> Grey:
    """Brightness that falls off towards one side."""
    height, width = grey.shape
    angle = rng.uniform(0, 2 * math.pi)
    across = np.linspace(-0.5, 0.5, width, dtype=np.float32) * math.cos(angle)
    down = np.linspace(-0.5, 0.5, height, dtype=np.float32)[:, None] * math.sin(angle)
    return _as_u8((grey * (1 + rng.uniform(0.2, 0.9) * (across + down))).clip(0, 255))


def _lower_resolution(grey: Grey, rng: np.random.Generator) -> Grey:
    scale = rng.uniform(0.4, 0.85)
    shrink = int(rng.choice((cv2.INTER_AREA, cv2.INTER_LINEAR)))
    small = cv2.resize(grey, None, fx=scale, fy=scale, interpolation=shrink)
    return _as_u8(cv2.resize(small, grey.shape[::-1], interpolation=cv2.INTER_LINEAR))


def _resolve(grey: Grey, rng: np.random.Generator) -> Grey:
    """Less sharp, or sharper, or neither."""
    if rng.random() < 0.2:
        return _lower_resolution(grey, rng)
    if rng.random() < 0.2:
        return _as_u8(cv2.GaussianBlur(grey, (0, 0), rng.uniform(0.4, 1.4)))
    return _sharpen(grey) if rng.random() < 0.1 else grey


def _sharpen(grey: Grey) -> Grey:
    return _as_u8(cv2.addWeighted(grey, 1.7, cv2.GaussianBlur(grey, (0, 0), 1.0), -0.7, 0))


def _noise(grey: Grey, rng: np.random.Generator) -> Grey:
    sigma = rng.uniform(2, 14)
    return _as_u8((grey + sigma * rng.standard_normal(grey.shape, np.float32)).clip(0, 255))


def _compress(grey: Grey, rng: np.random.Generator) -> Grey:
    _, encoded = cv2.imencode(".jpg", grey, [cv2.IMWRITE_JPEG_QUALITY, int(rng.integers(15, 70))])
    return _as_u8(cv2.imdecode(encoded, cv2.IMREAD_GRAYSCALE))


def _as_u8(grey: object) -> Grey:
    return np.asarray(grey).astype(np.uint8, copy=False)
