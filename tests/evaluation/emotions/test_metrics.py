"""Measures, compared with examples worked out by hand and figures from papers."""

from __future__ import annotations

import numpy as np
import pytest

from live_monitor.evaluation.emotions.metrics import (
    BINS,
    ClassScores,
    as_ferplus_class,
    balanced_accuracy,
    class_scores,
    confusion_matrix,
    ferplus_right,
    reliability,
    share,
    wilson,
)
from live_monitor.labels import FERPLUS_LABELS, LABELS


def sure(confidence: float, label: int = 0) -> list[float]:
    """A row of probabilities."""
    row = [(1 - confidence) / 6] * 7
    row[label] = confidence
    return row


@pytest.mark.parametrize(
    ("right", "n", "low", "high"),
    [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611), (1, 29, 0.0061, 0.1718), (29, 29, 0.8830, 1.0)],
)
def test_wilsons_interval_matches_newcombes_table(right: int, n: int, low: float, high: float) -> None:
    """Newcombe 1998, "Two-sided confidence intervals for the single proportion", table I; the last by its mirror image."""
    assert wilson(right, n) == pytest.approx((low, high), abs=6e-5)


def test_a_share_of_nothing_is_none() -> None:
    assert share(np.zeros(0, bool)) is None
    assert share(np.array([True, False, False, True])) == 0.5


def test_a_confusion_matrix_has_truth_in_rows_and_predictions_in_columns() -> None:
    confusion = confusion_matrix(np.array([0, 0, 0, 6]), np.array([0, 3, 3, 6]))
    assert confusion.shape == (7, 7)
    assert (confusion[0, 0], confusion[0, 3], confusion[6, 6], confusion.sum()) == (1, 2, 1, 4)


def test_precision_recall_and_f1_of_each_label() -> None:
    # Four angry faces, three of them recognised; two happy ones, one taken for angry; none is sad, but one is called so.
    confusion = confusion_matrix(np.array([0, 0, 0, 0, 3, 3]), np.array([0, 0, 0, 4, 0, 3]))
    scores = class_scores(confusion)
    assert scores[0] == ClassScores(4, 0.75, 0.75, 0.75)
    assert scores[3] == ClassScores(2, 1.0, 0.5, 2 / 3)
    assert scores[4] == ClassScores(0, 0.0, None, 0.0)
    assert scores[5] == ClassScores(0, None, None, None)


def test_balanced_accuracy_weighs_all_labels_with_faces_equally() -> None:
    truth, predicted = np.array([0] * 8 + [1] * 2), np.array([0] * 8 + [0, 1])
    assert balanced_accuracy(confusion_matrix(truth, predicted)) == pytest.approx((1.0 + 0.5) / 2)


def test_calibration_error_is_the_mean_gap_weighted_by_faces() -> None:
    # Three faces at 0.9, two of them right: gap 0.9 - 2/3. One at 0.5, right: gap 0.5.
    probabilities = np.array([sure(0.9), sure(0.9), sure(0.9), sure(0.5)], np.float32)
    bins = reliability(probabilities, np.array([0, 0, 1, 0]))
    assert bins.ece == pytest.approx((3 * (0.9 - 2 / 3) + 1 * 0.5) / 4, abs=1e-6)


def test_faces_are_binned_by_the_confidence_of_their_top_label() -> None:
    probabilities = np.array([sure(0.99, 2), sure(0.97, 2), sure(0.5, 6), [1 / 7] * 7], np.float32)
    bins = reliability(probabilities, np.array([2, 0, 6, 1]))
    assert bins.faces.tolist() == [0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 2]
    assert bins.confidence[-1] == pytest.approx(0.98)
    assert (bins.accuracy[-1], bins.accuracy[7], bins.accuracy[2]) == (0.5, 1.0, 0.0)
    assert np.isnan(bins.accuracy[0])


def test_certainty_falls_into_the_last_bin() -> None:
    bins = reliability(np.array([sure(1.0)], np.float32), np.array([0]))
    assert (bins.faces[-1], bins.ece) == (1, 0.0)
    assert len(bins.faces) == BINS


def test_agreement_with_a_majority_leaves_out_faces_without_one() -> None:
    assert ferplus_right(np.array([1, 2, 3, 4]), np.array([1, -1, 0, 4])).tolist() == [True, False, True]


@pytest.mark.parametrize(
    ("label", "name"), [("angry", "anger"), ("disgust", "disgust"), ("fear", "fear"), ("happy", "happiness"),
                        ("sad", "sadness"), ("surprise", "surprise"), ("neutral", "neutral")],
)  # fmt: skip
def test_every_label_has_a_class_of_ferplus(label: str, name: str) -> None:
    assert FERPLUS_LABELS[as_ferplus_class(np.array([LABELS.index(label)]))[0]] == name
