"""Draws what was found on a picture. Pure: a picture and facts in, a new picture out."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import cv2
import numpy as np

from live_monitor.detect.zones import Zone
from live_monitor.overlay.canvas import Canvas
from live_monitor.overlay.faces import blur_faces, draw_left_out, draw_readings
from live_monitor.overlay.keys import KEYS, MOUSE_HELP
from live_monitor.overlay.layout import place_at_lower_edge, place_near_lower_edge
from live_monitor.overlay.text import Rect, Style, draw_lines, draw_plate, fitting, lines_size, plate_size
from live_monitor.overlay.view import View
from live_monitor.types import Box, Image, Reading, Track

PLATE_BGR = (40, 40, 40)
NOTICE_BGR = (30, 120, 220)
NOTICE_ENLARGED = 1.5
DETAILS_OPACITY = 0.6
"""Opacity of the plate with the times: it may lie over a face, which can be seen through it."""

DIMMED = 0.45
SHADED = 0.3
HATCH_BGR = (110, 110, 110)
HATCH_STYLES = 6
"""Distance of the lines across a shaded zone, in paddings of the style."""

DETAILS_REDUCED = 0.8
HELP_BGR = (48, 44, 42)


@dataclass(frozen=True)
class Status:
    """What the edges of the picture say.

    Attributes:
        fps: pictures shown in the last second.
        source_size: width and height of the source's pictures, in pixels; None before there is one.
        notice: what keeps the picture from going on ("Loading model", "Signal lost"), at the lower edge, or "".
        message: something done a moment ago ("Snapshot written to ..."), near that edge too, or "".
        details: lines with times, shown with the other details unless the panel has them.
        outputs: what is said about the files that the session writes, such as "recording", or "".
    """

    fps: float
    source_size: tuple[int, int] | None
    notice: str = ""
    message: str = ""
    details: tuple[str, ...] = ()
    outputs: str = ""


def render(
    image: Image,
    readings: Sequence[Reading],
    status: Status,
    zones: Sequence[Zone] = (),
    view: View = View(),  # noqa: B008, it is frozen
    left_out: Sequence[Track] = (),
    hidden: Sequence[Box] = (),
) -> Image:
    """The picture as the window shows it.

    Args:
        image: uint8 (H, W, 3) BGR; stays as it is.
        readings: the faces, in pixels of that picture.
        status: see Status.
        zones: parts of the picture that were left out, to be shaded.
        view: what the user wants to see; the panel is not drawn here, see `live_monitor.overlay.panel`.
        left_out: faces that the user left out, to be made unrecognisable.
        hidden: other parts of that picture to be made unrecognisable.

    Returns:
        A new picture, enlarged if `image` is smaller than `live_monitor.overlay.canvas.SMALLEST_SIDE_PX`; dimmed under a notice.
    """
    place = Canvas(image.shape[1], image.shape[0], view.mirror)
    canvas = place.blank(image)
    style = Style.for_picture(canvas.shape[1], canvas.shape[0])
    blur_faces(canvas, [place.rect(box) for box in hidden])
    if view.blur:
        blur_faces(canvas, [place.rect(reading.track.box) for reading in readings])
        blur_faces(canvas, [Rect(*place.zone(zone).in_pixels(canvas.shape[1], canvas.shape[0])) for zone in zones])
    draw_left_out(canvas, left_out, place, style)
    for zone in zones:
        _shade(canvas, place.zone(zone), style)
    if status.notice:
        canvas = cv2.convertScaleAbs(canvas, alpha=DIMMED).astype(np.uint8, copy=False)
    status_text = _status_text(status, readings)
    status_style, message_style = (fitting(style, text, canvas.shape[1]) for text in (status_text, status.message))
    status_place = Rect(0, 0, *plate_size(status_text, status_style))
    # Those left out count too, or a click that leaves somebody out would move notice and message.
    faces = [place.rect(track.box) for track in (*(reading.track for reading in readings), *left_out)]
    details_place = _details_place(status.details if view.details else (), status_place, style)
    notice_place = _notice_place(canvas, status.notice, faces)
    message_place = _message_place(canvas, status.message, faces, notice_place, message_style)
    texts = _Places(status_place, details_place, notice_place, message_place)
    draw_readings(canvas, readings, place, texts, view, style)
    draw_plate(canvas, status_text, status_place, PLATE_BGR, status_style)
    if status.message:
        draw_plate(canvas, status.message, message_place, HELP_BGR, message_style)
    _draw_texts(canvas, status, texts, view, style)
    return canvas


class _Places(NamedTuple):
    """Where texts stand, so that no label may go there; without area where there is no text."""

    status: Rect
    details: Rect
    notice: Rect
    message: Rect


def _details_place(details: Sequence[str], status_place: Rect, style: Style) -> Rect:
    """Right below the status."""
    width, height = lines_size(details, _details_style(style)) if details else (0, 0)
    return Rect(0, status_place.y2, width, status_place.y2 + height)


def _details_style(style: Style) -> Style:
    return dataclasses.replace(style, font_scale=DETAILS_REDUCED * style.font_scale)


def _notice_place(canvas: Image, notice: str, faces: Sequence[Rect]) -> Rect:
    """Where the notice goes, see `_nowhere`."""
    height, width = canvas.shape[:2]
    if not notice:
        return _nowhere(canvas)
    return place_at_lower_edge(plate_size(notice, _notice_style(canvas)), faces, (width, height))


def _nowhere(canvas: Image) -> Rect:
    """The place of a text that is not shown: a strip of no height along the lower edge."""
    height, width = canvas.shape[:2]
    return Rect(0, height, width, height)


def _notice_style(canvas: Image) -> Style:
    return Style.for_picture(canvas.shape[1], canvas.shape[0], NOTICE_ENLARGED)


def _message_place(canvas: Image, message: str, faces: Sequence[Rect], notice_place: Rect, style: Style) -> Rect:
    """Where the message goes, see `_nowhere`."""
    height, width = canvas.shape[:2]
    if not message:
        return _nowhere(canvas)
    return place_near_lower_edge(plate_size(message, style), faces, (width, height), 4 * style.padding, notice_place)


def _draw_texts(canvas: Image, status: Status, texts: _Places, view: View, style: Style) -> None:
    if view.details and status.details:
        draw_lines(canvas, status.details, texts.details[:2], PLATE_BGR, _details_style(style), DETAILS_OPACITY)
    if view.help:
        _draw_help(canvas, style)
    if status.notice:
        draw_plate(canvas, status.notice, texts.notice, NOTICE_BGR, _notice_style(canvas))


def _draw_help(canvas: Image, style: Style) -> None:
    """What each key does, in the middle."""
    rows = [*((key.shown, key.explanation) for key in KEYS), MOUSE_HELP]
    first = max(plate_size(shown, style)[0] for shown, _ in rows)
    height, width = canvas.shape[:2]
    size = lines_size([explanation for _, explanation in rows], style)
    x, y = max(0, (width - size[0] - first) // 2), max(0, (height - size[1]) // 2)
    cv2.rectangle(canvas, (x, y), (x + first + size[0], y + size[1]), HELP_BGR, cv2.FILLED)
    draw_lines(canvas, [shown for shown, _ in rows], (x, y), HELP_BGR, style)
    draw_lines(canvas, [explanation for _, explanation in rows], (x + first, y), HELP_BGR, style)


def _shade(canvas: Image, zone: Zone, style: Style) -> None:
    """Darkens a zone and hatches it, so that nobody takes it for a part of the picture."""
    x1, y1, x2, y2 = zone.in_pixels(canvas.shape[1], canvas.shape[0])
    part = canvas[y1:y2, x1:x2]
    part[:] = cv2.convertScaleAbs(part, alpha=SHADED)
    width, height = x2 - x1, y2 - y1
    for x in range(HATCH_STYLES * style.padding, width + height, HATCH_STYLES * style.padding):
        cv2.line(part, (x, 0), (x - height, height), HATCH_BGR, style.line // 2 or 1, cv2.LINE_AA)
    cv2.rectangle(part, (0, 0), (width - 1, height - 1), HATCH_BGR, style.line)


def _status_text(status: Status, readings: Sequence[Reading]) -> str:
    outputs = f", {status.outputs}" if status.outputs else ""
    if status.source_size is None:
        return f"emotion analysis on{outputs}"
    width, height = status.source_size
    readable = sum(reading.readable for reading in readings)
    faces = f"readable {readable} of {len(readings)}" if readings else "0 faces"
    return f"{status.fps:.1f} fps  {width}x{height}  {faces}  emotion analysis on{outputs}"
