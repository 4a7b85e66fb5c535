"""What detectors see and nobody had marked, sorted by people into faces and what is not a face.

Unsorted, it counts neither way, see `live_monitor.training.faces.unmarked`: a network then learns nothing from the faces among
it, which are half hidden or seen from the side, and is never told of its mistakes. Of what both YuNet and facegrid saw and nobody
had marked, more than a third is clearly not a face.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from live_monitor.training.faces.mistakes import SCALES
from live_monitor.training.faces.pictures import SINGLE, Picture
from live_monitor.training.faces.unmarked import is_one_of
from live_monitor.types import Box

Boxes = Mapping[str, Sequence[Box]]
"""By name of the picture, in pixels of its file; never of single faces, whose names are numbers that the scenes have too."""


def with_more_faces(pictures: Iterable[Picture], boxes: Boxes) -> list[Picture]:
    """Marks the faces in `boxes`, before a teacher searches the pictures; pictures without any stay as they are."""
    return _changed(pictures, boxes, _with_more_faces)


def with_no_faces(pictures: Iterable[Picture], boxes: Boxes) -> list[Picture]:
    """Makes what is not a face into background that is shown more often, at every size at which a detector makes mistakes.

    Args:
        pictures: to train on, with what a teacher finds.
        boxes: of what is not a face.

    Returns:
        The same pictures, the boxes among `Picture.mistakes` and no longer among `Picture.unmarked`.
    """
    return _changed(pictures, boxes, _with_no_faces)


def _changed(
    pictures: Iterable[Picture], boxes: Boxes, change: Callable[[Picture, NDArray[np.float32]], Picture]
) -> list[Picture]:
    def changed(picture: Picture) -> Picture:
        if picture.kind == SINGLE or picture.name not in boxes:
            return picture
        return change(picture, np.array(boxes[picture.name], np.float32).reshape(-1, 4) * np.float32(picture.scale))

    return [changed(picture) for picture in pictures]


def _with_more_faces(picture: Picture, boxes: NDArray[np.float32]) -> Picture:
    unknown = np.full((len(boxes), 5, 2), np.nan, np.float32)
    return dataclasses.replace(
        picture,
        boxes=np.concatenate([picture.boxes, boxes]),
        landmarks=np.concatenate([picture.landmarks, unknown]),
    )


def _with_no_faces(picture: Picture, boxes: NDArray[np.float32]) -> Picture:
    known = [Box(*box) for box in boxes.tolist()]
    unmarked = [box for box in picture.unmarked.tolist() if not is_one_of(known, Box(*box))]
    return dataclasses.replace(
        picture,
        unmarked=np.array(unmarked, np.float32).reshape(-1, 4),
        mistakes=np.concatenate([picture.mistakes, np.tile(boxes, (len(SCALES), 1))]),
        mistaken_at=np.concatenate([picture.mistaken_at, np.repeat(np.array(SCALES, np.float32), len(boxes))]),
    )
