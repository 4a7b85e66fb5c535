"""The running mean of a network's weights."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest

from live_monitor.training.average import EVERY_STEPS, KEPT, WeightAverage


def weights(value: float) -> SimpleNamespace:
    """A network whose weights all have this value."""
    return SimpleNamespace(get_weights=lambda: [np.full(2, value, np.float32)])


def test_weights_are_added_every_few_steps_and_the_initial_ones_soon_fade() -> None:
    average = WeightAverage([np.zeros(2, np.float32)])
    for step in range(1, EVERY_STEPS):
        average.after_step(step, weights(1.0))
    assert average.weights[0].tolist() == [0, 0]
    average.after_step(EVERY_STEPS, weights(1.0))
    assert average.weights[0] == pytest.approx(10 / 11)


def test_later_most_of_the_mean_is_kept() -> None:
    average = WeightAverage([np.ones(2, np.float32)])
    average.after_step(1000 * EVERY_STEPS, weights(0.0))
    assert average.weights[0] == pytest.approx(KEPT)
