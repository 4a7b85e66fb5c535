"""Faces, status lines and plates for tests of the drawn picture."""

from __future__ import annotations

import numpy as np

from live_monitor.labels import LABELS
from live_monitor.overlay.renderer import Status
from live_monitor.overlay.text import Rect, Style, draw_plate, plate_size
from live_monitor.types import Box, Image, Reading
from tests.fakes import grey_picture, reading_of

HD = (1280, 720)
FACE = Box(600, 300, 800, 500)


def reading(label: str, box: Box = FACE, confidence: float = 0.82) -> Reading:
    probabilities = np.full(len(LABELS), (1 - confidence) / (len(LABELS) - 1), np.float32)
    probabilities[LABELS.index(label)] = confidence
    return reading_of(probabilities, box)


def status(size: tuple[int, int] = HD, notice: str = "") -> Status:
    return Status(25.0, size, notice)


def status_text(size: tuple[int, int], faces: str) -> str:
    return f"25.0 fps  {size[0]}x{size[1]}  {faces}  emotion analysis on"


def plate(text: str, colour: tuple[int, int, int], style: Style) -> Image:
    """What a plate with this text looks like."""
    width, height = plate_size(text, style)
    image = grey_picture(0, width, height)
    draw_plate(image, text, Rect(0, 0, width, height), colour, style)
    return image
