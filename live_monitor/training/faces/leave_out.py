"""Leaves out pictures and frames of videos that a detector will be tested on, from training and from choosing."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import cv2

from live_monitor.capture.video_file import VideoFile
from live_monitor.errors import SourceError, UsageError
from live_monitor.evaluation.faces.evaluate import read_picture
from live_monitor.files.opencv_path import opencv_path
from live_monitor.files.path_kind import is_file, is_folder
from live_monitor.training.faces.likeness import have_twins, thumbnails
from live_monitor.training.faces.pictures import FacePictures, Picture, load_pictures
from live_monitor.types import Image

FRAME_STEP = 5
"""Every fifth frame of a video is compared: nobody gets far in a sixth of a second."""


def pictures_to_use(data: Path, leave_out: str | None, say: Callable[[str], None]) -> FacePictures:
    """The pictures to train on, and those to choose by.

    Args:
        data: see `load_pictures`.
        leave_out: a folder as `without_twins_in` takes it; None: nothing is left out.
        say: called with a line for people that says how many are.

    Raises:
        UsageError: see `load_pictures` and `without_twins_in`.
    """
    pictures = load_pictures(data)
    if leave_out is None:
        return pictures
    every = [*pictures.training, *pictures.kept_apart]
    kept = set(map(id, without_twins_in(every, Path(leave_out))))
    say(f"{len(every) - len(kept)} of {len(every)} pictures look like one in {leave_out} and are left out")
    training, apart = ([one for one in part if id(one) in kept] for part in (pictures.training, pictures.kept_apart))
    return FacePictures(training, apart)


def refuse_no_folder(folder: Path) -> None:
    """Refuses a folder that is not there.

    Raises:
        UsageError: it is not a folder.
    """
    if not is_folder(folder):
        raise UsageError(f"{folder}: no such folder; give one with the pictures and videos to be left out of training")


def without_twins_in(pictures: Sequence[Picture], folder: Path) -> list[Picture]:
    """The pictures that look like none in a folder, see `live_monitor.training.faces.likeness`.

    Args:
        pictures: to train on, or to choose by.
        folder: of pictures and videos, and folders of such; what is neither is passed over.

    Raises:
        UsageError: it is not a folder, or holds neither, or something whose name is not UTF-8.
    """
    refuse_no_folder(folder)
    tested = thumbnails(image for path in sorted(folder.rglob("*")) if is_file(path) for image in _images(path))
    if not len(tested):
        raise UsageError(f"{folder}: no picture and no video that can be read; give a folder with what is to be left out")
    twins = have_twins(thumbnails(picture.image for picture in pictures), tested)
    return [picture for picture, twin in zip(pictures, twins, strict=True) if not twin]


def _images(path: Path) -> Iterator[Image]:
    """A picture, every FRAME_STEP-th frame of a video, or nothing."""
    # A video may be too large to be read whole; a GIF is both.
    if cv2.haveImageReader(opencv_path(path, UsageError)):
        picture = read_picture(path)
        if not isinstance(picture, str):
            yield picture
    video = VideoFile(path)
    with contextlib.suppress(SourceError), contextlib.closing(video):
        video.open()
        number = 0
        while video.grab() is not None:
            frame = video.retrieve() if number % FRAME_STEP == 0 else None
            if frame is not None:
                yield frame
            number += 1
