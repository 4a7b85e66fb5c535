"""Runs emotion models over labelled faces: what each says, of the mirrored and the harder ones too, and how long it takes."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from live_monitor.evaluation.emotions.answers import Answers, Candidate
from live_monitor.evaluation.emotions.harder import HARDER
from live_monitor.evaluation.emotions.labelled import LabelledFaces, at_face_size

BATCH = 64
TIMED_BATCHES = (1, 8, 32)
REPEATS = 30
"""Calls of which the median is taken."""

PASSES = 2 + len(HARDER)
"""How often each model sees each face: as it is, mirrored, and made harder."""

Progress = Callable[[int], object]
"""Called with the number of faces done since the last call."""


@dataclass(frozen=True, eq=False)
class Run:
    """One model on one set of faces.

    Attributes:
        candidate: the model.
        faces: the faces.
        answers: what it says about them, one pass each.
        flipped: float32 (n, 7), the mean of the probabilities of each face and of its mirror image.
        harder: by condition of HARDER, probabilities float32 (n, 7).
        ms_per_batch: by number of faces, milliseconds from grey faces to probabilities, the median.
    """

    candidate: Candidate
    faces: LabelledFaces
    answers: Answers
    flipped: NDArray[np.float32]
    harder: dict[str, NDArray[np.float32]]
    ms_per_batch: dict[int, float]


def evaluate(
    candidates: Sequence[Candidate], faces_sets: Sequence[LabelledFaces], progress: Progress = lambda _: None
) -> list[Run]:
    """Gives every set of faces to every model.

    Args:
        candidates: the models.
        faces_sets: the faces; the harder ones are made of faces of 48x48 pixels.
        progress: see Progress; each model sees each face PASSES times.

    Returns:
        A run for each model and set, those of a model together.
    """
    ms_per_batch = time_batches(candidates, at_face_size(faces_sets[0].images[: max(TIMED_BATCHES)]))
    return [
        _run(candidate, faces, times, progress)
        for candidate, times in zip(candidates, ms_per_batch, strict=True)
        for faces in faces_sets
    ]


def answers_and_flipped(
    candidate: Candidate, images: NDArray[np.uint8], progress: Progress = lambda _: None
) -> tuple[Answers, NDArray[np.float32]]:
    """What a model says about faces uint8 (n, h, w), and the mean of its probabilities for each and its mirror image."""
    answers = _answer(candidate, images, progress)
    mirrored = _answer(candidate, np.ascontiguousarray(images[:, :, ::-1]), progress)
    return answers, (answers.probabilities + mirrored.probabilities) / np.float32(2)


def time_batches(candidates: Sequence[Candidate], images: NDArray[np.uint8]) -> list[dict[int, float]]:
    """Milliseconds for TIMED_BATCHES faces at once, one dictionary a model.

    The models take turns, so that whatever else the machine does slows all of them alike; the first call of each is not counted.

    Args:
        candidates: the models.
        images: uint8 (n, h, w) grey faces, repeated if they are too few.
    """
    medians: list[dict[int, float]] = [{} for _ in candidates]
    for batch in TIMED_BATCHES:
        faces = np.resize(images, (batch, *images.shape[1:]))
        times_ms = np.array([[_call_ms(candidate, faces) for candidate in candidates] for _ in range(REPEATS + 1)])
        for of_one, median in zip(medians, np.median(times_ms[1:], axis=0), strict=True):
            of_one[batch] = float(median)
    return medians


def _run(candidate: Candidate, faces: LabelledFaces, ms_per_batch: dict[int, float], progress: Progress) -> Run:
    images = at_face_size(faces.images)
    answers, flipped = answers_and_flipped(candidate, images, progress)
    harder = {name: _answer(candidate, make(images), progress).probabilities for name, make in HARDER.items()}
    return Run(candidate, faces, answers, flipped, harder, ms_per_batch)


def _answer(candidate: Candidate, images: NDArray[np.uint8], progress: Progress) -> Answers:
    parts = []
    for start in range(0, len(images), BATCH):
        batch = images[start : start + BATCH]
        parts.append(candidate.answer(batch))
        progress(len(batch))
    ferplus = [part.ferplus for part in parts if part.ferplus is not None]
    return Answers(np.concatenate([part.probabilities for part in parts]), np.concatenate(ferplus) if ferplus else None)


def _call_ms(candidate: Candidate, faces: NDArray[np.uint8]) -> float:
    start = time.perf_counter()
    candidate.answer(faces)
    return 1e3 * (time.perf_counter() - start)
