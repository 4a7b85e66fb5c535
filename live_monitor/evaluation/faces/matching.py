"""Which detections are right, and the measures made of that: recall, precision and average precision."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from live_monitor.boxes import overlaps
from live_monitor.types import Box, Detection

MIN_IOU = 0.4
"""Overlap of a detection and a face from which on the face counts as found."""

UNSCORED = 1.0
"""Score of a detection whose detector gives none."""

_NOBODY = -1

Flags = NDArray[np.bool_]


class Verdicts(NamedTuple):
    """For each detection: bool (m,) whether it is right, and whether it is false. Neither: it does not count."""

    right: Flags
    false: Flags


@dataclass(frozen=True, eq=False)
class Match:
    """The detections of one picture, each assigned to at most one marked box.

    Attributes:
        faces: the marked faces, n of them.
        ignored: boxes that count neither when they are found nor when they are not.
        detections: m of them, by falling score.
        scores: float64 (m,), falling; UNSCORED where the detection has none.
        owners: int64 (m,), the box that each detection belongs to, as an index into faces and then ignored, or -1.
        first: bool (m,), True for the best-scored detection of its box.
    """

    faces: tuple[Box, ...]
    ignored: tuple[Box, ...]
    detections: tuple[Detection, ...]
    scores: NDArray[np.float64]
    owners: NDArray[np.int64]
    first: Flags

    def counted(self, low_px: float, high_px: float = math.inf) -> Flags:
        """bool (n,): faces whose shorter side is at least low_px and below high_px pixels."""
        return _of_size(self.faces, low_px, high_px)

    def found(self, threshold: float) -> Flags:
        """bool (n,): faces that a detection of at least this score belongs to."""
        found = np.zeros(len(self.faces) + len(self.ignored), bool)
        found[self.owners[(self.owners != _NOBODY) & (self.scores >= threshold)]] = True
        return found[: len(self.faces)]

    def verdicts(self, low_px: float, high_px: float = math.inf) -> Verdicts:
        """Judges the detections where only faces of this size count, shorter side in pixels, high_px exclusive.

        A detection of an ignored box or of a face of another size does not count; nor does one that belongs to no box and
        is itself of another size (Lin et al., "Microsoft COCO: Common Objects in Context", 2014: its evaluation by area).
        """
        counted = np.concatenate([self.counted(low_px, high_px), np.zeros(len(self.ignored), bool)])
        # One entry more, at index -1: the box of detections that belong to none.
        owner_counts = np.append(counted, False)[self.owners]
        owner_excuses = np.append(~counted, False)[self.owners]
        right = self.first & owner_counts
        own_size = _of_size([detection.box for detection in self.detections], low_px, high_px)
        return Verdicts(right, ~right & ~owner_excuses & own_size)


def match(faces: Sequence[Box], ignored: Sequence[Box], detections: Sequence[Detection]) -> Match:
    """Assigns detections to marked boxes, whatever the order of either.

    Each detection belongs to the box it overlaps most, if their intersection over union is at least MIN_IOU. The best-scored
    detection of a face is right, every further one is false (Everingham et al., "The PASCAL Visual Object Classes (VOC)
    Challenge", 2010, section 4.2, with 0.5). Of equally scored detections the closer one comes first.

    Args:
        faces: boxes to be found, in pixels of the picture.
        ignored: boxes in the same pixels that count neither way.
        detections: what a detector found, in the same pixels.
    """
    boxes = _as_array([*faces, *ignored])
    found = _as_array([detection.box for detection in detections])
    scores = np.array([UNSCORED if detection.score is None else detection.score for detection in detections], np.float64)
    owners, overlaps = _closest(found, boxes)
    order = np.lexsort((*found.T, -overlaps, -scores))
    owners = np.where(overlaps >= MIN_IOU, owners, _NOBODY)[order]
    first = np.zeros(len(owners), bool)
    first[np.unique(owners, return_index=True)[1]] = True
    by_score = tuple(detections[index] for index in order)
    return Match(tuple(faces), tuple(ignored), by_score, scores[order], owners, first & (owners != _NOBODY))


class Pool(NamedTuple):
    """The detections of several pictures together, and what they are worth.

    Attributes:
        scores: float64 (m,), in any order.
        verdicts: bool (m,) each, in the same order.
        faces: how many there were to find.
    """

    scores: NDArray[np.float64]
    verdicts: Verdicts
    faces: int

    def average_precision(self) -> float | None:
        """Area under the curve of precision over recall, made non-increasing from the right, at every recall there is.

        That is the measure of PASCAL VOC since 2010 (its development kit, "Average Precision"). Equal scores enter together, so
        that the order of pictures does not matter; a detector without scores has one point, and its area is recall times
        precision.

        Returns:
            0..1, or None where there was no face to find.
        """
        if self.faces == 0:
            return None
        right, false = (flags[np.argsort(-self.scores, kind="stable")] for flags in self.verdicts)
        end_of_tie = np.diff(np.sort(-self.scores), append=np.inf) != 0
        hits, misses = np.cumsum(right)[end_of_tie], np.cumsum(false)[end_of_tie]
        precision = hits / np.maximum(hits + misses, 1)
        envelope = np.maximum.accumulate(precision[::-1])[::-1]
        return float(np.sum(np.diff(hits / self.faces, prepend=0.0) * envelope))

    def recall(self, threshold: float) -> float | None:
        """Share of the faces that is found by detections of at least this score, 0..1; None where there was no face."""
        return self._right(threshold) / self.faces if self.faces else None

    def precision(self, threshold: float) -> float | None:
        """Share of the detections of at least this score that is right, 0..1; None where there is none that counts."""
        taken = self._right(threshold) + self.false(threshold)
        return self._right(threshold) / taken if taken else None

    def false(self, threshold: float) -> int:
        """How many detections of at least this score are false."""
        return int((self.verdicts.false & (self.scores >= threshold)).sum())

    def _right(self, threshold: float) -> int:
        return int((self.verdicts.right & (self.scores >= threshold)).sum())


def pooled(matches: Sequence[Match], low_px: float, high_px: float = math.inf) -> Pool:
    """The detections of several pictures, at least one, judged for faces of a size, see `Match.verdicts`."""
    each = [match.verdicts(low_px, high_px) for match in matches]
    verdicts = Verdicts(np.concatenate([one.right for one in each]), np.concatenate([one.false for one in each]))
    faces = sum(int(match.counted(low_px, high_px).sum()) for match in matches)
    return Pool(np.concatenate([match.scores for match in matches]), verdicts, faces)


def shorter_side(box: Box) -> float:
    """In pixels; what "a face of 20 px" means here."""
    return min(box.width, box.height)


def _of_size(boxes: Sequence[Box], low_px: float, high_px: float) -> Flags:
    return np.array([low_px <= shorter_side(box) < high_px for box in boxes], bool)


def _as_array(boxes: Sequence[Box]) -> NDArray[np.float64]:
    return np.array(boxes, np.float64).reshape(-1, 4)


def _closest(found: NDArray[np.float64], boxes: NDArray[np.float64]) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """For each of (m, 4) found: index of the box of (n, 4) it overlaps most, and their intersection over union; both (m,)."""
    if not len(boxes):
        return np.zeros(len(found), np.int64), np.zeros(len(found))
    overlap = overlaps(found, boxes)
    return overlap.argmax(axis=1), overlap.max(axis=1)
