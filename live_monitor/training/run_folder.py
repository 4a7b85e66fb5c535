"""The folder of a training run: what was asked, how it went, what it needs to go on; every file is whole or not there.

`settings.json` (the recipe), `history.csv` and its plot, the best weights so far, and the state that a resumed run starts from.
"""

from __future__ import annotations

import csv
import json
import os
import zipfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from live_monitor.errors import OutputError, UsageError
from live_monitor.files.output_folder import writing
from live_monitor.files.whole_file import whole_file, write_whole

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

SETTINGS_FILE, HISTORY_FILE = "settings.json", "history.csv"
BEST_FILE, STATE_FILE = "best.weights.h5", "state.npz"

Line = Mapping[str, float]
"""A line of history: a number for each of its columns; nan where something was not measured."""


def save_weights_whole(network: Any, path: Path) -> None:
    """Writes the weights of a Keras network; never leaves half a file."""
    unfinished = path.with_name("unfinished.weights.h5")  # Keras looks at how the name ends
    try:
        network.save_weights(unfinished)
        os.replace(unfinished, path)
    finally:
        unfinished.unlink(missing_ok=True)


def load_best(network: Any, best: Path) -> None:
    """Gives a Keras network a run's best weights, in its own precision.

    Raises:
        UsageError: they are missing or damaged.
    """
    try:
        network.load_weights(best)
    except (OSError, ValueError, KeyError) as error:
        raise UsageError(f"{best}: missing or damaged; delete {best.parent} and start again") from error


def has_run(folder: Path) -> bool:
    """Whether a run has begun in this folder."""
    return (folder / SETTINGS_FILE).exists()


def has_state(folder: Path) -> bool:
    """Whether a run in this folder has something to go on from, so that it needs no weights to begin with."""
    return (folder / STATE_FILE).exists()


def refuse_taken(folder: Path, recipe: DataclassInstance, *, resume: bool) -> None:
    """Refuses early what opening a `Run` would refuse; writes nothing.

    Raises:
        UsageError: a run is already there and is not to be resumed, or it has another recipe.
        OutputError: it is not a folder, or cannot be looked into.
    """
    settings = folder / SETTINGS_FILE
    with writing(folder):
        if folder.exists() and not folder.is_dir():
            raise OutputError(f"{folder}: is a file, not a folder; choose another name")
        if not has_run(folder):
            return
        if not resume:
            raise UsageError(f"{folder}: already holds a run; add --resume to go on with it, or choose another folder")
        if settings.read_bytes() != _settings(recipe).encode():
            differing = _differing(settings, recipe)
            raise UsageError(f"{folder}: was started with other settings, {differing}; repeat them or choose another folder")


class Run:
    """A run's folder, new or resumed."""

    def __init__(
        self,
        folder: Path,
        recipe: DataclassInstance,
        columns: Sequence[str],
        plot: Callable[[Sequence[Line], Path], None],
        *,
        resume: bool,
    ) -> None:
        """Starts a run or opens one that was stopped.

        Args:
            folder: made if missing.
            recipe: what is asked.
            columns: of the history.
            plot: draws the history into the folder.
            resume: the folder may hold a run of this recipe.

        Raises:
            UsageError: a run is already there and is not to be resumed, or it has another recipe.
            OSError: the folder cannot be written.
        """
        self.folder = folder
        self._columns = columns
        self._plot = plot
        _claim(folder, recipe, resume=resume)

    @property
    def best(self) -> Path:
        """The best weights so far."""
        return self.folder / BEST_FILE

    def keep_best(self, network: Any) -> None:
        """Replaces the best weights by those of a Keras network."""
        save_weights_whole(network, self.best)

    def write_history(self, history: Sequence[Line]) -> None:
        """Replaces the history and its plot."""
        with whole_file(self.folder / HISTORY_FILE) as unfinished, unfinished.open("w", newline="", encoding="utf-8") as lines:
            writer = csv.DictWriter(lines, self._columns)
            writer.writeheader()
            writer.writerows(history)
        self._plot(history, self.folder)

    def read_history(self, column: str, last: int) -> list[Line]:
        """The lines whose `column` is at most `last`; later lines are dropped, as their state was not saved.

        Raises:
            UsageError: the history is missing, damaged or cannot be read.
        """
        file = self.folder / HISTORY_FILE
        advice = f"put it back, or delete {self.folder} and start again"
        try:
            with file.open(newline="", encoding="utf-8-sig") as lines:
                history = [{column: _number(line[column]) for column in self._columns} for line in csv.DictReader(lines)]
        except OSError as error:
            raise UsageError(f"{file}: cannot be read: {error.strerror or error}; {advice}") from error
        except (ValueError, KeyError, AttributeError, csv.Error) as error:  # a short line has None in place of texts
            raise UsageError(f"{file}: damaged: not lines of numbers for {', '.join(self._columns)}; {advice}") from error
        return [line for line in history if line[column] <= last]

    def save_state(self, arrays: Mapping[str, NDArray[Any]]) -> None:
        """Replaces the state to go on from."""
        with whole_file(self.folder / STATE_FILE) as unfinished, unfinished.open("wb") as file:
            np.savez(file, **arrays)  # type: ignore[arg-type]  # its stub takes any name for allow_pickle

    def load_state(self) -> Mapping[str, NDArray[Any]] | None:
        """The state last saved; None if there is none yet. Asked for an array that it lacks, it raises a UsageError.

        Raises:
            UsageError: it is damaged.
        """
        file = self.folder / STATE_FILE
        if not file.exists():
            return None
        try:
            with np.load(file) as state:
                return _State(file, state)
        except (ValueError, EOFError, zipfile.BadZipFile) as error:
            raise UsageError(f"{file}: damaged: {error}; delete {self.folder} and start again") from error


class _State(dict[str, NDArray[Any]]):
    """The arrays of a state's file by name, of which none may be missing to whoever goes on from it."""

    def __init__(self, file: Path, arrays: Mapping[str, NDArray[Any]]) -> None:
        super().__init__(arrays)
        self._file = file

    def __missing__(self, name: str) -> NDArray[Any]:
        raise UsageError(f"{self._file}: damaged: it has no {name}; delete {self._file.parent} and start again")


def state_of(model: Any, average: Sequence[NDArray[Any]]) -> dict[str, NDArray[Any]]:
    """What a compiled Keras model and the mean of its weights need to go on as if never stopped."""
    groups = {
        "model": model.get_weights(),
        "optimizer": [np.asarray(variable) for variable in model.optimizer.variables],
        "average": average,
    }
    return {f"{group}{index}": array for group, arrays in groups.items() for index, array in enumerate(arrays)}


def restore(state: Mapping[str, NDArray[Any]], model: Any) -> list[NDArray[Any]]:
    """Puts a model back where `state_of` found it, and returns the mean of its weights."""
    count = len(model.weights)
    model.set_weights([state[f"model{index}"] for index in range(count)])
    for index, variable in enumerate(model.optimizer.variables):
        variable.assign(state[f"optimizer{index}"])
    return [state[f"average{index}"] for index in range(count)]


def _number(text: str) -> float:
    """As it was written: a whole number stays one."""
    return int(text) if text.isdecimal() else float(text)


def _claim(folder: Path, recipe: DataclassInstance, *, resume: bool) -> None:
    refuse_taken(folder, recipe, resume=resume)
    folder.mkdir(parents=True, exist_ok=True)
    write_whole(folder / SETTINGS_FILE, _settings(recipe).encode())


def _differing(settings: Path, recipe: DataclassInstance) -> str:
    """The settings that a run was started with where they differ from the recipe's."""
    try:
        begun, wanted = json.loads(settings.read_bytes()), json.loads(_settings(recipe))
        differing = [f"{name} {begun[name]!r}, not {value!r}" for name, value in wanted.items() if begun[name] != value]
    except (ValueError, KeyError, TypeError):  # of another version, or another program
        differing = []
    return ", ".join(differing) or f"see {settings}"


def _settings(recipe: DataclassInstance) -> str:
    return json.dumps(asdict(recipe), indent=2)
