"""The detectors that can be evaluated, each as a function from a picture to detections."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from live_monitor.detect.haar import FRONTAL, HaarDetector
from live_monitor.errors import ModelError, UsageError
from live_monitor.types import Box, Detection, Image

LOWEST_SCORE = 0.05
"""Average precision needs the detections that live view would drop; below this there are only more false ones."""

MIN_FACE_PX = 20
YUNET_THRESHOLD = 0.6
YUNET_SUPPRESSION_IOU = 0.3
YUNET_CANDIDATES = 5000

Find = Callable[[Image], Sequence[Detection]]
"""Takes uint8 (H, W, 3) BGR; gives faces in pixels of that picture, with scores down to LOWEST_SCORE."""


@dataclass(frozen=True)
class Candidate:
    """A detector to evaluate.

    Attributes:
        name: as in the report and in the folder of its misses.
        find: see Find; what is timed.
        threshold: score from which live view takes a detection for a face, 0..1.
    """

    name: str
    find: Find
    threshold: float = 0.0


def candidates(names: Sequence[str], side: int | None = None) -> list[Candidate]:
    """The detectors of these names; of none, all that need no file.

    Args:
        names: of NAMES, or files of YuNet models (.onnx); one given twice counts once.
        side: pictures are given to them with this longest side, in pixels; None: as they are.

    Raises:
        UsageError: a name is not known, or two files have the same.
        ModelError: a cascade or a model is missing or damaged.
    """
    made = [_candidate(name) for name in dict.fromkeys(names or NAMES)]
    if len({each.name for each in made}) < len(made):
        raise UsageError(f"detectors {', '.join(names)}: two have the same name; rename a file")
    if side is None:
        return made
    return [Candidate(each.name, at_side(each.find, side), each.threshold) for each in made]


def at_side(find: Find, side: int) -> Find:
    """The same detector on pictures enlarged or reduced to this longest side, in pixels; boxes in the given picture's."""

    def find_at_side(image: Image) -> list[Detection]:
        height, width = image.shape[:2]
        scale = side / max(height, width)
        size = max(1, round(width * scale)), max(1, round(height * scale))
        interpolation = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
        resized = cv2.resize(image, size, interpolation=interpolation).astype(np.uint8, copy=False)
        x_scale, y_scale = width / size[0], height / size[1]
        return [Detection(_scaled(found.box, x_scale, y_scale), found.score) for found in find(resized)]

    return find_at_side


def _scaled(box: Box, x_scale: float, y_scale: float) -> Box:
    return Box(box.x1 * x_scale, box.y1 * y_scale, box.x2 * x_scale, box.y2 * y_scale)


def _candidate(name: str) -> Candidate:
    if name in NAMES:
        return Candidate(name, NAMES[name]())
    if name.endswith(".onnx"):
        return Candidate(Path(name).stem, _yunet(Path(name)), YUNET_THRESHOLD)
    raise UsageError(f"detector {name}: is one of {', '.join(NAMES)}, or a YuNet model's .onnx file")


def _haar() -> Find:
    return HaarDetector(min_face=MIN_FACE_PX).detect


def _haar_opencv_default() -> Find:
    """The frontal cascade as OpenCV's own defaults have it, to compare with."""
    cascade = cv2.CascadeClassifier(str(Path(cv2.data.haarcascades) / FRONTAL))  # type: ignore[attr-defined]

    def find(image: Image) -> list[Detection]:
        found = cascade.detectMultiScale(cv2.cvtColor(image, cv2.COLOR_BGR2GRAY))
        return [Detection(Box(x, y, x + w, y + h)) for x, y, w, h in (map(int, hit) for hit in found)]

    return find


def _yunet(model: Path) -> Find:
    if not model.is_file():
        raise ModelError(f"{model}: no such model file")
    try:
        network = cv2.FaceDetectorYN.create(str(model), "", (1, 1), LOWEST_SCORE, YUNET_SUPPRESSION_IOU, YUNET_CANDIDATES)
    except cv2.error as error:
        raise ModelError(f"{model}: not a YuNet model that OpenCV can read") from error

    def find(image: Image) -> list[Detection]:
        height, width = image.shape[:2]
        network.setInputSize((width, height))
        _, found = network.detect(image)
        # OpenCV gives None of no face, else rows of x, y, w, h, five landmarks and the score.
        rows = [] if found is None else found.tolist()
        return [Detection(Box(x, y, x + w, y + h), score) for x, y, w, h, *_, score in rows]

    return find


NAMES: dict[str, Callable[[], Find]] = {"haar": _haar, "haar-opencv-default": _haar_opencv_default}
