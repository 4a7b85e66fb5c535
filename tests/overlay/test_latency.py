"""What a result cost, in words."""

from __future__ import annotations

import pytest

from live_monitor.overlay.latency import FORGOTTEN_S, Latency
from live_monitor.types import Frame, FrameResult
from tests.fakes import grey_picture


def result(stage: str = "detect", dropped: int = 0) -> FrameResult:
    return FrameResult(Frame(0, 0.0, 5.0, grey_picture(0)), (), {stage: 4.0, "classify": 2.5}, 5.02, dropped)


def test_before_the_first_result_there_is_nothing_to_tell() -> None:
    assert Latency().lines(0.0) == ()


def test_stages_age_drops_and_cadence_are_told() -> None:
    latency = Latency()
    for frame in range(30):
        latency.add(result("detect" if frame % 3 == 0 else "carry", dropped=7), frame / 30)
    lines = latency.lines(29 / 30)
    assert lines[0] == "ms: detect 4.0  classify 2.5  carry 4.0"
    assert lines[1] == "result 20 ms old, 7 frames dropped"
    assert lines[2] == "looks for faces 10.0 times a second, every 3.0 frames"


def test_a_stage_that_is_no_longer_gone_through_is_no_longer_told() -> None:
    latency = Latency()
    latency.add(result("carry"), 0.0)
    latency.add(result(), 1.0)
    assert "carry" in latency.lines(1.0)[0]
    latency.add(result(), 1.0 + FORGOTTEN_S)
    assert latency.lines(1.0 + FORGOTTEN_S)[0] == "ms: classify 2.5  detect 4.0"


def test_who_looks_at_every_frame_is_told_no_cadence() -> None:
    latency = Latency()
    for frame in range(30):
        latency.add(result(), frame / 30)
    assert "every" not in latency.lines(1.0)[2]


@pytest.mark.parametrize("between_s", [0.9, 1.6, 4.0])
def test_looks_that_are_far_apart_are_told_by_the_time_between_them(between_s: float) -> None:
    latency = Latency()
    for look in range(3):
        latency.add(result(), look * between_s)
        told = latency.lines((look + 0.9) * between_s)[2:]
    assert told == (f"looks for faces every {between_s:.1f} s",)


def test_a_look_that_does_not_come_makes_the_time_longer() -> None:
    latency = Latency()
    for frame in range(30):
        latency.add(result(), frame / 30)
    assert latency.lines(29 / 30 + 2.5)[2] == "looks for faces every 2.5 s"


@pytest.mark.parametrize("step_s", [1 / 30, 2.0])
def test_a_pause_is_not_measured_neither_in_it_nor_after_it(step_s: float) -> None:
    latency = Latency()
    for look in range(30):
        latency.add(result(), look * step_s)
    begun_s = 29 * step_s
    told = latency.lines(begun_s, still=True)
    assert told[2].endswith((" 30.0 times a second", " every 2.0 s"))
    assert [latency.lines(begun_s + waited_s, still=True) for waited_s in (0.1, 2.5, 60.0)] == [told] * 3
    assert latency.lines(begun_s + 60.1) == told, "the key that ends the pause draws before there is a result"
    latency.add(result(), begun_s + 60.1 + step_s)
    assert latency.lines(begun_s + 60.1 + step_s) == told


def test_what_waited_for_a_pause_to_end_is_not_told_to_be_as_old_as_the_pause() -> None:
    latency = Latency()
    for frame in range(30):
        latency.add(result(), 4.0 + frame / 30)
    latency.lines(5.0, still=True)
    latency.lines(60.0)
    waited = FrameResult(Frame(30, 1.0, 5.0, grey_picture(0)), (), {"detect": 4.0}, 60.0, 0)
    latency.add(waited, 60.0)
    assert latency.lines(60.0)[1] == "result 20 ms old, 0 frames dropped"


def test_how_often_faces_are_looked_for_is_not_told_after_one_look() -> None:
    latency = Latency()
    latency.add(result(), 0.0)
    assert len(latency.lines(0.3)) == 2
