"""Faces that a detector hardly sees though they are marked: training that begins with that detector shows them more often.

Those who look down, or are seen from the side or half hidden, are few among all faces, and drawn at random they teach little
(hard examples as in Shrivastava et al. 2016, arXiv 1604.03540, chosen once, before training).
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from live_monitor.detect.detector import FaceFinder
from live_monitor.evaluation.faces.matching import match
from live_monitor.training.faces.pictures import SINGLE, Picture
from live_monitor.training.faces.placing import sides
from live_monitor.training.faces.unmarked import found_at
from live_monitor.types import Box

SEEN = 0.65
"""Score from which a face is seen well: about the threshold of the detector that ships."""

SCALES = (1.0, 0.5)
"""The detector sees each picture scaled by these factors."""

SMALLEST_PX = 10.0
"""Smaller faces do not count as faint: any of them would."""


def with_faint(pictures: Iterable[Picture], detector: FaceFinder) -> list[Picture]:
    """Notes which faces the detector hardly sees, in the picture as it is or made smaller.

    Args:
        pictures: to train on.
        detector: reports what it finds, whatever the score.

    Returns:
        The same pictures, with `Picture.faint`; single faces, which a detector has marked, are not searched.
    """
    return [picture if picture.kind == SINGLE else _with_faint(picture, detector) for picture in pictures]


def _with_faint(picture: Picture, detector: FaceFinder) -> Picture:
    faint = np.zeros(len(picture.boxes), bool)
    for scale in SCALES:
        faint |= ~_seen(picture, scale, detector) & (scale * sides(picture.boxes) >= SMALLEST_PX)
    return dataclasses.replace(picture, faint=np.flatnonzero(faint))


def _seen(picture: Picture, scale: float, detector: FaceFinder) -> NDArray[np.bool_]:
    """Which of the n marked faces the detector sees well at this scale, (n,)."""
    faces = [Box(*box) for box in picture.boxes.tolist()]
    return match(faces, [], found_at([scale], picture.image, detector)).found(SEEN)
