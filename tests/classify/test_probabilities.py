"""From logits to probabilities."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from live_monitor.classify.probabilities import Calibration, emotion_logits, probabilities, softmax
from live_monitor.labels import FERPLUS_LABELS, LABELS
from tests.fakes import AS_THEY_ARE

ANGRY, NEUTRAL = LABELS.index("angry"), LABELS.index("neutral")


def face(by_label: list[float], by_class: dict[str, float]) -> NDArray[np.float32]:
    """Logits of one face with these probabilities: of LABELS, and by name of FER+'s classes, the others 0.001."""
    classes = [by_class.get(name, 0.001) for name in FERPLUS_LABELS]
    return np.log(np.array([[*by_label, *classes]], np.float32))


def test_softmax_of_a_hand_worked_row() -> None:
    np.testing.assert_allclose(softmax(np.log(np.array([[1, 2, 5]], np.float32))), [[0.125, 0.25, 0.625]], rtol=1e-6)


def test_rows_sum_to_one_however_large_the_logits() -> None:
    rows = softmax(np.array([[1e4, 0, -1e4], [88, 89, 90]], np.float32))
    np.testing.assert_allclose(rows.sum(axis=1), 1.0, rtol=1e-6)


def test_only_the_first_seven_logits_are_emotions() -> None:
    logits = np.zeros((2, 15), np.float32)
    logits[:, 7:] = 50
    np.testing.assert_allclose(probabilities(logits, AS_THEY_ARE, 0.0), np.full((2, 7), 1 / 7), rtol=1e-6)


@pytest.mark.parametrize("temperature", [0.5, 1.0, 3.0])
def test_a_temperature_changes_confidence_but_not_the_label(temperature: float) -> None:
    logits = np.random.default_rng(0).normal(size=(20, 7)).astype(np.float32)
    tempered = probabilities(logits, Calibration.of_temperature(temperature), 0.0)
    np.testing.assert_array_equal(tempered.argmax(axis=1), logits.argmax(axis=1))
    assert (np.sign(1 - temperature) == np.sign(np.round(tempered.max(axis=1) - softmax(logits).max(axis=1), 6))).all()


def test_a_calibration_weighs_labels_against_each_other() -> None:
    matrix = np.eye(7, dtype=np.float32)
    matrix[ANGRY, NEUTRAL] = 2.0
    offsets = np.zeros(7, np.float32)
    offsets[ANGRY] = -1.0
    logits = np.zeros((1, 7), np.float32)
    logits[0, ANGRY] = 3.0
    said = probabilities(logits, Calibration(matrix, offsets), 0.0)[0]
    assert np.log(said[NEUTRAL] / said[ANGRY]) == pytest.approx(6.0 - 2.0)


def test_what_the_annotators_see_counts_by_its_share() -> None:
    logits = face([0.7, 0.01, 0.01, 0.01, 0.01, 0.01, 0.25], {"neutral": 0.9, "anger": 0.1})
    shares = [probabilities(logits, AS_THEY_ARE, share)[0] for share in (0.0, 0.25, 0.5, 0.75, 1.0)]
    assert [int(said.argmax()) for said in shares] == [ANGRY, ANGRY, NEUTRAL, NEUTRAL, NEUTRAL]
    assert (np.diff([said[NEUTRAL] for said in shares]) > 0).all()


def test_equal_shares_give_the_geometric_mean_of_both() -> None:
    logits = face([0.4, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1], {"anger": 0.1, "neutral": 0.4})
    said = probabilities(logits, AS_THEY_ARE, 0.5)[0]
    assert said[ANGRY] == pytest.approx(said[NEUTRAL])


@pytest.mark.parametrize(
    ("name", "label"),
    [
        ("neutral", "neutral"),
        ("happiness", "happy"),
        ("surprise", "surprise"),
        ("sadness", "sad"),
        ("anger", "angry"),
        ("disgust", "disgust"),
        ("fear", "fear"),
    ],
)
def test_every_class_of_ferplus_counts_for_its_own_label(name: str, label: str) -> None:
    logits = face([1 / 7] * 7, {name: 0.9})
    assert LABELS[probabilities(logits, AS_THEY_ARE, 0.5).argmax()] == label


def test_contempt_is_left_out() -> None:
    plain, contempt = (face([1 / 7] * 7, {"neutral": 0.5, "contempt": share}) for share in (0.001, 0.9))
    np.testing.assert_allclose(probabilities(plain, AS_THEY_ARE, 0.5), probabilities(contempt, AS_THEY_ARE, 0.5), rtol=1e-5)


def test_almost_impossible_labels_can_be_pooled() -> None:
    logits = np.zeros((1, 15), np.float32)
    logits[0, [ANGRY, len(LABELS)]] = 1e4
    assert np.isfinite(emotion_logits(logits, 0.5)).all()


@pytest.mark.parametrize("temperature", [0.5, 3.0])
def test_a_temperature_does_not_change_pooled_labels(temperature: float) -> None:
    logits = 3 * np.random.default_rng(0).normal(size=(50, 15)).astype(np.float32)
    labels = [probabilities(logits, Calibration.of_temperature(value), 0.5).argmax(axis=1) for value in (1.0, temperature)]
    np.testing.assert_array_equal(*labels)
