"""Draws what was found on a picture. Pure: a picture and facts in, a new picture out."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from live_monitor.detect.zones import Zone
from live_monitor.labels import COLOURS_BGR
from live_monitor.overlay.layout import place_plates
from live_monitor.overlay.text import Rect, Style, draw_plate, plate_size
from live_monitor.types import Box, Image, Reading

SMALLEST_SIDE_PX = 480
LONGEST_ENLARGED_PX = 1920
"""A smaller picture is enlarged before anything is drawn, or its text could not be read; a flat one not beyond bounds."""

PLATE_BGR = (40, 40, 40)
NOTICE_BGR = (30, 120, 220)
NOTICE_ENLARGED = 1.5
DIMMED = 0.45
SHADED = 0.3
HATCH_BGR = (110, 110, 110)
HATCH_STYLES = 6
"""Distance of the lines across a shaded zone, in paddings of the style."""

SMALL_FACES_REDUCED = 0.75
"""Labels shrink to this where faces are narrower than they are, or a class photo would be hidden behind them."""


@dataclass(frozen=True)
class Status:
    """What the corner of the picture tells.

    Attributes:
        fps: pictures shown in the last second.
        source_size: width and height of the source's pictures, in pixels.
        notice: a message across the picture ("Loading model", "Signal lost"), or "".
    """

    fps: float
    source_size: tuple[int, int]
    notice: str = ""


def render(image: Image, readings: Sequence[Reading], status: Status, zones: Sequence[Zone] = ()) -> Image:
    """The picture as the window shows it.

    Args:
        image: uint8 (H, W, 3) BGR; stays as it is.
        readings: the faces, in pixels of that picture.
        status: see Status.
        zones: parts of the picture that were left out, to be shaded.

    Returns:
        A new picture, enlarged if `image` is smaller than SMALLEST_SIDE_PX; dimmed under a notice.
    """
    canvas, scale = _canvas(image)
    height, width = canvas.shape[:2]
    style = Style.for_picture(width, height)
    for zone in zones:
        _shade(canvas, zone, style)
    if status.notice:
        canvas = cv2.convertScaleAbs(canvas, alpha=DIMMED).astype(np.uint8, copy=False)
    status_text, status_place = _status_plate(status, len(readings), style)
    _draw_readings(canvas, readings, scale, status_place, style)
    draw_plate(canvas, status_text, status_place, PLATE_BGR, style)
    if status.notice:
        _draw_notice(canvas, status.notice)
    return canvas


def _canvas(image: Image) -> tuple[Image, float]:
    height, width = image.shape[:2]
    scale = max(1.0, min(SMALLEST_SIDE_PX / min(height, width), LONGEST_ENLARGED_PX / max(height, width)))
    if scale == 1.0:
        return image.copy(), scale
    enlarged = cv2.resize(image, None, fx=scale, fy=scale, interpolation=cv2.INTER_LINEAR)
    return enlarged.astype(np.uint8, copy=False), scale


def _shade(canvas: Image, zone: Zone, style: Style) -> None:
    """Darkens a zone and hatches it, so that nobody takes it for a part of the picture."""
    x1, y1, x2, y2 = zone.in_pixels(canvas.shape[1], canvas.shape[0])
    part = canvas[y1:y2, x1:x2]
    part[:] = cv2.convertScaleAbs(part, alpha=SHADED)
    width, height = x2 - x1, y2 - y1
    for x in range(HATCH_STYLES * style.padding, width + height, HATCH_STYLES * style.padding):
        cv2.line(part, (x, 0), (x - height, height), HATCH_BGR, style.line // 2 or 1, cv2.LINE_AA)
    cv2.rectangle(part, (0, 0), (width - 1, height - 1), HATCH_BGR, style.line)


def _status_plate(status: Status, faces: int, style: Style) -> tuple[str, Rect]:
    width, height = status.source_size
    text = f"{status.fps:.1f} fps  {width}x{height}  {faces} face{'' if faces == 1 else 's'}  emotion analysis on"
    return text, Rect(0, 0, *plate_size(text, style))


def _draw_readings(canvas: Image, readings: Sequence[Reading], scale: float, status_place: Rect, style: Style) -> None:
    if not readings:
        return
    height, width = canvas.shape[:2]
    faces = [_scaled(reading.detection.box, scale) for reading in readings]
    texts = [f"{reading.label} {reading.confidence:.0%}" for reading in readings]
    if statistics.median(face.x2 - face.x1 for face in faces) < plate_size(texts[0], style)[0]:
        style = Style.for_picture(width, height, SMALL_FACES_REDUCED)
    sizes = [plate_size(text, style) for text in texts]
    for face, reading in zip(faces, readings, strict=True):
        cv2.rectangle(canvas, face[:2], (face.x2 - 1, face.y2 - 1), COLOURS_BGR[reading.label], style.line)
    places = place_plates(faces, sizes, [status_place], (width, height))
    for place, text, reading in zip(places, texts, readings, strict=True):
        if place is not None:
            draw_plate(canvas, text, place, COLOURS_BGR[reading.label], style)


def _draw_notice(canvas: Image, notice: str) -> None:
    height, width = canvas.shape[:2]
    style = Style.for_picture(width, height, NOTICE_ENLARGED)
    plate_width, plate_height = plate_size(notice, style)
    x, y = (width - plate_width) // 2, (height - plate_height) // 2
    draw_plate(canvas, notice, Rect(x, y, x + plate_width, y + plate_height), NOTICE_BGR, style)


def _scaled(box: Box, scale: float) -> Rect:
    return Rect(*(round(value * scale) for value in box))
