"""What a detector takes for a face though neither people nor a teacher see one: training from that detector shows it more often.

Hands, badges, lamps and the backs of heads are rare among all that a picture shows, so a detector meets few of them by chance
(Sung and Poggio, "Example-Based Learning for View-Based Human Face Detection", 1998, section 2.5).
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable

import numpy as np

from live_monitor.detect.detector import FaceFinder
from live_monitor.training.faces.pictures import SINGLE, Picture
from live_monitor.training.faces.unmarked import found_at, is_one_of
from live_monitor.types import Box

FAINTEST = 0.35
"""Score from which the detector should report: so far below any threshold that a mistake is learnt before it shows."""

SCALES = (1.0, 0.5, 0.35, 0.25)
"""The detector sees each picture scaled by these factors. In the smallest a coat, a fist or a hat is as large as a face far off
in a street, and as easily taken for one: more than half of the mistakes are made there."""


def with_mistakes(pictures: Iterable[Picture], detector: FaceFinder) -> list[Picture]:
    """Notes what a detector wrongly finds.

    Args:
        pictures: to train on, with what a teacher finds: else a face that nobody marked would be a mistake.
        detector: reports what it finds from FAINTEST on.

    Returns:
        The same pictures, with `Picture.mistakes` and `Picture.mistaken_at`; single faces, which show little else, are not
        searched.
    """
    return [picture if picture.kind == SINGLE else _with_mistakes(picture, detector) for picture in pictures]


def _with_mistakes(picture: Picture, detector: FaceFinder) -> Picture:
    known = [Box(*box) for box in (*picture.boxes.tolist(), *picture.unmarked.tolist())]
    mistakes = [
        (found.box, scale)
        for scale in SCALES
        for found in found_at([scale], picture.image, detector)
        if not is_one_of(known, found.box)
    ]
    return dataclasses.replace(
        picture,
        mistakes=np.array([box for box, _ in mistakes], np.float32).reshape(-1, 4),
        mistaken_at=np.array([scale for _, scale in mistakes], np.float32),
    )
