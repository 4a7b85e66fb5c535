"""Faces that people did not mark: half hidden, turned to the side, or too blurred for them.

Held against the network as background they would teach it to overlook such faces, so what a teacher finds there counts
neither way.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

import cv2
import numpy as np

from live_monitor.detect.detector import FaceFinder
from live_monitor.training.faces.pictures import Picture
from live_monitor.types import Box

MARKED_SHARE = 0.3
"""A box that shares more than this of its area with a marked one is that face."""


def with_unmarked(pictures: Sequence[Picture], teacher: FaceFinder) -> list[Picture]:
    """The same pictures, and in those with boxes by people what only the teacher finds as `Picture.unmarked`."""
    return [_with_unmarked(picture, teacher) if picture.by_people else picture for picture in pictures]


def _with_unmarked(picture: Picture, teacher: FaceFinder) -> Picture:
    marked = [Box(*box) for box in picture.boxes.tolist()]
    found = [face.box for face in teacher.find(np.asarray(cv2.cvtColor(picture.grey, cv2.COLOR_GRAY2BGR), np.uint8))]
    unmarked = [box for box in found if not any(box.intersection(other) > MARKED_SHARE * box.area for other in marked)]
    return dataclasses.replace(picture, unmarked=np.array(unmarked, np.float32).reshape(-1, 4))
