"""How the learning rate changes, and when a run is over."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest

from live_monitor.errors import UsageError
from live_monitor.training.rates import PLATEAU_FACTOR, SMALLEST_RATE, is_over, rate, refuse_not_finite
from live_monitor.training.recipe import BRIEF, STRONG
from live_monitor.training.run_folder import Line


def losses(*values: float) -> list[Line]:
    return [{"val_loss": value, "val_accuracy": 0.0} for value in values]


def accuracies(*values: float) -> list[Line]:
    return [{"val_loss": 0.0, "val_accuracy": value} for value in values]


def test_a_falling_loss_keeps_the_rate() -> None:
    assert rate(BRIEF, losses(5, 4, 3, 2, 1), 5) == BRIEF.learning_rate


@pytest.mark.parametrize(
    ("history", "plateaus"),
    [
        ((2, 2, 2), 0),
        ((2, 2, 2, 2), 1),
        ((2, 3, 3, 1, 3, 3), 0),
        ((2, 3, 3, 3, 3, 3), 1),
        ((2, 3, 3, 3, 3, 3, 3), 2),
        ((1, 1 - 1e-5, 1, 1), 1),
    ],
)
def test_three_epochs_without_a_smaller_loss_lower_the_rate(history: tuple[float, ...], plateaus: int) -> None:
    assert rate(BRIEF, losses(*history), len(history)) == pytest.approx(BRIEF.learning_rate * PLATEAU_FACTOR**plateaus)


def test_the_rate_has_a_floor() -> None:
    assert rate(BRIEF, losses(*[1.0] * 100), 100) == SMALLEST_RATE


def test_a_cosine_rises_briefly_and_falls_to_almost_nothing() -> None:
    rates = [rate(STRONG, [], progress) for progress in (0.0, 1.0, 2.0, STRONG.epochs / 2, STRONG.epochs - 0.01)]
    assert rates[0] < rates[1] < rates[2]
    assert rates[2] == pytest.approx(STRONG.learning_rate, rel=0.01)
    assert rates[3] == pytest.approx(STRONG.learning_rate / 2, rel=0.01)
    assert 0 < rates[4] < 0.01 * STRONG.learning_rate


def test_a_run_is_over_after_its_epochs() -> None:
    recipe = replace(BRIEF, epochs=3)
    assert not is_over(recipe, accuracies(0.1, 0.2))
    assert is_over(recipe, accuracies(0.1, 0.2, 0.3))


def test_a_plateau_run_is_over_ten_epochs_after_its_best() -> None:
    assert not is_over(BRIEF, accuracies(0.5, *[0.4] * 9))
    assert is_over(BRIEF, accuracies(0.5, *[0.4] * 10))
    assert not is_over(BRIEF, [])


def test_a_cosine_run_is_not_stopped_early() -> None:
    assert not is_over(STRONG, accuracies(0.5, *[0.4] * 20))


@pytest.mark.parametrize("loss", [math.nan, math.inf, -math.inf])
def test_a_loss_that_is_not_finite_ends_the_run(loss: float) -> None:
    with pytest.raises(UsageError, match=r"epoch 3: the loss is no longer a number; take a smaller --learning-rate than 0\.1"):
        refuse_not_finite(loss, 0.1, "epoch 3")
    refuse_not_finite(1e30, 0.1, "epoch 3")
