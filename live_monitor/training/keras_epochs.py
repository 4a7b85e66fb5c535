"""Epochs on any backend of Keras: a thread changes the faces of the next steps while the network learns from the current ones."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from live_monitor.classify.preprocess import normalise
from live_monitor.training.augment import AUGMENTATIONS
from live_monitor.training.average import WeightAverage
from live_monitor.training.lesson import Lesson, blended, reseed_dropout
from live_monitor.training.objective import by_head, with_answers
from live_monitor.training.prefetch import prefetched

Batch = tuple[NDArray[np.float32], NDArray[np.float32]]


class KerasEpochs:
    """See `live_monitor.training.lesson.Epochs`."""

    def __init__(self, model: Any, lesson: Lesson, average: WeightAverage) -> None:
        self._average = average
        self._model, self._lesson = model, lesson

    def train(self, epoch: int, rates: Sequence[float], on_step: Callable[[int], None]) -> tuple[float, float]:
        recipe, steps = self._lesson.recipe, self._lesson.steps
        rows = self._lesson.batches(epoch)
        reseed_dropout(self._model, recipe.seed, epoch)
        totals = np.zeros(2)
        with contextlib.closing(prefetched(lambda step: self._batch(rows[step], epoch, step), 0, steps)) as batches:
            for step, (faces, wanted) in enumerate(batches, start=1):
                self._model.optimizer.learning_rate.assign(rates[step - 1])
                asked = self._asked(faces, wanted, step)
                self._model.reset_metrics()  # Keras before 3.15 gives the mean of all steps so far
                totals += [float(value) for value in self._model.train_on_batch(faces, asked)]
                if recipe.average:
                    self._average.after_step(epoch * steps + step, self._model)
                on_step(step)
        loss, right = (totals / steps).tolist()
        return loss, right

    def _batch(self, rows: NDArray[np.int64], epoch: int, step: int) -> Batch:
        """Normalised faces and the answers wanted for them; decided by seed, epoch and step alone."""
        recipe = self._lesson.recipe
        rng = np.random.default_rng((recipe.seed, epoch, step))
        images, wanted = self._shown(rows, rng)
        faces = normalise(images)
        if not recipe.mixup:
            return faces, wanted
        share = np.float32(rng.beta(recipe.mixup, recipe.mixup))
        return blended(faces, share), blended(wanted, share)

    def _shown(self, rows: NDArray[np.int64], rng: np.random.Generator) -> tuple[NDArray[np.uint8], NDArray[np.float32]]:
        """Changed faces and the answers people want for them, or views and those that people and teachers want together."""
        lesson = self._lesson
        if lesson.views is None:
            return AUGMENTATIONS[lesson.recipe.augmentation](lesson.images[rows], rng), lesson.wanted[rows]
        images, answers = lesson.views.of(rows, rng)
        return images, np.asarray(with_answers(lesson.wanted[rows], answers, lesson.recipe.distillation))

    def _asked(self, faces: NDArray[np.float32], wanted: NDArray[np.float32], step: int) -> NDArray[np.float32]:
        teachers = self._lesson.teachers
        if not teachers:
            return wanted
        answers = by_head(teachers[step % len(teachers)].predict_on_batch(faces))
        asked: NDArray[np.float32] = np.asarray(with_answers(wanted, answers, self._lesson.recipe.distillation))
        return asked
