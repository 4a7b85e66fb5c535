"""From logits to probabilities."""

from __future__ import annotations

import numpy as np
import pytest

from live_monitor.classify.probabilities import probabilities, softmax


def test_softmax_of_a_hand_worked_row() -> None:
    np.testing.assert_allclose(softmax(np.log(np.array([[1, 2, 5]], np.float32))), [[0.125, 0.25, 0.625]], rtol=1e-6)


def test_rows_sum_to_one_however_large_the_logits() -> None:
    rows = softmax(np.array([[1e4, 0, -1e4], [88, 89, 90]], np.float32))
    np.testing.assert_allclose(rows.sum(axis=1), 1.0, rtol=1e-6)


def test_only_the_first_seven_logits_are_emotions() -> None:
    logits = np.zeros((2, 15), np.float32)
    logits[:, 7:] = 50
    np.testing.assert_allclose(probabilities(logits), np.full((2, 7), 1 / 7), rtol=1e-6)


@pytest.mark.parametrize("temperature", [0.5, 1.0, 3.0])
def test_a_temperature_changes_confidence_but_not_the_label(temperature: float) -> None:
    logits = np.random.default_rng(0).normal(size=(20, 7)).astype(np.float32)
    tempered = probabilities(logits, temperature)
    np.testing.assert_array_equal(tempered.argmax(axis=1), logits.argmax(axis=1))
    assert (np.sign(1 - temperature) == np.sign(np.round(tempered.max(axis=1) - softmax(logits).max(axis=1), 6))).all()
