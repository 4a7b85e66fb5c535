"""The one place that calls `cv2.VideoCapture`."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np

from live_monitor.files.opencv_path import is_utf8
from live_monitor.types import Image


def open_capture(target: str | int, backend: int, parameters: Sequence[int] = ()) -> cv2.VideoCapture | None:
    """A capture that is open, or None; OpenCV's exceptions and its half-open objects stay in here."""
    if isinstance(target, str) and not is_utf8(target):
        return None
    try:
        capture = cv2.VideoCapture(target, backend, parameters)
    except cv2.error:
        return None
    if capture.isOpened():
        return capture
    capture.release()
    return None


def grab(capture: cv2.VideoCapture) -> bool:
    """Goes on to the next picture; False when there is none."""
    try:
        return capture.grab()
    except cv2.error:
        return False


def retrieve(capture: cv2.VideoCapture) -> Image | None:
    """The picture grabbed last, always with three channels; None when it cannot be decoded."""
    try:
        ok, image = capture.retrieve()
    except cv2.error:
        return None
    if not ok or image is None or image.size == 0:
        return None
    if image.ndim == 2:
        image = cv2.cvtColor(image, cv2.COLOR_GRAY2BGR)
    return image.astype(np.uint8, copy=False)
