"""How the learning rate changes, and when a run is over: decided by the recipe and the history alone."""

from __future__ import annotations

import math
from collections.abc import Sequence

from live_monitor.errors import UsageError
from live_monitor.training.recipe import Recipe
from live_monitor.training.run_folder import Line

EARLY_STOPPING_EPOCHS = 10
PLATEAU_EPOCHS = 3
PLATEAU_FACTOR = 0.4
SMALLEST_RATE = 1e-6
PLATEAU_MARGIN = 1e-4
"""A loss counts as smaller only if it is smaller by more than this."""

WARM_UP_EPOCHS = 2
LAST_SHARE = 1e-3
"""A cosine schedule rises to its rate in so many epochs, and ends at this share of it."""


def rate(recipe: Recipe, history: Sequence[Line], progress: float) -> float:
    """The learning rate of a step.

    Args:
        recipe: names the schedule and its largest rate.
        history: of the epochs before this one, with "val_loss".
        progress: epochs trained so far, with a fraction.
    """
    if recipe.schedule == "plateau":
        return max(SMALLEST_RATE, recipe.learning_rate * PLATEAU_FACTOR ** _plateaus([line["val_loss"] for line in history]))
    warm_up = min(WARM_UP_EPOCHS, recipe.epochs / 10)
    cosine = (1 + math.cos(math.pi * min(1.0, progress / recipe.epochs))) / 2
    return recipe.learning_rate * min(1.0, (progress + 0.01) / warm_up) * (LAST_SHARE + (1 - LAST_SHARE) * cosine)


def is_over(recipe: Recipe, history: Sequence[Line]) -> bool:
    """Whether all epochs are trained, or, on a plateau schedule, the last EARLY_STOPPING_EPOCHS brought no better accuracy."""
    if len(history) >= recipe.epochs:
        return True
    if recipe.schedule != "plateau" or not history:
        return False
    accuracies = [line["val_accuracy"] for line in history]
    return len(history) - 1 - accuracies.index(max(accuracies)) >= EARLY_STOPPING_EPOCHS


def refuse_not_finite(loss: float, learning_rate: float, when: str) -> None:
    """Ends a run that can learn nothing more: a network whose loss is not a number never recovers.

    Raises:
        UsageError: the loss is infinite or not a number.
    """
    if not math.isfinite(loss):
        advice = f"take a smaller --learning-rate than {learning_rate:g}, and another --out"
        raise UsageError(f"{when}: the loss is no longer a number; {advice}")


def _plateaus(losses: Sequence[float]) -> int:
    """How often PLATEAU_EPOCHS in a row brought no smaller loss."""
    plateaus, best, waited = 0, math.inf, 0
    for loss in losses:
        if loss < best - PLATEAU_MARGIN:
            best, waited = loss, 0
            continue
        waited += 1
        if waited == PLATEAU_EPOCHS:
            plateaus, waited = plateaus + 1, 0
    return plateaus
