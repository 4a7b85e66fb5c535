"""The batch classifier: every face of a frame in one call."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from live_monitor.classify.crop import crop_faces
from live_monitor.classify.engine import Engine
from live_monitor.classify.preprocess import normalise
from live_monitor.classify.probabilities import Calibration, probabilities
from live_monitor.labels import LABELS
from live_monitor.types import Detection, Image


class EmotionClassifier:
    """Crops, normalises and classifies faces. Only the analysis thread calls it."""

    def __init__(
        self,
        engine: Engine,
        *,
        input_px: int,
        crop_margin: float,
        calibration: Calibration,
        ferplus_share: float,
    ) -> None:
        self._engine = engine
        self._input_px = input_px
        self._crop_margin = crop_margin
        self._calibration = calibration
        self._ferplus_share = ferplus_share

    def crop(self, image: Image, detections: Sequence[Detection]) -> NDArray[np.uint8]:
        """The faces as the network takes them, uint8 (n, side, side) grey."""
        boxes = [detection.box for detection in detections]
        return crop_faces(image, boxes, self._input_px, self._crop_margin)

    def label(self, faces: NDArray[np.uint8]) -> NDArray[np.float32]:
        """Probabilities float32 (n, 7) of faces cut by `crop`, from one engine call; from none when n is 0."""
        if not len(faces):
            return np.empty((0, len(LABELS)), np.float32)
        return probabilities(self._engine.infer(normalise(faces)), self._calibration, self._ferplus_share)
