"""Draws a picture into another, scaled, turned and mirrored, and takes its faces along."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field

import cv2
import numpy as np
from numpy.typing import NDArray

from live_monitor.detect.detector import MIRRORED_LANDMARKS
from live_monitor.training.faces.pictures import Picture
from live_monitor.types import Image

SAMPLE_PX = 256

MIN_VISIBLE = 0.4
FILLS = 0.75
"""A face that shows less than the first share of its box is neither asked for nor held against the network, unless it is so
close that it fills the second share of the picture."""

SMALLEST_PX = 5.5
"""Smaller faces are treated likewise."""

Region = tuple[int, int, int, int]
"""x1, y1, x2, y2 in pixels, the last two exclusive."""


@dataclass(eq=False)
class Canvas:
    """A picture that is being composed, and the faces in it so far.

    Attributes:
        image: uint8 (h, w, 3) BGR, drawn on in place.
        boxes: float32 (n, 4) x1, y1, x2, y2 in pixels of the canvas; may reach beyond it.
        landmarks: float32 (n, 5, 2), nan where unknown.
        weights: float32 (n,): how much a face counts; 0: cells that see it are neither right nor wrong.
    """

    image: Image
    boxes: NDArray[np.float32] = field(default_factory=lambda: np.zeros((0, 4), np.float32))
    landmarks: NDArray[np.float32] = field(default_factory=lambda: np.zeros((0, 5, 2), np.float32))
    weights: NDArray[np.float32] = field(default_factory=lambda: np.zeros(0, np.float32))

    @property
    def whole(self) -> Region:
        return 0, 0, self.image.shape[1], self.image.shape[0]


class Pyramids:
    """Halved copies of pictures, made when first asked for, so that strong reductions stay free of aliasing."""

    def __init__(self) -> None:
        self._levels: dict[int, list[Image]] = {}

    def level(self, picture: Picture, scale: float) -> tuple[Image, int]:
        """The smallest copy that need not be enlarged to be drawn at `scale`, and how many times it was halved."""
        levels = self._levels.setdefault(id(picture), [picture.image])
        wanted = max(0, math.floor(math.log2(1 / scale))) if scale < 1 else 0
        while len(levels) <= wanted and min(levels[-1].shape[:2]) >= 4:
            height, width = levels[-1].shape[:2]
            halved = cv2.resize(levels[-1], (width // 2, height // 2), interpolation=cv2.INTER_AREA)
            levels.append(halved.astype(np.uint8, copy=False))
        wanted = min(wanted, len(levels) - 1)
        return levels[wanted], wanted


@dataclass(frozen=True)
class Pose:
    """How a picture lies on the canvas: (x, y) of the picture becomes `linear` @ (x, y) + `shift`."""

    linear: NDArray[np.float64]
    shift: NDArray[np.float64]

    @classmethod
    def around(
        cls,
        source: Sequence[float],
        target: Sequence[float],
        scale: float,
        *,
        angle: float = 0.0,
        mirror: bool = False,
        stretch: float = 1.0,
    ) -> Pose:
        """Takes the point `source` of the picture to `target` of the canvas.

        Args:
            source: x, y.
            target: x, y.
            scale: pixels of the canvas for one of the picture.
            angle: rotation in radians.
            mirror: left and right change places.
            stretch: width over height, times this.
        """
        cos, sin = math.cos(angle), math.sin(angle)
        sides = np.diag([scale * math.sqrt(stretch) * (-1 if mirror else 1), scale / math.sqrt(stretch)])
        linear = np.array([[cos, -sin], [sin, cos]]) @ sides
        return cls(linear, np.asarray(target, np.float64) - linear @ np.asarray(source, np.float64))

    @property
    def scale(self) -> float:
        return math.sqrt(abs(float(np.linalg.det(self.linear))))

    def matrix(self, halvings: int, region: Region) -> NDArray[np.float64]:
        """The matrix for warpAffine, which counts from the middle of the first pixel, into the region's own coordinates."""
        linear = self.linear * 2.0**halvings
        shift = self.shift - region[:2] + linear @ (0.5, 0.5) - 0.5
        return np.column_stack([linear, shift])


def draw(
    canvas: Canvas, picture: Picture, pose: Pose, region: Region, pyramids: Pyramids, mask: NDArray[np.float32] | None = None
) -> None:
    """Draws the picture into a region of the canvas; what the picture does not cover stays.

    Args:
        canvas: drawn on; the picture's faces are added to its faces.
        picture: what to draw.
        pose: where.
        region: nothing is drawn outside.
        pyramids: halved copies.
        mask: share of the picture in each pixel of the region, 0..1; None: 1.
    """
    x1, y1, x2, y2 = region
    source, halvings = pyramids.level(picture, pose.scale)
    before = canvas.image[y1:y2, x1:x2]
    drawn = cv2.warpAffine(
        source,
        pose.matrix(halvings, region),
        (x2 - x1, y2 - y1),
        before.copy(),
        flags=cv2.INTER_LINEAR,
        borderMode=cv2.BORDER_TRANSPARENT,
    )
    if mask is not None:
        drawn = (before + mask[..., None] * (drawn.astype(np.float32) - before)).astype(np.uint8)
    canvas.image[y1:y2, x1:x2] = drawn
    _add_faces(canvas, picture, pose, region)


def _add_faces(canvas: Canvas, picture: Picture, pose: Pose, region: Region) -> None:
    boxes = _turned(np.concatenate([picture.boxes, picture.unmarked]), pose)
    unknown = np.full((len(picture.unmarked), 5, 2), np.nan, np.float32)
    points = np.concatenate([picture.landmarks, unknown])
    landmarks = points @ pose.linear.T.astype(np.float32) + pose.shift.astype(np.float32)
    if np.linalg.det(pose.linear) < 0:
        landmarks = landmarks[:, MIRRORED_LANDMARKS]
    shown = visible_share(boxes, region)
    fills = shown * sides(boxes) ** 2 / max(1, (region[2] - region[0]) * (region[3] - region[1]))
    near = shown > 0
    asked = ((shown >= MIN_VISIBLE) | (fills >= FILLS)) & (sides(boxes) >= SMALLEST_PX)
    weights = np.where(asked, picture.weight, 0.0)
    weights[len(picture.boxes) :] = 0
    canvas.boxes = np.concatenate([canvas.boxes, boxes[near]])
    canvas.landmarks = np.concatenate([canvas.landmarks, landmarks[near].astype(np.float32)])
    canvas.weights = np.concatenate([canvas.weights, weights[near].astype(np.float32)])


def _turned(boxes: NDArray[np.float32], pose: Pose) -> NDArray[np.float32]:
    """Boxes around the ellipses that fill the old ones: a face is round, the corners of its box are not part of it."""
    centre = (boxes[:, :2] + boxes[:, 2:]) / 2 @ pose.linear.T + pose.shift
    half = (boxes[:, 2:] - boxes[:, :2]) / 2
    reach = np.sqrt((half**2) @ (pose.linear.T**2))
    return np.concatenate([centre - reach, centre + reach], axis=1).astype(np.float32)


def visible_share(boxes: NDArray[np.float32], region: Region) -> NDArray[np.float32]:
    """Share of each box's area inside the region, 0..1, (n,)."""
    low = np.maximum(boxes[:, :2], region[:2])
    high = np.minimum(boxes[:, 2:], region[2:])
    inside = np.maximum(high - low, 0).prod(axis=1)
    return np.asarray(inside / np.maximum((boxes[:, 2:] - boxes[:, :2]).prod(axis=1), 1e-6), np.float32)


def sides(boxes: NDArray[np.float32]) -> NDArray[np.float32]:
    """Side of the square with each box's area, in pixels, (n,)."""
    return np.asarray(np.sqrt(np.maximum(boxes[:, 2:] - boxes[:, :2], 0).prod(axis=1)), np.float32)


def clipped(x1: float, y1: float, x2: float, y2: float) -> Region:
    """The part of a rectangle that is inside the sample, in whole pixels."""
    low, high = np.clip((x1, y1), 0, SAMPLE_PX), np.clip((x2, y2), 0, SAMPLE_PX)
    return round(float(low[0])), round(float(low[1])), round(float(high[0])), round(float(high[1]))


def pasted_at(centre: NDArray[np.float64], spread: float) -> Region:
    """The part of the sample that a pasted face covers, `spread` pixels large with its surroundings."""
    return clipped(*(centre - spread * 0.6), *(centre + spread * 0.7))


def hidden_share(boxes: NDArray[np.float32], region: Region, mask: NDArray[np.float32]) -> NDArray[np.float32]:
    """How much of each box a mask in a region covers, 0..1, (n,)."""
    covered = np.zeros((SAMPLE_PX, SAMPLE_PX), np.float32)
    covered[region[1] : region[3], region[0] : region[2]] = mask
    seen = [covered[y1:y2, x1:x2] for x1, y1, x2, y2 in (clipped(*box) for box in boxes)]
    return np.array([part.mean() if part.size else 0.0 for part in seen], np.float32)


def log_uniform(low: float, high: float, rng: np.random.Generator) -> float:
    """A number between the two, each doubling as likely as the next."""
    return math.exp(rng.uniform(math.log(low), math.log(high)))
