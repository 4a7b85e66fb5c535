"""Labelled faces and models made on the spot."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from live_monitor.evaluation.emotions.answers import Answers
from live_monitor.evaluation.emotions.evaluate import Run, evaluate
from live_monitor.evaluation.emotions.labelled import LabelledFaces
from live_monitor.labels import LABELS

LEVEL = 20
"""Grey levels between the faces of one label and the next, see `plain_faces`."""


def plain_faces(labels: Sequence[int], side: int = 48) -> NDArray[np.uint8]:
    """Uniformly grey faces, from whose level ByLevel knows the label; the right half is a little brighter."""
    faces = np.empty((len(labels), side, side), np.uint8)
    faces[:] = (LEVEL * (np.asarray(labels) + 1))[:, np.newaxis, np.newaxis]
    faces[:, :, side // 2 :] += 1
    return faces


class ByLevel:
    """Answers a uniformly grey face with the label that its level stands for; remembers its batches."""

    engine = "fake, CPU"
    size_bytes = 4_100_000

    def __init__(self, name: str = "by-level", confidence: float = 0.7, *, ferplus: int | None = None) -> None:
        self.name = name
        self.batches: list[NDArray[np.uint8]] = []
        self._confidence = confidence
        self._ferplus = ferplus

    def answer(self, faces: NDArray[np.uint8]) -> Answers:
        self.batches.append(faces)
        said = np.clip(np.rint(faces[:, 24, 12] / LEVEL).astype(int) - 1, 0, len(LABELS) - 1)
        others = (1 - self._confidence) / (len(LABELS) - 1)
        probabilities = np.full((len(faces), len(LABELS)), others, np.float32)
        probabilities[np.arange(len(faces)), said] = self._confidence
        if self._ferplus is None:
            return Answers(probabilities)
        return Answers(probabilities, np.tile(np.eye(8, dtype=np.float32)[self._ferplus], (len(faces), 1)))


SEEN = (0, 1, 2, 3, 4, 5, 6, 3, 3, 6)
TRUE = (0, 1, 2, 3, 4, 5, 6, 3, 4, 5)
"""What ByLevel answers to `some_faces`, and what is true: eight of ten are right."""


def some_faces(majority: Sequence[int] | None = None, **more: object) -> LabelledFaces:
    seen = None if majority is None else np.array(majority)
    return LabelledFaces("made", plain_faces(SEEN), np.array(TRUE), seen, **more)  # type: ignore[arg-type]


def some_runs() -> list[Run]:
    """The runs of two models on the same ten faces."""
    return evaluate([ByLevel("one"), ByLevel("runs/other", 0.9)], [some_faces()])
