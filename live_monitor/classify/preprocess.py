"""From a face to a network's input: one function, shared by training, evaluation and the live view.

Any difference between what a network was trained on and what it sees live silently costs accuracy, so nothing
else in the package may scale pixel values.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

FACE_PX = 48
"""Side of a FER2013 face, and so of the face that this project's networks take."""

FLAT_FACE_STD = 1.0
"""Lower bound of the divisor, in grey levels: an evenly grey crop becomes zeros, not amplified noise."""

NORMALISATION = "per-face"
"""What a model's card calls `normalise`."""


def normalise(faces: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Brings each face to mean 0 and standard deviation 1, which takes brightness and contrast out.

    Args:
        faces: uint8 (n, h, w), grey levels 0..255; n may be 0. A JAX array gives a JAX array.

    Returns:
        float32 (n, h, w, 1).
    """
    pixels = faces.astype(np.float32)
    mean = pixels.mean(axis=(1, 2), keepdims=True)
    std = pixels.std(axis=(1, 2), keepdims=True)
    normalised: NDArray[np.float32] = (pixels - mean) / std.clip(FLAT_FACE_STD)
    return normalised[..., np.newaxis]
