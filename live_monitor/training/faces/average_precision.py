"""Average precision of a detector: how well its scores tell faces from the rest."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from live_monitor.training.faces.placing import sides

MATCH_IOU = 0.4
SMALLEST_JUDGED_PX = 20.0
"""A found box is right from this overlap with a face's on; faces and boxes under this side are not judged."""

FRONTAL_ASIDE = 0.25
"""A face counts as frontal when its nose is at most this far from the middle between the eyes, in distances of the eyes."""

Array = NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class Looked:
    """One picture: boxes (n, 4) and landmarks (n, 5, 2) of its faces, boxes, scores (m,) and landmarks found in it.

    All in pixels of the picture as it was looked at; landmarks are nan where unknown.
    """

    truth: Array
    truth_landmarks: Array
    found: Array
    scores: Array
    landmarks: Array


@dataclass(frozen=True, eq=False)
class Judged:
    """Boxes found in some pictures: score and whether it is a face, the best first; and how many faces there were."""

    scores: Array
    right: NDArray[np.bool_]
    faces: int

    def precision(self, threshold: float) -> float:
        """Share of faces among the boxes with at least this score; 1 if there are none."""
        taken = self.right[self.scores >= threshold]
        return float(taken.mean()) if len(taken) else 1.0

    def recall(self, threshold: float) -> float:
        """Share of the faces found with at least this score; 1 if there are none."""
        return float(self.right[self.scores >= threshold].sum() / self.faces) if self.faces else 1.0

    @property
    def average_precision(self) -> float:
        """Area under precision over recall, precision being the best at this recall or a larger one; 0..1, nan without faces."""
        if not self.faces:
            return float("nan")
        hits = np.cumsum(self.right)
        precision = hits / np.arange(1, len(hits) + 1)
        best = np.maximum.accumulate(precision[::-1])[::-1]
        return float(best[self.right].sum() / self.faces)


def judge(pictures: Sequence[Looked]) -> Judged:
    """Compares what was found with what is there, each face being found once at most."""
    scores: list[float] = []
    right: list[bool] = []
    faces = 0
    for picture in pictures:
        judged = sides(picture.truth) >= SMALLEST_JUDGED_PX
        faces += int(judged.sum())
        for score, matched in _matches(picture):
            if matched is None or judged[matched]:
                scores.append(score)
                right.append(matched is not None)
    order = np.argsort(-np.array(scores), kind="stable")
    return Judged(np.array(scores, np.float32)[order], np.array(right, np.bool_)[order], faces)


def landmark_error(pictures: Sequence[Looked], threshold: float) -> float:
    """Mean distance of the landmarks found from those known, as a share of the face's width; of frontal faces, nan without."""
    errors = []
    for picture in pictures:
        taken = picture.scores >= threshold
        overlap, landmarks = intersection_over_union(picture.found[taken], picture.truth), picture.landmarks[taken]
        for face in np.flatnonzero(_frontal(picture) & (overlap.max(axis=0, initial=0) >= MATCH_IOU)):
            off = landmarks[overlap[:, face].argmax()] - picture.truth_landmarks[face]
            width = picture.truth[face, 2] - picture.truth[face, 0]
            errors.append(float(np.linalg.norm(off, axis=1).mean() / width))
    return float(np.mean(errors)) if errors else float("nan")


def _frontal(picture: Looked) -> NDArray[np.bool_]:
    """Faces large enough to be judged whose nose is close to the middle between the eyes, (n,)."""
    right_eye, left_eye, nose = (picture.truth_landmarks[:, point] for point in range(3))
    between = np.linalg.norm(left_eye - right_eye, axis=1)
    aside = np.abs(nose[:, 0] - (right_eye[:, 0] + left_eye[:, 0]) / 2)
    with np.errstate(invalid="ignore"):
        near = aside < FRONTAL_ASIDE * between
    return np.asarray(near & (sides(picture.truth) >= SMALLEST_JUDGED_PX), np.bool_)


def _matches(picture: Looked) -> list[tuple[float, int | None]]:
    """Score and face of each box found, the best first; boxes too small to be judged and no face's are left out."""
    overlap = intersection_over_union(picture.found, picture.truth)
    taken = np.zeros(len(picture.truth), np.bool_)
    large = sides(picture.found) >= SMALLEST_JUDGED_PX
    matches: list[tuple[float, int | None]] = []
    for box in np.argsort(-picture.scores, kind="stable"):
        free = np.where(taken, 0.0, overlap[box])
        face = int(free.argmax()) if len(free) else -1
        if face >= 0 and free[face] >= MATCH_IOU:
            taken[face] = True
            matches.append((float(picture.scores[box]), face))
        elif large[box]:
            matches.append((float(picture.scores[box]), None))
    return matches


def intersection_over_union(first: Array, second: Array) -> Array:
    """(n, 4) and (m, 4) to (n, m), 0..1."""
    low = np.maximum(first[:, None, :2], second[None, :, :2])
    high = np.minimum(first[:, None, 2:], second[None, :, 2:])
    shared = np.maximum(high - low, 0).prod(axis=2)
    areas = sides(first)[:, None] ** 2 + sides(second)[None] ** 2
    return np.asarray(shared / np.maximum(areas - shared, 1e-6), np.float32)
