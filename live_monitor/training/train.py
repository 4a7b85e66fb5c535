"""Trains a network on FER2013, and first its teachers if the recipe wants any; a run that was stopped goes on where it was."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import keras
import numpy as np
from numpy.typing import NDArray

from live_monitor.classify.networks import NETWORKS
from live_monitor.classify.preprocess import normalise
from live_monitor.classify.probabilities import softmax
from live_monitor.dataset.fer2013 import Faces
from live_monitor.errors import UsageError
from live_monitor.evaluation.emotions.metrics import confusion_matrix
from live_monitor.evaluation.emotions.plots import confusion_png
from live_monitor.files.output_folder import writing
from live_monitor.files.whole_file import write_whole
from live_monitor.labels import LABELS
from live_monitor.networks.dtype_policy import dtype_policy
from live_monitor.training.average import WeightAverage
from live_monitor.training.backend import XLA
from live_monitor.training.begin import first_network, model_network
from live_monitor.training.keras_epochs import KerasEpochs
from live_monitor.training.lesson import Epochs, Lesson
from live_monitor.training.material import Material
from live_monitor.training.objective import accuracy, emotion_loss, wanted_probabilities
from live_monitor.training.plot import plot_curves
from live_monitor.training.precision import DTYPE_POLICIES
from live_monitor.training.rates import is_over, rate, refuse_not_finite
from live_monitor.training.recipe import Recipe, refuse_unknown
from live_monitor.training.run_folder import Line, Run, has_state, load_best, restore, state_of
from live_monitor.training.views import answered_views

COLUMNS = ("epoch", "seconds", "rate", "loss", "accuracy", "val_loss", "val_accuracy")
"""Columns of the history: loss and accuracy on augmented Training faces while they were learnt, and afterwards on PublicTest."""

CURVES = {"loss": ("loss", "val_loss"), "accuracy": ("accuracy", "val_accuracy")}
CURVES_FILE, CONFUSION_FILE = "curves.png", "confusion.png"
MOMENTUM = 0.9

EVALUATION_BATCH = 256

SAVED_EVERY_S = 20.0
"""On a GPU epochs take a few seconds; not each is written to disk, as that took as long as they did."""


@dataclass(frozen=True)
class Listener:
    """What is called as training goes on.

    Attributes:
        say: called with a line for people after every epoch.
        step: called after every step with the network's name, the epoch, the step and how many steps an epoch has.
        scalars: called after every epoch with the run's folder and the epoch's line of history.
    """

    say: Callable[[str], None] = lambda _line: None
    step: Callable[[str, int, int, int], None] = lambda _name, _epoch, _step, _steps: None
    scalars: Callable[[Path, Line], None] = lambda _run, _line: None


@dataclass(frozen=True)
class TrainedNetwork:
    """What training ended with.

    Attributes:
        recipe: what was asked.
        best: weights of the chosen epoch.
        outputs: how many logits the network has.
        history: a line an epoch, with COLUMNS.
    """

    recipe: Recipe
    best: Path
    outputs: int
    history: tuple[Line, ...]

    @property
    def chosen_epoch(self) -> int:
        """The one with the best PublicTest accuracy, the first being 1."""
        accuracies = [line["val_accuracy"] for line in self.history]
        return 1 + accuracies.index(max(accuracies))

    def network(self, policy: str = "float32") -> Any:
        """The network in another precision, see `dtype_policy`.

        Raises:
            UsageError: its weights are missing or damaged.
        """
        with dtype_policy(policy):
            network = NETWORKS[self.recipe.arch](self.outputs)
        load_best(network, self.best)
        return network


def train(
    material: Material, run: Path, recipe: Recipe, *, resume: bool = False, listener: Listener | None = None
) -> TrainedNetwork:
    """Trains on Training, chooses the epoch on PublicTest.

    Args:
        material: what is trained on.
        run: folder of the run, made if missing; teachers get folders of their own inside.
        recipe: how.
        resume: go on with a run that was stopped; its recipe must be the same.
        listener: who is told how it goes.

    Returns:
        The network of the chosen epoch, and how it came about; for a run that is already complete, what it ended with.

    Raises:
        UsageError: unknown network, too few faces, a run is already there, it was started with another recipe, views are wanted
            on JAX, or the loss is not a number.
        ModelError: the weights to begin with, or a model that teaches, cannot be loaded.
        OutputError: the folder cannot be written.
    """
    _check(recipe)
    material.refuse_too_few(recipe.batch_size)
    listener = listener or Listener()
    with writing(run):
        # Whatever is missing is reported before the folder holds a run.
        model = first_network(recipe, material.outputs, goes_on=has_state(run))
        policy = DTYPE_POLICIES[recipe.precision]
        teachers = [model_network(name, material.outputs, policy=policy) for name in recipe.teacher_models]
        folder = Run(run, recipe, COLUMNS, lambda history, into: plot_curves(history, CURVES, into / CURVES_FILE), resume=resume)
        training = _Training(material, folder, recipe, model, listener)
        training.go_on(lambda: _lesson(material, folder, recipe, teachers, listener))
    return training.result()


def _check(recipe: Recipe) -> None:
    refuse_unknown(recipe, NETWORKS)
    if recipe.teacher_views and keras.backend.backend() == "jax":
        raise UsageError("--teacher-views: not on JAX, where teachers answer every face as it is shown; leave it out")


def _lesson(material: Material, run: Run, recipe: Recipe, teachers: Sequence[Any], listener: Listener) -> Lesson:
    """What is learnt, with these teachers and those that the recipe wants trained first, or with views that they answered."""
    images = material.training.images
    wanted = wanted_probabilities(material.training, recipe, material.votes)
    teachers = [*teachers, *_new_teachers(material, run, recipe, listener)]
    if not recipe.teacher_views:
        return Lesson(images, wanted, teachers, None, recipe)
    return Lesson(images, wanted, (), answered_views(images, teachers, recipe, run.folder, listener.say), recipe)


def _new_teachers(material: Material, run: Run, recipe: Recipe, listener: Listener) -> list[Any]:
    """Networks that are trained now, each in a folder of its own."""
    networks = []
    for number in range(1, recipe.teachers + 1):
        own = replace(
            recipe,
            arch=recipe.teacher_arch,
            weights=None,
            epochs=recipe.teacher_epochs or recipe.epochs,
            teachers=0,
            teacher_models=(),
            teacher_views=0,
            distillation=0.0,
            seed=recipe.seed + number,
        )
        folder = run.folder / f"teacher-{number}"
        listener.say(f"teacher {number} of {recipe.teachers}: {own.arch}")
        teacher = train(material, folder, own, resume=folder.exists(), listener=listener)
        networks.append(teacher.network(DTYPE_POLICIES[recipe.precision]))
    return networks


@dataclass(frozen=True)
class _Best:
    """The best epoch, its weights, and the label it gave each face of PublicTest."""

    epoch: int
    weights: Sequence[NDArray[Any]]
    said: NDArray[np.int64]


class _Training:
    """A run in progress."""

    def __init__(self, material: Material, run: Run, recipe: Recipe, model: Any, listener: Listener) -> None:
        self._public_test, self._checksum = material.public_test, material.checksum
        self._run, self._recipe, self._model, self._listener = run, recipe, model, listener
        with dtype_policy("float32"):
            self._judged = NETWORKS[recipe.arch](model.output_shape[-1])
        self._model.compile(_optimiser(recipe), emotion_loss(recipe.votes), metrics=[accuracy], jit_compile=XLA)
        self._model.optimizer.build(self._model.trainable_variables)
        self._history: list[Line] = []
        self._average = self._begin()
        self._public_inputs = normalise(self._public_test.images)
        self._unsaved_best: _Best | None = None
        self._saved_at = -math.inf

    def go_on(self, prepare: Callable[[], Lesson]) -> None:
        """Trains epoch after epoch until the run is over; calls `prepare` only if it is not over yet."""
        if is_over(self._recipe, self._history):
            return
        lesson = prepare()
        epochs = _epochs(self._model, lesson, self._average)
        while not is_over(self._recipe, self._history):
            self._train_epoch(len(self._history), epochs, lesson.steps)

    def result(self) -> TrainedNetwork:
        return TrainedNetwork(self._recipe, self._run.best, self._model.output_shape[-1], tuple(self._history))

    def _begin(self) -> WeightAverage:
        """Puts the run where it was stopped; returns the mean of the weights so far.

        Raises:
            UsageError: it learnt from other faces, or votes, until then.
        """
        state = self._run.load_state()
        if state is None:
            return WeightAverage(self._model.get_weights())
        if not np.array_equal(state.get("data", self._checksum), self._checksum):  # earlier versions kept no checksum
            raise UsageError(f"{self._run.folder}: was started with other data; give the same again, or choose another folder")
        self._history = self._run.read_history("epoch", int(state["epoch"]))
        return WeightAverage(restore(state, self._model))

    def _train_epoch(self, epoch: int, epochs: Epochs, steps: int) -> None:
        arch, started = self._recipe.arch, time.monotonic()
        rates = [rate(self._recipe, self._history, epoch + step / steps) for step in range(steps)]
        loss, right = epochs.train(epoch, rates, lambda step: self._listener.step(arch, epoch + 1, step, steps))
        refuse_not_finite(loss, self._recipe.learning_rate, f"epoch {epoch + 1}")
        self._close_epoch(loss, right, time.monotonic() - started)

    def _close_epoch(self, loss: float, right: float, seconds: float) -> None:
        self._judged.set_weights(self._average.weights if self._recipe.average else self._model.get_weights())
        logits = self._judged.predict(self._public_inputs, batch_size=EVALUATION_BATCH, verbose=0)
        val_loss, val_accuracy = _judge(logits, self._public_test)
        best = max((line["val_accuracy"] for line in self._history), default=-1.0)
        epoch, rate_now = len(self._history) + 1, float(self._model.optimizer.learning_rate)
        values = (epoch, round(seconds, 1), rate_now, loss, right, val_loss, val_accuracy)
        self._history.append(dict(zip(COLUMNS, values, strict=True)))
        if val_accuracy > best:
            self._unsaved_best = _Best(epoch, self._judged.get_weights(), logits[:, : len(LABELS)].argmax(axis=1))
        if time.monotonic() > self._saved_at + SAVED_EVERY_S or is_over(self._recipe, self._history):
            self._save()
        self._listener.scalars(self._run.folder, self._history[-1])
        self._listener.say(
            f"epoch {epoch} of {self._recipe.epochs}: loss {loss:.3f}, accuracy {right:.3f}; PublicTest: loss {val_loss:.3f}, "
            f"accuracy {val_accuracy:.4f}; {seconds:.0f} s"
        )

    def _save(self) -> None:
        best = self._unsaved_best
        if best is not None:
            self._judged.set_weights(best.weights)
            self._run.keep_best(self._judged)
            title = f"{self._recipe.arch} on PublicTest, epoch {best.epoch}"
            confusion = confusion_matrix(self._public_test.labels, best.said)
            write_whole(self._run.folder / CONFUSION_FILE, confusion_png(confusion, title))
            self._unsaved_best = None
        self._run.write_history(self._history)
        own = {"epoch": np.array(len(self._history)), "data": self._checksum}
        self._run.save_state(state_of(self._model, self._average.weights) | own)
        self._saved_at = time.monotonic()


def _epochs(model: Any, lesson: Lesson, average: WeightAverage) -> Epochs:
    if keras.backend.backend() != "jax":
        return KerasEpochs(model, lesson, average)
    # Only where JAX is installed.
    from live_monitor.training.jax_epochs import JaxEpochs

    return JaxEpochs(model, lesson, average)


def _optimiser(recipe: Recipe) -> Any:
    if recipe.optimiser == "adam":
        return keras.optimizers.Adam(recipe.learning_rate, weight_decay=recipe.weight_decay or None)
    return keras.optimizers.SGD(recipe.learning_rate, MOMENTUM, nesterov=True, weight_decay=recipe.weight_decay or None)


def _judge(logits: NDArray[np.float32], faces: Faces) -> tuple[float, float]:
    """Mean cross-entropy and share of right labels."""
    given = softmax(logits[:, : len(LABELS)])
    of_label = given[np.arange(len(faces)), faces.labels]
    loss = -np.log(np.maximum(of_label, np.finfo(np.float32).tiny)).mean()
    return float(loss), float((given.argmax(axis=1) == faces.labels).mean())
