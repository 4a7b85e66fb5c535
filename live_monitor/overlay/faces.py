"""Draws faces: their boxes, labels and bars; blurs those that are not to be recognised."""

from __future__ import annotations

import statistics
from collections.abc import Sequence

import cv2

from live_monitor.labels import COLOURS_BGR, LABELS, UNSURE_BGR
from live_monitor.overlay.canvas import Canvas
from live_monitor.overlay.layout import place_plates
from live_monitor.overlay.text import Colour, Rect, Style, draw_plate, plate_size
from live_monitor.overlay.view import View
from live_monitor.types import Image, Reading, Track

SMALL_FACES_REDUCED = 0.75
"""Labels shrink to this where they are wider than the faces, or a class photo would be hidden behind them."""

BLUR_CELLS = 6
"""A blurred face has this many cells a side: nobody can be recognised by them."""

BLUR_WIDENED = 0.2
"""A face is blurred this much beyond its box on every side, in widths: hair and chin too."""

LEFT_OUT_BGR = (90, 90, 90)
BARS_BGR, EMPTY_BAR_BGR = (32, 32, 32), (70, 70, 70)
BAR_STYLES = 2
"""Height of a bar, in paddings of the style."""


def blur_faces(canvas: Image, faces: Sequence[Rect]) -> None:
    """Makes faces unrecognisable, in place."""
    height, width = canvas.shape[:2]
    for face in faces:
        more = round(BLUR_WIDENED * (face.x2 - face.x1))
        x1, y1 = max(0, face.x1 - more), max(0, face.y1 - more)
        part = canvas[y1 : max(y1, min(height, face.y2 + more)), x1 : max(x1, min(width, face.x2 + more))]
        if part.size:
            cells = cv2.resize(part, (BLUR_CELLS, BLUR_CELLS), interpolation=cv2.INTER_AREA)
            part[:] = cv2.resize(cells, (part.shape[1], part.shape[0]), interpolation=cv2.INTER_LINEAR)


def draw_readings(
    canvas: Image, readings: Sequence[Reading], place: Canvas, taken: Sequence[Rect], view: View, style: Style
) -> None:
    """Draws every face's box and, where `taken` leaves room, its label; bars give way to labels."""
    if not readings:
        return
    height, width = canvas.shape[:2]
    faces = [place.rect(reading.track.box) for reading in readings]
    texts = [_text(reading, view) for reading in readings]
    if statistics.median(face.x2 - face.x1 for face in faces) < plate_size(texts[0], style)[0]:
        style = Style.for_picture(width, height, SMALL_FACES_REDUCED)
    for face, reading in zip(faces, readings, strict=True):
        _draw_box(canvas, face, reading, style)
    bars = _bars_size(style) if view.details else (0, 0)
    labels = [plate_size(text, style) for text in texts]
    sizes = [(max(label[0], bars[0]), label[1] + bars[1]) for label in labels]
    places = place_plates(faces, sizes, taken, (width, height), labels)
    for rect, label, text, reading in zip(places, labels, texts, readings, strict=True):
        if rect is not None:
            plate = rect._replace(y2=rect.y1 + label[1])
            draw_plate(canvas, text, plate, _colour(reading), style)
            if plate != rect:  # else there is room for the label only
                _draw_bars(canvas, rect._replace(y1=plate.y2), reading, style)


def draw_left_out(canvas: Image, tracks: Sequence[Track], place: Canvas, style: Style) -> None:
    """Blurs and marks the faces that the user left out."""
    faces = [place.rect(track.box) for track in tracks]
    blur_faces(canvas, faces)
    for face in faces:
        cv2.rectangle(canvas, face[:2], (face.x2 - 1, face.y2 - 1), LEFT_OUT_BGR, style.line)
        cv2.line(canvas, face[:2], (face.x2 - 1, face.y2 - 1), LEFT_OUT_BGR, style.line, cv2.LINE_AA)


def _text(reading: Reading, view: View) -> str:
    said = f"unsure: {reading.why}" if reading.why else f"{reading.label} {reading.confidence:.0%}"
    return f"{reading.track.id} {said}" if view.numbers else said


def _colour(reading: Reading) -> Colour:
    return UNSURE_BGR if reading.why else COLOURS_BGR[reading.label]


def _draw_box(canvas: Image, face: Rect, reading: Reading, style: Style) -> None:
    """A face that is not seen now gets corners only."""
    colour, x2, y2 = _colour(reading), face.x2 - 1, face.y2 - 1
    if not reading.track.coasting:
        cv2.rectangle(canvas, face[:2], (x2, y2), colour, style.line)
        return
    arm = max(2, (face.x2 - face.x1) // 5)
    for x, inward in ((face.x1, arm), (x2, -arm)):
        for y, downward in ((face.y1, arm), (y2, -arm)):
            cv2.line(canvas, (x, y), (x + inward, y), colour, style.line)
            cv2.line(canvas, (x, y), (x, y + downward), colour, style.line)


def _bars_size(style: Style) -> tuple[int, int]:
    return 20 * style.padding, (len(LABELS) + 1) * BAR_STYLES * style.padding


def _draw_bars(canvas: Image, rect: Rect, reading: Reading, style: Style) -> None:
    """The seven smoothed probabilities, in the order of LABELS."""
    cv2.rectangle(canvas, rect[:2], (rect.x2 - 1, rect.y2 - 1), BARS_BGR, cv2.FILLED)
    step, left, full = BAR_STYLES * style.padding, rect.x1 + style.padding, rect.x2 - rect.x1 - 2 * style.padding
    for number, (label, share) in enumerate(zip(LABELS, reading.smoothed.tolist(), strict=True)):
        top = rect.y1 + step // 2 + number * step
        bottom = top + max(1, step - step // 3) - 1
        cv2.rectangle(canvas, (left, top), (left + full, bottom), EMPTY_BAR_BGR, cv2.FILLED)
        cv2.rectangle(canvas, (left, top), (left + round(share * full), bottom), COLOURS_BGR[label], cv2.FILLED)


def face_at(point: tuple[float, float], tracks: Sequence[Track]) -> int | None:
    """The number of the face whose box holds a point of the picture; of several the smallest box's; None if there is none."""
    x, y = point
    hit = [track for track in tracks if track.box.x1 <= x < track.box.x2 and track.box.y1 <= y < track.box.y2]
    return min(hit, key=lambda track: track.box.area).id if hit else None
