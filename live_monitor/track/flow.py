"""Carries boxes from one frame to the next by the movement of the picture inside them.

Points in a face are followed by the pyramidal method of Lucas and Kanade (Bouguet, "Pyramidal Implementation of the
Lucas Kanade Feature Tracker", Intel, 2000); the face moves by the median of their movements and grows by the median
ratio of their distances, as in Kalal et al., "Forward-Backward Error", ICPR 2010.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from live_monitor.scaling import resized
from live_monitor.types import Box, Detection, Image

Grey = NDArray[np.uint8]
Points = NDArray[np.float32]
"""float32 (..., 2): x, y in pixels."""

FACE_PX = 24
"""The pictures compared are reduced until the smallest face is this wide..."""

SHORTEST_SIDE_PX, LONGEST_SIDE_PX = 160, 960
"""...within these bounds for their longest side."""

GRID = 5
"""Points in each row and column of a face."""

INNER = 0.6
"""Share of the box's width and height that the points cover: what lies further out may be background."""

MIN_POINTS = 8
"""If fewer points can be followed, a face stays where it was."""

MAX_ASTRAY_PX = 1.0
"""A point that does not come back this close when it is followed backwards is not trusted."""

MAX_GROWTH = 1.1
"""A face that seems to grow or shrink by more from one frame to the next is hidden by something."""

_WINDOW = (11, 11)
_LEVELS = 2
_STEPS = np.linspace(-INNER / 2, INNER / 2, GRID, dtype=np.float32)
_UNIT_GRID = np.stack(np.meshgrid(_STEPS, _STEPS), axis=-1).reshape(-1, 2)


class BoxCarrier:
    """Remembers the last frame and its faces. Belongs to one thread."""

    def __init__(self) -> None:
        self._detections: Sequence[Detection] | None = None
        self._picture: Grey | None = None
        self._size: tuple[int, ...] = ()
        self._scale = 1.0

    def can_carry(self, image: Image) -> bool:
        """True when it knows the faces of the last frame, and that frame was as large as this one."""
        return self._detections is not None and self._size == image.shape[:2]

    def start(self, image: Image, detections: Sequence[Detection]) -> None:
        """Takes a frame that was searched, uint8 (H, W, 3) BGR, and its faces, to be carried into the next."""
        longest = max(image.shape[:2])
        smallest = min((min(found.box.width, found.box.height) for found in detections), default=FACE_PX)
        side_px = min(max(longest * FACE_PX / max(smallest, 1.0), SHORTEST_SIDE_PX), LONGEST_SIDE_PX, longest)
        self._size, self._scale = image.shape[:2], side_px / longest
        self._detections = detections
        self._picture = self._reduced(image) if detections else None

    def forget(self) -> None:
        """Drops what it knows, so that nothing is carried into the next frame."""
        self._detections, self._picture = None, None

    def carry(self, image: Image) -> Sequence[Detection]:
        """The faces in the frame after the last one; only when `can_carry` says so."""
        if not self._detections or self._picture is None:
            return ()
        picture = self._reduced(image)
        before = _grids([found.box for found in self._detections])
        after, trusted = self._follow(self._picture, picture, before)
        shifts = _median(np.moveaxis(after - before, -1, 0), trusted).T
        growths = _growth(before, after, trusted)
        enough = trusted.sum(axis=1) >= MIN_POINTS
        self._detections = [
            _moved(found, shift, growth) if follows else found
            for found, shift, growth, follows in zip(
                self._detections, shifts.tolist(), growths.tolist(), enough.tolist(), strict=True
            )
        ]
        self._picture = picture
        return self._detections

    def _follow(self, last: Grey, now: Grey, points: Points) -> tuple[Points, NDArray[np.bool_]]:
        """Where points of the last picture are now, and which of them can be trusted, bool (faces, points)."""
        flat = (points * self._scale).reshape(-1, 2).astype(np.float32)
        after, there = _flow(last, now, flat)
        back, here = _flow(now, last, after)
        trusted = there & here & (np.abs(back - flat).max(axis=1) < MAX_ASTRAY_PX)
        return (after / self._scale).reshape(points.shape).astype(np.float32), trusted.reshape(points.shape[:2])

    def _reduced(self, image: Image) -> Grey:
        height, width = image.shape[:2]
        small = resized(image, max(1, round(width * self._scale)), max(1, round(height * self._scale)))
        return cv2.cvtColor(small, cv2.COLOR_BGR2GRAY).astype(np.uint8, copy=False)


def _flow(before: Grey, after: Grey, points: Points) -> tuple[Points, NDArray[np.bool_]]:
    """Where points (n, 2) of one picture are in another, and which of them were found there."""
    moved, status, _ = cv2.calcOpticalFlowPyrLK(before, after, points, np.empty_like(points), winSize=_WINDOW, maxLevel=_LEVELS)
    return moved.astype(np.float32, copy=False), status[:, 0] == 1


def _grids(boxes: Sequence[Box]) -> Points:
    """GRID x GRID points in the inner part of each box."""
    corners = np.array(boxes, np.float32)
    centres, sizes = (corners[:, :2] + corners[:, 2:]) / 2, corners[:, 2:] - corners[:, :2]
    return (centres[:, np.newaxis] + _UNIT_GRID * sizes[:, np.newaxis]).astype(np.float32)


def _growth(before: Points, after: Points, trusted: NDArray[np.bool_]) -> NDArray[np.float32]:
    """How much each face grew: the median ratio of distances between points, each paired with the one half the list away."""
    half = before.shape[1] // 2
    apart = [np.linalg.norm(points - np.roll(points, half, axis=1), axis=2) for points in (before, after)]
    ratios = apart[1] / np.maximum(apart[0], 1e-6)
    both = trusted & np.roll(trusted, half, axis=1)
    growth = np.where(both.any(axis=1), _median(ratios, both), np.float32(1))
    return np.clip(growth, 1 / MAX_GROWTH, MAX_GROWTH)


def _median(values: NDArray[np.float32], valid: NDArray[np.bool_]) -> NDArray[np.float32]:
    """Median over the last axis of the valid values (the lower one of two); infinity where there are none."""
    ordered = np.sort(np.where(valid, values, np.float32(np.inf)), axis=-1)
    middle = np.broadcast_to((np.maximum(valid.sum(axis=-1, keepdims=True), 1) - 1) // 2, (*ordered.shape[:-1], 1))
    return np.take_along_axis(ordered, middle, axis=-1)[..., 0]


def _moved(found: Detection, shift: tuple[float, float], growth: float) -> Detection:
    x, y = found.box.centre
    new_x, new_y = x + shift[0], y + shift[1]

    def move(point: tuple[float, float]) -> tuple[float, float]:
        return new_x + growth * (point[0] - x), new_y + growth * (point[1] - y)

    box = Box(*move((found.box.x1, found.box.y1)), *move((found.box.x2, found.box.y2)))
    return dataclasses.replace(found, box=box, landmarks=found.landmarks and tuple(map(move, found.landmarks)))
