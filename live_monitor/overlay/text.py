"""Text on a plate: measuring and drawing it."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import cv2
import numpy as np

from live_monitor.types import Image

_FONT = cv2.FONT_HERSHEY_SIMPLEX
_FONT_SCALE = 0.6
_REFERENCE_HEIGHT = 720
_STRIP, MAX_STRIP_SCALE = 3, 1.5
"""A picture at least _STRIP times as wide as it is high is a strip. Its text is at most MAX_STRIP_SCALE times as large as that of
other pictures of its height, so that panel and help find room.
"""

_BLACK, _WHITE = (0, 0, 0), (255, 255, 255)
_EQUAL_CONTRAST_LUMINANCE = 0.179
"""Black and white text have the same contrast, 4.6, on a plate this bright (WCAG 2.2, "contrast ratio")."""

Colour = tuple[int, int, int]


class Rect(NamedTuple):
    """A rectangle of whole pixels, x2 and y2 exclusive."""

    x1: int
    y1: int
    x2: int
    y2: int

    def overlaps(self, other: Rect) -> bool:
        return self.x1 < other.x2 and other.x1 < self.x2 and self.y1 < other.y2 and other.y1 < self.y2

    def intersection(self, other: Rect) -> int:
        """Area that both cover, in square pixels."""
        width, height = min(self.x2, other.x2) - max(self.x1, other.x1), min(self.y2, other.y2) - max(self.y1, other.y1)
        return max(0, width) * max(0, height)


@dataclass(frozen=True)
class Style:
    """Sizes in pixels that suit a picture: everything drawn grows with it."""

    font_scale: float
    stroke: int
    line: int
    padding: int

    @classmethod
    def for_picture(cls, width: int, height: int, enlarged: float = 1.0) -> Style:
        unit = enlarged * reading_side(width, height) / _REFERENCE_HEIGHT
        return cls(
            font_scale=_FONT_SCALE * unit,
            stroke=max(1, round(1.1 * unit)),
            line=max(1, round(2 * unit)),
            padding=max(2, round(5 * unit)),
        )


def reading_side(width: int, height: int) -> float:
    """The side that decides how large a picture's text is: the shorter one, but for a wide strip up to a third of its width.

    Two screens side by side are a strip, for instance: a window must make room for its width.
    """
    if width <= height:
        return width
    return min(max(height, width / _STRIP), MAX_STRIP_SCALE * height)


def plate_size(text: str, style: Style) -> tuple[int, int]:
    """Width and height in pixels of a plate with this text."""
    (width, height), baseline = cv2.getTextSize(text, _FONT, style.font_scale, style.stroke)
    return width + 2 * style.padding, height + baseline + 2 * style.padding


def fitting(style: Style, text: str, width: int) -> Style:
    """The style with which a plate of this text is at most so many pixels wide: itself, or one with smaller text."""
    wide, room = plate_size(text, style)[0] - 2 * style.padding, width - 2 * style.padding
    return style if wide <= room else dataclasses.replace(style, font_scale=style.font_scale * max(1, room - 1) / wide)


def draw_plate(image: Image, text: str, place: Rect, colour: Colour, style: Style) -> None:
    """Draws a filled plate and its text, in whichever of black and white reads better on the colour."""
    _, baseline = cv2.getTextSize(text, _FONT, style.font_scale, style.stroke)
    cv2.rectangle(image, place[:2], (place.x2 - 1, place.y2 - 1), colour, cv2.FILLED)
    write(image, text, (place.x1 + style.padding, place.y2 - style.padding - baseline), _text_colour(colour), style)


def write(image: Image, text: str, origin: tuple[int, int], colour: Colour, style: Style) -> None:
    """Writes text, its first character's lower left corner at `origin`."""
    cv2.putText(image, text, origin, _FONT, style.font_scale, colour, style.stroke, cv2.LINE_AA)


def line_height(style: Style) -> int:
    """From one line of text to the next, in pixels."""
    return plate_size("Ag", style)[1] - style.padding


def draw_lines(
    image: Image, lines: Sequence[str], corner: tuple[int, int], colour: Colour, style: Style, opacity: float = 1.0
) -> None:
    """Draws a plate with several lines, its upper left corner at `corner`; its opacity is 0..1, that of the lines 1."""
    width, height = lines_size(lines, style)
    behind = image[corner[1] : corner[1] + height, corner[0] : corner[0] + width]
    if behind.size:  # else the picture ends before the plate begins
        behind[:] = cv2.addWeighted(np.full_like(behind, colour), opacity, behind, 1 - opacity, 0)
    for number, line in enumerate(lines, start=1):
        origin = corner[0] + 2 * style.padding, corner[1] + style.padding + number * line_height(style) - style.padding // 2
        write(image, line, origin, _text_colour(colour), style)


def lines_size(lines: Sequence[str], style: Style) -> tuple[int, int]:
    """Width and height in pixels of the plate that `draw_lines` draws."""
    width = max((plate_size(line, style)[0] for line in lines), default=0)
    return width + 2 * style.padding, len(lines) * line_height(style) + 3 * style.padding


def _text_colour(background: Colour) -> Colour:
    """Black or white, whichever has more contrast, by the relative luminance of WCAG 2.2."""
    blue, green, red = (_linear(channel / 255) for channel in background)
    return _BLACK if 0.0722 * blue + 0.7152 * green + 0.2126 * red > _EQUAL_CONTRAST_LUMINANCE else _WHITE


def _linear(channel: float) -> float:
    """Light of an sRGB channel, both 0..1."""
    return channel / 12.92 if channel <= 0.04045 else float(((channel + 0.055) / 1.055) ** 2.4)
