"""What a log says about its session."""

from __future__ import annotations

import datetime
import itertools
import json
from collections.abc import Iterable
from pathlib import Path

import pytest

from live_monitor.app import analyze
from live_monitor.labels import LABELS
from live_monitor.pulse.held import LONGEST_LIVE_STEP_S
from live_monitor.pulse.pulse import MEAN_S, UNUSUAL_FOR_S
from live_monitor.session.log import Log
from live_monitor.session.report import Json, report
from live_monitor.session.summary import Summary
from live_monitor.types import Reading
from tests.session.sessions import face, logged, result

STEP_S = 0.2


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "lesson.csv"


def every_step(from_s: float, to_s: float, *readings: Reading) -> Iterable[tuple[float, tuple[Reading, ...]]]:
    """The same faces at every moment from one time up to another, which is not included."""
    return [(round(step * STEP_S, 3), readings) for step in range(round(from_s / STEP_S), round(to_s / STEP_S))]


def report_of(path: Path, *parts: Iterable[tuple[float, Iterable[Reading]]], markers: dict[float, int] | None = None) -> Json:
    return report(logged(path, [moment for part in parts for moment in part], markers))


def test_expressions_count_by_how_long_they_last(path: Path) -> None:
    facts = report_of(path, every_step(0, 3, face("happy"), face("sad", 2)), every_step(3, 4.2, face("neutral"), face("sad", 2)))
    assert facts["watched_s"] == pytest.approx(4.0)
    assert facts["emotions"] == pytest.approx(dict.fromkeys(LABELS, 0.0) | {"happy": 0.375, "neutral": 0.125, "sad": 0.5})
    assert facts["faces"][0]["seconds"] == pytest.approx({"happy": 3.0, "neutral": 1.0})
    assert facts["faces"][1]["looks"] == [{"from_s": 0.0, "to_s": 4.0, "label": "sad", "why": ""}]
    assert [(look["from_s"], look["to_s"], look["label"]) for look in facts["faces"][0]["looks"]] == [
        (0.0, 3.0, "happy"),
        (3.0, 4.0, "neutral"),
    ]


def test_faces_are_listed_in_the_order_of_their_numbers(path: Path) -> None:
    facts = report_of(path, every_step(0, 1, face("happy", 3)), every_step(1, 2, face("happy", 10), face("sad", 2)))
    assert [one["id"] for one in facts["faces"]] == [2, 3, 10]


def test_unsure_faces_are_not_readable_and_the_longest_reason_comes_first(path: Path) -> None:
    blurred, dark = (face("happy", why=why) for why in ("blurred", "too dark"))
    facts = report_of(path, every_step(0, 3, face("happy")), every_step(3, 5, blurred), every_step(5, 8.2, dark))
    assert facts["readable"] == pytest.approx(3 / 8)
    assert facts["emotions"]["happy"] == 1
    assert list(facts["unsure"].items()) == [("too dark", pytest.approx(3 / 8)), ("blurred", pytest.approx(2 / 8))]


def test_hidden_faces_count_as_absent(path: Path) -> None:
    facts = report_of(
        path,
        every_step(0, 2, face("happy"), face("sad", 2)),
        every_step(2, 4, face("happy", coasting=True)),
        every_step(4, 5.2, face("happy")),
    )
    assert facts["faces_at_once"] == {"mean": pytest.approx(1.0), "most": 2}
    assert facts["nobody"] == pytest.approx(2 / 5)
    assert [(look["from_s"], look["to_s"]) for look in facts["faces"][0]["looks"]] == [(0.0, 2.0), (4.0, 5.0)]


def test_a_pause_does_not_count_as_watched(path: Path) -> None:
    pause_s = LONGEST_LIVE_STEP_S + 1
    moments = [*every_step(0, 2, face("happy")), *every_step(2 + pause_s, 3 + pause_s, face("happy"))]
    facts = report(logged(path, moments, live=True))
    assert facts["watched_s"] == pytest.approx(1.8 + 0.8)
    assert [look["to_s"] - look["from_s"] for look in facts["faces"][0]["looks"]] == pytest.approx([1.8, 0.8])


def test_a_slide_in_a_file_counts_for_as_long_as_it_is_shown(path: Path) -> None:
    slide_s = LONGEST_LIVE_STEP_S + 9
    facts = report_of(path, every_step(0, 2, face("neutral")), [(2.0, (face("happy"),)), (2.0 + slide_s, (face("neutral"),))])
    assert facts["faces"][0]["seconds"] == pytest.approx({"neutral": 2.0, "happy": slide_s})
    assert facts["pulse"]["expressiveness"] == pytest.approx(slide_s / (2 + slide_s), abs=1e-4)
    assert [point["at_s"] for point in facts["points"]] == list(range(1, 23))


def test_a_reading_every_ten_seconds_counts_for_ten_seconds(path: Path) -> None:
    facts = report(logged(path, [(10.0 * step, [face("happy")]) for step in range(4)]))
    assert facts["faces"][0]["seconds"] == {"happy": 30.0}


def test_a_reading_every_ten_seconds_counts_until_the_next_one_even_if_that_is_a_little_late(path: Path) -> None:
    fps = 30_000 / 1001
    with Log(path, 10.0, live=False) as log:
        for index in range(1000):
            log.add(result(index / fps, face("happy"), index=index))
    facts = report(path)
    assert facts["faces"][0]["seconds"] == {"happy": pytest.approx(999 / fps, abs=0.001)}
    assert facts["watched_s"] == pytest.approx(999 / fps, abs=0.001)


@pytest.mark.parametrize("live", [False, True])
def test_it_agrees_with_the_summary_for_pauses_of_any_length(path: Path, live: bool) -> None:
    times_s = [0.0, 0.2, 0.4, 3.4, 3.6, 3603.6, 3603.8, 3610.0, 3635.0]
    looks = [face(label) for label in ("happy", "happy", "sad", "sad", "neutral", "sad", "sad", "happy", "fear")]
    summary = Summary("lesson", live=live)
    for pts_s, look in zip(times_s, looks, strict=True):
        summary.add(result(pts_s, look))
    facts = report(logged(path, [(pts_s, [look]) for pts_s, look in zip(times_s, looks, strict=True)], live=live))
    (expected,) = summary.as_json()["tracks"]
    assert facts["faces"][0]["seconds"] == {
        label: seconds for label, seconds in expected["seconds"].items() if label in facts["faces"][0]["seconds"]
    }
    for name in ("pulse", "emotions", "readable"):
        assert facts[name] == summary.as_json()[name]


def test_a_marker_has_the_pulse_before_and_after_it(path: Path) -> None:
    facts = report_of(path, every_step(0, 20, face("neutral")), every_step(20, 40, face("happy")), markers={20.0: 3})
    (marker,) = facts["markers"]
    assert (marker["number"], marker["at_s"], marker["clock"]) == (3, 20.0, None)
    assert marker["before"] == pytest.approx({"valence": 0, "expressiveness": 0, "concentration": 1}, abs=0.03)
    assert marker["after"] == pytest.approx({"valence": 1, "expressiveness": 1, "concentration": 0.667}, abs=0.03)


def test_a_marker_has_the_pulse_before_and_after_it_even_if_moments_are_far_apart(path: Path) -> None:
    moments = [(at_s, (face("happy"),)) for at_s in (0.0, 10.0, 20.0, 30.0, 40.0, 43.0, 50.0, 60.0, 70.0)]
    facts = report_of(path, moments, markers={20.0: 1, 43.0: 2})
    assert [(bool(marker["before"]), bool(marker["after"])) for marker in facts["markers"]] == [(True, True), (True, True)]


def test_a_marker_near_an_end_has_the_pulse_of_one_side_only(path: Path) -> None:
    facts = report_of(path, every_step(0, 14, face("happy")), markers={0.0: 1, 10.0: 2})
    assert [(bool(marker["before"]), bool(marker["after"])) for marker in facts["markers"]] == [(False, True), (True, False)]
    assert MEAN_S == 10


def test_the_pulse_before_a_marker_includes_nothing_after_it(path: Path) -> None:
    facts = report_of(
        path, every_step(0, 20, face("sad")), every_step(20, 40), every_step(40, 60, face("happy")), markers={39.8: 1}
    )
    assert (facts["markers"][0]["before"], facts["markers"][0]["after"]["valence"]) == (None, 1.0)


def test_markers_of_one_moment_are_all_listed_and_its_faces_kept(path: Path) -> None:
    with Log(path, 2.0, live=False) as log:
        for step in range(11):
            shown = result(step / 2, face("happy"), index=step)
            log.add(shown)
            if step in (3, 4):
                log.mark(2 * step, shown)
                log.mark(2 * step + 1, shown)
    facts = report(path)
    assert [(marker["number"], marker["at_s"]) for marker in facts["markers"]] == [(6, 1.5), (7, 1.5), (8, 2.0), (9, 2.0)]
    assert (facts["moments"], facts["watched_s"], facts["nobody"]) == (5, 5.0, 0.0)
    assert len(facts["faces"][0]["looks"]) == 1


def test_an_unusual_period_is_listed_with_its_times(path: Path) -> None:
    facts = report_of(
        path, every_step(0, 120, face("neutral")), every_step(120, 180, face("happy")), every_step(180, 240, face("neutral"))
    )
    first = facts["unusual"][0]
    assert first["what"] in ("valence is higher", "expressiveness is higher")
    assert 120 + UNUSUAL_FOR_S <= first["from_s"] < 120 + UNUSUAL_FOR_S + MEAN_S
    assert 180 <= facts["unusual"][-1]["to_s"] < 180 + MEAN_S + 1


def test_two_unusual_periods_are_listed_separately(path: Path) -> None:
    usual, other = face("neutral"), face("happy")
    facts = report_of(
        path,
        every_step(0, 120, usual), every_step(120, 160, other), every_step(160, 240, usual), every_step(240, 280, other),
        every_step(280, 300, usual),
    )  # fmt: skip
    first, second = [part for part in facts["unusual"] if part["what"] == facts["unusual"][0]["what"]]
    assert first["to_s"] < 160 + MEAN_S + 1
    assert second["from_s"] >= 240 + UNUSUAL_FOR_S


def test_points_are_a_second_apart(path: Path) -> None:
    facts = report_of(path, every_step(0, 400, face("sad")))
    assert [point["at_s"] for point in facts["points"]] == list(range(1, 400))
    assert facts["points"][-1]["emotions"]["sad"] == facts["points"][-1]["readable"] == 1


def test_a_live_session_says_when_it_started(path: Path) -> None:
    now = datetime.datetime.now().astimezone()
    facts = report(logged(path, [(3.0, [face("happy")]), (4.0, [])], {4.0: 1}, live=True))
    begun, marked = (datetime.datetime.fromisoformat(text) for text in (facts["started"], facts["markers"][0]["clock"]))
    assert (marked - begun).total_seconds() == pytest.approx(4.0, abs=1.0)
    assert begun.utcoffset() == now.utcoffset()


@pytest.mark.parametrize("moments", [[], [(0.0, [])], [(0.0, [face("happy")])]], ids=["none", "nobody", "one"])
def test_a_session_of_one_moment_or_none_has_a_report(path: Path, moments: list[tuple[float, list[Reading]]]) -> None:
    logged(path, [(0.0, [])])
    head = path.read_text(encoding="utf-8").splitlines()[0]
    path.unlink()
    facts = report(logged(path, moments)) if moments else report_of_text(path, head + "\n")
    assert (facts["moments"], facts["watched_s"], facts["readable"], facts["pulse"]) == (len(moments), 0.0, None, None)
    assert json.loads(json.dumps(facts)) == facts


def report_of_text(path: Path, text: str) -> Json:
    path.write_text(text, encoding="utf-8")
    return report(path)


def test_the_report_of_a_real_session_agrees_with_its_summary(shared_data: Path, path: Path) -> None:
    video = shared_data / "videos" / "call_gallery_9.mp4"
    summary = Summary(video.name)
    with Log(path, 0.0, live=False) as log:
        for result in itertools.islice(analyze(video, read_every=0, device="cpu"), 200):
            summary.add(result)
            log.add(result)
    facts, expected = report(path), summary.as_json()
    assert facts["pulse"] == pytest.approx(expected["pulse"], abs=0.001)
    assert facts["emotions"] == pytest.approx(expected["emotions"], abs=0.005)
    assert facts["readable"] == pytest.approx(expected["readable"], abs=0.005)
    assert [one["id"] for one in facts["faces"]] == [track["id"] for track in expected["tracks"]]
    assert facts["faces_at_once"] == {"mean": pytest.approx(expected["faces_per_frame"], abs=0.05), "most": 9}
