"""Reads faces as live view does: a network's probabilities, and what the quality gate measures."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from live_monitor.classify.card import ModelCard
from live_monitor.classify.crop import resize_face
from live_monitor.classify.engine import Engine
from live_monitor.classify.preprocess import normalise
from live_monitor.classify.probabilities import probabilities
from live_monitor.classify.quality import Limits, Quality, measure
from live_monitor.detect.detector import FaceFinder
from live_monitor.errors import UsageError
from live_monitor.evaluation.emotions.labelled import LabelledFaces, from_fer2013, from_npz
from live_monitor.types import Box, Detection

BATCH = 64

SEARCHED_PX = 144
BORDER_PX = 24
"""A face that fills its picture is enlarged to this side and set into a border, or no detector would see it whole."""


@dataclass(frozen=True, eq=False)
class Read:
    """What is known of a set of n faces.

    Attributes:
        confidence: highest probability, float64 (n,).
        right: whether the most probable label is the given one, bool (n,).
        quality: see Quality; turn and score are nan where no detector looked, or found nothing.
    """

    confidence: NDArray[np.float64]
    right: NDArray[np.bool_]
    quality: Quality


class FaceReader:
    """A model and a detector."""

    def __init__(self, card: ModelCard, engine: Engine, finder: FaceFinder) -> None:
        self._card = card
        self._engine = engine
        self._finder = finder

    @property
    def limits(self) -> Limits:
        """What a face must have according to the model's card, and the score from which the detector is sure of it."""
        return replace(self._card.readable, score=self._finder.sure_score)

    @property
    def unsure_below(self) -> float:
        """Probability below which a face is unsure, according to the model's card."""
        return self._card.unsure_below

    def find(self, images: NDArray[np.uint8]) -> list[Detection | None]:
        """The largest face of each picture, uint8 (n, h, w) grey; score and landmarks are what matters."""
        return [self._largest(image) for image in images]

    def read(
        self,
        images: NDArray[np.uint8],
        labels: NDArray[np.int64],
        found: Sequence[Detection | None] | None = None,
        sides_px: NDArray[np.float64] | None = None,
    ) -> Read:
        """Reads faces.

        Args:
            images: uint8 (n, h, w) grey.
            labels: int64 (n,).
            found: what `find` says about them, if it was asked.
            sides_px: how large each face is where it was seen, (n,); None: as large as its picture.
        """
        crops = np.stack([resize_face(image, self._card.input_px) for image in images])
        batches = (normalise(crops[start : start + BATCH]) for start in range(0, len(crops), BATCH))
        card = self._card
        said = [probabilities(self._engine.infer(batch), card.calibration, card.ferplus_share) for batch in batches]
        rows = np.concatenate(said)
        sides = np.full(len(images), float(images.shape[1])) if sides_px is None else sides_px
        faces = [
            replace(one, box=Box(0, 0, side, side)) if one else Detection(Box(0, 0, side, side))
            for side, one in zip(sides.tolist(), found or [None] * len(images), strict=True)
        ]
        return Read(rows.max(axis=1).astype(np.float64), rows.argmax(axis=1) == labels, measure(crops, faces))

    def _largest(self, image: NDArray[np.uint8]) -> Detection | None:
        scale = SEARCHED_PX / max(image.shape)
        large = cv2.resize(image, None, fx=scale, fy=scale, interpolation=cv2.INTER_LINEAR)
        framed = cv2.copyMakeBorder(large, *(BORDER_PX,) * 4, cv2.BORDER_REPLICATE)
        picture = np.asarray(cv2.cvtColor(framed, cv2.COLOR_GRAY2BGR), np.uint8)
        return max(self._finder.find(picture), key=lambda found: found.box.area, default=None)


def load_sets(data: Path, faces: Sequence[Path] = (), *, private_test: bool) -> list[LabelledFaces]:
    """FER2013's PublicTest, PrivateTest on request, and the faces of each .npz.

    Raises:
        UsageError: they are not there, not what they should be, or two of them have the same name.
    """
    splits = ("PublicTest", *(["PrivateTest"] if private_test else []))
    _refuse_same_name([*map(Path, splits), *faces])
    given = [from_npz(file) for file in faces]  # first, as they are read in no time
    return [from_fer2013(data, split, None) for split in splits] + given


def _refuse_same_name(sets: Sequence[Path]) -> None:
    """Sets of faces are told apart by their file's name."""
    first: dict[str, Path] = {}
    for path in sets:
        if path.name in first:
            raise UsageError(f"{first[path.name]} and {path}: faces of the same name; give each file once, and a name of its own")
        first[path.name] = path
