"""Chooses whose face is drawn next: of every kind of scene its share, and more of those that are few or hardly seen."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from live_monitor.classify.quality import turn
from live_monitor.training.faces.pictures import SINGLE, Picture
from live_monitor.training.faces.placing import sides

ASIDE = 0.15
ASIDE_TURN, MOST_TURN = 0.3, 1.0
"""In this share of the draws the face is turned to the side by more than that, see `live_monitor.classify.quality.Quality`: few
are. The further one is turned, up to the second, the more often it is drawn: fewest are seen from the side."""

MOST_OF_A_PICTURE = 10
"""A kind of scene is drawn by the root of its faces, of each picture at most so many: neither a crowd nor a series of look-alikes
rules."""

FAINT = 0.2
"""Share of the draws, where there are such, that are of a face that a detector hardly sees."""


class FaceChooser:
    """Chooses among the faces of training pictures."""

    def __init__(self, pictures: Sequence[Picture]) -> None:
        with_faces = [picture for picture in pictures if len(picture.boxes)]
        faces = [(picture, face) for picture in with_faces for face in range(len(picture.boxes))]
        turns = np.concatenate([_turns(picture) for picture in with_faces] or [np.zeros(0)])
        self._singles = [picture for picture in with_faces if picture.kind == SINGLE]
        self._kinds = _by_kind([picture for picture in with_faces if picture.kind != SINGLE])
        self._shares = _normalised(np.sqrt([_faces(kind) for kind in self._kinds]))
        self._aside = [faces[index] for index in np.flatnonzero(turns > ASIDE_TURN)]
        self._aside_shares = _normalised(np.minimum(turns[turns > ASIDE_TURN], MOST_TURN))
        self._faint = [(picture, face) for picture in with_faces for face in picture.faint]

    @property
    def has_scenes(self) -> bool:
        """Whether there is more than single faces."""
        return bool(self._kinds)

    def face(self, rng: np.random.Generator, *, singles: float = 0.0) -> tuple[Picture, NDArray[np.float32], float]:
        """A picture, and middle (x, y) and side of one of its faces; in a share `singles` of the cases a single one."""
        if self._faint and rng.random() < FAINT:
            picture, face = self._faint[rng.integers(len(self._faint))]
        elif self._aside and rng.random() < ASIDE:
            picture, face = self._aside[rng.choice(len(self._aside), p=self._aside_shares)]
        else:
            pictures = self._singles if self._singles and rng.random() < singles else self._scenes_of_a_kind(rng)
            picture = pictures[rng.integers(len(pictures))]
            face = rng.integers(len(picture.boxes))
        box = picture.boxes[face]
        return picture, (box[:2] + box[2:]) / 2, max(4.0, float(sides(box[None])[0]))

    def _scenes_of_a_kind(self, rng: np.random.Generator) -> list[Picture]:
        return self._kinds[rng.choice(len(self._kinds), p=self._shares)]


def _turns(picture: Picture) -> NDArray[np.float64]:
    """How far each face is turned to the side, (n,); 0 where the landmarks are unknown."""
    faces = picture.landmarks.tolist()
    return np.array([0.0 if np.isnan(points).any() else turn(points) for points in faces])


def _by_kind(pictures: Sequence[Picture]) -> list[list[Picture]]:
    kinds: dict[str, list[Picture]] = {}
    for picture in pictures:
        kinds.setdefault(picture.kind, []).append(picture)
    return list(kinds.values())


def _faces(pictures: Sequence[Picture]) -> int:
    return sum(min(len(picture.boxes), MOST_OF_A_PICTURE) for picture in pictures)


def _normalised(weights: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray(weights / weights.sum())
