"""Makes new faces from old ones: what a detector's box and a webcam would have varied."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from live_monitor.classify.crop import resize_face

Faces = NDArray[np.uint8]
"""uint8 (n, h, w), or one of them (h, w)."""


@dataclass(frozen=True)
class Moves:
    """The largest rotation in degrees, relative change of size, and shift as a fraction of the picture's side."""

    rotation_deg: float
    scale: float
    shift: float
    border: int


LIGHT_MOVES = Moves(15.0, 0.12, 0.10, cv2.BORDER_REPLICATE)
STRONG_MOVES = Moves(17.0, 0.18, 0.14, cv2.BORDER_REFLECT_101)

GAMMA_LOG = 0.5
"""Largest change of the logarithm of gamma: light of a room, exposure of a camera."""

DEGRADED_SHARE, ERASED_SHARE = 0.2, 0.3
"""Shares of the faces that a poor camera took, and that something covers in part."""

SMALLEST_PX = 20
LARGEST_BLUR_PX = 1.2
LARGEST_NOISE = 12.0
"""A poor camera's face is as small as this, blurred with up to this standard deviation, or this noisy in grey levels."""

ERASED_SIDES = (0.15, 0.45)
"""Smallest and largest side of what covers a face, as a fraction of the picture's side (Zhong et al. 2020, arXiv 1708.04896)."""


def augment_lightly(faces: Faces, rng: np.random.Generator) -> Faces:
    """Mirrors half of the faces and rotates, scales and shifts each by a random amount.

    Args:
        faces: uint8 (n, h, w).
        rng: the only source of randomness: the same generator gives the same faces.

    Returns:
        uint8 (n, h, w), new memory.
    """
    return np.stack([_warp(face, rng, LIGHT_MOVES) for face in faces])


def augment_strongly(faces: Faces, rng: np.random.Generator) -> Faces:
    """Moves faces further, changes their light, takes some with a poor camera, and covers a part of some; else the same."""
    return np.stack([_erase(_degrade(_light(_warp(face, rng, STRONG_MOVES), rng), rng), rng) for face in faces])


AUGMENTATIONS: dict[str, Callable[[Faces, np.random.Generator], Faces]] = {
    "light": augment_lightly,
    "strong": augment_strongly,
}


def _warp(face: Faces, rng: np.random.Generator, moves: Moves) -> Faces:
    height, width = face.shape
    turn, grow, right, down = rng.uniform(-1, 1, 4)
    angle = math.radians(moves.rotation_deg * turn)
    scale = 1 + moves.scale * grow
    mirror = 1.0 if rng.random() < 0.5 else -1.0
    cosine, sine = scale * math.cos(angle), scale * math.sin(angle)
    linear = np.array([[cosine * mirror, -sine], [sine * mirror, cosine]])
    centre = np.array([(width - 1) / 2, (height - 1) / 2])
    shift = moves.shift * np.array([right * width, down * height])
    matrix = np.column_stack([linear, centre + shift - linear @ centre])
    warped = cv2.warpAffine(face, matrix, (width, height), flags=cv2.INTER_LINEAR, borderMode=moves.border)
    return warped.astype(np.uint8, copy=False)


def _light(face: Faces, rng: np.random.Generator) -> Faces:
    gamma = math.exp(rng.uniform(-GAMMA_LOG, GAMMA_LOG))
    levels = np.rint(255 * (np.arange(256) / 255) ** gamma).astype(np.uint8)
    lit: Faces = levels[face]
    return lit


def _degrade(face: Faces, rng: np.random.Generator) -> Faces:
    if rng.random() >= DEGRADED_SHARE:
        return face
    match rng.integers(3):
        case 0:
            return resize_face(resize_face(face, int(rng.integers(SMALLEST_PX, face.shape[0]))), face.shape[0])
        case 1:
            return cv2.GaussianBlur(face, (0, 0), rng.uniform(0.3, LARGEST_BLUR_PX)).astype(np.uint8, copy=False)
    noisy = face + rng.normal(0, rng.uniform(2, LARGEST_NOISE), face.shape)
    return np.clip(np.rint(noisy), 0, 255).astype(np.uint8)


def _erase(face: Faces, rng: np.random.Generator) -> Faces:
    if rng.random() >= ERASED_SHARE:
        return face
    side = face.shape[0]
    height, width = (int(size * side) for size in rng.uniform(*ERASED_SIDES, 2))
    y, x = rng.integers(0, side - height + 1), rng.integers(0, side - width + 1)
    covered = face.copy()
    covered[y : y + height, x : x + width] = rng.integers(0, 256)
    return covered
