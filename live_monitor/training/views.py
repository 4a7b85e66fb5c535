"""Views of every Training face that the teachers answer once, before training, so that no epoch waits for them.

On a CPU a teacher of 11 million parameters takes about as long to answer a face as a network of 2.8 million to learn it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from live_monitor.classify.preprocess import normalise
from live_monitor.errors import UsageError
from live_monitor.files.whole_file import whole_file
from live_monitor.training.augment import AUGMENTATIONS, nudge
from live_monitor.training.objective import by_head
from live_monitor.training.recipe import Recipe

ANSWERS_FILE = "answers.npy"
"""What the teachers said, in the run's folder: views are made again in seconds, answers in minutes."""


class AnsweredViews:
    """Some views of each face, and what a teacher said of each."""

    def __init__(self, faces: NDArray[np.uint8], answers: NDArray[np.float16]) -> None:
        """Keeps both.

        Args:
            faces: uint8 (views, n, h, w).
            answers: probabilities (views, n, 7 or 15), see `live_monitor.training.objective.by_head`.
        """
        self._faces, self._answers = faces, answers

    def of(self, rows: NDArray[np.int64], rng: np.random.Generator) -> tuple[NDArray[np.uint8], NDArray[np.float32]]:
        """A random view of each of these faces, nudged, uint8 (rows, h, w), and its answers, float32 (rows, 7 or 15)."""
        view = rng.integers(len(self._faces), size=len(rows))
        return nudge(self._faces[view, rows], rng), self._answers[view, rows].astype(np.float32)


def answered_views(
    images: NDArray[np.uint8], teachers: Sequence[Any], recipe: Recipe, run: Path, say: Callable[[str], None]
) -> AnsweredViews:
    """Makes a recipe's views and has the teachers answer them, taking turns from view to view.

    Args:
        images: Training faces, uint8 (n, h, w).
        teachers: Keras networks.
        recipe: how many views, and of which augmentation.
        run: its folder; answers that lie there are not asked for again, others are saved there after every view.
        say: called with a line for people after every view that was answered.

    Raises:
        UsageError: the answers that lie there are damaged, or about other faces.
        OSError: the folder cannot be written.
    """
    answers = _load(run / ANSWERS_FILE, len(images))
    faces = np.empty((recipe.teacher_views, *images.shape), np.uint8)
    for view in range(recipe.teacher_views):
        faces[view] = _view(images, recipe, view)
        if view < len(answers):
            continue
        answers.append(_answers(faces[view], teachers[view % len(teachers)], recipe.batch_size))
        with whole_file(run / ANSWERS_FILE) as unfinished, unfinished.open("wb") as file:
            np.save(file, np.stack(answers))
        say(f"teachers have answered view {view + 1} of {recipe.teacher_views}")
    return AnsweredViews(faces, np.stack(answers))


def _view(images: NDArray[np.uint8], recipe: Recipe, view: int) -> NDArray[np.uint8]:
    """The faces changed, decided by seed and number of the view alone."""
    augment = AUGMENTATIONS[recipe.augmentation]
    starts = range(0, len(images), recipe.batch_size)
    rngs = (np.random.default_rng((recipe.seed, view, start, len(images))) for start in starts)
    return np.concatenate(
        [augment(images[start : start + recipe.batch_size], rng) for start, rng in zip(starts, rngs, strict=True)]
    )


def _answers(faces: NDArray[np.uint8], teacher: Any, batch_size: int) -> NDArray[np.float16]:
    batches = (normalise(faces[start : start + batch_size]) for start in range(0, len(faces), batch_size))
    return np.concatenate([np.asarray(by_head(teacher.predict_on_batch(batch)), np.float16) for batch in batches])


def _load(file: Path, faces: int) -> list[NDArray[np.float16]]:
    if not file.exists():
        return []
    try:
        answers = list(np.load(file))
    except (ValueError, EOFError) as error:
        raise UsageError(f"{file}: damaged: {error}; delete it and run the command again with --resume") from error
    if any(len(view) != faces for view in answers):
        raise UsageError(f"{file}: of {len(answers[0])} faces, not of these {faces}; give the data that the run began with")
    return answers
