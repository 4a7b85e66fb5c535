"""Faces that nobody marked: half hidden, turned to the side, or too blurred for whoever made the boxes.

Held against the network as background they would teach it to overlook such faces, so what a teacher finds there counts
neither way, unless the teacher sees it faintly and a second detector not at all. A scene that is said to show nobody keeps its
doubtful things, which are what the network must learn to leave alone; where the teacher is sure of somebody there, the
scene is not used. If somebody is marked there, it is a scene like others.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Sequence

import cv2
import numpy as np

from live_monitor.detect.detector import FaceFinder, in_pixels_of
from live_monitor.training.faces.pictures import NEGATIVE, Picture
from live_monitor.types import Box, Detection, Image

FAINTEST = 0.25
"""Score from which the teacher should report: most of what YuNet finds in photos between 0.25 and the 0.6 from which it has
labelled them are faces."""

SURE = 0.8
"""Score from which somebody is taken to be there. YuNet takes decoys, pearls and the moon for faces with up to 0.76."""

SCALES = (1.0, 2.0)
"""The teacher sees each picture scaled by these factors: samples enlarge pictures, and it finds more of the small faces."""

BELIEVED = 0.5
"""Score from which the teacher is believed on its own. Of 96 boxes drawn at random from 1,037 that YuNet has seen with less and
facegrid hardly or not at all, nearly all were hands, ears, hair and the backs of heads."""

MARKED_SHARE = 0.3
"""A box that shares more than this of its area with a marked one is that face."""


def with_unmarked(pictures: Iterable[Picture], teacher: FaceFinder, second: FaceFinder | None = None) -> list[Picture]:
    """Notes what only a teacher finds.

    Args:
        pictures: to train on.
        teacher: reports what it finds from FAINTEST on.
        second: another detector; what it does not see and the teacher sees with less than BELIEVED is background. None: the
            teacher is always believed.

    Returns:
        The same pictures, with `Picture.unmarked`, without the scenes said to show nobody that do.
    """
    known = []
    for picture in pictures:
        found = found_at(SCALES, picture.image, teacher)
        if picture.kind != NEGATIVE or len(picture.boxes):
            known.append(_with_unmarked(picture, found, second))
        elif all((face.score or 0.0) < SURE for face in found):
            known.append(picture)
    return known


def found_at(scales: Sequence[float], picture: Image, finder: FaceFinder) -> list[Detection]:
    """What is found in a picture scaled by these factors, in pixels of the picture; a face seen twice is there twice."""
    found = []
    for scale in scales:
        method = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
        scaled: Image = np.asarray(cv2.resize(picture, None, fx=scale, fy=scale, interpolation=method), np.uint8)
        found += [in_pixels_of(face, (1 / scale, 1 / scale)) for face in finder.find(scaled)]
    return found


def _with_unmarked(picture: Picture, found: Sequence[Detection], second: FaceFinder | None) -> Picture:
    marked = [Box(*box) for box in picture.boxes.tolist()]
    unmarked = [face for face in found if not is_one_of(marked, face.box)]
    if second is not None:
        seen = [face.box for face in found_at(SCALES, picture.image, second) if not is_one_of(marked, face.box)]
        unmarked = [face for face in unmarked if (face.score or 0.0) >= BELIEVED or is_one_of(seen, face.box)]
    return dataclasses.replace(picture, unmarked=np.array([face.box for face in unmarked], np.float32).reshape(-1, 4))


def is_one_of(marked: Sequence[Box], box: Box) -> bool:
    """Whether it shares more than MARKED_SHARE of its area with one of the marked boxes."""
    return any(box.intersection(other) > MARKED_SHARE * box.area for other in marked)
