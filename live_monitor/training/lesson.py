"""What one epoch of training is: every Training face once, in an order of its own."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import keras
import numpy as np
from numpy.typing import NDArray

from live_monitor.training.recipe import Recipe
from live_monitor.training.views import AnsweredViews


@dataclass(frozen=True)
class Lesson:
    """What a network learns, the same in every epoch.

    Attributes:
        images: Training faces, uint8 (n, 48, 48).
        wanted: what its outputs should be, see `live_monitor.training.objective.wanted_probabilities`.
        teachers: Keras networks with the same outputs, which answer the faces as they are shown; may be empty.
        views: faces answered before training, shown in place of newly changed ones; None: there are none.
        recipe: how it is learnt.
    """

    images: NDArray[np.uint8]
    wanted: NDArray[np.float32]
    teachers: Sequence[Any]
    views: AnsweredViews | None
    recipe: Recipe

    @property
    def steps(self) -> int:
        """Batches an epoch; the faces left over wait for another epoch's order."""
        return len(self.images) // self.recipe.batch_size

    def batches(self, epoch: int) -> NDArray[np.int64]:
        """Rows of the faces of every step, (steps, batch size); the first epoch is 0."""
        order = np.random.default_rng((self.recipe.seed, epoch)).permutation(len(self.images))
        return order[: self.steps * self.recipe.batch_size].reshape(self.steps, -1)


def blended(values: Any, share: Any) -> Any:
    """Mixup of a batch with itself in reverse order; `share`, 0..1, is how much of each stays."""
    return share * values + (1 - share) * values[::-1]


class Epochs(Protocol):
    """Trains a compiled Keras network, and keeps a mean of its weights."""

    def train(self, epoch: int, rates: Sequence[float], on_step: Callable[[int], None]) -> tuple[float, float]:
        """Trains for one epoch.

        Args:
            epoch: the first is 0.
            rates: the learning rate of every step.
            on_step: called after every step with its number; the first is 1.

        Returns:
            Mean loss and accuracy on the faces as they were shown.
        """


def reseed_dropout(model: Any, seed: int, epoch: int) -> None:
    """Makes dropout, too, depend on seed and epoch alone, so that a resumed run goes on as if never stopped."""
    generators = [layer.seed_generator for layer in model.layers if isinstance(layer, keras.layers.Dropout)]
    for number, generator in enumerate(generators):
        generator.state.assign(np.random.SeedSequence((seed, epoch, number)).generate_state(2))
