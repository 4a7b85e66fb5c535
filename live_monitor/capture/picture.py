"""One picture as a source, so that a photo goes through the same pipeline as a video."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from live_monitor.errors import UsageError
from live_monitor.types import Image


class Picture:
    """A source of one frame."""

    name = "picture"
    live = False
    open_timeout_s = 1.0

    def __init__(self, pixels: NDArray[np.uint8]) -> None:
        """Takes a copy of the pixels.

        Args:
            pixels: uint8 (H, W, 3) BGR, (H, W, 4) BGRA or (H, W) grey.

        Raises:
            UsageError: another type or shape.
        """
        self._image = _to_bgr(pixels)
        self._taken = False

    def open(self) -> None:
        self._taken = False

    def grab(self) -> float | None:
        if self._taken:
            return None
        self._taken = True
        return 0.0

    def retrieve(self) -> Image | None:
        return self._image

    def close(self) -> None:
        pass


def _to_bgr(pixels: NDArray[np.uint8]) -> Image:
    if pixels.dtype != np.uint8 or pixels.size == 0:
        raise UsageError(f"picture: expected uint8 pixels, got {pixels.dtype} of shape {pixels.shape}")
    match pixels.shape:
        case (_, _):
            return cv2.cvtColor(pixels, cv2.COLOR_GRAY2BGR).astype(np.uint8, copy=False)
        case (_, _, 3):
            return pixels.copy()
        case (_, _, 4):
            return cv2.cvtColor(pixels, cv2.COLOR_BGRA2BGR).astype(np.uint8, copy=False)
    raise UsageError(f"picture: expected shape (H, W), (H, W, 3) or (H, W, 4), got {pixels.shape}")
