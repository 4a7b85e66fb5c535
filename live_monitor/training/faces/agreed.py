"""Faces that nobody marked though two detectors see them: half hidden, seen from the side, or far away.

People left them out, and so did the detector that labelled the other pictures, which looked but once. They are the faces of a
crowd that a detector learns last, so each one that is there counts: where a teacher and the detector that training begins with
agree, somebody is taken to be there (pseudo-labels by agreement, as in Blum and Mitchell 1998, "Combining Labeled and Unlabeled
Data with Co-Training").
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable

import numpy as np

from live_monitor.detect.detector import FaceFinder
from live_monitor.evaluation.faces.matching import match
from live_monitor.training.faces.pictures import NEGATIVE, SINGLE, Picture, landmarks_of
from live_monitor.training.faces.unmarked import found_at, is_one_of
from live_monitor.types import Box, Detection

TEACHER_SURE, DETECTOR_SURE = 0.6, 0.45
"""Scores from which the two agree: of what YuNet and facegrid see so, about four in five are faces."""

SCALES = (0.5, 1.0, 2.0)
"""Both see each picture so many times as large."""


def with_agreed(pictures: Iterable[Picture], teacher: FaceFinder, detector: FaceFinder) -> list[Picture]:
    """Marks what a teacher and a detector find alike, by the teacher's boxes and landmarks.

    Args:
        pictures: to train on; single faces and scenes of nobody stay as they are.
        teacher: reports what it finds from TEACHER_SURE on.
        detector: reports what it finds from DETECTOR_SURE on.
    """
    return [picture if picture.kind in (SINGLE, NEGATIVE) else _with_agreed(picture, teacher, detector) for picture in pictures]


def _with_agreed(picture: Picture, teacher: FaceFinder, detector: FaceFinder) -> Picture:
    known = [Box(*box) for box in picture.boxes.tolist()]
    new: list[Detection] = []
    for face in sorted(found_at(SCALES, picture.image, teacher), key=lambda face: -(face.score or 0.0)):
        if (face.score or 0.0) >= TEACHER_SURE and not is_one_of(known, face.box):
            known.append(face.box)
            new.append(face)
    if not new:
        return picture
    seen = match([face.box for face in new], [], found_at(SCALES, picture.image, detector)).found(DETECTOR_SURE)
    agreed = [face for face, is_seen in zip(new, seen, strict=True) if is_seen]
    boxes = np.array([face.box for face in agreed], np.float32).reshape(-1, 4)
    points = np.array([landmarks_of(face) for face in agreed], np.float32).reshape(-1, 5, 2)
    return dataclasses.replace(
        picture, boxes=np.concatenate([picture.boxes, boxes]), landmarks=np.concatenate([picture.landmarks, points])
    )
