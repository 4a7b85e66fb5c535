"""Video files: every readable frame of real-world files, and clear errors about the rest."""

from __future__ import annotations

import math
import os
import sys
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import cv2
import numpy as np
import pytest

from live_monitor.capture.recorded import Recorded
from live_monitor.capture.video_file import VideoFile
from live_monitor.errors import SourceError
from live_monitor.types import Image
from tests.fakes import grey_picture, write_clip

LEVELS = (0, 40, 80, 120, 160, 200)

REAL_VIDEOS = {
    "-starts-with-dash.mp4": 5,
    "call_gallery_9.mp4": 600,
    "classroom_small_faces.gif": 45,
    "corrupted_28_of_50.mp4": 49,
    "frown.mp4": 354,
    "mpeg1_speaker.mpg": 75,
    "no_duration.webm": 74,
    "no_face.mp4": 95,
    "phone_smile.mp4": 115,
    "portrait_phone.mp4": 352,
    "raw_no_timestamps.h264": 127,
    "rotated_90.mov": 3,
    "single_face.mp4": 72,
    "sitcom_3_faces.mp4": 5,
    "street_1080p_crowd.mp4": 105,
    "talking_head.mp4": 464,
    "three_walkers.gif": 41,
    "two_people_head_turns.gif": 56,
    "vfr_face_then_none.mov": 169,
}
"""Number of frames that can be read, by file; `opens_but_empty.avi` has none."""


def read(path: Path) -> Iterator[tuple[float, Image | None]]:
    """Media time and picture of each frame of a file."""
    video = VideoFile(path)
    video.open()
    while (pts_s := video.grab()) is not None:
        yield pts_s, video.retrieve()
    video.close()


def times(path: Path) -> list[float]:
    return [pts_s for pts_s, _ in read(path)]


def level(image: Image | None) -> float:
    assert image is not None
    return float(np.mean(image))


@pytest.fixture
def clip(tmp_path: Path) -> Path:
    return write_clip(tmp_path / "clip.avi", LEVELS)


def test_every_frame_is_delivered_in_order(clip: Path) -> None:
    assert [level(image) for _, image in read(clip)] == pytest.approx(LEVELS, abs=3)


def test_media_time_follows_the_frame_rate(tmp_path: Path) -> None:
    path = write_clip(tmp_path / "slow.avi", LEVELS, fps=10.0)
    assert times(path) == pytest.approx([0.0, 0.1, 0.2, 0.3, 0.4, 0.5], abs=1e-3)


def test_slides_last_as_long_as_the_file_says(tmp_path: Path) -> None:
    path = write_clip(tmp_path / "slides.avi", LEVELS, fps=0.05)
    assert times(path) == pytest.approx([0.0, 20.0, 40.0, 60.0, 80.0, 100.0], abs=1e-3)


def test_pictures_are_bgr_bytes(clip: Path) -> None:
    _, image = next(read(clip))
    assert image is not None
    assert image.shape == (48, 64, 3)
    assert image.dtype == np.uint8


@pytest.mark.parametrize(("broken", "delivered"), [(30, 2), (1000, 1)])
def test_only_very_many_broken_packets_in_a_row_are_the_end(broken: int, delivered: int) -> None:
    grabs = iter([True, *[False] * broken, True])
    capture = SimpleNamespace(grab=lambda: next(grabs, False), get=lambda _property: 0.0)
    video = Recorded("made", 1.0, lambda: cast(cv2.VideoCapture, capture))
    video.open()
    assert len(list(iter(video.grab, None))) == delivered


def test_there_is_no_frame_after_the_end(clip: Path) -> None:
    video = VideoFile(clip)
    video.open()
    while video.grab() is not None:
        pass
    assert video.grab() is None


def test_a_reopened_video_begins_again(clip: Path) -> None:
    video = VideoFile(clip)
    for _ in range(2):
        video.open()
        assert video.grab() == 0.0
        assert level(video.retrieve()) == pytest.approx(LEVELS[0], abs=3)
        video.close()


def test_a_closed_video_delivers_nothing(clip: Path) -> None:
    video = VideoFile(clip)
    video.open()
    video.close()
    video.close()
    assert video.grab() is None
    assert video.retrieve() is None


@pytest.mark.parametrize(
    "name", ["-i.avi", "with space.avi", "file:x.avi", "50%03d.avi", "vidéo ✓.avi", "no extension", "#1?.avi", "'q'.avi"]
)
def test_a_file_may_have_any_name(clip: Path, tmp_path: Path, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    clip.rename(tmp_path / name)
    monkeypatch.chdir(tmp_path)
    assert len(times(Path(name))) == len(LEVELS)


@pytest.mark.skipif(sys.platform != "linux", reason="other systems have no such names")
def test_a_folder_name_that_opencv_cannot_read_is_shown(clip: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / os.fsdecode(b"y\xff")
    folder.mkdir()
    clip.rename(folder / "clip.avi")
    monkeypatch.chdir(folder)
    with pytest.raises(SourceError, match=r"y\\udcff/clip\.avi: its name is not UTF-8, which OpenCV cannot read; rename it"):
        VideoFile(Path("clip.avi")).open()


def test_the_name_is_the_path_as_given() -> None:
    assert VideoFile(Path("some/clip.avi")).name == str(Path("some/clip.avi"))


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=r"gone\.mp4: no such file"):
        VideoFile(tmp_path / "gone.mp4").open()


def test_an_impossible_file_name_is_an_error() -> None:
    with pytest.raises(SourceError, match=r"'a\\x00b\.mp4': not a file name"):
        VideoFile(Path("a\0b.mp4")).open()


def test_a_folder_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="is a folder"):
        VideoFile(tmp_path).open()


def test_an_empty_file_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "empty.mp4").touch()
    with pytest.raises(SourceError, match="is empty"):
        VideoFile(tmp_path / "empty.mp4").open()


@pytest.mark.parametrize("content", [b"x", b"This is a letter, not a video.\n" * 100, bytes(10_000)])
def test_a_file_that_is_not_a_video_is_an_error(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "letter.mp4").write_bytes(content)
    with pytest.raises(SourceError, match=r"letter\.mp4: not a video"):
        VideoFile(tmp_path / "letter.mp4").open()


@pytest.mark.parametrize("ending", ["png", "jpg", "bmp"])
def test_a_picture_is_an_error(tmp_path: Path, ending: str) -> None:
    path = tmp_path / f"photo.{ending}"
    assert cv2.imwrite(str(path), grey_picture(99))
    with pytest.raises(SourceError, match="is a picture"):
        VideoFile(path).open()


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="the superuser may read everything")
def test_a_file_without_read_permission_is_an_error(clip: Path) -> None:
    clip.chmod(0)
    with pytest.raises(SourceError, match="cannot be read"):
        VideoFile(clip).open()


def test_the_rest_of_a_truncated_file_is_read(tmp_path: Path) -> None:
    clip = write_clip(tmp_path / "cut.avi", range(60))
    clip.write_bytes(clip.read_bytes()[: clip.stat().st_size * 2 // 3])
    assert 10 < len(times(clip)) < 60


@pytest.mark.parametrize(("kept", "short"), [(0.5, True), (1.0, False)])
def test_a_file_that_ends_before_its_claimed_time_is_short(tmp_path: Path, kept: float, short: bool) -> None:
    clip = write_clip(tmp_path / "lesson.avi", range(60), fps=5.0)
    clip.write_bytes(clip.read_bytes()[: int(kept * clip.stat().st_size)])
    assert is_short(clip) is short


def is_short(path: Path) -> bool:
    video = VideoFile(path)
    video.open()
    while video.grab() is not None:
        pass
    video.close()
    return video.is_short


def claimed_frames(path: Path) -> int | None:
    video = VideoFile(path)
    video.open()
    video.close()
    return video.claimed_frames


def test_the_claimed_number_of_frames_is_known_beforehand(clip: Path) -> None:
    assert claimed_frames(clip) == len(LEVELS)


def test_a_file_may_claim_no_number_of_frames(shared_data: Path) -> None:
    assert claimed_frames(shared_data / "videos" / "raw_no_timestamps.h264") is None


@pytest.mark.parametrize(
    ("frames", "lost", "reached_s", "short"),
    [
        pytest.param(1001, 32, 96.8, True, id="3.2 of 100 seconds"),
        pytest.param(1001, 28, 97.2, False, id="2.8 of 100 seconds"),
        pytest.param(36001, 400, 3560.0, True, id="40 seconds of an hour"),
        pytest.param(36001, 320, 3568.0, False, id="32 seconds of an hour"),
        pytest.param(1001, 0, 0.0, False, id="all frames, but broken times"),
        pytest.param(1001, 500, 100.0, False, id="fewer frames than claimed, but to the end"),
    ],
)
def test_a_video_is_short_if_three_seconds_and_a_hundredth_are_missing(
    frames: int, lost: int, reached_s: float, short: bool
) -> None:
    recorded = opened(frames, 10.0)
    recorded.grabbed, recorded.reached_s = frames - lost, reached_s
    assert recorded.is_short is short


def claimed_s(frames: float, fps: float) -> float:
    return opened(frames, fps).claimed_s


def opened(frames: float, fps: float) -> Recorded:
    says = {cv2.CAP_PROP_FRAME_COUNT: frames, cv2.CAP_PROP_FPS: fps}
    recorded = Recorded("film", 1.0, lambda: cast("cv2.VideoCapture", SimpleNamespace(get=says.__getitem__)))
    recorded.open()
    return recorded


@pytest.mark.parametrize(("frames", "fps", "seconds"), [(51, 25.0, 2.0), (2, 0.1, 10.0), (1, 25.0, 0.0)])
def test_the_claimed_time_is_from_the_first_frame_to_the_last(frames: float, fps: float, seconds: float) -> None:
    assert claimed_s(frames, fps) == seconds


@pytest.mark.parametrize(
    ("frames", "fps"),
    [(-1.0, 25.0), (0.0, 25.0), (1e9, 25.0), (51, 0.0), (51, -25.0), (51, math.nan), (51, math.inf), (51, 1e-9)],
)
def test_an_implausible_claimed_time_is_0(frames: float, fps: float) -> None:
    assert claimed_s(frames, fps) == 0.0


def test_every_real_video_is_in_the_table(shared_data: Path) -> None:
    assert {path.name for path in (shared_data / "videos").iterdir()} - {"opens_but_empty.avi"} == set(REAL_VIDEOS)


@pytest.mark.parametrize(("name", "frames"), REAL_VIDEOS.items())
def test_a_real_video_is_read_to_its_end_with_increasing_media_time(shared_data: Path, name: str, frames: int) -> None:
    media_times = [pts_s for pts_s, image in read(shared_data / "videos" / name) if image is not None]
    assert len(media_times) == frames
    assert all(earlier < later for earlier, later in pairwise(media_times))


@pytest.mark.parametrize("name", REAL_VIDEOS)
def test_no_real_video_is_short(shared_data: Path, name: str) -> None:
    assert not is_short(shared_data / "videos" / name)


def test_a_rotated_video_is_turned_upright(shared_data: Path) -> None:
    pictures = [image for _, image in read(shared_data / "videos" / "rotated_90.mov")]
    assert {image.shape for image in pictures if image is not None} == {(568, 320, 3)}


def test_a_variable_frame_rate_keeps_its_timestamps(shared_data: Path) -> None:
    media_times = times(shared_data / "videos" / "vfr_face_then_none.mov")
    steps = [later - earlier for earlier, later in pairwise(media_times)]
    assert max(steps) > 1.5 * min(steps)
