"""Searches labelled pictures with facegrid's network, on Keras or on LiteRT, at the size a live picture would have."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import cv2
import numpy as np

from live_monitor.detect.cells import MIDDLE_GREY, MULTIPLE_PX, to_input
from live_monitor.detect.facegrid import LiteRTNetwork
from live_monitor.detect.grids import Candidates, Tensor, decode
from live_monitor.training.faces.average_precision import Looked
from live_monitor.training.faces.pictures import Picture
from live_monitor.types import Image

MIN_SCORE = 0.05
"""What lies below adds only a fraction of a hundredth to average precision."""

Sight = Callable[[Image], Candidates]
"""Finds faces in uint8 (h, w, 3) BGR, in its pixels."""


def keras_sight(network: Any) -> Sight:
    """Sight by the float network."""

    def find(image: Image) -> Candidates:
        below, right = (-side % MULTIPLE_PX for side in image.shape[:2])
        padded = np.pad(image, ((0, below), (0, right), (0, 0)), constant_values=MIDDLE_GREY)
        outputs = network.predict_on_batch(to_input(padded)[None])
        return decode({name: Tensor(values[0]) for name, values in outputs.items()}, MIN_SCORE)

    return find


def litert_sight(network: LiteRTNetwork) -> Sight:
    """Sight by the int8 network, as it runs live."""
    return lambda image: decode(network.run(image), MIN_SCORE)


def look(sight: Sight, pictures: Sequence[Picture], longest_px: int) -> list[Looked]:
    """What a sight finds in pictures reduced to a longest side, one result a picture; smaller ones stay as they are."""
    looked = []
    for picture in pictures:
        scale = min(1.0, longest_px / max(picture.image.shape))
        size = round(picture.image.shape[1] * scale), round(picture.image.shape[0] * scale)
        found = sight(np.asarray(cv2.resize(picture.image, size, interpolation=cv2.INTER_AREA), np.uint8))
        to_picture = np.float32(scale)
        looked.append(
            Looked(picture.boxes * to_picture, picture.landmarks * to_picture, found.boxes, found.scores, found.landmarks)
        )
    return looked
