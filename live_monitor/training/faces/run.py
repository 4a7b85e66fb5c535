"""The folder of a run: what was asked, how it went, and what it takes to go on."""

from __future__ import annotations

import csv
import os
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from live_monitor.errors import UsageError
from live_monitor.training.faces.plot import plot_progress
from live_monitor.training.run_folder import claim, save_weights_whole

HISTORY_FILE, PLOT_FILE = "history.csv", "progress.png"
BEST_FILE, STATE_FILE = "best.weights.h5", "state.npz"

COLUMNS = ("step", "minutes", "rate", "loss", "average_precision")

Line = Mapping[str, float]
"""A line of history: a number for each of COLUMNS; the average precision is nan where it was not measured."""


@dataclass(frozen=True)
class Recipe:
    """What decides a run's result.

    Attributes:
        steps: batches to train on.
        minutes: end after so much training time even if that is fewer steps; None: all steps, the same result every time.
        batch_size: samples a step.
        learning_rate: the largest; it falls to almost nothing along half a cosine.
        precision: of the arithmetic, a key of `live_monitor.training.train.DTYPE_POLICIES`.
        seed: of weights and samples.
    """

    steps: int = 20000
    minutes: float | None = None
    batch_size: int = 16
    learning_rate: float = 2e-3
    precision: str = "bfloat16"
    seed: int = 0


class Run:
    """A folder with `settings.json`, `history.csv`, its plot, the best weights so far and the state to go on from."""

    def __init__(self, folder: Path, recipe: Recipe, *, resume: bool) -> None:
        """Starts a run or opens one that was stopped.

        Raises:
            UsageError: a run is already there and is not to be resumed, or it has another recipe.
            OSError: the folder cannot be written.
        """
        self.folder = folder
        claim(folder, recipe, resume=resume)

    @property
    def best(self) -> Path:
        """The weights with the best average precision so far."""
        return self.folder / BEST_FILE

    def keep_best(self, network: Any) -> None:
        """Replaces the best weights by those of a Keras network."""
        save_weights_whole(network, self.best)

    def write_history(self, history: Sequence[Line]) -> None:
        """Replaces the history and its plot."""
        unfinished = self.folder / "unfinished.csv"
        with unfinished.open("w", newline="", encoding="utf-8") as lines:
            writer = csv.DictWriter(lines, COLUMNS)
            writer.writeheader()
            writer.writerows(history)
        os.replace(unfinished, self.folder / HISTORY_FILE)
        plot_progress(history, self.folder / PLOT_FILE)

    def read_history(self, last_step: int) -> list[Line]:
        """The history up to a step; what came after it was lost with the state."""
        with (self.folder / HISTORY_FILE).open(newline="", encoding="utf-8") as lines:
            history = [{key: float(value) for key, value in line.items()} for line in csv.DictReader(lines)]
        return [line for line in history if line["step"] <= last_step]

    def save_state(self, arrays: Mapping[str, NDArray[Any]]) -> None:
        """Replaces the state to go on from."""
        unfinished = self.folder / "unfinished.npz"
        np.savez(unfinished, **arrays)  # type: ignore[arg-type]  # its stub takes any name for allow_pickle
        os.replace(unfinished, self.folder / STATE_FILE)

    def load_state(self) -> dict[str, NDArray[Any]] | None:
        """The state last saved; None if there is none yet.

        Raises:
            UsageError: it is damaged.
        """
        file = self.folder / STATE_FILE
        if not file.exists():
            return None
        try:
            with np.load(file) as state:
                return dict(state)
        except (ValueError, EOFError, zipfile.BadZipFile) as error:
            raise UsageError(f"{file}: damaged: {error}; delete {self.folder} and start again") from error
