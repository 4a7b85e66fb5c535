"""What people have looked at and found to be no face, though detectors see one: hands, hair, clothes, the backs of heads.

What a teacher sees counts neither way, see `live_monitor.training.faces.unmarked`, so that a network is never told of its
mistakes among it: of what both YuNet and facegrid saw and nobody had marked, more than a third is clearly no face.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping, Sequence

import numpy as np

from live_monitor.training.faces.mistakes import SCALES
from live_monitor.training.faces.pictures import SINGLE, Picture
from live_monitor.training.faces.unmarked import is_one_of
from live_monitor.types import Box


def with_no_faces(pictures: Iterable[Picture], boxes: Mapping[str, Sequence[Box]]) -> list[Picture]:
    """Makes such boxes background that is shown more often, at every size at which a detector makes mistakes.

    Args:
        pictures: to train on, with what a teacher finds.
        boxes: in pixels, by name of the picture.

    Returns:
        The same pictures, the boxes among `Picture.mistakes` and no longer among `Picture.unmarked`; of single faces, whose names
        are numbers that the scenes have too, as they are.
    """
    return [
        _with_no_faces(picture, boxes[picture.name]) if picture.kind != SINGLE and picture.name in boxes else picture
        for picture in pictures
    ]


def _with_no_faces(picture: Picture, boxes: Sequence[Box]) -> Picture:
    unmarked = [box for box in picture.unmarked.tolist() if not is_one_of(boxes, Box(*box))]
    return dataclasses.replace(
        picture,
        unmarked=np.array(unmarked, np.float32).reshape(-1, 4),
        mistakes=np.concatenate([picture.mistakes, np.tile(np.array(boxes, np.float32).reshape(-1, 4), (len(SCALES), 1))]),
        mistaken_at=np.concatenate([picture.mistaken_at, np.repeat(np.array(SCALES, np.float32), len(boxes))]),
    )
