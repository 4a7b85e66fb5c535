"""Trains facegrid on composed samples; a run that was stopped goes on where it was."""

from __future__ import annotations

import contextlib
import functools
import math
import sys
import time
from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import keras
import numpy as np
from numpy.typing import NDArray

from live_monitor.detect.card import load_detector_card
from live_monitor.detect.cells import STRIDES, VALUES, to_input
from live_monitor.detect.facegrid_network import facegrid, load_facegrid
from live_monitor.detect.grids import Candidates
from live_monitor.errors import UsageError
from live_monitor.files.output_folder import writing
from live_monitor.networks.dtype_policy import dtype_policy
from live_monitor.training.average import WeightAverage
from live_monitor.training.backend import XLA
from live_monitor.training.faces.average_precision import judge
from live_monitor.training.faces.compose import Composer
from live_monitor.training.faces.look import keras_sight, look
from live_monitor.training.faces.losses import face_loss
from live_monitor.training.faces.pictures import FacePictures, Picture
from live_monitor.training.faces.placing import SAMPLE_PX
from live_monitor.training.faces.prepare import needs_weights, prepared
from live_monitor.training.faces.recipe import Recipe
from live_monitor.training.faces.targets import targets
from live_monitor.training.plot import plot_curves
from live_monitor.training.precision import DTYPE_POLICIES
from live_monitor.training.prefetch import prefetched
from live_monitor.training.rates import refuse_not_finite
from live_monitor.training.run_folder import Line, Run, has_state, refuse_taken, restore, state_of
from live_monitor.types import Image

WARM_UP_STEPS = 200
LAST_RATE = 0.01
"""The rate rises to the recipe's in so many steps, and ends at this share of it."""

WEIGHT_DECAY = 1e-4
CLIP_NORM = 10.0

COLUMNS = ("step", "minutes", "rate", "loss", "average_precision")
"""Columns of the history; the average precision is nan where it was not measured."""

CURVES = {"loss": ("loss",), "average_precision": ("average_precision",)}

REPORT_STEPS, SAVE_STEPS, CHOOSE_STEPS = 100, 200, 1000
"""Steps between two lines of history, two states to go on from, two searches of the pictures kept apart. The others are multiples
of the first, so that a state needs none of the losses since the last line."""

CHOOSING_PX = 416
CHOOSING_SMALLEST_PX = 10.0
"""Longest side of the pictures kept apart when they are searched in training, and shorter side of the smallest face there."""

LONGEST_STEP_S = 10.0
"""A step that took longer was interrupted: a laptop that sleeps uses up no training time."""

Batch = tuple[NDArray[np.float32], NDArray[np.float32]]
_Weights = Sequence[NDArray[np.floating[Any]]]


@dataclass(frozen=True)
class TrainedDetector:
    """What training ended with.

    Attributes:
        recipe: what was asked.
        best: file of the chosen weights.
        steps_run: how many steps there were.
        chosen_step: the one with the best average precision on the pictures kept apart.
    """

    recipe: Recipe
    best: Path
    steps_run: int
    chosen_step: int


def train(
    pictures: FacePictures, run: Path, recipe: Recipe, *, resume: bool = False, say: Callable[[str], None] = lambda _: None
) -> TrainedDetector:
    """Trains on composed samples, and chooses the weights on the pictures kept apart.

    Args:
        pictures: see `live_monitor.training.faces.leave_out.pictures_to_use`.
        run: folder of the run; made if missing.
        resume: go on with a run that was stopped; its recipe must be the same.
        say: called with a line for people before a teacher searches the pictures, and every REPORT_STEPS.

    Returns:
        What training ended with; for a run that is already complete, what it had ended with.

    Raises:
        UsageError: there is no face to choose by, a run is already there, it has another recipe, its state is damaged, or the
            loss is not a number.
        ModelError: the teacher, or the weights to begin with, are missing, damaged or not a detector's.
        OutputError: the folder cannot be written.
    """
    refuse_taken(run, recipe, resume=resume)  # before a teacher searches for minutes
    _refuse_nothing_to_choose_by(pictures.kept_apart)
    start = _weights_of(Path(recipe.weights)) if recipe.weights is not None and needs_weights(recipe, run) else None
    prepare = functools.cache(lambda: prepared(pictures.training, recipe, say))
    if not has_state(run):
        prepare()  # it refuses before the folder holds a run
    with writing(run):
        training = _Training(pictures.kept_apart, Run(run, recipe, COLUMNS, _plot, resume=resume), recipe, start, say)
        training.go_on(prepare)
    return training.result()


def joined(network: Any) -> Any:
    """The network with one output (n, cells, 15): score, box and landmarks of the cells of stride 8, then 16, then 32."""
    layers = keras.layers
    rows = []
    for stride in STRIDES:
        flat = [
            layers.Reshape((-1, values), dtype="float32")(network.output[f"{kind}_{stride}"]) for kind, values in VALUES.items()
        ]
        rows.append(layers.Concatenate(dtype="float32")(flat))
    return keras.Model(network.input, layers.Concatenate(axis=1, dtype="float32")(rows))


def _weights_of(folder: Path) -> _Weights:
    """A trained detector's weights, in half precision as they are kept."""
    return list(load_facegrid(load_detector_card(folder), "float16").get_weights())


class _Training:
    """A run in progress."""

    def __init__(
        self, kept_apart: Sequence[Picture], run: Run, recipe: Recipe, start: _Weights | None, say: Callable[[str], None]
    ) -> None:
        self._kept_apart, self._run, self._recipe, self._start, self._say = kept_apart, run, recipe, start, say
        keras.utils.set_random_seed(recipe.seed)
        with dtype_policy(DTYPE_POLICIES[recipe.precision]):
            self._network = facegrid()
            self._model = joined(self._network)
        with dtype_policy("float32"):
            self._judged = facegrid()
        optimizer = keras.optimizers.AdamW(recipe.learning_rate, WEIGHT_DECAY, global_clipnorm=CLIP_NORM)
        optimizer.build(self._model.trainable_variables)
        self._model.compile(optimizer, face_loss, jit_compile=XLA)
        self._step, self._spent_s = 0, 0.0
        self._history: list[Line] = []
        self._losses: list[float] = []
        self._average = self._begin()

    def go_on(self, prepare: Callable[[], Sequence[Picture]]) -> None:
        """Trains until steps or minutes are used up, on the pictures that `prepare` gives; a complete run does not call it."""
        if self._progress() >= 1:
            return
        with contextlib.closing(_batches(prepare(), self._recipe, self._step)) as batches:
            for samples, wanted in batches:
                started = time.monotonic()
                self._model.optimizer.learning_rate.assign(self._rate())
                self._model.reset_metrics()  # Keras before 3.15 gives the mean of all steps so far
                loss = float(self._model.train_on_batch(samples, wanted))
                self._step += 1
                self._spent_s += min(LONGEST_STEP_S, time.monotonic() - started)
                refuse_not_finite(loss, self._recipe.learning_rate, f"step {self._step}")
                self._losses.append(loss)
                self._after_step()
                if self._progress() >= 1:
                    return

    def result(self) -> TrainedDetector:
        chosen = max((line for line in self._history if _measured(line)), key=lambda line: line["average_precision"])
        return TrainedDetector(self._recipe, self._run.best, self._step, int(chosen["step"]))

    def _progress(self) -> float:
        """Share of the steps or minutes that is used up, whichever is larger; 1: all."""
        steps, minutes = self._recipe.steps, self._recipe.minutes
        return max(self._step / steps if steps else 0.0, self._spent_s / 60 / minutes if minutes else 0.0)

    def _rate(self) -> float:
        warm = min(1.0, (self._step + 1) / WARM_UP_STEPS)
        cosine = (1 + math.cos(math.pi * min(1.0, self._progress()))) / 2
        return self._recipe.learning_rate * warm * (LAST_RATE + (1 - LAST_RATE) * cosine)

    def _after_step(self) -> None:
        done = self._progress() >= 1
        self._average.after_step(self._step, self._network)
        if self._step % REPORT_STEPS == 0 or done:
            self._report(choose=done or self._step % CHOOSE_STEPS == 0)
        if self._step % SAVE_STEPS == 0 or done:
            self._save()

    def _report(self, *, choose: bool) -> None:
        precision = self._choose() if choose else math.nan
        loss, minutes = float(np.mean(self._losses)), self._spent_s / 60
        self._history.append(
            {
                "step": self._step,
                "minutes": minutes,
                "rate": self._rate(),
                "loss": loss,
                "average_precision": precision,
            }
        )
        self._losses.clear()
        kept_apart = f", average precision {precision:.3f}" if choose else ""
        left = max(0.0, minutes / self._progress() - minutes)
        self._say(f"step {self._step}: loss {loss:.3f}{kept_apart}, {left:.0f} minutes left")
        self._run.write_history(self._history)

    def _choose(self) -> float:
        """Average precision, on the pictures kept apart, of the detector as it would be now; the best one is kept."""
        self._judged.set_weights(self._weights())
        looked = look(keras_sight(self._judged), self._kept_apart, CHOOSING_PX)
        precision = judge(looked, CHOOSING_SMALLEST_PX).average_precision() or 0.0
        if precision > max((line["average_precision"] for line in self._history if _measured(line)), default=-1.0):
            self._run.keep_best(self._judged)
        return precision

    def _weights(self) -> _Weights:
        """The detector's weights: the averaged ones, and as much as is to be kept of those it began with."""
        averaged, keep = self._average.weights, self._recipe.keep
        if self._start is None or not keep:
            return averaged
        return [keep * np.float32(before) + (1 - keep) * now for before, now in zip(self._start, averaged, strict=True)]

    def _save(self) -> None:
        self._run.save_state(
            state_of(self._model, self._average.weights) | {"step": np.array(self._step), "spent_s": np.array(self._spent_s)}
        )

    def _begin(self) -> WeightAverage:
        """Puts the run where it was stopped, or a new one where the recipe begins; returns the mean of the weights so far."""
        state = self._run.load_state()
        if state is None:
            if self._start is not None:
                self._network.set_weights(self._start)
            return WeightAverage(self._network.get_weights())
        self._step, self._spent_s = int(state["step"]), float(state["spent_s"])
        self._history = self._run.read_history("step", self._step)
        return WeightAverage(restore(state, self._model))


def _refuse_nothing_to_choose_by(kept_apart: Sequence[Picture]) -> None:
    """Where no face counts, no weights are better than others, which would be noticed only after hours."""
    if not kept_apart or not judge(look(_see_nobody, kept_apart, CHOOSING_PX), CHOOSING_SMALLEST_PX).faces:
        size = f"{CHOOSING_SMALLEST_PX:.0f} pixels large in a picture of {CHOOSING_PX}"
        raise UsageError(f"of the faces kept apart for choosing none is {size}; add pictures with larger ones")


def _see_nobody(_: Image) -> Candidates:
    return Candidates(np.zeros((0, 4), np.float32), np.zeros(0, np.float32), np.zeros((0, 5, 2), np.float32))


def _plot(history: Sequence[Line], folder: Path) -> None:
    plot_curves(history, CURVES, folder / "progress.png", x="step")


def _measured(line: Line) -> bool:
    return not math.isnan(line["average_precision"])


def _batches(pictures: Sequence[Picture], recipe: Recipe, first: int) -> Generator[Batch, None, None]:
    """Batches from step `first` on, each decided by seed and step alone, composed ahead in a thread."""
    composer = Composer(pictures)
    end = sys.maxsize if recipe.steps is None else recipe.steps
    return prefetched(lambda step: _batch(composer, recipe, step), first, end)


def _batch(composer: Composer, recipe: Recipe, step: int) -> Batch:
    samples = [composer.compose(np.random.default_rng((recipe.seed, step, row))) for row in range(recipe.batch_size)]
    wanted = [targets(SAMPLE_PX, sample.boxes, sample.landmarks, sample.weights) for sample in samples]
    return to_input(np.stack([sample.image for sample in samples])), np.stack(wanted)
