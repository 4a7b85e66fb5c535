"""Chooses which face is drawn next: every kind of scene has its share, and rare or hardly seen faces come up more often."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from live_monitor.classify.quality import turn
from live_monitor.training.faces.pictures import CUTOUT, SINGLE, Picture
from live_monitor.training.faces.placing import sides

ASIDE = 0.15
ASIDE_TURN, MAX_TURN = 0.3, 1.0
"""In a share ASIDE of the draws the face is turned to the side by more than ASIDE_TURN, as few are: see
`live_monitor.classify.quality.Quality`. The further one is turned, up to MAX_TURN, the more often it is drawn: faces seen from
the side are fewest."""

MAX_FACES_A_PICTURE = 10
"""A kind of scene is drawn by the square root of the number of its faces, of which each picture counts at most so many: neither a
crowd nor a series of look-alikes dominates."""

FAINT = 0.2
"""Share of the draws that take a face that a detector hardly sees, where there are such faces."""


class FaceChooser:
    """Chooses among the faces of training pictures."""

    def __init__(self, pictures: Sequence[Picture]) -> None:
        kinds = _by_kind([picture for picture in pictures if len(picture.boxes)])
        cut_out = kinds.pop(CUTOUT, [])
        faces = [(picture, face) for kind in kinds.values() for picture in kind for face in range(len(picture.boxes))]
        turns = np.array([_turn(picture, face) for picture, face in faces])
        far = turns > ASIDE_TURN
        self._aside = [faces[index] for index in np.flatnonzero(far)]
        self._aside_shares = _normalised(np.minimum(turns[far], MAX_TURN))
        self._faint = [(picture, face) for kind in kinds.values() for picture in kind for face in picture.faint]
        self._alone = [kind for kind in (kinds.pop(SINGLE, []), cut_out) if kind]
        self._scenes = list(kinds.values())
        self._shares = _normalised(np.sqrt([_faces(kind) for kind in self._scenes]))

    @property
    def has_scenes(self) -> bool:
        """Whether there are other pictures than single faces."""
        return bool(self._scenes)

    def face(self, rng: np.random.Generator, *, singles: float = 0.0) -> tuple[Picture, NDArray[np.float32], float]:
        """A picture, and middle (x, y) and side of one of its faces; in a share `singles` of the cases one that is alone."""
        if self._faint and rng.random() < FAINT:
            picture, face = self._faint[rng.integers(len(self._faint))]
        elif self._aside and rng.random() < ASIDE:
            picture, face = self._aside[rng.choice(len(self._aside), p=self._aside_shares)]
        else:
            alone = self._alone and rng.random() < singles
            pictures = self._alone[rng.integers(len(self._alone))] if alone else self._scenes_of_a_kind(rng)
            picture = pictures[rng.integers(len(pictures))]
            face = rng.integers(len(picture.boxes))
        box = picture.boxes[face]
        return picture, (box[:2] + box[2:]) / 2, max(4.0, float(sides(box[None])[0]))

    def _scenes_of_a_kind(self, rng: np.random.Generator) -> list[Picture]:
        return self._scenes[rng.choice(len(self._scenes), p=self._shares)]


def _turn(picture: Picture, face: int) -> float:
    """How far a face is turned to the side; 0 where the landmarks are unknown."""
    points = picture.landmarks[face]
    return 0.0 if np.isnan(points).any() else turn(points.tolist())


def _by_kind(pictures: Sequence[Picture]) -> dict[str, list[Picture]]:
    kinds: dict[str, list[Picture]] = {}
    for picture in pictures:
        kinds.setdefault(picture.kind, []).append(picture)
    return kinds


def _faces(pictures: Sequence[Picture]) -> int:
    return sum(min(len(picture.boxes), MAX_FACES_A_PICTURE) for picture in pictures)


def _normalised(weights: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray(weights / weights.sum())
