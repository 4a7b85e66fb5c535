"""From a network's logits to probabilities that mean what they say."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from live_monitor.labels import FERPLUS_OF_LABEL, LABELS

_FERPLUS_COLUMNS = [len(LABELS) + index for index in FERPLUS_OF_LABEL]
"""For each of LABELS, where FER+'s class for it is among the logits."""


@dataclass(frozen=True, eq=False)
class Calibration:
    """What makes a network's logits say how often it is right, see `live_monitor.training.calibrate`.

    Attributes:
        matrix: float32 (7, 7), by which logits (n, 7) are multiplied from the right.
        offsets: float32 (7,), which are then added.
    """

    matrix: NDArray[np.float32]
    offsets: NDArray[np.float32]

    @classmethod
    def of_temperature(cls, temperature: float) -> Calibration:
        """One that divides all logits alike: above 1 it makes a network less confident, and leaves its labels as they are."""
        return cls(np.eye(len(LABELS), dtype=np.float32) / np.float32(temperature), np.zeros(len(LABELS), np.float32))

    def __call__(self, logits: NDArray[np.float32]) -> NDArray[np.float32]:
        """Logits float32 (n, 7) that `softmax` turns into probabilities."""
        return logits @ self.matrix + self.offsets


def softmax(logits: NDArray[np.float32]) -> NDArray[np.float32]:
    """Probabilities of each row of logits, float32 (n, k); every row sums to 1."""
    # The largest logit becomes 0, so that no exponential overflows.
    exponentials = np.exp(logits - logits.max(axis=1, keepdims=True))
    result: NDArray[np.float32] = (exponentials / exponentials.sum(axis=1, keepdims=True)).astype(np.float32, copy=False)
    return result


def probabilities(logits: NDArray[np.float32], calibration: Calibration, ferplus_share: float) -> NDArray[np.float32]:
    """What an engine's logits say about the seven emotions.

    Args:
        logits: float32 (n, k), see `emotion_logits`; n from 1.
        calibration: for the emotions' logits.
        ferplus_share: see `emotion_logits`.

    Returns:
        float32 (n, 7), every row with a sum of 1.
    """
    return softmax(calibration(emotion_logits(logits, ferplus_share)))


def emotion_logits(logits: NDArray[np.float32], ferplus_share: float = 0.0) -> NDArray[np.float32]:
    """One logit for each of the seven emotions, between what FER2013's labels say about a face and what FER+'s annotators say.

    The two are pooled on a logarithmic scale (Genest and Zidek 1986), so that they can be calibrated afterwards.

    Args:
        logits: float32 (n, k), the first seven columns in the order of LABELS, then, where the share is not 0, eight in that
            of FERPLUS_LABELS, of which contempt is left out; n from 1.
        ferplus_share: 0: as FER2013's labels say, 1: as FER+'s annotators say.

    Returns:
        float32 (n, 7).
    """
    labels = logits[:, : len(LABELS)]
    if not ferplus_share:
        return labels
    share = np.float32(ferplus_share)
    # Logits are logarithms of probabilities, up to a constant for each row that no softmax sees.
    return (1 - share) * labels + share * logits[:, _FERPLUS_COLUMNS]
