"""Whether a face can be read: what is measured of it, and the limits beyond which nothing should be said about it.

The limits are measured, not guessed: `live-monitor evaluate-unsure` makes faces worse step by step and finds where their
accuracy is LOST_POINTS below that of others, see `live_monitor.evaluation.unsure`. They belong to a model: its card gives them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from live_monitor.types import Detection

TOO_SMALL, BLURRED, TOO_DARK, TOO_BRIGHT = "too small", "blurred", "too dark", "too bright"
TURNED, FAINT = "turned away", "hardly visible"
FLAWS = (TOO_SMALL, TOO_DARK, TOO_BRIGHT, BLURRED, TURNED, FAINT)
"""Why a face cannot be read; of several reasons the first is given."""

CLIPPED_LEVEL = 250
"""Grey level from which a pixel is as white as it gets."""

Values = NDArray[np.float64]
"""One for each face."""


@dataclass(frozen=True, eq=False)
class Quality:
    """What is measured of n faces, each float64 (n,).

    Attributes:
        size_px: longer side of the box, in pixels of the frame.
        sharpness: variance of the Laplacian of the crop (Pech-Pacheco et al., "Diatom autofocusing in brightfield microscopy",
            ICPR 2000), divided by the variance of its grey levels, so that a pale face is not taken for a blurred one.
        brightness: mean grey level of the crop, 0..255.
        clipped: share of the crop's pixels that are white, 0..1.
        turn: how far the nose is from the middle of the face, in distances between the eyes: 0 seen from the front, about 0.5
            at 45 degrees. nan without landmarks.
        score: the detector's, 0..1. nan if it gives none.
    """

    size_px: Values
    sharpness: Values
    brightness: Values
    clipped: Values
    turn: Values
    score: Values


@dataclass(frozen=True)
class Limits:
    """What a face must have to be read; the names are those of Quality. The defaults are those measured for custom-cnn.

    glance reads smaller, darker and more blurred faces. Where limits differ by detector, a card has the stricter one: faces may
    be turned by 0.53 to 0.65 with facegrid's landmarks and by 0.50 with YuNet's.

    Attributes:
        darkest: least brightness.
        score: the score from which the detector is sure. No stricter one is justified: FER2013's faces with a low score are
            read nearly as well as others.
    """

    size_px: float = 20.0
    sharpness: float = 0.025
    darkest: float = 35.0
    clipped: float = 0.6
    turn: float = 0.5
    score: float = 0.0


EVERY_FACE = Limits(0.0, 0.0, 0.0, 1.0, np.inf)
"""No face is beyond these."""


@dataclass(frozen=True)
class QualityGate:
    """Says of each face whether it can be read."""

    limits: Limits = field(default_factory=Limits)

    def flaws(self, faces: NDArray[np.uint8], detections: Sequence[Detection]) -> list[str]:
        """Why each of n faces cannot be read, one of FLAWS, or ""; arguments as for `measure`."""
        return flaws(measure(faces, detections), self.limits) if detections else []


def measure(faces: NDArray[np.uint8], detections: Sequence[Detection]) -> Quality:
    """Measures faces.

    Args:
        faces: uint8 (n, h, w) grey, as cut for the classifier.
        detections: where they are, and the landmarks: right eye, left eye, nose, right and left corner of the mouth.
    """
    boxes = [found.box for found in detections]
    means, deviations = _means_deviations(faces)
    edges = _means_deviations([cv2.Laplacian(face, cv2.CV_16S) for face in faces])[1]
    return Quality(
        size_px=np.array([max(box.width, box.height) for box in boxes]),
        sharpness=(edges / np.maximum(deviations, 1.0)) ** 2,
        brightness=means,
        clipped=(faces >= CLIPPED_LEVEL).mean(axis=(1, 2)),
        turn=np.array([np.nan if found.landmarks is None else turn(found.landmarks) for found in detections]),
        score=np.array([np.nan if found.score is None else found.score for found in detections]),
    )


def _means_deviations(pictures: Iterable[NDArray[Any]]) -> tuple[Values, Values]:
    """Mean and standard deviation of each picture; NumPy takes ten times as long."""
    both = np.array([cv2.meanStdDev(picture) for picture in pictures]).reshape(-1, 2)
    return both[:, 0], both[:, 1]


def flaws(quality: Quality, limits: Limits) -> list[str]:
    """Why each face cannot be read, one of FLAWS, or ""."""
    beyond = np.stack(
        [
            quality.size_px < limits.size_px,
            quality.brightness < limits.darkest,
            quality.clipped > limits.clipped,
            quality.sharpness < limits.sharpness,
            quality.turn > limits.turn,
            quality.score < limits.score,
        ],
        axis=1,
    )
    return [FLAWS[row.argmax()] if row.any() else "" for row in beyond]


def turn(landmarks: Sequence[tuple[float, float]]) -> float:
    """Quality.turn, from five landmarks; roll, the tilt to a shoulder, does not change it."""
    (right_x, right_y), (left_x, left_y), (nose_x, nose_y), *mouth = landmarks
    along_x, along_y = left_x - right_x, left_y - right_y
    middle_x = (right_x + left_x + mouth[0][0] + mouth[1][0]) / 4
    middle_y = (right_y + left_y + mouth[0][1] + mouth[1][1]) / 4
    square = along_x * along_x + along_y * along_y
    off = (nose_x - middle_x) * along_x + (nose_y - middle_y) * along_y
    return abs(off) / square if square else np.inf
