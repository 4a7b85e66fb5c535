"""From a network's logits to probabilities that mean what they say."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from live_monitor.labels import FERPLUS_LABELS, FERPLUS_NAMES, LABELS

_FERPLUS_COLUMNS = [len(LABELS) + FERPLUS_LABELS.index(name) for name in FERPLUS_NAMES]
"""Where FER+'s class of each of LABELS stands among the logits."""


def softmax(logits: NDArray[np.float32]) -> NDArray[np.float32]:
    """Probabilities of each row of logits, float32 (n, k); every row sums to 1."""
    # The largest logit becomes 0, so that no exponential overflows.
    exponentials = np.exp(logits - logits.max(axis=1, keepdims=True))
    result: NDArray[np.float32] = (exponentials / exponentials.sum(axis=1, keepdims=True)).astype(np.float32, copy=False)
    return result


def probabilities(logits: NDArray[np.float32], temperature: float = 1.0, ferplus_share: float = 0.0) -> NDArray[np.float32]:
    """What an engine's logits say of the seven emotions.

    Args:
        logits: float32 (n, k), see `emotion_logits`; n from 1.
        temperature: what the logits are divided by, above 0. Above 1 it makes an overconfident network modest, and leaves
            its labels as they are (Guo et al. 2017, arXiv 1706.04599).
        ferplus_share: see `emotion_logits`.

    Returns:
        float32 (n, 7), every row with a sum of 1.
    """
    return softmax(emotion_logits(logits, ferplus_share) / np.float32(temperature))


def emotion_logits(logits: NDArray[np.float32], ferplus_share: float = 0.0) -> NDArray[np.float32]:
    """One logit for each of the seven emotions, between what FER2013's labels say of a face and what FER+'s people say.

    The two are pooled on a logarithmic scale (Genest and Zidek 1986), so that a temperature can be applied afterwards.

    Args:
        logits: float32 (n, k), the first seven columns in the order of LABELS, then, where the share is not 0, eight in that
            of FERPLUS_LABELS, of which contempt is left out; n from 1.
        ferplus_share: 0: as FER2013's labels say, 1: as FER+'s people say.

    Returns:
        float32 (n, 7).
    """
    labels = logits[:, : len(LABELS)]
    if not ferplus_share:
        return labels
    share = np.float32(ferplus_share)
    return (1 - share) * _log_softmax(labels) + share * _log_softmax(logits[:, _FERPLUS_COLUMNS])


def _log_softmax(logits: NDArray[np.float32]) -> NDArray[np.float32]:
    """Logarithms of `softmax`; of a probability that is too small for a float32 too."""
    below_best = logits - logits.max(axis=1, keepdims=True)
    result: NDArray[np.float32] = below_best - np.log(np.exp(below_best).sum(axis=1, keepdims=True))
    return result
