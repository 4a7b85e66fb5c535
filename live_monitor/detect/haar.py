"""The Viola-Jones detector: cascades of Haar features, on a grey picture no larger than the smallest face needs."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from live_monitor.detect.detector import merge_overlapping
from live_monitor.errors import ModelError
from live_monitor.resources import packaged_folder
from live_monitor.types import Box, Detection, Image

FRONTAL = "haarcascade_frontalface_default.xml"
PROFILE = "haarcascade_profileface.xml"

SCALE_STEP = 1.2
NEIGHBOURS = 3
"""Ratio between two searched face sizes, and how many raw hits make a face."""

SMALLEST_FACE_OF_HEIGHT = 1 / 15
SMALLEST_FACE_PX = 24
"""Without --min-face: 48 pixels in a 720p picture, never under what a cascade can see."""


@dataclass(frozen=True)
class _Cascade:
    classifier: cv2.CascadeClassifier
    window_px: int


class HaarDetector:
    """Frontal faces, and on request faces turned to either side. Gives no score."""

    def __init__(self, *, min_face: int | None = None, profile: bool = False, cascade: Path | None = None) -> None:
        """Loads the cascades.

        Args:
            min_face: side of the smallest face wanted, in pixels of the full picture; None: a fifteenth of its height.
            profile: look for faces seen from the side too; two more passes over the picture.
            cascade: a cascade file of the user's own, in place of the frontal one.

        Raises:
            ModelError: a cascade is missing or is not one.
        """
        self._min_face = min_face
        self._frontal = _load(cascade or _find(FRONTAL))
        self._profile = _load(_find(PROFILE)) if profile else None

    def detect(self, image: Image) -> list[Detection]:
        grey = cv2.cvtColor(image, cv2.COLOR_BGR2GRAY).astype(np.uint8, copy=False)
        hits = sorted(self._search(grey), key=lambda hit: -hit[0])
        return [Detection(box) for box in merge_overlapping(box for _, box in hits)]

    def _search(self, grey: NDArray[np.uint8]) -> Iterator[tuple[int, Box]]:
        height, width = grey.shape
        min_face = self._min_face or max(SMALLEST_FACE_PX, round(height * SMALLEST_FACE_OF_HEIGHT))
        yield from _hits(self._frontal, grey, min_face)
        if self._profile is None:
            return
        yield from _hits(self._profile, grey, min_face)
        # The cascade knows one side only; the other is found in the mirror.
        for neighbours, box in _hits(self._profile, grey[:, ::-1], min_face):
            yield neighbours, Box(width - box.x2, box.y1, width - box.x1, box.y2)


def _hits(cascade: _Cascade, grey: NDArray[np.uint8], min_face: int) -> Iterator[tuple[int, Box]]:
    """Every hit with its number of raw hits; the picture is reduced until the smallest face fills the cascade's window."""
    scale = min(1.0, cascade.window_px / min_face)
    smallest = max(cascade.window_px, round(min_face * scale))
    height, width = grey.shape
    size = round(width * scale), round(height * scale)
    if min(size) < smallest:
        return
    reduced = cv2.resize(grey, size, interpolation=cv2.INTER_AREA) if scale < 1 else grey
    found, neighbours = cascade.classifier.detectMultiScale2(
        reduced, scaleFactor=SCALE_STEP, minNeighbors=NEIGHBOURS, minSize=(smallest, smallest)
    )
    x_scale, y_scale = width / size[0], height / size[1]
    for hit, count in zip(found, neighbours, strict=True):
        x, y, w, h = map(int, hit)
        yield int(count), Box(x * x_scale, y * y_scale, (x + w) * x_scale, (y + h) * y_scale)


def _find(name: str) -> Path:
    """A cascade from cascades/, else from OpenCV's own set."""
    folders: Sequence[Path] = (packaged_folder("cascades"), Path(cv2.data.haarcascades))  # type: ignore[attr-defined]
    for folder in folders:
        if (folder / name).is_file():
            return folder / name
    places = " or ".join(map(str, folders))
    raise ModelError(f'{name}: not found in {places}; run: pip install --force-reinstall "opencv-python>=4.10,<5"')


def _load(path: Path) -> _Cascade:
    if not path.is_file():
        raise ModelError(f"{path}: no such cascade file")
    classifier = cv2.CascadeClassifier()
    with contextlib.suppress(cv2.error):
        classifier.load(str(path))
    if classifier.empty():
        raise ModelError(f"{path}: not a cascade that OpenCV can read; give an XML file made by opencv_traincascade")
    return _Cascade(classifier, max(classifier.getOriginalWindowSize()))
