"""The detectors on photos and video frames whose faces were marked by hand: `marked.json`.

The boxes come from two detectors on enlarged pictures, each kept or rejected by eye; faces that are hidden, or turned so far
that people may disagree, are ignored. Pictures are searched at a given longest side, and faces count from a given size there.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from live_monitor.detect import yunet
from live_monitor.detect.card import load_detector_card
from live_monitor.detect.choose import load_finder
from live_monitor.detect.detector import FaceFinder
from live_monitor.detect.facegrid import FaceGrid
from live_monitor.detect.look import look
from live_monitor.detect.yunet import YuNetFinder
from live_monitor.detect.yunet_file import YUNET
from live_monitor.evaluation.faces.matching import Pool, Verdicts, match
from live_monitor.settings import Settings
from live_monitor.types import Box, Image

MARKED = json.loads((Path(__file__).parent / "marked.json").read_text(encoding="utf-8"))
SIDE_PX, SMALLEST_PX = 640, 20.0
SMALL_SIDE_PX, SMALL_FACE_PX = 320, 10.0
FAR_SIDE_PX, FAR_FACE_PX = 213, 8.0
MIN_SCORE = 0.05
KINDS = ("photo", "street_1080p_crowd.mp4", "call_gallery_9.mp4")


def pictures(shared_data: Path, kind: str) -> Iterator[tuple[Image, dict[str, Any]]]:
    rows = [row for row in MARKED if kind in (row.get("video"), *row)]
    if kind == "photo":
        for row in rows:
            yield np.asarray(cv2.imread(str(shared_data / "photos" / row["photo"])), np.uint8), row
        return
    video = cv2.VideoCapture(str(shared_data / "videos" / kind))
    wanted = {row["frame"]: row for row in rows}
    for index in range(max(wanted) + 1):
        _, image = video.read()
        if index in wanted:
            yield np.asarray(image, np.uint8), wanted[index]
    video.release()


def measure(
    finder: FaceFinder, shared_data: Path, kind: str, threshold: float, side_px: int = SIDE_PX, smallest: float = SMALLEST_PX
) -> tuple[float, float]:
    """Average precision, and precision at a threshold; faces count from `smallest` pixels in a picture of `side_px`."""
    faces, scores, right, false = 0, [], [], []
    for image, row in pictures(shared_data, kind):
        smallest_px = smallest * max(image.shape[:2]) / side_px
        boxes, ignored = ([Box(x, y, x + w, y + h) for x, y, w, h in row[key]] for key in ("boxes", "ignored"))
        matched = match(boxes, ignored, look(finder, image, side_px))
        verdicts = matched.verdicts(smallest_px)
        faces += int(matched.counted(smallest_px).sum())
        scores.append(matched.scores)
        right.append(verdicts.right)
        false.append(verdicts.false)
    every = Pool(np.concatenate(scores), Verdicts(np.concatenate(right), np.concatenate(false)), faces)
    precision = every.precision(threshold)
    area = every.average_precision()
    assert precision is not None
    assert area is not None
    return area, precision


@pytest.mark.parametrize(("kind", "least"), [("photo", 1.0), ("call_gallery_9.mp4", 1.0), ("street_1080p_crowd.mp4", 0.98)])
def test_facegrid_finds_the_faces_and_little_else(shared_data: Path, kind: str, least: float) -> None:
    area, precision = measure(FaceGrid(threshold=MIN_SCORE), shared_data, kind, load_detector_card().threshold)
    assert area >= least - 1e-6
    assert precision >= 0.95


@pytest.mark.parametrize(("kind", "least"), [("photo", 0.99), ("call_gallery_9.mp4", 1.0), ("street_1080p_crowd.mp4", 0.97)])
def test_facegrid_finds_faces_of_ten_pixels_in_small_pictures(shared_data: Path, kind: str, least: float) -> None:
    finder, threshold = FaceGrid(threshold=MIN_SCORE), load_detector_card().threshold
    area, precision = measure(finder, shared_data, kind, threshold, SMALL_SIDE_PX, SMALL_FACE_PX)
    assert area >= least - 1e-6
    assert precision >= 0.95


def test_live_view_finds_faces_of_eight_pixels_in_a_reduced_picture(shared_data: Path) -> None:
    finder, found, faces = load_finder(Settings()), 0, 0
    for image, row in pictures(shared_data, "photo"):
        boxes, ignored = ([Box(x, y, x + w, y + h) for x, y, w, h in row[key]] for key in ("boxes", "ignored"))
        sure = [face for face in look(finder, image, FAR_SIDE_PX) if (face.score or 0.0) >= finder.sure_score]
        matched = match(boxes, ignored, sure)
        counted = matched.counted(FAR_FACE_PX * max(image.shape[:2]) / FAR_SIDE_PX)
        found += int((matched.found(finder.sure_score) & counted).sum())
        faces += int(counted.sum())
        assert (matched.owners >= 0).all()
    assert found >= 0.9 * faces > 30


@pytest.mark.parametrize("kind", KINDS)
def test_yunet_finds_the_faces_too(shared_data: Path, kind: str) -> None:
    finder = YuNetFinder(shared_data / "detectors" / YUNET.file, threshold=MIN_SCORE)
    assert measure(finder, shared_data, kind, yunet.THRESHOLD)[0] >= 0.99
