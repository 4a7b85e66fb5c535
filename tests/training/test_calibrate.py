"""Fitting one temperature."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from live_monitor.training.calibrate import HIGHEST, LOWEST, fit_temperature, negative_log_likelihood


def made(temperature: float, count: int = 20_000) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
    """Logits, and labels drawn by what they say at that temperature."""
    rng = np.random.default_rng(3)
    logits = rng.normal(0, 3, (count, 7)).astype(np.float32)
    # The largest of logits with Gumbel noise is drawn by their softmax.
    labels = (logits / temperature + rng.gumbel(size=logits.shape)).argmax(axis=1)
    return logits, labels


@pytest.mark.parametrize("temperature", [0.3, 1.0, 1.7, 6.0])
def test_a_known_temperature_is_found_again(temperature: float) -> None:
    assert fit_temperature(*made(temperature)) == pytest.approx(temperature, rel=0.03)


@pytest.mark.parametrize("seed", range(5))
def test_the_likelihood_is_never_worse_than_without(seed: int) -> None:
    rng = np.random.default_rng(seed)
    logits, labels = rng.normal(0, 2, (9, 7)).astype(np.float32), rng.integers(0, 7, 9)
    fitted = negative_log_likelihood(logits, labels, fit_temperature(logits, labels))
    assert fitted <= negative_log_likelihood(logits, labels, 1.0)


def test_no_other_temperature_is_better() -> None:
    logits, labels = made(2.0, 500)
    fitted = negative_log_likelihood(logits, labels, fit_temperature(logits, labels))
    others = [negative_log_likelihood(logits, labels, temperature) for temperature in np.geomspace(LOWEST, HIGHEST, 200)]
    assert fitted <= min(others) + 1e-9


def test_a_network_that_is_always_right_is_given_the_lowest_temperature_and_one_always_wrong_the_highest() -> None:
    logits = np.eye(7, dtype=np.float32)
    assert fit_temperature(logits, np.arange(7)) == pytest.approx(LOWEST, rel=1e-3)
    assert fit_temperature(logits, (np.arange(7) + 1) % 7) == pytest.approx(HIGHEST, rel=1e-3)


def test_large_logits_do_not_overflow() -> None:
    assert negative_log_likelihood(np.array([[1e4, 0]], np.float32), np.array([1]), 0.05) == pytest.approx(2e5)


def test_the_likelihood_of_a_coin_is_log_2() -> None:
    assert negative_log_likelihood(np.zeros((3, 2), np.float32), np.array([0, 1, 0]), 5.0) == pytest.approx(np.log(2))
