"""A report in words."""

from __future__ import annotations

from pathlib import Path

import pytest

from live_monitor.session.report import report
from live_monitor.session.words import as_markdown, as_text, at
from live_monitor.types import Reading
from tests.session.sessions import face, logged


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "lesson.csv"


def moments(seconds: int, *readings: Reading, first_s: int = 0) -> list[tuple[float, list[Reading]]]:
    return [(first_s + step / 2, list(readings)) for step in range(2 * seconds)]


@pytest.mark.parametrize(("seconds", "text"), [(0, "0:00"), (7.4, "0:07"), (59.6, "1:00"), (750, "12:30"), (3723, "1:02:03")])
def test_times_are_minutes_and_hours(seconds: float, text: str) -> None:
    assert at(seconds) == text


def test_a_session_is_summed_up_in_a_few_lines(path: Path) -> None:
    logged(path, moments(15, face("happy"), face("sad", 2)) + moments(15, face("neutral", 2, "too dark"), first_s=15), {17.0: 1})
    assert as_text(report(path)).splitlines() == [
        "lesson.csv: 0:30 watched, 60 moments",
        "faces: 1.5 at once on average, 2 at most, 2 numbers in all",
        "readable 67.4% of the time; unsure: too dark 32.6%",
        "expressions: happy 50.0%, sad 50.0%",
        "pulse: valence +0.00, expressiveness +1.00, concentration +0.50",
        "marker 1 at 0:17: valence +0.00, expressiveness +1.00, concentration +0.50 before, - after",
    ]


def test_the_most_frequent_expression_comes_first(path: Path) -> None:
    logged(path, moments(3, face("angry"), face("sad", 2)) + moments(9, face("sad", 2), first_s=3))
    assert "\nexpressions: sad 79.3%, angry 20.7%\n" in as_text(report(path))


def test_unusual_periods_and_time_without_faces_are_mentioned(path: Path) -> None:
    lines = as_text(
        report(logged(path, moments(100, face("neutral")) + moments(40, face("happy"), first_s=100) + moments(20, first_s=140)))
    )
    assert ", 1 number in all, nobody 12.2% of the time" in lines
    assert "unusual: valence is higher, 2:0" in lines or "unusual: expressiveness is higher, 2:0" in lines


def test_a_session_without_a_face_says_so(path: Path) -> None:
    assert as_text(report(logged(path, moments(1)))).splitlines() == ["lesson.csv: 0:00 watched, 2 moments", "no face was seen"]


def test_a_live_session_says_when_it_started(path: Path) -> None:
    facts = report(logged(path, moments(1), live=True))
    assert f"started {facts['started']}" in as_text(facts)


def test_the_page_has_the_picture_the_markers_and_the_faces(path: Path) -> None:
    facts = report(logged(path, moments(15, face("happy"), face("sad", 2)) + moments(5, face("happy"), first_s=15), {2.0: 1}))
    page = as_markdown(facts, "timeline.png")
    lines = page.splitlines()
    assert lines[0] == "# lesson.csv"
    assert "![Timeline](timeline.png)" in lines
    assert "not of minds" in page
    assert any(line.startswith("| 1 | 0:02 | - | valence +0.00") for line in lines)
    assert "| 1 | 0:00 | 0:20 | 19.5 |  |  |  | 19.5 |  |  |  |  |" in lines
    assert "| 2 | 0:00 | 0:15 | 15.0 |  |  |  |  | 15.0 |  |  |  |" in lines


def test_a_face_is_listed_from_when_it_was_first_seen_to_when_it_was_last_seen(path: Path) -> None:
    facts = report(logged(path, moments(5, face("happy")) + moments(5, face("sad"), first_s=5) + moments(5, first_s=10)))
    assert "| 1 | 0:00 | 0:10 | 10.0 |  |  |  | 5.0 | 5.0 |  |  |  |" in as_markdown(facts, "timeline.png").splitlines()


def test_a_page_without_faces_has_no_empty_tables(path: Path) -> None:
    page = as_markdown(report(logged(path, moments(1))), "timeline.png")
    assert "##" not in page
    assert "|" not in page
