"""The same faces made harder, as cameras make them: small, blurred, dark, noisy, cropped off centre.

Each takes uint8 (n, h, w) grey faces, and gives the same shape and type: what a camera hands on has 256 grey levels, so
that what is lost in the dark or in noise stays lost. The same faces always become the same harder ones.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from live_monitor.classify.crop import resize_face

Faces = NDArray[np.uint8]

SMALL_PX = 24
BLUR_SIGMA_PX = 1.5
DARK_GAIN, DARK_GAMMA = 0.25, 1.5
NOISE_SIGMA = 20.0
"""Standard deviation in grey levels."""
SHIFT = 0.1
"""Share of the side; the direction is drawn anew for each face."""
SEED = 2013


def reduced(faces: Faces, side_px: float = SMALL_PX) -> Faces:
    """What a camera sees of faces that are so small, enlarged to their old size again."""
    small = (resize_face(face, round(side_px)) for face in faces)
    return np.stack([resize_face(face, faces.shape[1]) for face in small])


def blurred(faces: Faces, sigma_px: float = BLUR_SIGMA_PX) -> Faces:
    """Out of focus, or in motion: by a Gaussian of this standard deviation."""
    return np.stack([np.asarray(cv2.GaussianBlur(face, (0, 0), sigma_px), np.uint8) for face in faces])


def dark(faces: Faces) -> Faces:
    """Under-exposed: grey levels up to 64, the dark ones pressed together."""
    levels = np.arange(256) / 255
    darker = np.rint(255 * DARK_GAIN * levels**DARK_GAMMA).astype(np.uint8)
    return darker[faces]


def noisy(faces: Faces) -> Faces:
    """In bad light with a high gain: normal noise of 20 grey levels on every pixel."""
    noise = np.random.default_rng(SEED).normal(0, NOISE_SIGMA, faces.shape)
    return np.clip(np.rint(faces + noise), 0, 255).astype(np.uint8)


def shifted(faces: Faces) -> Faces:
    """Cropped off centre by a tenth of the side, towards any side or corner; the picture's edge is repeated."""
    height, width = faces.shape[1:]
    down, right = round(SHIFT * height), round(SHIFT * width)
    directions = [(y, x) for y in (-1, 0, 1) for x in (-1, 0, 1) if (y, x) != (0, 0)]
    drawn = np.random.default_rng(SEED).integers(len(directions), size=len(faces))
    padded = np.pad(faces, ((0, 0), (down, down), (right, right)), mode="edge")
    moved = np.empty_like(faces)
    for index, direction in enumerate(drawn):
        y, x = directions[direction]
        moved[index] = padded[index, down * (1 + y) :, right * (1 + x) :][:height, :width]
    return moved


HARDER: Final[dict[str, Callable[[Faces], Faces]]] = {
    "24 px": reduced,
    "blur": blurred,
    "dark": dark,
    "noise": noisy,
    "shifted crop": shifted,
}
"""By the names that reports use."""
