"""Pictures that a detector will be tested on are not used for training."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from live_monitor.errors import UsageError
from live_monitor.training.faces import leave_out
from live_monitor.training.faces.leave_out import FRAME_STEP, pictures_to_use, without_twins_in
from live_monitor.training.faces.pictures import FacePictures, Picture, load_pictures
from tests.training.faces.conftest import jpg, picture


@pytest.fixture
def pictures(detector_data: Path) -> FacePictures:
    return load_pictures(detector_data)


@pytest.fixture
def tested(tmp_path: Path) -> Path:
    folder = tmp_path / "tested"
    (folder / "deeper").mkdir(parents=True)
    (folder / "notes.txt").write_text("neither a picture nor a video", encoding="utf-8")
    (folder / "broken.jpg").write_bytes(b"neither")
    return folder


def scene(number: int) -> NDArray[np.uint8]:
    """A scene of the training data that shows somebody."""
    return picture(number, (48,))[0]


def names(some: Sequence[Picture]) -> set[str]:
    return {f"{one.kind}: {one.name}" for one in some}


def left_out(pictures: FacePictures, tested: Path) -> set[str]:
    kept = {(one.kind, one.name) for one in without_twins_in(pictures.training, tested)}
    return {one.name for one in pictures.training if (one.kind, one.name) not in kept}


def test_a_test_picture_is_left_out_whatever_its_size_and_colours(pictures: FacePictures, tested: Path) -> None:
    grey = cv2.cvtColor(cv2.resize(scene(7), (200, 150)), cv2.COLOR_BGR2GRAY)
    (tested / "deeper" / "other name.jpg").write_bytes(jpg(np.asarray(grey, np.uint8)))
    assert left_out(pictures, tested) == {"7.jpg"}


def test_frames_of_a_test_video_are_left_out_without_loading_the_whole_file(
    pictures: FacePictures, tested: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    read: list[str] = []

    def noted(path: Path) -> str:
        read.append(path.name)
        return "broken"

    monkeypatch.setattr(leave_out, "read_picture", noted)
    video = cv2.VideoWriter(str(tested / "video.avi"), cv2.VideoWriter.fourcc(*"MJPG"), 25, (96, 96))
    for number in (4, 8):
        for _ in range(FRAME_STEP):
            video.write(scene(number))
    video.release()
    assert left_out(pictures, tested) == {"4.jpg", "8.jpg"}
    assert "video.avi" not in read


def test_pictures_tested_on_are_used_neither_for_training_nor_for_choosing(
    detector_data: Path, pictures: FacePictures, tested: Path
) -> None:
    for name, one in (("trained", pictures.training[0]), ("apart", pictures.kept_apart[0])):
        (tested / f"{name}.jpg").write_bytes(jpg(one.image))
    lines: list[str] = []
    used = pictures_to_use(detector_data, str(tested), lines.append)
    assert names(used.training) < names(pictures.training)
    assert names(used.kept_apart) < names(pictures.kept_apart)
    assert not names([pictures.training[0], pictures.kept_apart[0]]) & (names(used.training) | names(used.kept_apart))
    every, kept = (len(both.training) + len(both.kept_apart) for both in (pictures, used))
    assert lines == [f"{every - kept} of {every} pictures look like one in {tested} and are left out"]


def test_without_a_folder_all_pictures_are_used(detector_data: Path, pictures: FacePictures) -> None:
    used = pictures_to_use(detector_data, None, pytest.fail)
    assert (names(used.training), names(used.kept_apart)) == (names(pictures.training), names(pictures.kept_apart))


def test_a_missing_folder_is_named(pictures: FacePictures, tested: Path) -> None:
    with pytest.raises(UsageError, match="nowhere: no such folder"):
        without_twins_in(pictures.training, tested / "nowhere")


def test_a_folder_with_nothing_to_leave_out_is_named(pictures: FacePictures, tested: Path) -> None:
    with pytest.raises(UsageError, match="tested: no picture and no video that can be read"):
        without_twins_in(pictures.training, tested)


def test_a_folder_with_too_long_a_name_counts_as_missing(pictures: FacePictures, tested: Path) -> None:
    with pytest.raises(UsageError, match="nnn: no such folder"):
        without_twins_in(pictures.training, tested / ("n" * 300))


@pytest.mark.skipif(sys.platform != "linux", reason="other systems have no such names")
def test_a_file_whose_name_opencv_cannot_read_is_refused(pictures: FacePictures, tested: Path) -> None:
    (tested / os.fsdecode(b"y\xff.mp4")).write_bytes(b"a video")
    with pytest.raises(UsageError, match="its name is not UTF-8, which OpenCV cannot read; rename it"):
        without_twins_in(pictures.training, tested)
