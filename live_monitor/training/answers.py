"""What Keras networks say of faces, while they are trained or teach."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from live_monitor.classify.preprocess import normalise
from live_monitor.classify.probabilities import softmax
from live_monitor.dataset.fer2013 import Faces
from live_monitor.labels import LABELS

EVALUATION_BATCH = 256


def predict(network: Any, faces: Faces) -> NDArray[np.float32]:
    """A Keras network's logits of faces, float32 (n, outputs)."""
    logits: NDArray[np.float32] = network.predict(normalise(faces.images), batch_size=EVALUATION_BATCH, verbose=0)
    return logits


def mean_probabilities(networks: Iterable[Any], faces: Faces) -> NDArray[np.float32]:
    """What networks say of faces and of their mirror images on average, float32 (n, outputs): a distribution for each head."""
    mirrored = replace(faces, images=faces.images[:, :, ::-1])
    said = [_by_head(predict(network, views)) for network in networks for views in (faces, mirrored)]
    mean: NDArray[np.float32] = np.mean(said, axis=0)
    return mean


def _by_head(logits: NDArray[np.float32]) -> NDArray[np.float32]:
    """Probabilities of the seven labels, and of FER+'s classes behind them if there are any."""
    heads = [logits[:, : len(LABELS)], logits[:, len(LABELS) :]]
    return np.concatenate([softmax(head) for head in heads if head.size], axis=1)
