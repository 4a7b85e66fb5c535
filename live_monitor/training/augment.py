"""Makes new faces from old ones, varied as a detector's box and a webcam would vary them.

What can be decided for a whole batch at once is: a GPU learns from faces faster than Python changes them one by one.
"""

from __future__ import annotations

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

MIRRORED_SHARE = 0.5

GAMMA_LOG = 0.5
"""Largest change of the logarithm of gamma: light of a room, exposure of a camera."""

DEGRADED_SHARE, ERASED_SHARE = 0.2, 0.3
"""Shares of the faces that look as if a poor camera took them, and that something covers in part."""

SMALLEST_PX = 20
SMALLEST_BLUR_PX, LARGEST_BLUR_PX = 0.3, 1.2
SMALLEST_NOISE, LARGEST_NOISE = 2.0, 12.0
"""Smallest side of a poor camera's face, and standard deviations of its blur, and of its noise in grey levels."""

NUDGE_PX = 2

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
    return _moved(faces, rng, LIGHT_MOVES)


def augment_strongly(faces: Faces, rng: np.random.Generator) -> Faces:
    """As `augment_lightly`, but moves faces further, changes light, degrades some like a poor camera, and covers some in part."""
    changed = _lit(_moved(faces, rng, STRONG_MOVES), rng)
    _degrade(changed, rng)
    _erase(changed, rng)
    return changed


AUGMENTATIONS: dict[str, Callable[[Faces, np.random.Generator], Faces]] = {
    "light": augment_lightly,
    "strong": augment_strongly,
}


def nudge(faces: Faces, rng: np.random.Generator) -> Faces:
    """Mirrors half of the faces and shifts each by up to NUDGE_PX each way: so little that it still looks the same to anybody.

    Args:
        faces: uint8 (n, h, w).
        rng: the only source of randomness.

    Returns:
        uint8 (n, h, w), new memory.
    """
    mirrored = rng.random(len(faces)) < MIRRORED_SHARE
    faces = np.where(mirrored[:, np.newaxis, np.newaxis], faces[:, :, ::-1], faces)
    wider = np.pad(faces, ((0, 0), (NUDGE_PX, NUDGE_PX), (NUDGE_PX, NUDGE_PX)), "reflect")
    shifted = np.lib.stride_tricks.sliding_window_view(wider, faces.shape[1:], axis=(1, 2))
    down, right = rng.integers(0, 2 * NUDGE_PX, (2, len(faces)), endpoint=True)
    return np.asarray(shifted[np.arange(len(faces)), down, right], np.uint8)


def _moved(faces: Faces, rng: np.random.Generator, moves: Moves) -> Faces:
    height, width = faces.shape[1:]
    matrices = _matrices(len(faces), width, height, rng, moves)
    moved = np.empty_like(faces)
    for face, matrix, into in zip(faces, matrices, moved, strict=True):
        cv2.warpAffine(face, matrix, (width, height), dst=into, flags=cv2.INTER_LINEAR, borderMode=moves.border)
    return moved


def _matrices(faces: int, width: int, height: int, rng: np.random.Generator, moves: Moves) -> NDArray[np.float64]:
    """The matrix that moves each face, around its middle, (n, 2, 3)."""
    turn, grow, right, down = rng.uniform(-1, 1, (4, faces))
    mirror = np.where(rng.random(faces) < MIRRORED_SHARE, -1.0, 1.0)
    scale = 1 + moves.scale * grow
    angle = np.radians(moves.rotation_deg * turn)
    cosine, sine = scale * np.cos(angle), scale * np.sin(angle)
    linear = np.stack([np.stack([cosine * mirror, -sine], axis=1), np.stack([sine * mirror, cosine], axis=1)], axis=1)
    middle = np.array([(width - 1) / 2, (height - 1) / 2])
    shift = moves.shift * np.stack([right * width, down * height], axis=1)
    return np.concatenate([linear, (middle + shift - linear @ middle)[..., np.newaxis]], axis=2)


def _lit(faces: Faces, rng: np.random.Generator) -> Faces:
    gamma = np.exp(rng.uniform(-GAMMA_LOG, GAMMA_LOG, (len(faces), 1)))
    tables = np.rint(255 * (np.arange(256) / 255) ** gamma).astype(np.uint8)
    lit = np.empty_like(faces)
    for face, table, into in zip(faces, tables, lit, strict=True):
        cv2.LUT(face, table, dst=into)
    return lit


def _degrade(faces: Faces, rng: np.random.Generator) -> None:
    """Degrades some of the faces as a poor camera does, in place."""
    for number in np.flatnonzero(rng.random(len(faces)) < DEGRADED_SHARE):
        faces[number] = _degraded(faces[number], rng)


def _degraded(face: Faces, rng: np.random.Generator) -> Faces:
    match rng.integers(3):
        case 0:
            return resize_face(resize_face(face, int(rng.integers(SMALLEST_PX, face.shape[0]))), face.shape[0])
        case 1:
            return cv2.GaussianBlur(face, (0, 0), rng.uniform(SMALLEST_BLUR_PX, LARGEST_BLUR_PX)).astype(np.uint8, copy=False)
    noisy = face + rng.normal(0, rng.uniform(SMALLEST_NOISE, LARGEST_NOISE), face.shape)
    return np.clip(np.rint(noisy), 0, 255).astype(np.uint8)


def _erase(faces: Faces, rng: np.random.Generator) -> None:
    """Covers a part of some of the faces, in place."""
    side = faces.shape[1]
    for number in np.flatnonzero(rng.random(len(faces)) < ERASED_SHARE):
        height, width = (int(size * side) for size in rng.uniform(*ERASED_SIDES, 2))
        y, x = rng.integers(0, side - height + 1), rng.integers(0, side - width + 1)
        faces[number, y : y + height, x : x + width] = rng.integers(0, 256)
