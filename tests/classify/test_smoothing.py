"""Labels over time: steady, quick enough, the same at any frame rate, and each face on its own."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
import pytest
from numpy.typing import NDArray

from live_monitor.classify.smoothing import UNCLEAR, UNCLEAR_AT_ONCE, Smoother
from live_monitor.labels import LABELS, UNSURE
from live_monitor.types import Box, Detection, Reading, Track

HAPPY, SAD, NEUTRAL = (LABELS.index(label) for label in ("happy", "sad", "neutral"))
FACE = Detection(Box(0, 0, 50, 50))


def row(label: int, probability: float = 0.6) -> NDArray[np.float32]:
    values = np.full(7, (1 - probability) / 6, np.float32)
    values[label] = probability
    return values


def read(smoother: Smoother, rows: dict[int, NDArray[np.float32]], at_s: float, flaw: str = "") -> dict[int, Reading]:
    tracks = [Track(number, FACE, FACE) for number in rows]
    readings = smoother.read(tracks, tracks, np.array(list(rows.values())).reshape(-1, 7), [flaw] * len(rows), at_s)
    return {reading.track.id: reading for reading in readings}


def labels(rows: Sequence[NDArray[np.float32]], fps: float, smooth_s: float = 0.5) -> list[str]:
    smoother = Smoother(smooth_s)
    return [read(smoother, {1: one}, frame / fps)[1].label for frame, one in enumerate(rows)]


def test_a_face_seen_once_has_the_label_of_that_frame() -> None:
    assert labels([row(HAPPY)], 30) == ["happy"]


@pytest.mark.parametrize("reads", [1, 2])
def test_the_probabilities_of_a_reading_are_read_only(reads: int) -> None:
    smoother = Smoother(0.5)
    *_, reading = (read(smoother, {1: row(HAPPY)}, 0.2 * time)[1] for time in range(reads))
    for values in (reading.probabilities, reading.smoothed):
        with pytest.raises(ValueError, match="read-only"):
            values *= 100


def test_a_single_differing_frame_changes_nothing() -> None:
    rows = [row(HAPPY)] * 30 + [row(SAD, 0.9)] + [row(HAPPY)] * 30
    assert set(labels(rows, 30)) == {"happy"}


def test_a_label_stays_until_another_is_clearly_ahead() -> None:
    nearly, clearly = row(SAD, 0.44), row(SAD, 0.5)
    nearly[HAPPY] = clearly[HAPPY] = 0.4
    shown = labels([row(HAPPY)] * 60 + [nearly] * 90 + [clearly] * 90, 30)
    assert set(shown[:150]) == {"happy"}
    assert shown[-1] == "sad"


@pytest.mark.parametrize("fps", [30, 10, 5])
def test_a_real_change_shows_within_a_second(fps: int) -> None:
    shown = labels([row(NEUTRAL)] * 3 * fps + [row(HAPPY)] * 3 * fps, fps)
    assert shown[3 * fps - 1] == "neutral"
    assert shown[4 * fps] == "happy"


def test_labels_change_at_most_a_fifth_as_often_as_without_smoothing() -> None:
    rng = np.random.default_rng(2)
    rows = [row(int(rng.choice([HAPPY, NEUTRAL])), float(rng.uniform(0.35, 0.6))) for _ in range(1800)]

    def changes(smooth_s: float) -> int:
        return sum(before != after for before, after in pairwise(labels(rows, 30, smooth_s)))

    assert changes(0.0) > 500
    assert changes(0.5) <= changes(0.0) / 5


@pytest.mark.parametrize("every", [3, 6])
def test_fewer_frames_a_second_give_the_same_labels_at_about_the_same_time(every: int) -> None:
    rng = np.random.default_rng(4)
    truth = np.repeat(rng.integers(0, 7, 12), 60)
    rows = [row(int(label), float(rng.uniform(0.5, 0.8))) for label in truth]
    all_frames = labels(rows, 30)
    some = labels(rows[::every], 30 / every)
    changes = [(index / 30, after) for index, (before, after) in enumerate(pairwise(all_frames), 1) if before != after]
    fewer = [(index * every / 30, after) for index, (before, after) in enumerate(pairwise(some), 1) if before != after]
    assert [label for _, label in changes] == [label for _, label in fewer]
    assert all(abs(one[0] - other[0]) <= 0.3 for one, other in zip(changes, fewer, strict=True))


@pytest.mark.parametrize("every", [3, 6, 15])
def test_a_gradual_change_averages_the_same_at_any_frame_rate(every: int) -> None:
    rows = [row(HAPPY, 0.3 + 0.5 * abs(frame % 60 - 30) / 30) for frame in range(121)]
    all_frames, some = Smoother(), Smoother()
    for frame, one in enumerate(rows):
        full = read(all_frames, {1: one}, frame / 30)[1]
        if frame % every == 0:
            few = read(some, {1: one}, frame / 30)[1]
    np.testing.assert_allclose(few.smoothed, full.smoothed, atol=5e-3)


def test_at_five_frames_a_second_one_frame_is_less_than_a_fifth_of_the_average() -> None:
    smoother = Smoother()
    for frame in range(20):
        read(smoother, {1: row(HAPPY, 1.0)}, frame / 5)
    assert read(smoother, {1: row(SAD, 1.0)}, 4.0)[1].smoothed[SAD] < 0.2


def test_two_frames_at_the_same_instant_are_not_an_error() -> None:
    smoother = Smoother()
    read(smoother, {1: row(HAPPY)}, 1.0)
    assert read(smoother, {1: row(SAD)}, 1.0)[1].label == "happy"


@pytest.mark.parametrize("seed", range(10))
def test_two_faces_never_influence_each_other(seed: int) -> None:
    rng = np.random.default_rng(seed)
    alone, together = Smoother(unsure_below=0.3), Smoother(unsure_below=0.3)
    for frame in range(60):
        mine, other = rng.dirichlet(np.ones(7), 2).astype(np.float32)
        lonely = read(alone, {1: mine}, frame / 30)[1]
        one = read(together, {2: other, 1: mine} if rng.random() < 0.7 else {1: mine}, frame / 30)[1]
        np.testing.assert_array_equal(one.smoothed, lonely.smoothed)
        assert (one.label, one.why) == (lonely.label, lonely.why)


def test_smoothing_can_be_turned_off() -> None:
    rows = [row(HAPPY), row(SAD), row(HAPPY)]
    assert labels(rows, 30, 0.0) == ["happy", "sad", "happy"]


def test_without_smoothing_labels_change_without_a_lead_and_have_no_slack() -> None:
    hardly, smoother = row(SAD, 0.44), Smoother(0.0, unsure_below=0.5)
    hardly[HAPPY] = 0.42
    assert labels([row(HAPPY), hardly], 30, 0.0) == ["happy", "sad"]
    shown = [read(smoother, {1: row(HAPPY, probability)}, frame / 30)[1].label for frame, probability in enumerate((0.7, 0.48))]
    assert shown == ["happy", UNSURE]


def test_the_classifiers_own_probabilities_are_kept_beside_the_smoothed_ones() -> None:
    smoother = Smoother()
    read(smoother, {1: row(HAPPY)}, 0.0)
    reading = read(smoother, {1: row(SAD)}, 0.04)[1]
    np.testing.assert_array_equal(reading.probabilities, row(SAD))
    assert reading.smoothed.argmax() == HAPPY
    assert reading.smoothed.sum() == pytest.approx(1, abs=1e-5)


def test_a_face_that_was_gone_starts_afresh() -> None:
    smoother = Smoother()
    read(smoother, {1: row(HAPPY)}, 0.0)
    read(smoother, {2: row(HAPPY)}, 0.04)
    np.testing.assert_array_equal(read(smoother, {1: row(SAD)}, 0.08)[1].smoothed, row(SAD))


def test_a_face_missed_for_a_moment_keeps_its_label() -> None:
    smoother = Smoother()
    read(smoother, {1: row(HAPPY)}, 0.0)
    (reading,) = smoother.read([Track(1, FACE, None)], [], np.empty((0, 7), np.float32), [], 0.04)
    assert reading.label == "happy"


class TestUnsure:
    def test_an_improbable_label_is_unsure_because_unclear(self) -> None:
        reading = read(Smoother(unsure_below=0.5), {1: row(HAPPY, 0.4)}, 0.0)[1]
        assert (reading.label, reading.why) == (UNSURE, UNCLEAR)
        assert reading.confidence == pytest.approx(0.4)

    def test_a_brief_dip_makes_no_face_unsure_but_a_lasting_one_soon_does(self) -> None:
        smoother = Smoother(unsure_below=0.5)
        seen = {}
        for frame in range(135):
            low = 30 <= frame < 36 or frame >= 60
            seen[frame] = read(smoother, {1: row(HAPPY, 0.3 if low else 0.7)}, frame / 30)[1].label
        assert {seen[frame] for frame in range(60)} == {"happy"}
        assert {seen[frame] for frame in range(105, 135)} == {UNSURE}

    @pytest.mark.parametrize(
        ("clear", "probability", "unclear"),
        [(6, 0.38, range(38, 45)), (60, 0.38, range(45, 52)), (6, 0.2, range(8, 13)), (60, 0.2, range(15, 20))],
    )
    def test_a_clear_face_stays_clear_for_longer_the_less_unclear_it_becomes(
        self, clear: int, probability: float, unclear: range
    ) -> None:
        smoother = Smoother(unsure_below=0.5)
        rows = [row(HAPPY, 0.7)] * clear + [row(HAPPY, probability)] * 60
        seen = [read(smoother, {1: one}, frame / 30)[1].label for frame, one in enumerate(rows)]
        assert seen.index(UNSURE) - clear in unclear

    @pytest.mark.parametrize("fps", [30, 5])
    def test_no_label_that_is_far_too_improbable_is_shown(self, fps: int) -> None:
        smoother, shown = Smoother(unsure_below=0.5), set()
        for frame in range(30 * fps):
            clear = frame // (2 * fps) % 2 == 0
            reading = read(smoother, {1: row(HAPPY, 0.9 if clear else 0.2)}, frame / fps)[1]
            assert reading.label == UNSURE or reading.confidence >= 0.5 - UNCLEAR_AT_ONCE
            shown.add(reading.label)
        assert shown == {"happy", UNSURE}

    @pytest.mark.parametrize("fps", [30, 10, 5])
    @pytest.mark.parametrize("probability", [0.7, 0.52])
    def test_a_face_that_becomes_clear_has_its_label_within_a_second(self, fps: int, probability: float) -> None:
        smoother = Smoother(unsure_below=0.48)
        for frame in range(4 * fps + 1):
            shown = read(smoother, {1: row(HAPPY, probability if frame > 3 * fps else 0.36)}, frame / fps)[1].label
            assert frame > 3 * fps or shown == UNSURE
        assert shown == "happy"

    @pytest.mark.parametrize("fps", [30, 2])
    def test_a_flaw_in_one_frame_makes_no_face_unsure(self, fps: int) -> None:
        smoother = Smoother()
        for frame in range(5 * fps):
            read(smoother, {1: row(HAPPY)}, frame / fps)
        assert read(smoother, {1: row(HAPPY)}, 5.0, "blurred")[1].label == "happy"

    def test_a_face_readable_about_half_of_the_time_stays_readable_or_unsure_as_before(self) -> None:
        smoother = Smoother()
        every_frame, none = ["blurred"] * 60, [""] * 60
        a_little_more, a_little_less = [*["blurred", ""] * 9, *["blurred"] * 2] * 3, [*["", "blurred"] * 9, *[""] * 2] * 3
        whys = [
            read(smoother, {1: row(HAPPY)}, frame / 30, flaw)[1].why
            for frame, flaw in enumerate([*none, *a_little_more, *every_frame, *a_little_less])
        ]
        assert set(whys[:120]) == {""}
        assert set(whys[150:]) == {"blurred"}

    def test_a_lasting_flaw_makes_a_face_unsure_within_a_second_until_it_ends(self) -> None:
        smoother = Smoother()
        for frame in range(30):
            read(smoother, {1: row(HAPPY)}, frame / 30)
        for frame in range(30, 60):
            flawed = read(smoother, {1: row(SAD)}, frame / 30, "blurred")[1]
        assert (flawed.label, flawed.why) == (UNSURE, "blurred")
        for frame in range(60, 90):
            again = read(smoother, {1: row(HAPPY)}, frame / 30)[1]
        assert (again.label, again.why) == ("happy", "")

    def test_the_reason_is_the_flaw_of_most_of_the_time(self) -> None:
        smoother = Smoother()
        for frame in range(30):
            read(smoother, {1: row(HAPPY)}, frame / 30, "too small")
        for frame in range(30, 60):
            reading = read(smoother, {1: row(HAPPY)}, frame / 30, "blurred")[1]
        assert reading.why == "blurred"

    def test_the_expression_of_a_flawed_face_hardly_counts(self) -> None:
        smoother = Smoother()
        for frame in range(30):
            read(smoother, {1: row(HAPPY)}, frame / 30)
        assert read(smoother, {1: row(SAD, 0.99)}, 1.3, "blurred")[1].smoothed.argmax() == HAPPY

    def test_the_expression_of_a_flawed_face_hardly_counts_even_after_a_second(self) -> None:
        smoother = Smoother()
        for frame in range(60):
            flaw, said = ("blurred", row(SAD, 1.0)) if frame >= 30 else ("", row(HAPPY, 1.0))
            reading = read(smoother, {1: said}, frame / 30, flaw)[1]
        assert reading.smoothed[SAD] < 0.3

    def test_a_face_that_was_never_clear_is_unsure_from_the_first_frame(self) -> None:
        assert read(Smoother(), {1: row(HAPPY)}, 0.0, "too small")[1].why == "too small"

    def test_a_label_does_not_flicker_at_a_probability_around_the_limit(self) -> None:
        rng = np.random.default_rng(8)
        smoother = Smoother(unsure_below=0.5)
        seen = [read(smoother, {1: row(HAPPY, float(rng.normal(0.5, 0.02)))}, frame / 30)[1].label for frame in range(300)]
        assert sum(before != after for before, after in pairwise(seen)) <= 2
