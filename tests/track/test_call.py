"""Numbers and labels of faces in a real call of nine people."""

from __future__ import annotations

import itertools
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from live_monitor.app import load_stages
from live_monitor.settings import Settings
from live_monitor.types import Frame, Reading

WATCHED_S = 8.0
FRAMES_A_SECOND = 30
NEAR_S = 0.3


class Gallery:
    """The program's readings for the first seconds of a call of nine people, by time in seconds."""

    def __init__(self, video: Path, detector: str, yunet: Path) -> None:
        self._settings: dict[str, Any] = {
            "detector": detector,
            "detector_model": yunet if detector == "yunet" else None,
            "device": "cpu",
        }
        capture = cv2.VideoCapture(str(video))
        self._images = [np.asarray(capture.read()[1], np.uint8) for _ in range(round(WATCHED_S * FRAMES_A_SECOND))]
        capture.release()
        self.every_frame = self.watch()

    def watch(self, every: int = 1, **settings: Any) -> dict[float, tuple[Reading, ...]]:
        """The readings in every n-th frame."""
        stages = load_stages(Settings(**self._settings, **settings), on_time=False)
        frames = (Frame(index, index / FRAMES_A_SECOND, 0.0, self._images[index]) for index in range(0, len(self._images), every))
        return {frame.pts_s: stages.analyse(frame).readings for frame in frames}


@pytest.fixture(scope="module", params=["facegrid", "yunet"])
def gallery(shared_data: Path, request: pytest.FixtureRequest) -> Gallery:
    yunet = shared_data / "detectors" / "face_detection_yunet_2026may.onnx"
    return Gallery(shared_data / "videos" / "call_gallery_9.mp4", request.param, yunet)


@pytest.mark.parametrize("every", [1, 6])
def test_nine_people_in_a_call_keep_nine_numbers(gallery: Gallery, every: int) -> None:
    tiles: dict[int, set[tuple[int, int]]] = {}
    for readings in (gallery.every_frame if every == 1 else gallery.watch(every)).values():
        assert {reading.track.id for reading in readings} == set(range(1, 10))
        for reading in readings:
            x, y = reading.track.box.centre
            tiles.setdefault(reading.track.id, set()).add((int(x / 426), int(y / 240)))
    assert all(len(places) == 1 for places in tiles.values())
    assert len(set().union(*tiles.values())) == 9


def test_labels_of_nine_people_change_at_most_a_fifth_as_often_as_without_smoothing(gallery: Gallery) -> None:
    raw, steady = _changes(gallery.watch(smooth=0.0)), _changes(gallery.every_frame)
    assert raw > 60
    assert steady <= raw / 5


def _changes(shown: dict[float, tuple[Reading, ...]]) -> int:
    changes = 0
    for before, after in itertools.pairwise(shown.values()):
        labels = {reading.track.id: reading.label for reading in before}
        changes += sum(reading.label != labels[reading.track.id] for reading in after)
    return changes


@pytest.mark.parametrize("every", [3, 6])
def test_labels_of_nine_people_are_the_same_at_10_and_5_frames_a_second(gallery: Gallery, every: int) -> None:
    for at_s, readings in gallery.watch(every).items():
        around = [shown for time_s, shown in gallery.every_frame.items() if abs(time_s - at_s) <= NEAR_S]
        for reading in readings:
            assert reading.label in {one.label for shown in around for one in shown if one.track.id == reading.track.id}
