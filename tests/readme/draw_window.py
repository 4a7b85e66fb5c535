"""Draws the README's picture: `python -m tests.readme.draw_window`. Boxes and labels are the program's own."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np

import live_monitor
from live_monitor.overlay.renderer import Status, render
from live_monitor.types import Image
from tests.drawn_faces import CALM, FROWN, SMILE, SURPRISE, draw_face

WIDTH, HEIGHT, FACE_PX = 1280, 560, 250
FPS = 30.0
WALL = (70, 62, 58)
TILES = (
    (SMILE, (170, 195, 235), (120, 110, 100)),
    (CALM, (120, 150, 200), (105, 110, 112)),
    (SURPRISE, (150, 180, 225), (90, 110, 124)),
    (FROWN, (95, 130, 180), (75, 110, 136)),
)
"""Expression, skin and background of each face."""


def draw_call() -> Image:
    """Four people in a video call, none of whom exists."""
    picture = np.full((HEIGHT, WIDTH, 3), WALL, np.uint8)
    tile = WIDTH // len(TILES)
    for number, (expression, skin, background) in enumerate(TILES):
        left = number * tile
        picture[70 : HEIGHT - 30, left + 15 : left + tile - 15] = background
        draw_face(picture, left + (tile - FACE_PX) // 2, 170, FACE_PX, expression, skin)
    return picture


def main() -> None:
    """Writes window.png beside this file."""
    picture = draw_call()
    (result,) = live_monitor.analyze(picture, detector="haar", model="custom-cnn")
    shown = render(picture, result.readings, Status(FPS, (WIDTH, HEIGHT)))
    cv2.imwrite(str(Path(__file__).with_name("window.png")), shown)


if __name__ == "__main__":
    main()
