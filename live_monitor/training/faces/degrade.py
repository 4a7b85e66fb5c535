"""What cameras, codecs and lamps do to a picture."""

from __future__ import annotations

import math

import cv2
import numpy as np

from live_monitor.training.faces.colours import tinted
from live_monitor.types import Image

MIN_BLURRED_PX = 16.0
"""A picture with a smaller face keeps its resolution: blurred as well, that would not be a face any more."""

COLOURED_NOISE = 0.5
"""Share of the noise that differs from channel to channel."""


def degrade(image: Image, rng: np.random.Generator, *, smallest_px: float) -> Image:
    """A random chain of light, loss of resolution, blur, noise and compression.

    Args:
        image: uint8 (h, w, 3) BGR.
        rng: the only source of randomness.
        smallest_px: side of the smallest face in it.

    Returns:
        uint8 (h, w, 3).
    """
    image = light(image, rng)
    if rng.random() < 0.2:
        image = _lamp(image, rng)
    if smallest_px >= MIN_BLURRED_PX:
        image = _resolve(image, rng)
    if rng.random() < 0.3:
        image = _noise(image, rng)
    if rng.random() < 0.2:
        image = _compress(image, rng)
    return image


def light(image: Image, rng: np.random.Generator) -> Image:
    """Another gamma, contrast, brightness and white balance, and stronger or weaker colours."""
    image = tinted(image, rng)
    levels = np.linspace(0, 1, 256) ** math.exp(rng.normal(0, 0.3))
    contrast, middle = rng.uniform(0.45, 1.25), rng.uniform(0.35, 0.65)
    levels = (levels - 0.5) * contrast + (middle if contrast < 1 else 0.5)
    return _as_u8(cv2.LUT(image, (levels.clip(0, 1) * 255).astype(np.uint8)))


def _lamp(image: Image, rng: np.random.Generator) -> Image:
    """Brightness that falls off towards one side."""
    height, width = image.shape[:2]
    angle = rng.uniform(0, 2 * math.pi)
    across = np.linspace(-0.5, 0.5, width, dtype=np.float32) * math.cos(angle)
    down = np.linspace(-0.5, 0.5, height, dtype=np.float32)[:, None] * math.sin(angle)
    return _as_u8((image * (1 + rng.uniform(0.2, 0.9) * (across + down))[..., None]).clip(0, 255))


def _lower_resolution(image: Image, rng: np.random.Generator) -> Image:
    scale = rng.uniform(0.4, 0.85)
    shrink = int(rng.choice((cv2.INTER_AREA, cv2.INTER_LINEAR)))
    small = cv2.resize(image, None, fx=scale, fy=scale, interpolation=shrink)
    return _as_u8(cv2.resize(small, image.shape[1::-1], interpolation=cv2.INTER_LINEAR))


def _resolve(image: Image, rng: np.random.Generator) -> Image:
    """Less sharp, or sharper, or neither."""
    if rng.random() < 0.2:
        return _lower_resolution(image, rng)
    if rng.random() < 0.2:
        return _as_u8(cv2.GaussianBlur(image, (0, 0), rng.uniform(0.4, 1.4)))
    return _sharpen(image) if rng.random() < 0.1 else image


def _sharpen(image: Image) -> Image:
    return _as_u8(cv2.addWeighted(image, 1.7, cv2.GaussianBlur(image, (0, 0), 1.0), -0.7, 0))


def _noise(image: Image, rng: np.random.Generator) -> Image:
    sigma, channels = rng.uniform(2, 14), 3 if rng.random() < COLOURED_NOISE else 1
    noise = rng.standard_normal((*image.shape[:2], channels), np.float32)
    return _as_u8((image + sigma * noise).clip(0, 255))


def _compress(image: Image, rng: np.random.Generator) -> Image:
    _, encoded = cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, int(rng.integers(15, 70))])
    return _as_u8(cv2.imdecode(encoded, cv2.IMREAD_COLOR))


def _as_u8(image: object) -> Image:
    return np.asarray(image).astype(np.uint8, copy=False)
