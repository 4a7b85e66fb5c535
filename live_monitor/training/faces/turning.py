"""Turns heads: what a picture shows of a face moves as on a ball, towards one side of the head."""

from __future__ import annotations

import math

import cv2
import numpy as np
from numpy.typing import NDArray

from live_monitor.training.faces.placing import Canvas, sides
from live_monitor.types import Image

TURNED_HEADS = 0.2
MIN_TURN, MAX_TURN = 0.12, 0.42
"""Share of the faces that are turned, and how far the middle of one moves, in radii of its head. From a half on, the picture
would fold."""

DOWN = 0.5
DOWN_SPREAD_RAD = math.radians(30)
"""Share of the turned faces that look down, and the standard deviation of their direction; the others look anywhere."""

HEAD = 0.8
"""Radius of a head, in sides of its face."""

SMALLEST_PX = 8.0
"""Side of the smallest face that is turned: in a smaller one it does not show."""

_ITERATIONS = 16


def turn_heads(canvas: Canvas, rng: np.random.Generator) -> None:
    """Turns some of the faces: those whose heads are there whole and have no other face beside them."""
    chosen = (rng.random(len(canvas.boxes)) < TURNED_HEADS) & (canvas.weights > 0) & (sides(canvas.boxes) >= SMALLEST_PX)
    for face in np.flatnonzero(chosen):
        ball = _Ball.around(canvas.boxes[face], rng)
        if ball.is_whole_in(canvas.image) and ball.is_alone(np.delete(canvas.boxes, face, axis=0)):
            canvas.image = ball.turned(canvas.image)
            canvas.boxes[face] = ball.box(canvas.boxes[face])
            canvas.landmarks[face] = ball.points(canvas.landmarks[face])


class _Ball:
    """A head that turns: its middle moves by `shift`, other points less, the nearer they are to the rim."""

    def __init__(self, centre: NDArray[np.float64], radius: float, shift: NDArray[np.float64]) -> None:
        self._centre, self._radius, self._shift = centre, radius, shift

    @classmethod
    def around(cls, box: NDArray[np.float32], rng: np.random.Generator) -> _Ball:
        radius = HEAD * float(sides(box[None])[0])
        angle = math.pi / 2 + rng.normal(0, DOWN_SPREAD_RAD) if rng.random() < DOWN else rng.uniform(0, 2 * math.pi)
        shift = rng.uniform(MIN_TURN, MAX_TURN) * radius * np.array([math.cos(angle), math.sin(angle)])
        return cls((box[:2] + box[2:]).astype(np.float64) / 2, radius, shift)

    def is_whole_in(self, image: Image) -> bool:
        """Whether it is inside the picture."""
        height, width = image.shape[:2]
        return bool((self._centre >= self._radius).all() and (self._centre + self._radius <= (width, height)).all())

    def is_alone(self, others: NDArray[np.float32]) -> bool:
        """Whether no other box reaches into the square around it."""
        low, high = self._centre - self._radius, self._centre + self._radius
        return not bool(((others[:, :2] < high) & (others[:, 2:] > low)).all(axis=1).any())

    def turned(self, image: Image) -> Image:
        """The picture with the head turned."""
        left, top = np.floor(self._centre - self._radius).astype(int)
        right, bottom = np.ceil(self._centre + self._radius).astype(int)
        shown = np.stack(np.meshgrid(np.arange(left, right), np.arange(top, bottom)), axis=-1) + 0.5
        x, y = np.moveaxis((shown - self._move(shown) - 0.5).astype(np.float32), -1, 0).copy()
        turned = image.copy()
        turned[top:bottom, left:right] = cv2.remap(image, x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
        return turned

    def points(self, points: NDArray[np.float32]) -> NDArray[np.float32]:
        """Where points (…, 2) of the picture come to lie."""
        moved = points.astype(np.float64)
        for _ in range(_ITERATIONS):
            moved = points + self._move(moved)
        return moved.astype(np.float32)

    def box(self, box: NDArray[np.float32]) -> NDArray[np.float32]:
        """Where the middles of a box's four sides come to lie, as a box."""
        x, y = self._centre
        x1, y1, x2, y2 = box
        left, top, right, bottom = self.points(np.array([(x1, y), (x, y1), (x2, y), (x, y2)], np.float32))
        return np.array([left[0], top[1], right[0], bottom[1]], np.float32)

    def _move(self, shown: NDArray[np.float64]) -> NDArray[np.float64]:
        """How far what is shown at (…, 2) has moved."""
        outwards = ((shown - self._centre) ** 2).sum(axis=-1, keepdims=True) / self._radius**2
        return np.asarray(np.maximum(0.0, 1 - outwards) * self._shift)
