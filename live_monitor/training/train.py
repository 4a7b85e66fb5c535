"""Trains a network on FER2013 by the project brief's recipe; a run that was stopped goes on where it was.

A run is a folder: `settings.json` (what was asked), `history.csv` (one line an epoch), `best.keras` (the epoch with the
best PublicTest accuracy) and, while it is not finished, `resume/`.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import keras
import numpy as np
from numpy.typing import NDArray

from live_monitor.classify.networks import NETWORKS, dtype_policy
from live_monitor.classify.preprocess import normalise
from live_monitor.dataset.fer2013 import Faces, load_fer2013
from live_monitor.errors import OutputError, UsageError
from live_monitor.training.augment import augment
from live_monitor.training.run_folder import claim

EARLY_STOPPING_EPOCHS = 10
PLATEAU_EPOCHS = 3
PLATEAU_FACTOR = 0.4
SMALLEST_RATE = 1e-6
VALIDATION_BATCH = 256

DTYPE_POLICIES = {"float32": "float32", "bfloat16": "mixed_bfloat16"}
"""Keras's policy for each precision of a recipe."""


@dataclass(frozen=True)
class Recipe:
    """What decides a run's result: two runs with equal recipes on one machine give the same network."""

    arch: str = "custom-cnn"
    epochs: int = 50
    batch_size: int = 32
    learning_rate: float = 1e-3
    precision: str = "float32"
    seed: int = 0


@dataclass(frozen=True)
class TrainedNetwork:
    """What training ended with.

    Attributes:
        recipe: what was asked.
        best: file of the network of the chosen epoch.
        epochs_run: how many epochs there were.
        chosen_epoch: the one with the best PublicTest accuracy, the first being 1.
    """

    recipe: Recipe
    best: Path
    epochs_run: int
    chosen_epoch: int


class AugmentedFaces(keras.utils.PyDataset):  # type: ignore[misc]  # Keras ships no types
    """Batches of augmented, normalised faces; the randomness of a batch depends on seed, epoch and index alone."""

    def __init__(self, faces: Faces, batch_size: int, seed: int, first_epoch: int) -> None:
        super().__init__(workers=1)
        self._faces = faces
        self._batch_size = batch_size
        self._seed = seed
        self._epoch = first_epoch
        self._shuffle()

    def __len__(self) -> int:
        return len(self._faces) // self._batch_size

    def __getitem__(self, index: int) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
        rows = self._order[index * self._batch_size : (index + 1) * self._batch_size]
        rng = np.random.default_rng((self._seed, self._epoch, index))
        return normalise(augment(self._faces.images[rows], rng)), self._faces.labels[rows]

    def on_epoch_end(self) -> None:
        self._epoch += 1
        self._shuffle()

    def _shuffle(self) -> None:
        self._order = np.random.default_rng((self._seed, self._epoch)).permutation(len(self._faces))


def train(data: Path, run: Path, recipe: Recipe, *, resume: bool = False, verbose: int = 1) -> TrainedNetwork:
    """Trains on Training, chooses the epoch on PublicTest; PrivateTest is not read.

    Args:
        data: FER2013, as `load_fer2013` takes it.
        run: folder of the run; made if missing.
        resume: go on with a run that was stopped; its recipe must be the same.
        verbose: Keras's own: 0 silent, 1 progress bar, 2 a line an epoch.

    Returns:
        The network of the chosen epoch, and how it came about; of a run that is complete, what it ended with.

    Raises:
        UsageError: unknown network, not FER2013, a run is already there, or it was started with another recipe.
        OutputError: the folder cannot be written.
    """
    if recipe.arch not in NETWORKS:
        raise UsageError(f"--arch {recipe.arch}: unknown network; choose from {', '.join(NETWORKS)}")
    training, public_test = load_fer2013(data, "Training"), load_fer2013(data, "PublicTest")
    if len(training) < recipe.batch_size:
        raise UsageError(f"--batch-size {recipe.batch_size}: {data} has only {len(training)} faces to train on")
    try:
        claim(run, recipe, resume=resume)
        history = _read_history(run)
        if not history or (run / "resume").exists():
            _fit(training, public_test, run, recipe, history, verbose)
            history = _read_history(run)
    except OSError as error:
        raise OutputError(f"{run}: cannot be written: {error.strerror or error}; free space or choose another folder") from error
    accuracies = [float(epoch["val_accuracy"]) for epoch in history]
    return TrainedNetwork(recipe, run / "best.keras", len(history), 1 + accuracies.index(max(accuracies)))


def _read_history(run: Path) -> list[dict[str, str]]:
    file = run / "history.csv"
    if not file.exists():
        return []
    with file.open(newline="", encoding="utf-8") as lines:
        return list(csv.DictReader(lines))


def _fit(training: Faces, public_test: Faces, run: Path, recipe: Recipe, history: list[dict[str, str]], verbose: int) -> None:
    keras.utils.set_random_seed(recipe.seed)
    with dtype_policy(DTYPE_POLICIES[recipe.precision]):
        model = NETWORKS[recipe.arch]()
    # XLA makes a step several times slower on a CPU, and Keras would choose it.
    model.compile(
        optimizer=keras.optimizers.Adam(recipe.learning_rate),
        loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True),
        metrics=["accuracy"],
        jit_compile=False,
    )
    model.fit(
        AugmentedFaces(training, recipe.batch_size, recipe.seed, first_epoch=len(history)),
        validation_data=(normalise(public_test.images), public_test.labels),
        validation_batch_size=VALIDATION_BATCH,
        epochs=recipe.epochs,
        shuffle=False,  # AugmentedFaces does, in a way that a resumed run repeats
        callbacks=[_dropout_by_epoch(model, recipe.seed), *_callbacks(run, history)],
        verbose=verbose,
    )


def _dropout_by_epoch(model: Any, seed: int) -> Any:
    """Makes dropout, too, depend on seed and epoch alone, so that a resumed run goes on as if never stopped."""
    generators = [layer.seed_generator for layer in model.layers if isinstance(layer, keras.layers.Dropout)]

    def reseed(epoch: int, _logs: object) -> None:
        for number, generator in enumerate(generators):
            generator.state.assign(np.random.SeedSequence((seed, epoch, number)).generate_state(2))

    return keras.callbacks.LambdaCallback(on_epoch_begin=reseed)


def _callbacks(run: Path, history: list[dict[str, str]]) -> list[Any]:
    best = max((float(epoch["val_accuracy"]) for epoch in history), default=None)
    return [
        keras.callbacks.ModelCheckpoint(
            str(run / "best.keras"), monitor="val_accuracy", mode="max", save_best_only=True, initial_value_threshold=best
        ),
        keras.callbacks.ReduceLROnPlateau("val_loss", PLATEAU_FACTOR, PLATEAU_EPOCHS, min_lr=SMALLEST_RATE),
        keras.callbacks.BackupAndRestore(str(run / "resume")),
        keras.callbacks.CSVLogger(str(run / "history.csv"), append=bool(history)),
        keras.callbacks.EarlyStopping("val_accuracy", patience=EARLY_STOPPING_EPOCHS, mode="max"),
    ]
