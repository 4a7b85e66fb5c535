"""The panel with the pulse of the class."""

from __future__ import annotations

import numpy as np
import pytest

from live_monitor.labels import COLOURS_BGR, LABELS
from live_monitor.overlay.panel import INDEX_COLOURS_BGR, draw_panel, panel_width
from live_monitor.pulse.pulse import INDEXES, Point, Pulse
from live_monitor.types import Image


def full(coverage: float = 0.9) -> Pulse:
    pulse = Pulse()
    pulse.moment = np.ones(7)
    shares = np.full(7, 1 / 7)
    for second in range(120):
        pulse.points.append(Point(float(second), shares, {name: 0.2 + 0.2 * row for row, name in enumerate(INDEXES)}, coverage))
    return pulse


def has(image: Image, colour: tuple[int, int, int]) -> bool:
    return bool((image == colour).all(axis=2).any())


@pytest.mark.parametrize("size", [(1280, 720), (640, 480), (480, 854), (3840, 2160)])
def test_it_is_as_high_as_the_picture_and_slim(size: tuple[int, int]) -> None:
    panel = draw_panel(full(), *size)
    assert panel.shape == (size[1], panel_width(*size), 3)
    assert panel.shape[1] < 0.5 * min(size)


def test_all_emotions_and_indexes_are_there() -> None:
    panel = draw_panel(full(), 1280, 720)
    assert all(has(panel, COLOURS_BGR[label]) for label in LABELS)
    assert all(has(panel, colour) for colour in INDEX_COLOURS_BGR.values())


def test_the_bar_of_the_moment_is_shared_out_by_faces() -> None:
    pulse = Pulse()
    pulse.moment = np.array([0, 0, 0, 3.0, 0, 0, 1.0])
    panel = draw_panel(pulse, 1280, 720)
    rows = [(panel == COLOURS_BGR[label]).all(axis=2).sum(axis=1).max() for label in ("happy", "neutral")]
    assert rows[0] / rows[1] == pytest.approx(3, rel=0.05)


def test_what_is_unusual_is_told() -> None:
    pulse = full()
    before = draw_panel(pulse, 1280, 720)
    pulse.unusual = "valence is lower"
    assert not np.array_equal(before, draw_panel(pulse, 1280, 720))


def test_little_covered_times_are_drawn_faintly() -> None:
    covered, uncovered = draw_panel(full(), 1280, 720), draw_panel(full(coverage=0.3), 1280, 720)
    near = [np.abs(panel.astype(int) - INDEX_COLOURS_BGR["concentration"]).max(axis=2) < 30 for panel in (covered, uncovered)]
    assert near[1].sum() < near[0].sum() / 2


def test_a_session_that_just_began_has_an_empty_chart() -> None:
    assert draw_panel(Pulse(), 1280, 720).shape[0] == 720


def test_a_marker_is_a_line_through_the_charts() -> None:
    pulse = full()
    before = draw_panel(pulse, 1280, 720)
    pulse.markers.append(60.0)
    assert (before != draw_panel(pulse, 1280, 720)).any(axis=2).any(axis=0).sum() <= 4
