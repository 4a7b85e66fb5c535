"""The pulse of a class: means of ten seconds over readable faces, and a notice when it is unusual for long."""

from __future__ import annotations

import numpy as np
import pytest

from live_monitor.labels import LABELS
from live_monitor.pulse.pulse import BASELINE_FROM_S, MEAN_S, UNUSUAL_FOR_S, Pulse
from live_monitor.types import Frame, FrameResult, Reading
from tests.fakes import grey_picture, reading_of

PICTURE = grey_picture(0)


def face(label: str, why: str = "", *, coasting: bool = False) -> Reading:
    return reading_of(np.eye(7, dtype=np.float32)[LABELS.index(label)], why=why, coasting=coasting)


class Watch:
    """A pulse that is fed frames."""

    def __init__(self, fps: float = 5) -> None:
        self.pulse = Pulse()
        self._fps = fps
        self._frames = 0

    def feed(self, seconds: float, *readings: Reading) -> Pulse:
        for _ in range(round(seconds * self._fps)):
            self.pulse.add(FrameResult(Frame(self._frames, self._frames / self._fps, 0.0, PICTURE), readings, {}, 0.0, 0))
            self._frames += 1
        return self.pulse


def share(pulse: Pulse, label: str) -> float:
    return float(pulse.points[-1].shares[LABELS.index(label)])


def test_shares_are_those_of_the_readable_faces() -> None:
    pulse = Watch().feed(12, face("happy"), face("sad"), face("sad"), face("happy", "blurred"))
    assert share(pulse, "happy") == pytest.approx(1 / 3)
    assert pulse.points[-1].coverage == pytest.approx(3 / 4)
    assert pulse.points[-1].indexes["valence"] == pytest.approx(-1 / 3)


def test_a_face_that_is_not_seen_is_not_counted() -> None:
    assert share(Watch().feed(12, face("happy"), face("sad", coasting=True)), "happy") == 1


@pytest.mark.parametrize("fps", [30, 10, 2])
def test_points_are_means_of_the_last_ten_seconds_at_any_rate(fps: float) -> None:
    watch = Watch(fps)
    watch.feed(20, face("happy"))
    watch.feed(5, face("sad"))
    assert share(watch.feed(1, face("sad")), "happy") == pytest.approx(0.5, abs=0.06)
    watch.feed(MEAN_S, face("sad"))
    assert share(watch.pulse, "happy") == 0


def test_the_moment_is_that_of_the_last_frame() -> None:
    watch = Watch()
    watch.feed(5, face("sad"))
    assert watch.feed(0.2, face("happy"), face("happy")).moment[LABELS.index("happy")] == 2


def test_without_a_readable_face_there_is_no_point() -> None:
    pulse = Watch().feed(12, face("sad", "too small"))
    assert not pulse.points
    assert pulse.session_means() is None


def test_the_session_is_summed_up() -> None:
    watch = Watch()
    watch.feed(30, face("happy"))
    means = watch.feed(30, face("neutral")).session_means()
    assert means is not None
    assert means["expressiveness"] == pytest.approx(0.5, abs=0.02)


def test_a_marker_is_the_media_time() -> None:
    watch = Watch()
    assert watch.feed(8, face("sad")).mark() == pytest.approx(7.8)


class TestUnusual:
    def test_a_change_is_told_after_twenty_seconds_and_not_before(self) -> None:
        watch = Watch()
        watch.feed(BASELINE_FROM_S + MEAN_S, face("happy"))
        assert not watch.feed(UNUSUAL_FOR_S - 2, face("sad")).unusual
        assert watch.feed(MEAN_S, face("sad")).unusual == "valence is lower"

    def test_it_ends_when_the_pulse_is_as_usual_again(self) -> None:
        watch = Watch()
        watch.feed(BASELINE_FROM_S + MEAN_S, face("happy"))
        watch.feed(UNUSUAL_FOR_S + MEAN_S, face("sad"))
        assert not watch.feed(2 * MEAN_S, face("happy")).unusual

    def test_a_steady_class_is_never_unusual(self) -> None:
        watch = Watch()
        for _ in range(30):
            assert not watch.feed(5, face("happy"), face("neutral")).unusual

    def test_nothing_is_unusual_in_the_first_minute(self) -> None:
        watch = Watch()
        watch.feed(BASELINE_FROM_S / 2, face("happy"))
        assert not watch.feed(BASELINE_FROM_S / 2, face("sad")).unusual

    def test_with_too_few_readable_faces_nothing_is_told(self) -> None:
        watch = Watch()
        watch.feed(BASELINE_FROM_S + MEAN_S, face("happy"))
        unreadable = [face("happy", "blurred")] * 2
        assert not watch.feed(UNUSUAL_FOR_S + MEAN_S, face("sad"), *unreadable).unusual
