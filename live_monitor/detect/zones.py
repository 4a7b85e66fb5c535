"""Parts of the picture about which nothing is to be known: a poster, a window, people who did not agree."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from live_monitor.errors import UsageError
from live_monitor.types import Detection, Image

_GREY = 114
"""Grey level with which zones are painted over before the picture is analysed."""


class Zone(NamedTuple):
    """A rectangle in fractions 0..1 of the picture's width and height: its upper left corner and its size."""

    x: float
    y: float
    width: float
    height: float

    @classmethod
    def parse(cls, text: str) -> Zone:
        """From "x,y,w,h".

        Raises:
            UsageError: it is not four fractions, or reaches outside the picture.
        """
        try:
            zone = cls(*map(float, text.split(",")))
        except (ValueError, TypeError):
            raise UsageError(f"--ignore {text}: must be x,y,w,h in fractions of the picture, such as 0,0,0.25,1") from None
        zone.check()
        return zone

    def check(self) -> None:
        """Raises UsageError when it is empty or reaches outside the picture."""
        inside = self.x >= 0 and self.y >= 0 and self.x + self.width <= 1 and self.y + self.height <= 1
        if not (inside and self.width > 0 and self.height > 0):
            raise UsageError(
                f"--ignore {self}: reaches outside the picture or is empty; "
                "x,y,w,h are fractions of its width and height, all from 0 to 1, such as 0,0,0.25,1"
            )

    def __str__(self) -> str:
        return ",".join(f"{value:g}" for value in self)

    def in_pixels(self, width: int, height: int) -> tuple[int, int, int, int]:
        """x1, y1, x2, y2 in whole pixels of a picture of that size; every pixel that the zone touches is in it."""
        x2, y2 = (self.x + self.width) * width, (self.y + self.height) * height
        return int(self.x * width), int(self.y * height), min(width, math.ceil(x2)), min(height, math.ceil(y2))


def without_zones(image: Image, zones: Iterable[Zone]) -> Image:
    """A copy of a picture with its zones painted over; the picture itself when there are no zones."""
    painted = image
    for zone in zones:
        if painted is image:
            painted = image.copy()
        x1, y1, x2, y2 = zone.in_pixels(image.shape[1], image.shape[0])
        painted[y1:y2, x1:x2] = _GREY
    return painted


def by_zones(
    detections: Iterable[Detection], zones: Sequence[Zone], width: int, height: int
) -> tuple[list[Detection], list[Detection]]:
    """The faces whose centre lies in no zone, and the others; width and height are those of the picture."""
    rectangles = [zone.in_pixels(width, height) for zone in zones]
    outside: list[Detection] = []
    inside: list[Detection] = []
    for detection in detections:
        x, y = detection.box.centre
        ignored = any(x1 <= x < x2 and y1 <= y < y2 for x1, y1, x2, y2 in rectangles)
        (inside if ignored else outside).append(detection)
    return outside, inside
