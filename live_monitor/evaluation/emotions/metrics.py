"""How good an emotion model's answers are: counts, shares and calibration, from arrays alone."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from live_monitor.labels import FERPLUS_OF_LABEL, LABELS

CONFIDENCE_95 = 1.959964
"""Quantile of the normal distribution that leaves 2.5 % on either side."""

BINS = 15
"""Bins of the confidence, as many as Guo et al. (2017, arXiv 1706.04599) use."""


def share(right: NDArray[np.bool_]) -> float | None:
    """Share of True, 0..1; None of an empty array."""
    return float(right.mean()) if right.size else None


def wilson(right: int, n: int) -> tuple[float, float]:
    """The 95 % interval of a share (Wilson 1927, "Probable inference, the law of succession, and statistical inference").

    Unlike the usual plus and minus it stays within 0..1, and is right for few faces and for shares near the ends.

    Args:
        right: successes.
        n: trials, at least 1.
    """
    p, z = right / n, CONFIDENCE_95
    centre = (p + z**2 / (2 * n)) / (1 + z**2 / n)
    half = z / (1 + z**2 / n) * math.sqrt(p * (1 - p) / n + z**2 / (4 * n**2))
    return max(0.0, centre - half), min(1.0, centre + half)


def confusion_matrix(truth: NDArray[np.int64], predicted: NDArray[np.int64]) -> NDArray[np.int64]:
    """Counts int64 (7, 7): row the true label, column the predicted one, both in the order of LABELS."""
    counts = np.zeros((len(LABELS), len(LABELS)), np.int64)
    np.add.at(counts, (truth, predicted), 1)
    return counts


@dataclass(frozen=True)
class ClassScores:
    """One label's faces, and precision, recall and F1 of that label, each 0..1; None where there is nothing to divide by."""

    faces: int
    precision: float | None
    recall: float | None
    f1: float | None


def class_scores(confusion: NDArray[np.int64]) -> list[ClassScores]:
    """The scores of every label, in the order of LABELS."""
    faces, said, right = confusion.sum(axis=1), confusion.sum(axis=0), confusion.diagonal()
    return [
        ClassScores(int(n), _ratio(hits, claims), _ratio(hits, n), _ratio(2 * hits, n + claims))
        for n, claims, hits in zip(faces, said, right, strict=True)
    ]


def balanced_accuracy(confusion: NDArray[np.int64]) -> float:
    """The mean recall of the labels that have faces, 0..1: every label counts the same, however many faces it has."""
    recalls = [scores.recall for scores in class_scores(confusion) if scores.recall is not None]
    return sum(recalls) / len(recalls)


@dataclass(frozen=True, eq=False)
class Reliability:
    """Faces by the confidence of their top label, in BINS equal steps from 0 to 1.

    Attributes:
        faces: int64 (BINS,).
        confidence: float64 (BINS,), its mean; nan in an empty bin.
        accuracy: float64 (BINS,), share of right labels; nan in an empty bin.
    """

    faces: NDArray[np.int64]
    confidence: NDArray[np.float64]
    accuracy: NDArray[np.float64]

    @property
    def ece(self) -> float:
        """Expected calibration error (Guo et al. 2017, equation 5): mean distance of accuracy and confidence, by faces."""
        gaps = np.nan_to_num(np.abs(self.accuracy - self.confidence))
        return float((self.faces * gaps).sum() / self.faces.sum())


def reliability(probabilities: NDArray[np.float32], labels: NDArray[np.int64]) -> Reliability:
    """How often an answer is right, by its confidence.

    Args:
        probabilities: float32 (n, 7), each row of sum 1; n at least 1.
        labels: int64 (n,), the true ones.
    """
    confidence = probabilities.max(axis=1).astype(np.float64)
    right = probabilities.argmax(axis=1) == labels
    # A bin holds its upper edge and not its lower one, as in the paper's equation.
    bins = np.clip(np.ceil(confidence * BINS).astype(np.int64) - 1, 0, BINS - 1)
    faces = np.bincount(bins, minlength=BINS)
    with np.errstate(invalid="ignore"):
        return Reliability(
            faces.astype(np.int64),
            np.bincount(bins, confidence, BINS) / faces,
            np.bincount(bins, right.astype(np.float64), BINS) / faces,
        )


def ferplus_right(ferplus_class: NDArray[np.int64], majority: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Whether what was said is what most people saw, for the faces on which most agree.

    Args:
        ferplus_class: int64 (n,), indexes into FERPLUS_LABELS.
        majority: int64 (n,), the same, or -1: those faces are left out.

    Returns:
        bool (m,), m at most n.
    """
    counted = majority >= 0
    right: NDArray[np.bool_] = ferplus_class[counted] == majority[counted]
    return right


def as_ferplus_class(labels: NDArray[np.int64]) -> NDArray[np.int64]:
    """Indexes into FERPLUS_LABELS for indexes into LABELS. Contempt is never among them, so those faces are always wrong."""
    return np.array(FERPLUS_OF_LABEL)[labels]


def _ratio(part: int, whole: int) -> float | None:
    return float(part / whole) if whole else None
