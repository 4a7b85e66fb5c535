"""The detectors that can be evaluated, each as a function from a picture to detections."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import cv2
import numpy as np

from live_monitor.detect import haar, yunet
from live_monitor.detect.choose import load_finder, yunet_model
from live_monitor.detect.detector import FaceFinder, in_pixels_of
from live_monitor.detect.facegrid import FaceGrid
from live_monitor.detect.haar import HaarFinder
from live_monitor.detect.look import look
from live_monitor.detect.size_to_fit import SizeToFit
from live_monitor.detect.yunet import YuNetFinder
from live_monitor.detect.yunet_file import YUNET
from live_monitor.errors import UsageError
from live_monitor.files.download import installed
from live_monitor.files.path_kind import is_folder
from live_monitor.settings import Settings
from live_monitor.types import Box, Detection, Image

LOWEST_SCORE = 0.05
"""Average precision needs the detections that live view would drop; below this there are only more false ones."""

Find = Callable[[Image], Sequence[Detection]]
"""Takes uint8 (H, W, 3) BGR; gives faces in pixels of that picture."""


@dataclass(frozen=True)
class Candidate:
    """A detector to evaluate.

    Attributes:
        name: as in the report and in the folder of its misses.
        find: as live view does; what is timed.
        threshold: score from which live view takes a detection for a face, 0..1.
        find_faint: as `find`, with scores down to LOWEST_SCORE; None: `find` gives these. Where several passes decide on a face,
            its score may be another one then, and so it may be found or missed.
    """

    name: str
    find: Find
    threshold: float = 0.0
    find_faint: Find | None = None


class Models(NamedTuple):
    """Networks in place of those that the program would take: a YuNet's file, a facegrid's folder."""

    yunet: Path | None = None
    facegrid: Path | None = None


def candidates(names: Sequence[str], side: int | None = None, model: Path | None = None) -> list[Candidate]:
    """The detectors of these names; without names, all that can run here.

    Args:
        names: of NAMES; one given twice counts once.
        side: longest side of the pictures that they search, in pixels; None: as live view has them for a single picture,
            and the picture's own for OpenCV's.
        model: file of a YuNet in place of the installed one, or folder of a facegrid in place of the shipped one: which of the
            two, `names` say; where they leave it open, a folder is a facegrid.

    Raises:
        UsageError: a name is not known, or none of them takes a model.
        ModelError: a cascade or a model is missing or damaged.
    """
    unknown = [name for name in names if name not in NAMES]
    if unknown:
        raise UsageError(f"detector {unknown[0]}: must be one of {', '.join(NAMES)}")
    models = Models() if model is None else _models(names, model)
    network_there = models.yunet is not None or installed(YUNET) is not None
    here = [name for name in NAMES if network_there or name not in NEED_NETWORK]
    return [NAMES[name](side, models) for name in dict.fromkeys(names or here)]


def _models(names: Sequence[str], model: Path) -> Models:
    """The model for those of the named detectors that take one."""
    for_yunet, for_facegrid = bool(NEED_NETWORK & set(names)), "facegrid" in names
    if names and not (for_yunet or for_facegrid):
        raise UsageError(f"detector_model {model}: is for a network, not for {', '.join(names)}")
    if for_yunet == for_facegrid:
        for_facegrid = is_folder(model)
    return Models(facegrid=model) if for_facegrid else Models(yunet=model)


def _facegrid(side: int | None, models: Models) -> Candidate:
    live = load_finder(Settings(detector="facegrid", detector_model=models.facegrid))
    faint = FaceGrid(models.facegrid, threshold=LOWEST_SCORE)
    return Candidate("facegrid", _as_live(live, side), faint.sure_score, _as_live(faint, side))


def _yunet(side: int | None, models: Models) -> Candidate:
    live = load_finder(Settings(detector="yunet", detector_model=models.yunet))
    faint = YuNetFinder(models.yunet or yunet_model(), threshold=LOWEST_SCORE)
    return Candidate("yunet", _as_live(live, side), faint.sure_score, _as_live(faint, side))


def _haar(side: int | None, _models: Models) -> Candidate:
    return Candidate("haar", _as_live(HaarFinder(), side), haar.THRESHOLD)


def _as_live(finder: FaceFinder, side: int | None) -> Find:
    return SizeToFit(finder).look_once if side is None else lambda image: look(finder, image, side)


def _yunet_opencv(side: int | None, models: Models) -> Candidate:
    """YuNet as OpenCV offers it, without anything of ours, to compare with."""
    path = models.yunet or yunet_model()
    YuNetFinder(path)  # refuses what is not a YuNet
    content, nothing = np.frombuffer(path.read_bytes(), np.uint8), np.empty(0, np.uint8)
    network = cv2.FaceDetectorYN.create("onnx", content, nothing, (1, 1), LOWEST_SCORE, yunet.NMS_OVERLAP, yunet.MAX_FACES)

    def find(image: Image) -> list[Detection]:
        network.setInputSize((image.shape[1], image.shape[0]))
        _, found = network.detect(image)
        # OpenCV gives None for no face, else rows of x, y, w, h, five landmarks and the score.
        rows = [] if found is None else found.tolist()
        return [Detection(Box(x, y, x + w, y + h), score) for x, y, w, h, *_, score in rows]

    return Candidate("yunet-opencv", at_side(find, side), yunet.THRESHOLD)


def _haar_opencv(side: int | None, _models: Models) -> Candidate:
    """OpenCV's frontal cascade with OpenCV's own defaults, to compare with."""
    cascade = haar.load_cascade(Path(cv2.data.haarcascades) / "haarcascade_frontalface_default.xml")  # type: ignore[attr-defined]

    def find(image: Image) -> list[Detection]:
        found = cascade.detectMultiScale(cv2.cvtColor(image, cv2.COLOR_BGR2GRAY))
        return [Detection(Box(x, y, x + w, y + h)) for x, y, w, h in (map(int, hit) for hit in found)]

    return Candidate("haar-opencv", at_side(find, side))


def at_side(find: Find, side: int | None) -> Find:
    """The same detector on pictures enlarged or reduced to this longest side, in pixels; boxes in the given picture's."""
    if side is None:
        return find

    def find_at_side(image: Image) -> list[Detection]:
        height, width = image.shape[:2]
        scale = side / max(height, width)
        size = max(1, round(width * scale)), max(1, round(height * scale))
        interpolation = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
        resized = cv2.resize(image, size, interpolation=interpolation).astype(np.uint8, copy=False)
        return [in_pixels_of(found, (width / size[0], height / size[1])) for found in find(resized)]

    return find_at_side


NAMES: dict[str, Callable[[int | None, Models], Candidate]] = {
    "facegrid": _facegrid,
    "yunet": _yunet,
    "haar": _haar,
    "yunet-opencv": _yunet_opencv,
    "haar-opencv": _haar_opencv,
}
NEED_NETWORK = {"yunet", "yunet-opencv"}
