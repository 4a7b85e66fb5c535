"""YuNet, a small network that finds faces and five landmarks of each, run by OpenCV.

Wu et al., "YuNet: A Tiny Millisecond-level Face Detector", Machine Intelligence Research 20, 2023.
"""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np

from live_monitor.detect.detector import SMALLEST_COPY
from live_monitor.detect.per_size import PerSize
from live_monitor.errors import ModelError
from live_monitor.process.quiet import silent_stderr
from live_monitor.types import Box, Detection, Image

THRESHOLD = 0.6
"""Score from which a hit counts as a face: at 0.5 walls and hands begin to pass, at 0.7 turned and masked faces are lost."""

NMS_OVERLAP = 0.3
MAX_FACES = 5000
"""Intersection over union from which hits are one face; most hits compared for that. Both are OpenCV's own defaults."""

SMALLEST_PICTURE_PX = 8
"""A picture with a shorter side holds no face, and the network answers it with whatever was in memory."""

_SCORE = 14
_TRIAL_PX = 64


class YuNetFinder:
    """Frontal, turned and masked faces, with scores and landmarks: both eyes, nose, both corners of the mouth."""

    name = "yunet"
    sure_score = THRESHOLD
    smallest_px = 20
    picture_px = 1280 * 720
    copies = (SMALLEST_COPY,)
    """It was trained on faces of 10 to 300 pixels. A copy of 640 pixels as well would show it more faces, and more false ones."""

    doubts = None

    def __init__(self, model: Path, *, threshold: float = THRESHOLD) -> None:
        """Loads the network.

        Args:
            model: its ONNX file.
            threshold: score 0..1 from which a hit is reported.

        Raises:
            ModelError: the file is missing or is not a YuNet.
        """
        content, nothing = np.frombuffer(_read(model), np.uint8), np.empty(0, np.uint8)
        self._networks: PerSize[cv2.FaceDetectorYN] = PerSize(
            lambda size: cv2.FaceDetectorYN.create("onnx", content, nothing, size, threshold, NMS_OVERLAP, MAX_FACES)
        )
        try:
            with silent_stderr():
                self.find(np.zeros((_TRIAL_PX, _TRIAL_PX, 3), np.uint8))  # another kind of network fails only when it runs
        except (cv2.error, ValueError, IndexError) as error:
            raise ModelError(f"{model}: not a YuNet that OpenCV can read; run: live-monitor models pull yunet") from error

    def find(self, picture: Image) -> list[Detection]:
        if min(picture.shape[:2]) < SMALLEST_PICTURE_PX:
            return []
        _, rows = self._networks.of((picture.shape[1], picture.shape[0])).detect(picture)
        return [] if rows is None else [_detection(row) for row in rows.tolist()]


def _read(model: Path) -> bytes:
    try:
        return model.read_bytes()
    except FileNotFoundError:
        raise ModelError(
            f"{model}: no such detector model; give a folder that train-detector made, or YuNet's file, from: "
            "live-monitor models pull yunet"
        ) from None
    except (OSError, ValueError) as error:  # a null byte in its name
        reason = getattr(error, "strerror", None) or error
        raise ModelError(f"{model}: cannot be read: {reason}; get one with: live-monitor models pull yunet") from error


def _detection(row: list[float]) -> Detection:
    """From x, y, width, height, five points x, y, and the score."""
    x, y, width, height = row[:4]
    landmarks = tuple(zip(row[4:_SCORE:2], row[5:_SCORE:2], strict=True))
    return Detection(Box(x, y, x + width, y + height), min(1.0, row[_SCORE]), landmarks)
