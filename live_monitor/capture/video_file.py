"""A video file as a source."""

from __future__ import annotations

from pathlib import Path

import cv2

from live_monitor.capture.recorded import Recorded, open_recorded
from live_monitor.errors import SourceError
from live_monitor.files.opencv_path import opencv_path
from live_monitor.files.path_kind import is_folder

FILE_OPEN_TIMEOUT_S = 30.0
_GIF_SIGNATURE = b"GIF8"


class VideoFile(Recorded):
    """A video file, by path."""

    def __init__(self, path: Path) -> None:
        super().__init__(str(path), FILE_OPEN_TIMEOUT_S, lambda: _open(path))


def _open(path: Path) -> cv2.VideoCapture:
    """An open capture.

    Raises:
        SourceError: missing, not readable, a folder, a picture, not a video, or its name is not UTF-8.
    """
    _check_file(path)
    capture = open_recorded(opencv_path(path, SourceError))
    if capture is None:
        raise SourceError(f"{path}: not a video that can be read; try converting it: ffmpeg -i FILE out.mp4")
    return capture


def _check_file(path: Path) -> None:
    if is_folder(path):
        raise SourceError(f"{path}: is a folder; give one video file")
    try:
        with path.open("rb") as file:
            start = file.read(len(_GIF_SIGNATURE))
    except FileNotFoundError:
        raise SourceError(f"{path}: no such file") from None
    except OSError as error:
        raise SourceError(f"{path}: cannot be read: {error.strerror}") from error
    except ValueError as error:  # a null character
        raise SourceError(f"{str(path)!r}: not a file name: {error}") from error
    if not start:
        raise SourceError(f"{path}: is empty")
    if start != _GIF_SIGNATURE and cv2.haveImageReader(opencv_path(path, SourceError)):
        raise SourceError(f"{path}: is a picture, not a video; for pictures use live_monitor.analyze in Python")
