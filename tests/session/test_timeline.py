"""The timeline of a session."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np
import pytest

from live_monitor.labels import COLOURS_BGR, UNSURE_BGR
from live_monitor.session.replay import MAX_TIME_S
from live_monitor.session.report import report
from live_monitor.session.timeline import MAX_FACES, timeline_png
from live_monitor.types import Image, Reading
from tests.session.sessions import face, logged


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "lesson.csv"


def drawn(path: Path, readings: Sequence[Reading], seconds: int = 20, markers: dict[float, int] | None = None) -> Image:
    logged(path, [(step / 2, readings) for step in range(2 * seconds)], markers)
    return picture(path)


def picture(path: Path) -> Image:
    return np.asarray(cv2.imdecode(np.frombuffer(timeline_png(report(path)), np.uint8), cv2.IMREAD_COLOR), np.uint8)


def amount(image: Image, colour: Sequence[int]) -> int:
    return int((np.abs(image.astype(int) - colour).max(axis=2) <= 2).sum())


def test_expressions_have_their_colours_and_no_others_appear(path: Path) -> None:
    image = drawn(path, [face("happy"), face("sad", 2), face("angry", 3, "too dark")])
    legend = amount(image, COLOURS_BGR["fear"])
    assert all(amount(image, COLOURS_BGR[label]) > 50 * legend for label in ("happy", "sad"))
    assert amount(image, UNSURE_BGR) > 10 * legend
    assert amount(image, COLOURS_BGR["angry"]) <= 2 * legend


def test_faces_read_every_few_seconds_are_drawn_without_gaps(path: Path) -> None:
    moments = [(5.0 * step, [face("happy")]) for step in range(24)]
    often = drawn(path.with_name("often.csv"), [face("happy")], seconds=120)
    seldom = picture(logged(path, moments))
    assert amount(seldom, COLOURS_BGR["happy"]) > 0.9 * amount(often, COLOURS_BGR["happy"])


def test_the_picture_grows_with_the_faces_up_to_a_limit(path: Path) -> None:
    def height(faces: int) -> int:
        path.unlink(missing_ok=True)
        return int(drawn(path, [face("happy", number) for number in range(1, faces + 1)], seconds=3).shape[0])

    assert height(2) < height(10) < height(MAX_FACES) == height(MAX_FACES + 5)


def test_of_too_many_faces_those_seen_longest_are_drawn(path: Path) -> None:
    passing = [face("angry", number) for number in range(1, MAX_FACES + 1)]
    staying = [face("happy", MAX_FACES + number) for number in range(1, MAX_FACES + 1)]
    moments = [(0.0, [*passing, *staying]), (0.5, staying), (9.0, staying)]
    rows = picture(logged(path, moments))[-MAX_FACES * 18 :]
    assert amount(rows, COLOURS_BGR["happy"]) > 1000
    assert amount(rows, COLOURS_BGR["angry"]) == 0


def test_a_session_as_long_as_can_be_has_about_as_many_grid_lines_as_twelve_hours(path: Path) -> None:
    hours, ages = (picture(logged(path.with_name(f"{to_s}.csv"), [(0.0, []), (to_s, [])])) for to_s in (12 * 3600.0, MAX_TIME_S))
    light = [amount(image, (0xE8, 0xE4, 0xDF)) for image in (hours, ages)]
    assert 0 < light[1] < 2 * light[0]


def test_markers_and_unusual_times_are_drawn(path: Path) -> None:
    usual = [(step / 2, [face("neutral")]) for step in range(240)]
    change = [(120 + step / 2, [face("happy")]) for step in range(80)]
    plain = picture(logged(path, [*usual, *((at_s, [face("neutral")]) for at_s, _ in change)]))
    path.unlink()
    unusual = picture(logged(path, [*usual, *change]))
    path.unlink()
    marked = picture(logged(path, [*usual, *change], {30.0: 1}))
    orange = (188, 220, 250)
    assert amount(unusual, orange) > 1000 > amount(plain, orange)
    assert tall_lines(marked) > tall_lines(unusual)


def tall_lines(image: Image) -> int:
    """How many columns are dark over at least a quarter of the height."""
    return int(((image.max(axis=2) < 150).mean(axis=0) > 0.25).sum())


@pytest.mark.parametrize("moments", [[(0.0, [])], [(0.0, [face("happy")])], [(2.0, []), (4.0, [face("sad")]), (30.0, [])]])
def test_a_very_short_session_can_be_drawn(path: Path, moments: list[tuple[float, list[Reading]]]) -> None:
    assert picture(logged(path, moments)).shape[0] > 100


def test_nothing_is_drawn_while_no_face_is_readable(path: Path) -> None:
    with_gap = [(step / 2, [] if 40 <= step < 120 else [face("happy")]) for step in range(160)]
    image = picture(logged(path, with_gap))
    yellow = np.abs(image.astype(int) - COLOURS_BGR["happy"]).max(axis=2) <= 2
    columns = yellow[60:250].any(axis=0)
    inside = np.flatnonzero(columns)
    assert not columns[inside[0] : inside[-1]].all()
