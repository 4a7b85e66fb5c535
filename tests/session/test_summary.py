"""The numbers at the end of a run."""

from __future__ import annotations

import json

import numpy as np
import pytest

from live_monitor.labels import LABELS
from live_monitor.session.summary import Summary
from live_monitor.types import Frame, FrameResult
from tests.fakes import grey_picture, reading_of


def result(pts_s: float, *labels: str, dropped: int = 0) -> FrameResult:
    """A frame in which one face was seen for each label."""
    readings = tuple(reading_of(np.eye(7, dtype=np.float32)[LABELS.index(label)]) for label in labels)
    return FrameResult(Frame(0, pts_s, 0.0, grey_picture(0)), readings, {}, 0.0, dropped)


def summary(*results: FrameResult, live: bool = False) -> Summary:
    summary = Summary("lecture.mp4", live=live)
    for one in results:
        summary.add(one)
    return summary


def test_frames_and_frames_with_faces_are_counted() -> None:
    facts = summary(result(0.0, "happy"), result(0.1), result(0.2, "sad", "sad")).as_json()
    assert (facts["frames"], facts["frames_with_faces"]) == (3, 2)


def test_readings_and_faces_per_frame_are_counted() -> None:
    facts = summary(result(0.0, "happy"), result(0.1), result(0.2, "sad", "sad"), result(0.3)).as_json()
    assert (facts["readings"], facts["faces_per_frame"]) == (3, 0.75)


def test_a_face_hidden_for_a_moment_is_not_a_reading() -> None:
    hidden = FrameResult(Frame(1, 0.1, 0.0, grey_picture(0)), (reading_of(np.eye(7)[3], coasting=True),), {}, 0.0, 0)
    facts = summary(result(0.0, "happy"), hidden, result(0.2)).as_json()
    assert (facts["frames_with_faces"], facts["readings"], facts["faces_per_frame"]) == (1, 1, 0.333)


def test_emotions_are_shares_of_the_time() -> None:
    facts = summary(result(0.0, "sad"), result(0.1, "sad"), result(0.2, "happy"), result(0.8)).as_json()
    assert facts["emotions"] == {label: {"happy": 0.75, "sad": 0.25}.get(label, 0.0) for label in LABELS}


def test_emotions_of_a_picture_are_shares_of_its_faces() -> None:
    facts = summary(result(0.0, "happy", "happy", "sad", "happy")).as_json()
    assert facts["emotions"] == {label: {"happy": 0.75, "sad": 0.25}.get(label, 0.0) for label in LABELS}


def test_without_a_face_every_share_is_0() -> None:
    assert summary(result(0.0)).as_json()["emotions"] == dict.fromkeys(LABELS, 0.0)


def test_media_time_counts_from_the_first_frame_seen() -> None:
    assert summary(result(10.0), result(10.5), result(12.25)).as_json()["media_s"] == 2.25


def test_the_last_frame_says_how_many_were_dropped() -> None:
    assert summary(result(0.0, dropped=0), result(0.1, dropped=7)).as_json()["dropped"] == 7


def test_elapsed_time_and_frame_rate_are_positive() -> None:
    facts = summary(*(result(index / 25) for index in range(1000))).as_json()
    assert facts["elapsed_s"] > 0
    assert facts["frames_per_s"] > 0


def test_a_run_without_frames_is_all_zeros() -> None:
    facts = summary().as_json()
    assert (facts["frames"], facts["media_s"], facts["dropped"], facts["faces_per_frame"]) == (0, 0.0, 0, 0.0)


def test_the_numbers_can_be_written_as_json() -> None:
    facts = summary(result(0.0, "happy")).as_json()
    assert json.loads(json.dumps(facts)) == facts


@pytest.mark.parametrize("expected", ["lecture.mp4: 2 frames (1.5 s of video)", "4 dropped", "faces: 1.50 a frame, in 2 of 2"])
def test_the_text_has_the_same_numbers(expected: str) -> None:
    assert expected in summary(result(0.0, "happy"), result(1.5, "sad", "happy", dropped=4)).as_text()


def test_the_text_names_the_most_frequent_emotion_first_and_no_absent_one() -> None:
    text = summary(result(0.0, "sad"), result(0.1, "happy", "happy", "happy"), result(0.2)).as_text()
    assert "expressions: happy 75.0%, sad 25.0%" in text.splitlines()


def test_without_a_face_the_text_names_no_emotion() -> None:
    assert "expressions" not in summary(result(0.0)).as_text()


def unsure(pts_s: float) -> FrameResult:
    reading = reading_of(np.eye(7, dtype=np.float32)[0], why="blurred")
    return FrameResult(Frame(0, pts_s, 0.0, grey_picture(0)), (reading,), {}, 0.0, 0)


def test_unsure_faces_lower_the_readable_share_and_count_for_no_emotion() -> None:
    facts = summary(result(0.0, "happy"), unsure(0.5), result(1.0)).as_json()
    assert facts["readable"] == 0.5
    assert facts["emotions"]["happy"] == 1.0


def test_each_track_has_its_seconds_of_each_emotion() -> None:
    (track,) = summary(result(0.0, "happy"), result(0.5, "happy"), result(1.0, "sad"), unsure(1.25)).as_json()["tracks"]
    assert (track["id"], track["first_s"], track["last_s"]) == (1, 0.0, 1.25)
    assert track["seconds"] == {**dict.fromkeys(LABELS, 0.0), "happy": 1.0, "sad": 0.25, "unsure": 0.0}


def test_a_pause_adds_no_time_to_a_face() -> None:
    (track,) = summary(*(result(pts_s, "happy") for pts_s in (0.0, 0.1, 0.2, 25.0, 25.1)), live=True).as_json()["tracks"]
    assert track["seconds"]["happy"] == pytest.approx(0.3)


def test_a_slide_in_a_file_counts_for_as_long_as_it_is_shown() -> None:
    (track,) = summary(*(result(pts_s, "happy") for pts_s in (0.0, 0.1, 0.2, 25.0, 25.1))).as_json()["tracks"]
    assert track["seconds"]["happy"] == pytest.approx(25.1)


def test_the_pulse_is_that_of_the_session() -> None:
    pulse = summary(*(result(index / 10, "neutral") for index in range(50))).as_json()["pulse"]
    assert pulse == {"valence": 0.0, "expressiveness": 0.0, "concentration": 1.0}


def test_a_pause_does_not_count_for_the_pulse() -> None:
    looks = [(0.0, "happy"), (1.0, "happy"), (101.0, "sad"), (102.0, "sad")]
    pulse = summary(*(result(pts_s, label) for pts_s, label in looks), live=True).as_json()["pulse"]
    assert pulse["valence"] == 0.0


def test_without_a_readable_face_there_is_no_pulse() -> None:
    assert summary(unsure(0.0), unsure(0.1)).as_json()["pulse"] is None


def test_control_characters_in_a_name_are_spelt_out() -> None:
    named = Summary("a\x1b[2J.mp4")
    named.add(result(0.0))
    assert named.as_text().startswith(r"a\x1b[2J.mp4: 1 frame")


@pytest.mark.parametrize(("results", "text"), [([result(0.0)], "1 frame ("), ([result(0.0), result(0.1)], "2 frames (")])
def test_frames_are_singular_or_plural(results: list[FrameResult], text: str) -> None:
    assert text in summary(*results).as_text()
