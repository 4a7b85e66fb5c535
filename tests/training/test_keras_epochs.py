"""Targets, learning rates and averaged weights of an epoch."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from live_monitor.training.average import WeightAverage
from live_monitor.training.keras_epochs import KerasEpochs
from live_monitor.training.lesson import Lesson
from live_monitor.training.recipe import Recipe
from live_monitor.training.train import MOMENTUM, _optimiser
from tests.fakes import drawn_faces

RECIPE = Recipe(batch_size=4)


class Pupil:
    """Stands in for a Keras network, and records its rates and targets."""

    layers = ()

    def __init__(self) -> None:
        self.rates: list[float] = []
        self.wanted: list[NDArray[np.float32]] = []
        self.optimizer = SimpleNamespace(learning_rate=SimpleNamespace(assign=self.rates.append))
        self.value = 0.0

    def reset_metrics(self) -> None:
        pass

    def train_on_batch(self, _faces: NDArray[np.float32], wanted: NDArray[np.float32]) -> tuple[float, float]:
        self.wanted.append(wanted)
        self.value += 1
        return 1.0, 0.5

    def get_weights(self) -> list[NDArray[np.float32]]:
        return [np.array([self.value], np.float32)]


def trained(recipe: Recipe, steps: int = 3) -> tuple[Pupil, WeightAverage]:
    images = drawn_faces(recipe.batch_size * steps)
    wanted = np.eye(7, dtype=np.float32)[np.arange(len(images)) % 7]
    pupil, average = Pupil(), WeightAverage([np.zeros(1, np.float32)])
    epochs = KerasEpochs(pupil, Lesson(images, wanted, [], None, recipe), average)
    epochs.train(0, [0.1 / (step + 1) for step in range(steps)], lambda _step: None)
    return pupil, average


def test_every_step_has_its_own_rate() -> None:
    assert trained(RECIPE)[0].rates == pytest.approx([0.1, 0.05, 0.1 / 3])


def test_labels_are_learnt_unchanged_unless_faces_are_blended() -> None:
    plain, blended = (trained(replace(RECIPE, mixup=mixup))[0].wanted for mixup in (0.0, 1.0))
    assert all(set(np.unique(wanted)) == {0, 1} for wanted in plain)
    assert any(((wanted > 0.01) & (wanted < 0.99)).any() for wanted in blended)
    assert all(wanted.sum(axis=1) == pytest.approx(1) for wanted in blended)


@pytest.mark.parametrize(("average", "expected"), [(True, 10 * 10 / 11), (False, 0.0)])
def test_weights_are_averaged_only_if_the_recipe_says_so(average: bool, expected: float) -> None:
    assert trained(replace(RECIPE, average=average), steps=10)[1].weights[0] == pytest.approx(expected)


def test_sgd_has_momentum_and_decay() -> None:
    recipe = replace(RECIPE, optimiser="sgd", weight_decay=5e-3)
    optimiser: Any = _optimiser(recipe)
    assert (optimiser.momentum, optimiser.nesterov, optimiser.weight_decay) == (MOMENTUM, True, 5e-3)
