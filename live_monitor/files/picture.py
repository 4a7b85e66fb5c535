"""Pictures from files, and as files."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from live_monitor.process.quiet import silent_stderr
from live_monitor.types import Image


def decoded(content: bytes) -> Image | None:
    """The picture in a file's content, uint8 (H, W, 3) BGR; None if it cannot be read as one."""
    try:
        with silent_stderr():  # libjpeg and libpng complain about every bit of damage
            image = cv2.imdecode(np.frombuffer(content, np.uint8), cv2.IMREAD_COLOR) if content else None
    except cv2.error:  # larger than OpenCV's limit
        return None
    return None if image is None else image.astype(np.uint8, copy=False)


def png(image: Image | NDArray[np.uint8]) -> bytes:
    """A PNG of uint8 (H, W, 3) BGR, or (H, W) grey."""
    return bytes(cv2.imencode(".png", image)[1])
