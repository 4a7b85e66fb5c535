"""What an emotion network should answer, face by face, and how far it is from that."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import keras
import numpy as np
from keras import ops
from numpy.typing import NDArray

from live_monitor.dataset.fer2013 import Faces
from live_monitor.dataset.ferplus import distribution
from live_monitor.labels import LABELS
from live_monitor.training.recipe import Recipe


def wanted_probabilities(faces: Faces, recipe: Recipe, votes: NDArray[np.uint8] | None) -> NDArray[np.float32]:
    """What every face's outputs should be, according to people.

    Args:
        faces: n faces.
        recipe: how far labels are smoothed.
        votes: FER+'s, of all rows of FER2013; None: not used.

    Returns:
        float32 (n, 7), or with votes (n, 15): two distributions a face; the second is all zeros where nobody's vote counts.
    """
    smoothed = recipe.label_smoothing / len(LABELS)
    wanted = np.full((len(faces), len(LABELS)), smoothed, np.float32)
    wanted[np.arange(len(faces)), faces.labels] += 1 - recipe.label_smoothing
    if votes is not None:
        wanted = np.concatenate([wanted, distribution(votes[faces.rows])], axis=1)
    return wanted


def by_head(logits: Any) -> Any:
    """A teacher's probabilities (n, 7 or 15): of the seven labels, and of FER+'s eight classes if there are any."""
    heads = [logits[:, : len(LABELS)], logits[:, len(LABELS) :]]
    return ops.concatenate([ops.softmax(ops.cast(head, "float32")) for head in heads if head.shape[1]], axis=1)


def with_answers(wanted: Any, answers: Any, share: float) -> Any:
    """The answers that people and a teacher together want for some faces.

    Args:
        wanted: rows of `wanted_probabilities`, or means of them, (n, 7 or 15).
        answers: the teacher's probabilities of the same faces as they were shown, of the same shape.
        share: how much the teacher counts, 0..1.

    Returns:
        The same shape. For a face that nobody could read, the teacher is not asked for FER+'s classes.
    """
    seven = len(LABELS)
    readable = wanted[:, seven:].sum(axis=1, keepdims=True)  # 1 or 0, or between for a mixture of two faces
    of_labels = (1 - share) * wanted[:, :seven] + share * answers[:, :seven]
    of_votes = (1 - share) * wanted[:, seven:] + share * readable * answers[:, seven:]
    return ops.concatenate([of_labels, of_votes], axis=1)


def emotion_loss(votes_weight: float) -> Callable[[Any, Any], Any]:
    """Cross-entropy of the seven labels, plus `votes_weight` times that of FER+'s eight classes where there are any."""

    def loss(wanted: Any, logits: Any) -> Any:
        seven = len(LABELS)
        of_labels = _cross_entropy(wanted[:, :seven], logits[:, :seven])
        if logits.shape[-1] == seven:
            return of_labels
        return of_labels + votes_weight * _cross_entropy(wanted[:, seven:], logits[:, seven:])

    return loss


def accuracy(wanted: Any, logits: Any) -> Any:
    """Share of faces whose likeliest label is the one most wanted; for Keras's `metrics`."""
    right = ops.argmax(wanted[:, : len(LABELS)], axis=-1) == ops.argmax(logits[:, : len(LABELS)], axis=-1)
    return ops.cast(right, "float32")


def _cross_entropy(wanted: Any, logits: Any) -> Any:
    return -ops.sum(wanted * keras.activations.log_softmax(logits), axis=-1)
