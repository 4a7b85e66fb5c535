"""From a network's logits to probabilities that mean what they say."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from live_monitor.labels import LABELS


def softmax(logits: NDArray[np.float32]) -> NDArray[np.float32]:
    """Probabilities of each row of logits, float32 (n, k); every row sums to 1."""
    # The largest logit becomes 0, so that no exponential overflows.
    exponentials = np.exp(logits - logits.max(axis=1, keepdims=True))
    result: NDArray[np.float32] = (exponentials / exponentials.sum(axis=1, keepdims=True)).astype(np.float32, copy=False)
    return result


def probabilities(logits: NDArray[np.float32], temperature: float = 1.0) -> NDArray[np.float32]:
    """What an engine's logits say of the seven emotions.

    Args:
        logits: float32 (n, k), the first seven columns in the order of LABELS; n from 1.
        temperature: what the logits are divided by, above 0. Above 1 it makes an overconfident network modest, and leaves
            its labels as they are (Guo et al. 2017, arXiv 1706.04599).

    Returns:
        float32 (n, 7), every row with a sum of 1.
    """
    return softmax(logits[:, : len(LABELS)] / np.float32(temperature))
