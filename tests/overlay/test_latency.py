"""The lines that say how long a result took."""

from __future__ import annotations

import pytest

from live_monitor.overlay.latency import FORGOTTEN_S, Latency
from live_monitor.types import Frame, FrameResult
from tests.fakes import grey_picture


def result(stage: str = "detect", dropped: int = 0) -> FrameResult:
    return FrameResult(Frame(0, 0.0, 5.0, grey_picture(0)), (), {stage: 4.0, "classify": 2.5}, 5.02, dropped)


def test_there_are_no_lines_before_the_first_result() -> None:
    assert Latency().lines(0.0) == ()


def test_the_lines_show_stages_age_dropped_frames_and_cadence() -> None:
    latency = Latency()
    for frame in range(30):
        latency.add(result("detect" if frame % 3 == 0 else "carry", dropped=7), frame / 30)
    lines = latency.lines(29 / 30)
    assert lines[0] == "ms: detect 4.0  classify 2.5  carry 4.0"
    assert lines[1] == "result 20 ms old, 7 frames dropped"
    assert lines[2] == "looks for faces 10.0 times a second, every 3.0 frames"


def test_a_stage_that_no_longer_runs_is_no_longer_shown() -> None:
    latency = Latency()
    latency.add(result("carry"), 0.0)
    latency.add(result(), 1.0)
    assert "carry" in latency.lines(1.0)[0]
    latency.add(result(), 1.0 + FORGOTTEN_S)
    assert latency.lines(1.0 + FORGOTTEN_S)[0] == "ms: classify 2.5  detect 4.0"


def test_no_interval_is_shown_if_every_frame_is_searched() -> None:
    latency = Latency()
    for frame in range(30):
        latency.add(result(), frame / 30)
    assert "every" not in latency.lines(1.0)[2]


@pytest.mark.parametrize("between_s", [0.9, 1.6, 4.0])
def test_the_interval_between_rare_searches_is_shown_in_seconds(between_s: float) -> None:
    latency = Latency()
    for search in range(3):
        latency.add(result(), search * between_s)
        lines = latency.lines((search + 0.9) * between_s)[2:]
    assert lines == (f"looks for faces every {between_s:.1f} s",)


def test_the_interval_grows_while_no_search_is_made() -> None:
    latency = Latency()
    for frame in range(30):
        latency.add(result(), frame / 30)
    assert latency.lines(29 / 30 + 2.5)[2] == "looks for faces every 2.5 s"


@pytest.mark.parametrize("step_s", [1 / 30, 2.0])
def test_a_pause_does_not_change_the_lines_during_or_after_it(step_s: float) -> None:
    latency = Latency()
    for search in range(30):
        latency.add(result(), search * step_s)
    paused_s = 29 * step_s
    before = latency.lines(paused_s, still=True)
    assert before[2].endswith((" 30.0 times a second", " every 2.0 s"))
    assert [latency.lines(paused_s + waited_s, still=True) for waited_s in (0.1, 2.5, 60.0)] == [before] * 3
    assert latency.lines(paused_s + 60.1) == before, "the key that ends the pause draws before there is a result"
    latency.add(result(), paused_s + 60.1 + step_s)
    assert latency.lines(paused_s + 60.1 + step_s) == before


def test_the_age_of_a_result_does_not_include_a_pause() -> None:
    latency = Latency()
    for frame in range(30):
        latency.add(result(), 4.0 + frame / 30)
    latency.lines(5.0, still=True)
    latency.lines(60.0)
    waited = FrameResult(Frame(30, 1.0, 5.0, grey_picture(0)), (), {"detect": 4.0}, 60.0, 0)
    latency.add(waited, 60.0)
    assert latency.lines(60.0)[1] == "result 20 ms old, 0 frames dropped"


def test_no_cadence_is_shown_after_a_single_search() -> None:
    latency = Latency()
    latency.add(result(), 0.0)
    assert len(latency.lines(0.3)) == 2
