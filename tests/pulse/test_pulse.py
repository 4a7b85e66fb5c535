"""The pulse of a class: means of ten seconds over readable faces, and a notice when it stays unusual."""

from __future__ import annotations

import statistics

import numpy as np
import pytest

from live_monitor.labels import LABELS
from live_monitor.pulse.pulse import BASELINE_FROM_S, INDEXES, MEAN_S, MIN_CHANGE, SHOWN_S, SPREADS, UNUSUAL_FOR_S, Pulse
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
def test_points_are_means_of_the_last_ten_seconds_at_any_frame_rate(fps: float) -> None:
    watch = Watch(fps)
    watch.feed(20, face("happy"))
    watch.feed(5, face("sad"))
    assert share(watch.feed(1, face("sad")), "happy") == pytest.approx(0.5)
    watch.feed(MEAN_S, face("sad"))
    assert share(watch.pulse, "happy") == 0


def fed(*faces_at: tuple[float, Reading], live: bool = False) -> Pulse:
    pulse = Pulse(live=live)
    for index, (now_s, reading) in enumerate(faces_at):
        pulse.add(FrameResult(Frame(index, now_s, 0.0, PICTURE), (reading,), {}, 0.0, 0))
    return pulse


def valences(pulse: Pulse) -> dict[float, float]:
    return {point.at_s: point.indexes["valence"] for point in pulse.points}


def test_faces_before_a_long_pause_count_for_the_session_but_for_no_point_after_it() -> None:
    before = [(tenth / 10, face("happy")) for tenth in range(35)]
    after = [(100 + tenth / 10, face("sad")) for tenth in range(21)]
    pulse = fed(*before, *after, live=True)
    assert valences(pulse) == {1: 1, 2: 1, 3: 1, 101: -1, 102: -1}
    means = pulse.session_means()
    assert means is not None
    assert means["valence"] == pytest.approx((3.4 - 2.0) / 5.4, abs=1e-4)


def test_a_frame_counts_until_the_next_one() -> None:
    pulse = fed((0.0, face("happy")), (3.0, face("sad")), (4.0, face("sad")))
    assert valences(pulse) == {1: 1, 2: 1, 3: 1, 4: pytest.approx(1 / 2)}
    assert pulse.session_means() == {"valence": 0.5, "expressiveness": 1.0, "concentration": pytest.approx(0.5833, abs=1e-4)}


def test_a_face_hidden_for_a_moment_does_not_count_as_unreadable() -> None:
    assert Watch().feed(12, face("happy"), face("sad", coasting=True)).points[-1].coverage == 1


def test_a_point_covers_at_most_ten_seconds_even_if_frames_are_rare() -> None:
    happy, sad = (
        [(now_s, face(label)) for now_s in seconds] for label, seconds in (("happy", range(0, 60, 3)), ("sad", range(60, 90, 3)))
    )
    changing = valences(fed(*happy, *sad))
    assert changing[60] == 1
    assert changing[60 + MEAN_S + 2] == -1


def test_the_moment_is_that_of_the_last_frame() -> None:
    watch = Watch()
    watch.feed(5, face("sad"))
    assert watch.feed(0.2, face("happy"), face("happy")).moment[LABELS.index("happy")] == 2


def test_after_ten_seconds_without_a_readable_face_there_is_no_latest_point_but_time_goes_on() -> None:
    watch = Watch()
    watch.feed(20, face("happy"))
    latest = watch.feed(MEAN_S).latest
    assert latest is not None
    assert latest.at_s == 29
    pulse = watch.feed(5)
    assert (pulse.latest, pulse.now_s, pulse.points[-1].at_s) == (None, 34, 29)


def test_points_are_kept_for_five_minutes() -> None:
    watch = Watch(fps=2)
    watch.feed(SHOWN_S + 100, face("happy"))
    assert [watch.pulse.points[index].at_s for index in (0, -1)] == [99, SHOWN_S + 99]
    assert not watch.feed(SHOWN_S + MEAN_S + 1).points


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


def test_a_marker_has_the_media_time() -> None:
    watch = Watch()
    assert watch.feed(8, face("sad")).mark() == pytest.approx(7.8)


class TestUnusual:
    def test_a_change_is_reported_after_twenty_seconds_and_not_before(self) -> None:
        watch = Watch()
        watch.feed(BASELINE_FROM_S + MEAN_S, face("happy"))
        assert not watch.feed(UNUSUAL_FOR_S - 2, face("sad")).unusual
        assert watch.feed(MEAN_S, face("sad")).unusual == "valence is lower"

    def test_the_notice_ends_when_the_pulse_is_as_usual_again(self) -> None:
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

    def test_with_too_few_readable_faces_nothing_is_unusual(self) -> None:
        watch = Watch()
        watch.feed(BASELINE_FROM_S + MEAN_S, face("happy"))
        unreadable = [face("happy", "blurred")] * 2
        assert not watch.feed(UNUSUAL_FOR_S + MEAN_S, face("sad"), *unreadable).unusual

    @pytest.mark.parametrize("after", [(), (face("sad"), face("sad", "blurred"), face("sad", "blurred"))])
    def test_too_few_readable_faces_end_the_notice_and_restart_the_twenty_seconds(self, after: tuple[Reading, ...]) -> None:
        watch = Watch()
        watch.feed(4 * BASELINE_FROM_S, face("happy"))
        assert watch.feed(UNUSUAL_FOR_S + MEAN_S, face("sad")).unusual
        assert not watch.feed(MEAN_S + 2, *after).unusual
        assert not watch.feed(UNUSUAL_FOR_S / 2, face("sad")).unusual
        assert watch.feed(UNUSUAL_FOR_S + MEAN_S, face("sad")).unusual

    def test_the_usual_pulse_is_forgotten_after_the_longest_memory(self, monkeypatch: pytest.MonkeyPatch) -> None:
        memory_s = 100
        monkeypatch.setattr("live_monitor.pulse.pulse.BASELINE_S", memory_s)
        watch = Watch()
        watch.feed(2 * memory_s, face("happy"))
        watch.feed(memory_s + MEAN_S, face("sad"))
        assert not watch.pulse.unusual
        assert watch.feed(UNUSUAL_FOR_S + MEAN_S, face("happy")).unusual == "valence is higher"

    def test_the_notice_agrees_with_medians_over_all_points(self) -> None:
        watch, rng = Watch(), np.random.default_rng(3)
        usual: list[list[float]] = []
        since_s: dict[str, float] = {}
        notices = []
        for label in rng.choice(LABELS, 30):
            for _ in range(int(rng.integers(5, 60))):
                pulse = watch.feed(1, face(label), face("happy"))
                if not pulse.points:
                    continue
                point = pulse.points[-1]
                changes = far_off(list(point.indexes.values()), usual)
                since_s = {change: since_s.get(change, point.at_s) for change in changes}
                lasting = [change for change in changes if point.at_s - since_s[change] >= UNUSUAL_FOR_S]
                assert pulse.unusual == (lasting[0] if lasting else "")
                notices.append(pulse.unusual)
                usual.append(list(point.indexes.values()))
        assert len(set(notices)) > 2


def far_off(values: list[float], usual: list[list[float]]) -> list[str]:
    if len(usual) < BASELINE_FROM_S:
        return []
    medians = [statistics.median(column) for column in zip(*usual, strict=True)]
    spreads = [
        1.4826 * statistics.median(abs(value - median) for value in column)
        for column, median in zip(zip(*usual, strict=True), medians, strict=True)
    ]
    return [
        f"{name} is {'higher' if value > median else 'lower'}"
        for name, value, median, spread in zip(INDEXES, values, medians, spreads, strict=True)
        if abs(value - median) > max(MIN_CHANGE, SPREADS * spread)
    ]
