"""The running mean of a network's weights, which does better than the weights of any single step."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

EVERY_STEPS, KEPT = 10, 0.98
"""Every so many steps the mean keeps this share of itself: it remembers about 500 steps."""


class WeightAverage:
    """An exponential mean (Polyak and Juditsky 1992); it begins with the weights it is given."""

    def __init__(self, weights: Sequence[NDArray[Any]]) -> None:
        self.weights = [np.array(weight) for weight in weights]

    def after_step(self, step: int, network: Any) -> None:
        """Takes in a Keras network's weights, if it is time to; the first step is 1."""
        share = self.update_share(step)
        if not share:
            return
        for average, weight in zip(self.weights, network.get_weights(), strict=True):
            average += share * (weight - average)

    def update_share(self, step: int) -> float:
        """Share of the mean that the weights after this step replace; 0: it is not time to."""
        if step % EVERY_STEPS:
            return 0.0
        # Early on it must forget faster: the first weights are random.
        times = step / EVERY_STEPS
        return 1 - min(KEPT, times / (10 + times))
