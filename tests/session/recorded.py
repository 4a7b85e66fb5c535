"""Recordings of grey pictures, and what is in them."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

import cv2

from live_monitor.session.recording import (
    Recording,
)
from live_monitor.types import Image
from tests.fakes import grey_picture

STEP = 20
"""Between the grey levels of pictures that must be distinguishable: videos are not exact."""


class Video(NamedTuple):
    fps: float
    size: tuple[int, int]
    levels: list[int]


def played(path: Path) -> Video:
    """Frame rate, width and height, and the grey level in the middle of each picture, to the nearest STEP."""
    capture = cv2.VideoCapture(os.path.abspath(path))
    levels: list[int] = []
    size = int(capture.get(cv2.CAP_PROP_FRAME_WIDTH)), int(capture.get(cv2.CAP_PROP_FRAME_HEIGHT))
    fps = capture.get(cv2.CAP_PROP_FPS)
    while True:
        read, image = capture.read()
        if not read:
            return Video(fps, size, levels)
        levels.append(round(int(image[image.shape[0] // 2, image.shape[1] // 2, 0]) / STEP) * STEP)


def record(path: Path, pictures: Iterable[tuple[float, Image]], *, live: bool = False) -> Video:
    with Recording(path, live=live) as recording:
        add_all(recording, pictures)
    return played(path)


def add_all(recording: Recording, pictures: Iterable[tuple[float, Image]]) -> None:
    for now_s, picture in pictures:
        recording.add(picture, now_s)


def greys(*times_s: float) -> list[tuple[float, Image]]:
    """Pictures of level 0, 20, 40, ... at these times."""
    return [(now_s, grey_picture(number * STEP)) for number, now_s in enumerate(times_s)]
