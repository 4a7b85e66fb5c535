"""The Viola-Jones detector: cascades of Haar features, on a grey picture."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Sequence
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from live_monitor.detect.detector import Copy, merge_overlapping, mirrored
from live_monitor.errors import ModelError
from live_monitor.files.opencv_path import opencv_path
from live_monitor.files.path_kind import is_file
from live_monitor.files.resources import packaged_folder
from live_monitor.types import Box, Detection, Image

FRONTAL = "haarcascade_frontalface_alt2.xml"
PROFILE = "haarcascade_profileface.xml"

SCALE_STEP = 1.2
"""Ratio between two searched face sizes."""

SURE_HITS, FAINT_HITS = 3, 2
"""Neighbouring places and sizes at which the cascade must hit a face, and those for a face that was there before."""

HALF_SURE_HITS = 10
"""A face of n hits has the score n / (n + this): the number of hits orders faces better than the cascade's own weights."""

THRESHOLD = SURE_HITS / (SURE_HITS + HALF_SURE_HITS)


class HaarFinder:
    """Frontal faces, and on request faces turned to either side."""

    name = "haar"
    sure_score = THRESHOLD
    smallest_px = 24
    picture_px = 640 * 360
    copies: tuple[Copy, ...] = ()
    doubts = None

    def __init__(self, *, profile: bool = False, cascade: Path | None = None) -> None:
        """Loads the cascades.

        Args:
            profile: look for faces seen from the side too; two more passes over the picture.
            cascade: a cascade file of the user's own, in place of the frontal one.

        Raises:
            ModelError: see `load_cascade`.
        """
        self._frontal = load_cascade(cascade or _find(FRONTAL))
        self._profile = load_cascade(_find(PROFILE)) if profile else None

    def find(self, picture: Image) -> list[Detection]:
        grey = cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY).astype(np.uint8, copy=False)
        return merge_overlapping(self._search(grey))

    def _search(self, grey: NDArray[np.uint8]) -> Iterator[Detection]:
        yield from self._hits(self._frontal, grey)
        if self._profile is None:
            return
        # The cascade knows faces that look to one side; those that look to the other are found in the mirror.
        yield from self._hits(self._profile, grey)
        for hit in self._hits(self._profile, grey[:, ::-1]):
            yield mirrored(hit, grey.shape[1])

    def _hits(self, cascade: cv2.CascadeClassifier, grey: NDArray[np.uint8]) -> Iterator[Detection]:
        # OpenCV keeps what has more neighbours than minNeighbors says.
        found, counts = cascade.detectMultiScale2(grey, scaleFactor=SCALE_STEP, minNeighbors=FAINT_HITS - 1)
        for hit, count in zip(found, map(int, counts), strict=True):
            x, y, width, height = map(float, hit)
            yield Detection(Box(x, y, x + width, y + height), count / (count + HALF_SURE_HITS))


def _find(name: str) -> Path:
    """A cascade from cascades/, else from OpenCV's own set."""
    folders: Sequence[Path] = (packaged_folder("cascades"), Path(cv2.data.haarcascades))  # type: ignore[attr-defined]
    for folder in folders:
        if (folder / name).is_file():
            return folder / name
    places = " or ".join(map(str, folders))
    raise ModelError(f'{name}: not found in {places}; run: pip install --force-reinstall "opencv-python>=4.10,<5"')


def load_cascade(path: Path) -> cv2.CascadeClassifier:
    """Reads a cascade.

    Raises:
        ModelError: it is missing or is not one, its name is not UTF-8, or this OpenCV has no cascades, as version 5 has none.
    """
    if not hasattr(cv2, "CascadeClassifier"):
        advice = 'pip uninstall -y opencv-python opencv-contrib-python && pip install "opencv-python>=4.10,<5"'
        raise ModelError(f"OpenCV {cv2.__version__} has no cascades; choose another detector, or run: {advice}")
    if not is_file(path):
        raise ModelError(f"{path}: no such cascade file")
    name = opencv_path(path, ModelError)
    classifier = cv2.CascadeClassifier()
    with contextlib.suppress(cv2.error):
        if not classifier.load(name):
            _read(classifier, path)
    if classifier.empty():
        raise ModelError(f"{path}: not a cascade that OpenCV can read; give an XML file made by opencv_traincascade")
    return classifier


def _read(classifier: cv2.CascadeClassifier, path: Path) -> None:
    """Loads a file whose name OpenCV cannot open: on Windows, one outside the system's own alphabet (OpenCV's issue 4292)."""
    with contextlib.suppress(OSError, ValueError, SystemError):  # the last one replaces OpenCV's error when it cannot parse
        storage = cv2.FileStorage(path.read_text(encoding="utf-8"), cv2.FileStorage_READ | cv2.FileStorage_MEMORY)
        classifier.read(storage.getFirstTopLevelNode())
