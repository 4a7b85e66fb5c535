"""Indexes made of the seven probabilities of a face. They are numbers about expressions, not about minds.

All take float (..., 7) in the order of LABELS, each row with a sum of 1.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from live_monitor.labels import LABELS

Rows = NDArray[np.float32] | NDArray[np.float64]
Values = NDArray[np.float64]

NEGATIVE = ("angry", "disgust", "fear", "sad")

CONCENTRATION_WEIGHTS = {
    "neutral": 0.9, "happy": 0.6, "surprise": 0.6, "sad": 0.3, "fear": 0.3, "angry": 0.25, "disgust": 0.2,
}  # fmt: skip
"""How much each expression weighs, as two public re-implementations of Sharma et al. give it; the paper's own table could not
be checked."""

_HAPPY, _NEUTRAL = LABELS.index("happy"), LABELS.index("neutral")
_NEGATIVE = [LABELS.index(label) for label in NEGATIVE]
_WEIGHTS = np.array([CONCENTRATION_WEIGHTS[label] for label in LABELS]) / max(CONCENTRATION_WEIGHTS.values())


def valence(rows: Rows) -> Values:
    """How pleasant a face looks, -1..1, as FaceReader defines it: happy less the largest of angry, disgust, fear and sad."""
    return np.asarray(rows[..., _HAPPY] - rows[..., _NEGATIVE].max(axis=-1), np.float64)


def expressiveness(rows: Rows) -> Values:
    """How far a face is from neutral, 0..1: 1 - p(neutral), a proxy."""
    return np.asarray(1.0 - rows[..., _NEUTRAL], np.float64)


def concentration(rows: Rows) -> Values:
    """The concentration index of Sharma et al. (arXiv 1909.12913) in its form for expressions alone, 0.22..1.

    The sum of probability times weight over the seven, divided by 0.9, the largest weight. The paper also weighs where the
    eyes look, which is not done here: a neutral face has the full 1, whatever it looks at. Above 0.65 the paper says "very",
    from 0.25 "nominally" engaged.
    """
    return np.asarray(rows @ _WEIGHTS, np.float64)
