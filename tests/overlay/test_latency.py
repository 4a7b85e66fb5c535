"""What a result cost, in words."""

from __future__ import annotations

from live_monitor.overlay.latency import Latency
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
    assert lines[2].startswith("looks for faces 9.")
    assert "every 3" in lines[2]


def test_who_looks_at_every_frame_is_told_no_cadence() -> None:
    latency = Latency()
    for frame in range(30):
        latency.add(result(), frame / 30)
    assert "every" not in latency.lines(1.0)[2]
