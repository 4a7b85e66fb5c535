"""Measures a detector on pictures in training, by the very rules of `live_monitor.evaluation.faces.matching`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from live_monitor.evaluation.faces.evaluate import SMALLEST_PX
from live_monitor.evaluation.faces.matching import Match, Pool, match, pooled, shorter_side
from live_monitor.types import Box, Detection

FRONTAL_ASIDE = 0.25
"""A face counts as frontal when its nose is at most this far from the middle between the eyes, as a share of their distance."""

Array = NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class Looked:
    """One picture: boxes (n, 4) and landmarks (n, 5, 2) of its faces, boxes, scores (m,) and landmarks found in it.

    All in pixels of the picture as it was searched; landmarks are nan where unknown.
    """

    truth: Array
    truth_landmarks: Array
    found: Array
    scores: Array
    landmarks: Array


def judge(pictures: Sequence[Looked], smallest_px: float = SMALLEST_PX) -> Pool:
    """Compares what was found with what is there.

    Args:
        pictures: what was found in them.
        smallest_px: shorter side of the smallest face that counts, in pixels of the picture as it was searched.
    """
    return pooled([_match(picture, 0.0) for picture in pictures], smallest_px)


def landmark_error(pictures: Sequence[Looked], threshold: float) -> float:
    """Mean distance of the landmarks found from those known, as a share of the face's width, over frontal faces; nan without."""
    errors = []
    for picture in pictures:
        matched, frontal = _match(picture, threshold), _frontal(picture)
        for found, owner, first in zip(matched.detections, matched.owners, matched.first, strict=True):
            if first and frontal[owner] and shorter_side(matched.faces[owner]) >= SMALLEST_PX:
                off = np.array(found.landmarks) - picture.truth_landmarks[owner]
                errors.append(float(np.linalg.norm(off, axis=1).mean() / matched.faces[owner].width))
    return float(np.mean(errors)) if errors else float("nan")


def _match(picture: Looked, threshold: float) -> Match:
    detections = [
        Detection(Box(*box), score, tuple((x, y) for x, y in points))
        for box, score, points in zip(picture.found.tolist(), picture.scores.tolist(), picture.landmarks.tolist(), strict=True)
        if score >= threshold
    ]
    return match([Box(*box) for box in picture.truth.tolist()], [], detections)


def _frontal(picture: Looked) -> NDArray[np.bool_]:
    """Faces whose nose is close to the middle between the eyes, (n,)."""
    right_eye, left_eye, nose = (picture.truth_landmarks[:, point] for point in range(3))
    between = np.linalg.norm(left_eye - right_eye, axis=1)
    aside = np.abs(nose[:, 0] - (right_eye[:, 0] + left_eye[:, 0]) / 2)
    with np.errstate(invalid="ignore"):
        return np.asarray(aside < FRONTAL_ASIDE * between, np.bool_)
