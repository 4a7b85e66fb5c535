"""Heads turned like balls."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from live_monitor.training.faces import compose, turning
from live_monitor.training.faces.compose import Composer
from live_monitor.training.faces.pictures import load_pictures
from live_monitor.training.faces.placing import Canvas
from live_monitor.training.faces.turning import HEAD, MAX_TURN, turn_heads

FACE = (80.0, 70.0, 160.0, 180.0)
MIDDLE = np.array([120.0, 125.0])
RADIUS = HEAD * np.sqrt(80 * 110)
POINTS = np.array([(100, 110), (140, 110), (120, 130), (105, 155), (135, 155)], np.float32)
SIDE_PX = 256


@pytest.fixture(autouse=True)
def _all_are_turned(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(turning, "TURNED_HEADS", 1.0)


def canvas(*boxes: tuple[float, ...], weight: float = 1.0) -> Canvas:
    """A grey picture with a dot at each landmark; all faces have the same landmarks."""
    image = np.full((SIDE_PX, SIDE_PX, 3), 128, np.uint8)
    for x, y in POINTS.round().astype(int).tolist():
        cv2.circle(image, (x, y), 2, (255, 255, 255), -1)
    landmarks = np.repeat(POINTS[None], len(boxes), axis=0)
    return Canvas(image, np.array(boxes, np.float32), landmarks, np.full(len(boxes), weight, np.float32))


def turned(seed: int, *boxes: tuple[float, ...], weight: float = 1.0) -> Canvas:
    after = canvas(*boxes, weight=weight)
    turn_heads(after, np.random.default_rng(seed))
    return after


def brightness(image: NDArray[np.uint8], point: NDArray[np.float32]) -> int:
    x, y = point.round().astype(int)
    return int(image[y - 1 : y + 2, x - 1 : x + 2].max())


@pytest.mark.parametrize("seed", range(8))
def test_landmarks_move_with_the_picture(seed: int) -> None:
    after = turned(seed, FACE)
    assert np.abs(after.landmarks[0] - POINTS).max() > 3
    assert all(brightness(after.image, point) > 220 for point in after.landmarks[0])


def test_the_middle_moves_most_and_what_is_outside_the_head_does_not_move() -> None:
    before, moved = canvas(FACE), []
    for seed in range(20):
        after = turned(seed, FACE)
        y, x = np.nonzero((after.image != before.image).any(axis=2))
        assert np.hypot(x + 0.5 - MIDDLE[0], y + 0.5 - MIDDLE[1]).max() < RADIUS + 1
        nose, mouth = (np.linalg.norm(after.landmarks[0][point] - POINTS[point]) for point in (2, 3))
        assert 3 < mouth < nose < MAX_TURN * RADIUS
        moved.append(nose)
    assert max(moved) > 2 * min(moved)


def test_many_heads_look_down_and_some_aside() -> None:
    nose = np.array([turned(seed, FACE).landmarks[0][2] - POINTS[2] for seed in range(80)])
    down = nose[:, 1] > np.abs(nose[:, 0])
    assert 0.4 < down.mean() < 0.85
    assert (nose[:, 1] < 0).any()
    assert (np.abs(nose[:, 0]) > 2 * np.abs(nose[:, 1])).any()


def test_the_box_moves_less_than_the_middle_and_shrinks_towards_where_the_face_looks() -> None:
    for seed in range(20):
        after = turned(seed, FACE)
        x1, y1, x2, y2 = after.boxes[0]
        nose = after.landmarks[0][2] - POINTS[2]
        shift = np.array([x1 + x2, y1 + y2]) / 2 - MIDDLE
        assert (shift * nose >= -0.1).all()
        assert 0.3 < np.linalg.norm(shift) / np.linalg.norm(nose) < 1
        assert x2 - x1 <= 80
        assert y2 - y1 <= 110


def test_unknown_landmarks_stay_unknown() -> None:
    after = canvas(FACE)
    after.landmarks[:] = np.nan
    turn_heads(after, np.random.default_rng(0))
    assert np.isnan(after.landmarks).all()
    assert (after.boxes != np.array(FACE, np.float32)).any()


BESIDE = (155.0, 70.0, 235.0, 180.0)
CUT_OFF = (0.0, 70.0, 80.0, 180.0)
TINY = (120.0, 120.0, 126.0, 127.0)


@pytest.mark.parametrize("boxes", [(FACE, BESIDE), (CUT_OFF,), (TINY,)])
def test_a_face_beside_another_or_at_the_edge_or_tiny_is_not_turned(boxes: tuple[tuple[float, ...], ...]) -> None:
    after, before = turned(0, *boxes), canvas(*boxes)
    np.testing.assert_array_equal(after.image, before.image)
    np.testing.assert_array_equal(after.boxes, before.boxes)
    np.testing.assert_array_equal(after.landmarks, before.landmarks)


def test_a_face_without_weight_is_not_turned() -> None:
    np.testing.assert_array_equal(turned(0, FACE, weight=0.0).image, canvas(FACE).image)


def test_some_faces_are_turned(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()
    turns = [(turned(seed, FACE).boxes != np.array(FACE, np.float32)).any() for seed in range(200)]
    assert 0.1 < np.mean(turns) < 0.3


def test_heads_are_turned_in_samples(detector_data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shown: list[Canvas] = []
    monkeypatch.setattr(compose, "turn_heads", lambda canvas, _: shown.append(canvas))
    composer = Composer(load_pictures(detector_data).training)
    samples = [composer.compose(np.random.default_rng(seed)) for seed in range(5)]
    assert shown == samples
