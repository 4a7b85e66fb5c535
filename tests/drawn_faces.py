"""Faces drawn with a few strokes: nobody's likeness, yet the cascade finds them. For tests, and for the README's picture."""

from __future__ import annotations

import itertools
from dataclasses import dataclass

import cv2
import numpy as np

from live_monitor.types import Image

Colour = tuple[int, int, int]

BLUR_OF_SIDE = 0.012


@dataclass(frozen=True)
class Expression:
    """How a face looks: mouth corners up (1) or down (-1), mouth open 0..1, brows raised (1) or lowered (-1)."""

    corners: float = 0.0
    open: float = 0.0
    brows: float = 0.0


SMILE = Expression(corners=1.2, open=0.5)
CALM = Expression(corners=0.2, brows=-0.9)
SURPRISE = Expression(open=0.8, brows=0.5)
FROWN = Expression(corners=-0.8, brows=-0.8)


def draw_face(image: Image, x: int, y: int, side: int, expression: Expression = CALM, skin: Colour = (150, 180, 225)) -> None:
    """Draws a face into the square of `side` pixels whose upper left corner is (x, y)."""
    face = image[y : y + side, x : x + side]
    _ellipse(face, 0.5, 0.46, 0.38, 0.44, (40, 50, 70))
    _ellipse(face, 0.5, 0.52, 0.33, 0.43, skin)
    _ellipse(face, 0.5, 0.16, 0.30, 0.13, (40, 50, 70))
    _shade(face, skin)
    for eye_x in (0.345, 0.655):
        _eye(face, eye_x, expression, skin)
    _ellipse(face, 0.5, 0.62, 0.055, 0.03, _darker(skin, 0.72))
    _ellipse(face, 0.5, 0.54, 0.028, 0.09, _darker(skin, 1.08))
    _mouth(face, expression)
    blur = max(1, round(side * BLUR_OF_SIDE)) * 2 + 1
    face[:] = cv2.GaussianBlur(face, (blur, blur), 0)


def _eye(face: Image, x: float, expression: Expression, skin: Colour) -> None:
    _ellipse(face, x, 0.43, 0.105, 0.06, _darker(skin, 0.66))
    _ellipse(face, x, 0.435, 0.07, 0.024 + 0.018 * max(0.0, expression.brows), (225, 230, 232))
    _ellipse(face, x, 0.435, 0.026, 0.026, (35, 35, 40))
    side = -1.0 if x < 0.5 else 1.0
    inner, outer = 0.355 - 0.055 * expression.brows, 0.355 - 0.03 * abs(expression.brows) * (expression.brows > 0)
    _line(face, (x - side * 0.09, inner), (x + side * 0.10, outer), (35, 45, 60), 0.03)


def _mouth(face: Image, expression: Expression) -> None:
    centre, width, lips = 0.765, 0.15, (70, 65, 150)
    if expression.open > 0.5:
        half_width, half_height = width * (1 - 0.35 * expression.open), 0.035 + 0.065 * expression.open
        _ellipse(face, 0.5, centre + 0.02, half_width + 0.015, half_height + 0.015, lips)
        _ellipse(face, 0.5, centre + 0.02, half_width - 0.01, half_height - 0.012, (40, 35, 60))
        return
    if expression.open > 0:
        _ellipse(face, 0.5, centre + 0.015, width * 0.85, 0.055, (45, 40, 90))
        _ellipse(face, 0.5, centre + 0.006, width * 0.7, 0.028, (235, 235, 235))
    bend = 0.05 * expression.corners
    points = [(0.5 + width * t, centre + bend * (0.6 - 1.6 * t * t)) for t in np.linspace(-1, 1, 15)]
    for start, end in itertools.pairwise(points):
        _line(face, start, end, lips, 0.028)


def _shade(face: Image, skin: Colour) -> None:
    for cheek_x in (0.30, 0.70):
        _ellipse(face, cheek_x, 0.63, 0.09, 0.07, _darker(skin, 1.06))


def _darker(colour: Colour, factor: float) -> Colour:
    blue, green, red = (min(255, round(channel * factor)) for channel in colour)
    return blue, green, red


def _ellipse(face: Image, x: float, y: float, half_width: float, half_height: float, colour: Colour) -> None:
    side = face.shape[0]
    axes = round(half_width * side), round(half_height * side)
    cv2.ellipse(face, (round(x * side), round(y * side)), axes, 0, 0, 360, colour, cv2.FILLED, cv2.LINE_AA)


def _line(face: Image, start: tuple[float, float], end: tuple[float, float], colour: Colour, width: float) -> None:
    side = face.shape[0]
    first, last = ((round(x * side), round(y * side)) for x, y in (start, end))
    cv2.line(face, first, last, colour, max(1, round(width * side)), cv2.LINE_AA)
