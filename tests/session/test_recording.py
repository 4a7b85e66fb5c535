"""The recording of a session: its pictures, its length, and that what was written can always be played."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import cv2
import numpy as np
import pytest

from live_monitor.detect.zones import Zone
from live_monitor.errors import SourceError
from live_monitor.overlay.live_view import LiveView
from live_monitor.overlay.view import View
from live_monitor.session.recording import (
    FOURCCS,
    FPS_PICTURES,
    LIVE_FPS,
    LONGEST_STILL_S,
    LiveViewRecorder,
    Recording,
)
from live_monitor.types import Image
from tests.fakes import grey_picture
from tests.session.recorded import STEP, add_all, greys, played, record
from tests.session.sessions import face, result


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "lesson.mp4"


@pytest.mark.parametrize("suffix", FOURCCS)
def test_every_kind_of_video_can_be_played(path: Path, suffix: str) -> None:
    video = record(path.with_suffix(suffix), greys(0.0, 0.04, 0.08, 0.12))
    assert video == (25.0, (64, 48), [0, 20, 40, 60])


def test_a_name_may_be_in_capitals(path: Path) -> None:
    assert record(path.with_name("LESSON.MP4"), greys(0.0, 0.04)).levels == [0, 20]


@pytest.mark.parametrize("fps", [10.0, 24.0, 30.0, 60.0])
def test_the_frame_rate_is_the_files(path: Path, fps: float) -> None:
    video = record(path, greys(*(number / fps for number in range(10))))
    assert video.fps == pytest.approx(fps)
    assert video.levels == [STEP * number for number in range(10)]


@pytest.mark.parametrize("fps", [23.976, 24.0, 30.0, 60.0])
def test_times_in_whole_milliseconds_lose_hardly_any_of_a_files_pictures(path: Path, fps: float) -> None:
    pictures = 350
    video = record(path, [(round(number / fps, 3), grey_picture(number % 10 * STEP)) for number in range(pictures)])
    assert len(video.levels) == pytest.approx(pictures, abs=1)
    assert sum(now == before for before, now in pairwise(video.levels)) <= 1


@pytest.mark.parametrize(
    ("steps_s", "live"),
    [
        ([0.2] * 10 + [0.04] * 50, False),
        ([1 / 240] * 480, False),
        ([0.004, 0.004, 0.092] * 20, True),
        ([1 / 144] * 288, True),
    ],
    ids=["slides-then-25-a-second", "240-a-second", "bursts", "144-a-second-live"],
)
def test_a_recording_lasts_as_long_as_what_it_shows_however_irregular(path: Path, steps_s: list[float], live: bool) -> None:
    pictures = [(now_s, grey_picture(number % 10 * STEP)) for number, now_s in enumerate(itertools.accumulate(steps_s))]
    video = record(path, pictures, live=live)
    assert len(video.levels) / video.fps == pytest.approx(sum(steps_s), abs=0.25)


@pytest.mark.parametrize("number", range(3))
def test_a_gap_at_the_start_does_not_change_the_frame_rate(path: Path, number: int) -> None:
    gap_s = 0.5
    video = record(path, greys(*(index / 30 + (gap_s if index > number else 0) for index in range(12))))
    assert video.fps == pytest.approx(30)
    assert video.levels == [STEP * index for index in range(12) for _ in range(16 if index == number else 1)]


@pytest.mark.parametrize(("times_s", "levels"), [((0.0, 0.04), [0, 20]), ((0.0, 0.4, 0.44), [0] * 10 + [20, 40])])
def test_a_file_of_a_few_pictures_also_keeps_its_frame_rate(path: Path, times_s: tuple[float, ...], levels: list[int]) -> None:
    assert record(path, greys(*times_s)) == (25.0, (64, 48), levels)


def test_no_more_pictures_of_a_file_are_held_back_than_its_frame_rate_needs(path: Path) -> None:
    with Recording(path, live=False) as recording:
        for number in range(3 * FPS_PICTURES):
            recording.add(grey_picture(0), number / 25)
            assert len(recording._held_back) < FPS_PICTURES


@pytest.mark.parametrize(("step_s", "fps", "pictures"), [(1 / 240, 60.0, 3), (1.0, 5.0, 41)])
def test_the_frame_rate_stays_within_what_players_can_show(path: Path, step_s: float, fps: float, pictures: int) -> None:
    video = record(path, greys(*(number * step_s for number in range(9))))
    assert (video.fps, len(video.levels)) == (fps, pictures)


def test_a_live_picture_stays_until_the_next_one(path: Path) -> None:
    video = record(path, greys(3.0, 3.1, 3.2, 3.5), live=True)
    assert (video.fps, video.levels) == (LIVE_FPS, [0] * 3 + [20] * 3 + [40] * 9 + [60])


def test_a_pause_is_cut(path: Path) -> None:
    pause_s = LONGEST_STILL_S + 5
    video = record(path, greys(0.0, 0.1, 0.1 + pause_s, 0.2 + pause_s), live=True)
    assert video.levels == [0] * 3 + [20] + [40] * 3 + [60]


@pytest.mark.parametrize("still_s", [0.9, 1.9, 2.1, 9.5, 60.0])
def test_the_next_live_picture_waits_for_at_most_two_seconds_of_a_still_one(
    path: Path, monkeypatch: pytest.MonkeyPatch, still_s: float
) -> None:
    coded: list[int] = []
    monkeypatch.setattr(Recording, "_code", lambda _recording, _writer, _shown, times: coded.append(times))
    monkeypatch.setattr(Recording, "_is_whole", lambda _recording: True)
    with Recording(path, live=True) as recording:
        add_all(recording, greys(0.0, 0.1, 0.1 + still_s, 0.2 + still_s))
    assert max(coded) <= 2 * LIVE_FPS


@pytest.mark.parametrize(("still_s", "pictures"), [(9.0, 9 * 5), (300.0, 1)])
def test_a_picture_of_a_file_stays_as_long_as_in_the_file_but_not_for_minutes(path: Path, still_s: float, pictures: int) -> None:
    times_s = [number / 5 for number in range(FPS_PICTURES)]
    video = record(path, greys(*times_s, times_s[-1] + still_s))
    assert len(video.levels) == FPS_PICTURES + pictures


def test_a_picture_of_another_size_is_fitted_into_the_first(path: Path) -> None:
    narrow, wide = grey_picture(100, 32, 48), grey_picture(200, 128, 48)
    assert record(path, [*greys(0.0), (0.04, narrow), (0.08, wide)]) == (25.0, (64, 48), [0, 100, 200])
    capture = cv2.VideoCapture(str(path))
    _, second, third = (capture.read()[1] for _ in range(3))
    assert second[24, 4].max() < 30 < 70 < second[24, 20].min()
    assert third[4, 32].max() < 30
    assert third[24, 2].min() > 170


def test_odd_sides_are_made_even(path: Path) -> None:
    video = record(path, [(0.0, grey_picture(100, 63, 47)), (0.04, grey_picture(200, 63, 47))])
    assert video == (25.0, (64, 48), [100, 200])


def test_a_single_picture_makes_a_video(path: Path) -> None:
    assert record(path, greys(0.0)).levels == [0]


def test_an_empty_recording_leaves_no_file(path: Path) -> None:
    with Recording(path, live=False):
        assert path.exists()
    assert not path.exists()


def test_a_failed_session_keeps_what_was_recorded(path: Path) -> None:
    def failing() -> Iterator[tuple[float, Image]]:
        yield from greys(0.0, 0.04, 0.08)
        raise SourceError("lost")

    with pytest.raises(SourceError), Recording(path, live=False) as recording:
        add_all(recording, failing())
    assert played(path).levels == [0, 20, 40]


def test_without_a_window_it_shows_what_the_window_would(path: Path) -> None:
    zones, view = [Zone(0, 0, 0.5, 1)], View(panel=False, blur=True)
    expected = LiveView(zones)
    with Recording(path, live=False) as recording:
        recorder = LiveViewRecorder(recording, LiveView(zones), view)
        for number in range(25):
            one = result(number / 25, face("happy"), index=number)
            recorder.add(one)
            expected.take(one, number / 25)
    capture = cv2.VideoCapture(str(path))
    for _ in range(25):
        read, last = capture.read()
        assert read
    shown = expected.draw(24 / 25, view, outputs="recording")
    assert last.shape == shown.shape
    assert np.abs(last.astype(int) - shown).mean() < 3
    assert np.abs(last.astype(int) - LiveView().draw(0.0, view)[: last.shape[0], : last.shape[1]]).mean() > 3


def test_the_frame_rate_it_shows_is_that_of_the_source(path: Path) -> None:
    live_view = LiveView()
    with Recording(path, live=False) as recording:
        recorder = LiveViewRecorder(recording, live_view, View(panel=False))
        for number in range(10):
            recorder.add(result(number / 25, index=number))
    assert live_view._rate.rate(9 / 25) == pytest.approx(25)
