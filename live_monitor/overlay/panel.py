"""Draws the pulse of a class: a slim panel beside the picture. Pure: numbers in, a picture out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from live_monitor.labels import COLOURS_BGR, LABELS
from live_monitor.overlay.text import Colour, Rect, Style, line_height, plate_size, reading_side, write
from live_monitor.pulse.pulse import LONGEST_GAP_S, MEAN_S, MIN_COVERAGE, SHOWN_S, Point, Pulse
from live_monitor.types import Image

WIDTH_OF_SIDE = 0.46
TEXT, SMALL_TEXT = 0.8, 0.62
"""Text sizes relative to the labels in the picture."""

GROUND_BGR, CHART_BGR = (38, 34, 32), (58, 52, 48)
INK_BGR, FAINT_BGR, UNUSUAL_BGR = (235, 235, 235), (165, 165, 165), (60, 140, 250)
INDEX_COLOURS_BGR: dict[str, Colour] = {
    "valence": (120, 210, 120), "expressiveness": (230, 190, 90), "concentration": (170, 150, 250),
}  # fmt: skip
PALETTE_BGR = np.array([COLOURS_BGR[label] for label in LABELS], np.uint8)
RANGES = {"valence": (-1.0, 1.0), "expressiveness": (0.0, 1.0), "concentration": (0.0, 1.0)}

SPANS_S = (30, 60, 120, 180, 240, SHOWN_S)
"""Spans of the charts, in seconds: the shortest that holds all points is shown, so that they are never nearly empty for long."""

TITLE = "Class pulse"
SUBTITLE = "expressions, not minds"
NEUTRAL_COUNTS = "(a neutral face counts as 100%)"


def panel_width(width: int, height: int) -> int:
    """Pixels that the panel beside a picture of that size takes."""
    return max(1, round(WIDTH_OF_SIDE * reading_side(width, height)))


def draw_panel(pulse: Pulse, width: int, height: int, details: Sequence[str] = ()) -> Image:
    """The panel for a picture of that size, uint8 (height, panel_width(width, height), 3) BGR; `details` go above the charts."""
    image = np.empty((height, panel_width(width, height), 3), np.uint8)
    cv2.rectangle(image, (0, 0), image.shape[1::-1], GROUND_BGR, cv2.FILLED)
    column = _Column(image, Style.for_picture(width, height, TEXT), Style.for_picture(width, height, SMALL_TEXT))
    column.line(TITLE, INK_BGR)
    column.line(SUBTITLE, FAINT_BGR, small=True)
    column.gap()
    column.shares(pulse.moment)
    column.gap()
    column.indexes(pulse.latest)
    if pulse.unusual:
        column.gap()
        column.line("Unusual for this session:", UNUSUAL_BGR, small=True)
        column.line(pulse.unusual, UNUSUAL_BGR)
    if details:
        column.gap()
    for detail in details:
        column.paragraph(detail, FAINT_BGR)
    column.gap()
    column.charts(list(pulse.points), pulse.now_s, pulse.markers)
    return image


class _Column:
    """Fills a panel from top to bottom; what does not fit is left out."""

    def __init__(self, image: Image, style: Style, small: Style) -> None:
        self._image = image
        self._style = style
        self._small = small
        self._margin = 3 * style.padding
        self._y = 2 * style.padding

    @property
    def _inner(self) -> int:
        return int(self._image.shape[1]) - 2 * self._margin

    def gap(self) -> None:
        self._y += 2 * self._style.padding

    def line(self, text: str, colour: Colour, *, small: bool = False, right: str = "", indent: int = 0) -> None:
        style = self._small if small else self._style
        self._y += line_height(style)
        baseline = self._y - style.padding
        if baseline > self._image.shape[0]:
            return
        write(self._image, text, (self._margin + indent, baseline), colour, style)
        if right:
            room = plate_size(right, style)[0] - 2 * style.padding
            write(self._image, right, (self._margin + self._inner - room, baseline), colour, style)

    def paragraph(self, text: str, colour: Colour) -> None:
        """Small text, on several lines where it is wider than the panel."""
        line = ""
        for word in text.split():
            longer = f"{line} {word}".lstrip()
            if line and plate_size(longer, self._small)[0] - 2 * self._small.padding > self._inner:
                self.line(line, colour, small=True)
                longer = word
            line = longer
        self.line(line, colour, small=True)

    def shares(self, counts: NDArray[np.float64]) -> None:
        """How many readable faces have which expression at the moment: a bar, and a line for each emotion."""
        faces = round(float(counts.sum()))
        self.line("now", FAINT_BGR, small=True, right=f"{faces} readable")
        top, bottom = self._y, self._y + 4 * self._style.padding
        cv2.rectangle(self._image, (self._margin, top), (self._margin + self._inner, bottom), CHART_BGR, cv2.FILLED)
        edges = np.rint(self._inner * counts.cumsum() / max(1.0, counts.sum())).astype(int).tolist()
        for label, start, end in zip(LABELS, [0, *edges], edges, strict=False):
            if end > start:
                corner = self._margin + end - 1, bottom
                cv2.rectangle(self._image, (self._margin + start, top), corner, COLOURS_BGR[label], cv2.FILLED)
        self._y = bottom + self._style.padding
        for label, count in zip(LABELS, counts.tolist(), strict=True):
            side = 2 * self._small.padding
            top = self._y + line_height(self._small) - self._small.padding - side
            corners = (self._margin, top), (self._margin + side, top + side)
            cv2.rectangle(self._image, *corners, COLOURS_BGR[label], cv2.FILLED)
            share = f"{count / faces:.0%}" if faces else "-"
            self.line(label, INK_BGR if count else FAINT_BGR, small=True, right=share, indent=side + 2 * self._small.padding)

    def indexes(self, point: Point | None) -> None:
        """The means of the last seconds."""
        self.line(f"mean of {MEAN_S} s", FAINT_BGR, small=True, right=f"coverage {point.coverage:.0%}" if point else "")
        for name, colour in INDEX_COLOURS_BGR.items():
            value = "-" if point is None else f"{point.indexes[name]:+.2f}" if name == "valence" else f"{point.indexes[name]:.0%}"
            self.line(name, colour, small=True, right=value)
        self.line(NEUTRAL_COUNTS, FAINT_BGR, small=True)

    def charts(self, points: Sequence[Point], now_s: float, markers: Sequence[float]) -> None:
        """The last minutes: how the indexes went, and below them the emotions' shares, in the room that is left."""
        left = int(self._image.shape[0]) - self._y - 2 * self._style.padding - 2 * line_height(self._small)
        each = left // 2
        if each < 6 * self._style.padding:
            return
        axis = _Axis.of(points, now_s)
        for title, draw in ((axis.title, _draw_indexes), ("emotions", _draw_shares)):
            self.line(title, FAINT_BGR, small=True)
            rect = Rect(self._margin, self._y, self._margin + self._inner, self._y + each)
            chart = self._image[rect.y1 : rect.y2, rect.x1 : rect.x2]
            cv2.rectangle(self._image, (rect.x1, rect.y1), (rect.x2 - 1, rect.y2 - 1), CHART_BGR, cv2.FILLED)
            if points:
                draw(chart, points, axis, self._style)
            for marker_s in markers:
                x = min(axis.x(chart, marker_s), chart.shape[1] - 1)  # the marker's second may have no point yet
                cv2.line(chart, (x, 0), (x, chart.shape[0]), INK_BGR, max(1, self._style.line // 2))
            self._y = rect.y2


class _Axis(NamedTuple):
    """The time axis of the charts, both in seconds: the media time at its right end, and how much of the past it shows."""

    now_s: float
    span_s: int

    @classmethod
    def of(cls, points: Sequence[Point], now_s: float) -> _Axis:
        """The axis for these points."""
        past_s = now_s - points[0].at_s if points else 0.0
        return cls(now_s, next((span_s for span_s in SPANS_S if past_s <= span_s), SPANS_S[-1]))

    @property
    def title(self) -> str:
        if self.span_s < 60:
            return f"last {self.span_s} seconds"
        return f"last {self.span_s // 60} minutes" if self.span_s > 60 else "last minute"

    def x(self, chart: Image, at_s: float) -> int:
        """The column of a moment; negative for one before the axis begins."""
        return int((1 - (self.now_s - at_s) / self.span_s) * (chart.shape[1] - 1))


def _draw_indexes(chart: Image, points: Sequence[Point], axis: _Axis, style: Style) -> None:
    """A line for each index, thin and pale where few faces were readable."""
    middle = chart.shape[0] // 2
    cv2.line(chart, (0, middle), (chart.shape[1], middle), GROUND_BGR, 1)
    xs = [axis.x(chart, point.at_s) for point in points]
    for name, colour in INDEX_COLOURS_BGR.items():
        low, high = RANGES[name]
        ys = [round((high - point.indexes[name]) / (high - low) * (chart.shape[0] - 1)) for point in points]
        for covered, run in _runs(points):
            line = np.array(list(zip(xs[run], ys[run], strict=True)), np.int32).reshape(-1, 1, 2)
            cv2.polylines(chart, [line], False, colour if covered else FAINT_BGR, style.line if covered else 1, cv2.LINE_AA)


def _runs(points: Sequence[Point]) -> Iterator[tuple[bool, slice]]:
    """Stretches of points without a gap that are all well covered or all not, each with the first point of the next."""
    start = 0
    for index in range(1, len(points) + 1):
        covered = points[start].coverage >= MIN_COVERAGE
        last = index == len(points)
        gap = not last and points[index].at_s - points[index - 1].at_s > LONGEST_GAP_S
        if last or gap or (points[index].coverage >= MIN_COVERAGE) != covered:
            yield covered, slice(start, index if last or gap else index + 1)
            start = index


def _draw_shares(chart: Image, points: Sequence[Point], axis: _Axis, _style: Style) -> None:
    """Stacked, the first label at the bottom; a point fills the columns since the one before or, after a gap, one second's."""
    height, width = chart.shape[:2]
    second = max(1, round(width / axis.span_s))
    xs, columns = np.array([axis.x(chart, point.at_s) for point in points]), np.arange(width)
    joined = np.diff([point.at_s for point in points]) <= LONGEST_GAP_S
    begins = xs - second
    begins[1:] = np.where(joined, xs[:-1], begins[1:])
    following = np.searchsorted(xs, columns)
    following = following[: np.count_nonzero(following < len(xs))]  # after the last point nobody was readable
    drawn = np.flatnonzero(columns[: len(following)] > begins[following])
    tops = np.rint(height * (1 - np.array([point.shares for point in points]).cumsum(axis=1))).astype(np.int16)
    rows = np.arange(height, dtype=np.int16)[:, np.newaxis]
    labels = np.zeros((height, len(drawn)), np.uint8)
    for top in tops[following[drawn]].T[:-1]:  # a pixel above it has a later label
        labels += rows < top
    chart[:, drawn] = PALETTE_BGR.take(labels, axis=0)
