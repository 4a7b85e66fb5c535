"""The running mean of a network's weights."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest

from live_monitor.training.average import EVERY_STEPS, KEPT, WeightAverage


def weights(value: float) -> SimpleNamespace:
    """A network whose weights are all this."""
    return SimpleNamespace(get_weights=lambda: [np.full(2, value, np.float32)])


def test_it_takes_weights_in_every_so_many_steps_and_soon_forgets_what_it_began_with() -> None:
    average = WeightAverage([np.zeros(2, np.float32)])
    for step in range(1, EVERY_STEPS):
        average.after_step(step, weights(1.0))
    assert average.weights[0].tolist() == [0, 0]
    average.after_step(EVERY_STEPS, weights(1.0))
    assert average.weights[0] == pytest.approx(10 / 11)


def test_later_on_most_of_the_mean_stays() -> None:
    average = WeightAverage([np.ones(2, np.float32)])
    average.after_step(1000 * EVERY_STEPS, weights(0.0))
    assert average.weights[0] == pytest.approx(KEPT)
