"""Makes new faces from old ones: what a detector's box and a webcam would have varied."""

from __future__ import annotations

import math

import cv2
import numpy as np
from numpy.typing import NDArray

ROTATION_DEG = 15.0
SCALE = 0.12
SHIFT = 0.10
"""Largest rotation, relative change of size, and shift as a fraction of the picture's side."""


def augment(faces: NDArray[np.uint8], rng: np.random.Generator) -> NDArray[np.uint8]:
    """Mirrors half of the faces and rotates, scales and shifts each by a random amount.

    Args:
        faces: uint8 (n, h, w).
        rng: the only source of randomness: the same generator gives the same faces.

    Returns:
        uint8 (n, h, w), new memory.
    """
    return np.stack([_warp(face, rng) for face in faces])


def _warp(face: NDArray[np.uint8], rng: np.random.Generator) -> NDArray[np.uint8]:
    height, width = face.shape
    angle = math.radians(rng.uniform(-ROTATION_DEG, ROTATION_DEG))
    scale = 1 + rng.uniform(-SCALE, SCALE)
    mirror = rng.choice((-1.0, 1.0))
    rotation = scale * np.array([[math.cos(angle), -math.sin(angle)], [math.sin(angle), math.cos(angle)]])
    linear = rotation @ np.diag([mirror, 1.0])
    centre = np.array([(width - 1) / 2, (height - 1) / 2])
    shift = rng.uniform(-SHIFT, SHIFT, 2) * (width, height)
    matrix = np.column_stack([linear, centre + shift - linear @ centre])
    warped = cv2.warpAffine(face, matrix, (width, height), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    return warped.astype(np.uint8, copy=False)
