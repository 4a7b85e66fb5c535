"""A tiny network, and runs that train it."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest

from live_monitor.training.material import load_material
from live_monitor.training.recipe import Recipe
from live_monitor.training.train import Listener, TrainedNetwork, train

RECIPE = Recipe(arch="tiny", epochs=2, batch_size=7)
ALL_SURPRISED = np.tile(np.array([0, 0, 10, 0, 0, 0, 0, 0, 0, 0], np.uint8), (35887, 1))


def tiny(outputs: int = 7) -> Any:
    layers = keras.layers
    inputs = layers.Input((48, 48, 1))
    x = layers.Dropout(0.1)(layers.Flatten()(layers.AveragePooling2D(8)(inputs)))
    return keras.Model(inputs, layers.Dense(outputs, dtype="float32")(x))


def run_training(data: Path, run: Path, recipe: Recipe = RECIPE, *, resume: bool = False) -> TrainedNetwork:
    return train(load_material(data), run, recipe, resume=resume)


def history(run: Path) -> list[dict[str, str]]:
    with (run / "history.csv").open(newline="", encoding="utf-8") as lines:
        return list(csv.DictReader(lines))


def learnt(run: Path) -> list[dict[str, str]]:
    """The history without its times."""
    return [{name: value for name, value in line.items() if name != "seconds"} for line in history(run)]


class Stop(Exception):
    """Somebody pressed Ctrl-C."""


def run_stopped_in_second_epoch(data: Path, run: Path, recipe: Recipe = RECIPE) -> None:
    """A run that is stopped in its second epoch, so that only the first is kept."""

    def stop(_name: str, epoch: int, step: int, _steps: int) -> None:
        if (epoch, step) == (2, 2):
            raise Stop

    with pytest.raises(Stop):
        train(load_material(data), run, recipe, listener=Listener(step=stop))
