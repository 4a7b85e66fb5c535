"""What is drawn on: the picture, enlarged if it is small and mirrored if the user wants it; and the way back to its pixels."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from live_monitor.detect.zones import Zone
from live_monitor.overlay.text import Rect
from live_monitor.types import Box, Image

SMALLEST_SIDE_PX = 480
LONGEST_ENLARGED_PX = 1920
"""A smaller picture is enlarged before anything is drawn, so that its text can be read; its longer side to at most the second."""


@dataclass(frozen=True)
class Canvas:
    """How a picture of `width` x `height` pixels becomes what is drawn on."""

    width: int
    height: int
    mirrored: bool = False

    @property
    def scale(self) -> float:
        shorter, longer = sorted((self.width, self.height))
        return max(1.0, min(SMALLEST_SIDE_PX / shorter, LONGEST_ENLARGED_PX / longer))

    def blank(self, image: Image) -> Image:
        """A copy of the picture, uint8 (H, W, 3) BGR, to draw on."""
        turned = image[:, ::-1] if self.mirrored else image
        if self.scale == 1.0:
            return turned.copy()
        enlarged = cv2.resize(turned, None, fx=self.scale, fy=self.scale, interpolation=cv2.INTER_LINEAR)
        return enlarged.astype(np.uint8, copy=False)

    def rect(self, box: Box) -> Rect:
        """Where a box of the picture is on the canvas."""
        x1, x2 = (self.width - box.x2, self.width - box.x1) if self.mirrored else (box.x1, box.x2)
        return Rect(*(round(value * self.scale) for value in (x1, box.y1, x2, box.y2)))

    def zone(self, zone: Zone) -> Zone:
        """Where a zone of the picture is on the canvas."""
        return zone._replace(x=1 - zone.x - zone.width) if self.mirrored else zone

    def to_picture(self, x: float, y: float) -> tuple[float, float]:
        """The pixel of the picture under a point of the canvas."""
        picture_x, picture_y = x / self.scale, y / self.scale
        return (self.width - picture_x if self.mirrored else picture_x), picture_y
