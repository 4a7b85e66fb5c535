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
"""float32 (faces, points, 2): x, y in pixels."""

FACE_PX = 24
"""The pictures compared are as small as leaves the smallest face this wide..."""

SHORTEST_SIDE_PX, LONGEST_SIDE_PX = 160, 960
"""...within these bounds of their longest side."""

GRID = 5
"""Points a row and column of a face."""

INNER = 0.6
"""Share of the box's width and height that the points cover: what lies further out may be background."""

FEWEST_POINTS = 8
"""With fewer points followed a face stays where it was."""

_WINDOW = (11, 11)
_LEVELS = 2
_STEPS = np.linspace(-INNER / 2, INNER / 2, GRID, dtype=np.float32)
_UNIT_GRID = np.stack(np.meshgrid(_STEPS, _STEPS), axis=-1).reshape(-1, 2)


class BoxCarrier:
    """Remembers the last frame and its faces. Belongs to one thread."""

    def __init__(self) -> None:
        self._detections: Sequence[Detection] | None = None
        self._picture: Grey | None = None
        self._scale = 1.0

    @property
    def ready(self) -> bool:
        """True when it knows the faces of the last frame."""
        return self._detections is not None

    def start(self, image: Image, detections: Sequence[Detection]) -> None:
        """Takes the faces of a frame that was looked at, uint8 (H, W, 3) BGR, to be carried into the next."""
        longest = max(image.shape[:2])
        smallest = min((min(found.box.width, found.box.height) for found in detections), default=FACE_PX)
        side_px = min(max(longest * FACE_PX / max(smallest, 1.0), SHORTEST_SIDE_PX), LONGEST_SIDE_PX, longest)
        self._scale = side_px / longest
        self._detections = detections
        self._picture = self._reduced(image) if detections else None

    def forget(self) -> None:
        """Drops what it knows: the next frame will be looked at, or the last one was not told."""
        self._detections, self._picture = None, None

    def carry(self, image: Image) -> Sequence[Detection]:
        """The faces in the frame after the last one; only when `ready`."""
        if not self._detections or self._picture is None:
            return ()
        picture = self._reduced(image)
        before = _grids([found.box for found in self._detections])
        after, seen = self._follow(self._picture, picture, before)
        self._detections = [
            _moved(found, shift, growth) if enough else found
            for found, shift, growth, enough in zip(
                self._detections,
                np.median(after - before, axis=1).tolist(),
                _growth(before, after).tolist(),
                (seen.sum(axis=1) >= FEWEST_POINTS).tolist(),
                strict=True,
            )
        ]
        self._picture = picture
        return self._detections

    def _follow(self, last: Grey, now: Grey, points: Points) -> tuple[Points, NDArray[np.bool_]]:
        """Where points of the last picture are now, and which of them were seen again, bool (faces, points)."""
        flat = (points * self._scale).reshape(-1, 2).astype(np.float32)
        after, status, _ = cv2.calcOpticalFlowPyrLK(last, now, flat, np.empty_like(flat), winSize=_WINDOW, maxLevel=_LEVELS)
        return (after / self._scale).reshape(points.shape).astype(np.float32), status.reshape(points.shape[:2]) == 1

    def _reduced(self, image: Image) -> Grey:
        height, width = image.shape[:2]
        small = resized(image, max(1, round(width * self._scale)), max(1, round(height * self._scale)))
        return cv2.cvtColor(small, cv2.COLOR_BGR2GRAY).astype(np.uint8, copy=False)


def _grids(boxes: Sequence[Box]) -> Points:
    """GRID x GRID points in the inner part of each box."""
    corners = np.array(boxes, np.float32)
    centres, sizes = (corners[:, :2] + corners[:, 2:]) / 2, corners[:, 2:] - corners[:, :2]
    return (centres[:, np.newaxis] + _UNIT_GRID * sizes[:, np.newaxis]).astype(np.float32)


def _growth(before: Points, after: Points) -> NDArray[np.float32]:
    """How much each face grew: the median ratio of distances between points, each paired with one half the list away."""
    half = before.shape[1] // 2
    apart = [np.linalg.norm(points - np.roll(points, half, axis=1), axis=2) for points in (before, after)]
    growth: NDArray[np.float32] = np.median(apart[1] / np.maximum(apart[0], 1e-6), axis=1)
    return growth


def _moved(found: Detection, shift: tuple[float, float], growth: float) -> Detection:
    x, y = found.box.centre
    new_x, new_y = x + shift[0], y + shift[1]

    def move(point: tuple[float, float]) -> tuple[float, float]:
        return new_x + growth * (point[0] - x), new_y + growth * (point[1] - y)

    box = Box(*move((found.box.x1, found.box.y1)), *move((found.box.x2, found.box.y2)))
    return dataclasses.replace(found, box=box, landmarks=found.landmarks and tuple(map(move, found.landmarks)))
