"""The panel with the pulse of the class."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from live_monitor.labels import COLOURS_BGR, LABELS
from live_monitor.overlay.panel import (
    CHART_BGR,
    FAINT_BGR,
    GROUND_BGR,
    INDEX_COLOURS_BGR,
    INK_BGR,
    SMALL_TEXT,
    TEXT,
    draw_panel,
    panel_width,
)
from live_monitor.overlay.text import Style, line_height, plate_size, write
from live_monitor.pulse.pulse import INDEXES, Point, Pulse
from live_monitor.types import Image


def full(coverage: float = 0.9, seconds: int = 120, first_s: float = 0.0) -> Pulse:
    pulse = of_points([point(first_s + second, coverage) for second in range(seconds + 1)])
    pulse.moment = np.ones(7)
    return pulse


def of_points(points: Sequence[Point]) -> Pulse:
    pulse = Pulse()
    pulse.points.extend(points)
    pulse.latest, pulse.now_s = points[-1], points[-1].at_s
    return pulse


def point(at_s: float, coverage: float = 0.9) -> Point:
    return Point(at_s, np.full(7, 1 / 7), {name: 0.2 + 0.2 * row for row, name in enumerate(INDEXES)}, coverage)


def filled_columns(panel: Image) -> NDArray[np.bool_]:
    """Which columns of the emotion chart, the lowest part of the panel, are filled."""
    row = panel[-3 * Style.for_picture(1280, 720, TEXT).padding]
    inside = np.flatnonzero((row != GROUND_BGR).any(axis=1))
    filled: NDArray[np.bool_] = (row[inside[0] : inside[-1] + 1] != CHART_BGR).any(axis=1)
    return filled


def written(text: str, panel: Image, colour: tuple[int, int, int] = FAINT_BGR) -> bool:
    """Whether the panel has this line of small text somewhere."""
    small = Style.for_picture(1280, 720, SMALL_TEXT)
    line = np.full((2 * line_height(small), plate_size(text, small)[0], 3), GROUND_BGR, np.uint8)
    write(line, text, (0, line_height(small)), colour, small)
    rows, columns = np.nonzero((line != GROUND_BGR).any(axis=2))
    cut = line[rows.min() : rows.max() + 1, columns.min() : columns.max() + 1]
    return cut.shape[1] <= panel.shape[1] and bool(cv2.matchTemplate(panel, cut, cv2.TM_SQDIFF).min() < 1)


def has(image: Image, colour: tuple[int, int, int]) -> bool:
    return bool((image == colour).all(axis=2).any())


@pytest.mark.parametrize("size", [(1280, 720), (640, 480), (480, 854), (3840, 2160)])
def test_the_panel_is_as_high_as_the_picture_and_slim(size: tuple[int, int]) -> None:
    panel = draw_panel(full(), *size)
    assert panel.shape == (size[1], panel_width(*size), 3)
    assert panel.shape[1] < 0.5 * min(size)


def test_all_emotions_and_indexes_are_drawn() -> None:
    panel = draw_panel(full(), 1280, 720)
    assert all(has(panel, COLOURS_BGR[label]) for label in LABELS)
    assert all(has(panel, colour) for colour in INDEX_COLOURS_BGR.values())


def test_the_bar_shows_the_current_shares_of_the_emotions() -> None:
    pulse = Pulse()
    pulse.moment = np.array([0, 0, 0, 3.0, 0, 0, 1.0])
    panel = draw_panel(pulse, 1280, 720)
    rows = [(panel == COLOURS_BGR[label]).all(axis=2).sum(axis=1).max() for label in ("happy", "neutral")]
    assert rows[0] / rows[1] == pytest.approx(3, rel=0.05)


def test_percentages_are_shares_of_the_readable_faces() -> None:
    pulse = Pulse()
    pulse.moment = np.array([0, 0, 0, 3.0, 0, 0, 1.0])
    panel = draw_panel(pulse, 1280, 720)
    assert written("4 readable", panel)
    assert all(written(share, panel, INK_BGR) for share in ("75%", "25%"))


def test_an_unusual_value_is_reported() -> None:
    pulse = full()
    before = draw_panel(pulse, 1280, 720)
    pulse.unusual = "valence is lower"
    assert not np.array_equal(before, draw_panel(pulse, 1280, 720))


def test_times_of_low_coverage_are_drawn_faintly() -> None:
    covered, uncovered = draw_panel(full(), 1280, 720), draw_panel(full(coverage=0.3), 1280, 720)
    near = [np.abs(panel.astype(int) - INDEX_COLOURS_BGR["concentration"]).max(axis=2) < 30 for panel in (covered, uncovered)]
    assert near[1].sum() < near[0].sum() / 2


@pytest.mark.parametrize(("valence", "height"), [(-1.0, 0.0), (-0.5, 0.25), (0.0, 0.5), (1.0, 1.0)])
def test_valence_fills_the_whole_chart_from_minus_1_to_1(valence: float, height: float) -> None:
    def rows(name: str, value: float) -> list[int]:
        """The rows where the chart has the line of an index."""
        values = dict.fromkeys(INDEXES, 0.7) | {name: value}
        points = [Point(float(second), np.full(7, 1 / 7), values, 0.9) for second in range(121)]
        panel = draw_panel(of_points(points), 1280, 720)
        line = (np.abs(panel.astype(int) - INDEX_COLOURS_BGR[name]).max(axis=2) < 30).mean(axis=1)
        return np.flatnonzero(line > 0.5).tolist()

    assert rows("valence", valence)
    assert rows("valence", valence) == rows("concentration", height)


def test_a_panel_can_be_drawn_before_the_first_result() -> None:
    assert draw_panel(Pulse(), 1280, 720).shape[0] == 720


def test_a_marker_is_a_thin_line_through_the_charts() -> None:
    pulse = full()
    before = draw_panel(pulse, 1280, 720)
    pulse.markers.append(60.0)
    assert (before != draw_panel(pulse, 1280, 720)).any(axis=2).any(axis=0).sum() <= 4


def test_a_marker_after_the_last_point_is_at_the_right_end() -> None:
    pulse = full(seconds=20)
    before = draw_panel(pulse, 1280, 720)
    pulse.markers.append(20.9)
    changed = np.flatnonzero((before != draw_panel(pulse, 1280, 720)).any(axis=2).any(axis=0))
    assert changed.size > 0
    assert changed.max() == before.shape[1] - 3 * Style.for_picture(1280, 720, TEXT).padding - 1


@pytest.mark.parametrize("first_s", [0.0, 1000.5])
@pytest.mark.parametrize(
    ("seconds", "title", "share"),
    [
        (15, "last 30 seconds", 15 / 30),
        (30, "last 30 seconds", 1),
        (31, "last minute", 31 / 60),
        (61, "last 2 minutes", 61 / 120),
        (121, "last 3 minutes", 121 / 180),
        (181, "last 4 minutes", 181 / 240),
        (241, "last 5 minutes", 241 / 300),
        (299, "last 5 minutes", 299 / 300),
    ],
)
def test_the_charts_grow_from_half_a_minute_to_five_minutes_and_say_so(
    seconds: int, title: str, share: float, first_s: float
) -> None:
    panel = draw_panel(full(seconds=seconds, first_s=first_s), 1280, 720)
    assert written(title, panel)
    filled = filled_columns(panel)
    assert filled.mean() == pytest.approx(share, abs=0.05)
    assert filled[-1]


def test_the_charts_show_five_minutes_even_after_hours() -> None:
    assert written("last 5 minutes", draw_panel(full(seconds=7200), 1280, 720))


def test_nothing_else_moves_when_the_charts_cover_more_time() -> None:
    short, longer = draw_panel(full(seconds=30), 1280, 720), draw_panel(full(seconds=31), 1280, 720)
    rows = np.flatnonzero((short != longer).any(axis=(1, 2)))
    chart = (short == CHART_BGR).all(axis=2).any(axis=1)
    title = line_height(Style.for_picture(1280, 720, SMALL_TEXT))
    assert chart[rows.min() + title]
    assert not chart[rows.min() - title : rows.min()].any()


def test_points_at_uneven_times_leave_no_gaps() -> None:
    pulse = of_points([point(at_s) for at_s in (0.0, 1.3, 2.0, 3.9, 4.0, 5.4, 7.6, 8.0)])
    filled = filled_columns(draw_panel(pulse, 1280, 720))
    assert filled[np.flatnonzero(filled)[0] :].all()


def test_a_time_without_readable_faces_is_a_gap() -> None:
    pulse = of_points([point(at_s) for at_s in (0.0, 1.0, 6.0, 7.0)])
    filled = filled_columns(draw_panel(pulse, 1280, 720))
    assert np.flatnonzero(np.diff(filled.astype(int)) != 0).size == 3
    assert filled.mean() == pytest.approx(4 / 30, abs=0.03)


def test_the_charts_move_on_without_means_when_no_face_is_readable() -> None:
    pulse = full(seconds=10)
    assert written("coverage 90%", draw_panel(pulse, 1280, 720))
    pulse.latest, pulse.now_s = None, 25.0
    panel = draw_panel(pulse, 1280, 720)
    assert not written("coverage 90%", panel)
    filled = filled_columns(panel)
    assert np.flatnonzero(filled)[[0, -1]] / len(filled) == pytest.approx([4 / 30, 15 / 30], abs=0.05)


def test_details_are_written_line_by_line_and_wide_lines_are_wrapped() -> None:
    stages = [f"stage{number} {number}.0" for number in range(6)]
    panel = draw_panel(full(), 1280, 720, ("result 8 ms old", " ".join(stages)))
    assert written("result 8 ms old", panel)
    breaks = [row for row in range(1, 6) if written(" ".join(stages[:row]), panel) and written(" ".join(stages[row:]), panel)]
    assert breaks
    assert not written(" ".join(stages), panel)
