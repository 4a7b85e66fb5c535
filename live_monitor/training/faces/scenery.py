"""Pictures of faces and of nobody, put together at random: crops of scenes, call galleries, pasted faces, empty scenes."""

from __future__ import annotations

import math
from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from live_monitor.errors import UsageError
from live_monitor.training.faces.choosing import FaceChooser
from live_monitor.training.faces.colours import colour
from live_monitor.training.faces.degrade import light
from live_monitor.training.faces.pictures import NEGATIVE, SINGLE, Picture
from live_monitor.training.faces.placing import (
    SAMPLE_PX,
    Canvas,
    Pose,
    Pyramids,
    Region,
    clipped,
    draw,
    hidden_share,
    log_uniform,
    pasted_at,
    sides,
    visible_share,
)

SMALLEST_FACE_PX, LARGEST_FACE_PX = 6.0, 170.0
"""Face sides are drawn log-uniformly between these."""

CLOSE_UPS = 0.15
CLOSE_UP_PX = 480.0
"""In this share of the crops the face is larger, up to this side: only a part of it fits."""

MAX_ENLARGED = 2.5

TURNED = 0.35
TURN_RAD = math.radians(12)
MAX_TURN_RAD = math.radians(35)
"""Share of the pictures that are turned; the standard deviation and limit of a turn."""

FORESHORTENED = 0.3
STRETCH, MAX_STRETCH = 0.06, 0.2
"""Standard deviation of the logarithm of width over height, in most pictures and in this share of them: a face that looks
down is low, and one that turns away is narrow."""

DARKER = 0.45
"""How bright the colour behind a letter is, as a share of a colour drawn at random."""

LETTERS, NOBODY, ROOMS = 0.1, 0.17, 0.5
"""A gallery's tiles, in this order of a random number: a letter up to the first; an empty room up to the second; a face in
front of a room up to the third; the rest a face in front of nothing."""

MAX_PASTED = 10
LARGEST_PASTED_PX = 120.0
SOFT_EDGES = 0.6
"""Share of the pasted faces whose rim is blurred."""

DECOYS = 0.3
SMALLEST_DECOY_PX = 24.0
"""Share of what is pasted that is a piece of a scene without a face, and its smallest side: a rim alone does not make a face."""

SMALLEST_REGION_PX = 8
UPSIDE_DOWN = 0.35
"""Share of the scenes without a face that are turned by quarters: there are few of them."""

OUT_OF_FOCUS = 0.4
MIN_BLUR, MAX_BLUR = 0.004, 0.03
"""Share of the scenes that are out of focus, and how far a point spreads there, as a part of the height: a pot or a lamp
behind somebody is not a face, however round it becomes."""

SMALLEST_MISTAKE, LARGEST_MISTAKE = 0.75, 1.35
"""How many times as large a mistake is shown as when the detector made it."""

IN_FRONT = 0.25
SMALLEST_HIDDEN_PX = 10.0
MIN_SIDE, MAX_SIDE = 0.7, 1.8
MIN_NEAR, MAX_NEAR = 0.45, 0.85
FROM_ABOVE = math.radians(25)
MAX_HIDDEN = 0.6
"""Share of the crops in which a head is in front of somebody, and the side of the smallest face that is hidden like that; how
many times as large the head is, and how near, as a part of the distance at which the two would touch; how far above the
horizontal it may come from. A face of which more than the last is hidden is not asked for."""

_SCENE_TRIES, _PASTE_TRIES = 8, 6

Point = Sequence[float] | NDArray[np.float64]
"""x, y in pixels of the sample."""


class Scenery:
    """Draws scenes from training pictures. One thread calls it."""

    def __init__(self, pictures: Sequence[Picture], pyramids: Pyramids) -> None:
        """Sorts the pictures by use.

        Raises:
            UsageError: there is no scene with a face, or no picture without one.
        """
        self._faces = FaceChooser(pictures)
        self._empty = [picture for picture in pictures if not len(picture.boxes) and picture.kind == NEGATIVE]
        self._frames = [picture for picture in pictures if not len(picture.boxes) and picture.kind not in (NEGATIVE, SINGLE)]
        if not self._faces.has_scenes or not self._empty:
            raise UsageError("the training data has no scene with a face, or none of the kind negative")
        self._mistaken = [picture for picture in pictures if len(picture.mistakes)]
        self._pyramids = pyramids

    def crop(self, rng: np.random.Generator) -> Canvas:
        """A scene around one of its faces, which gets a random size."""
        canvas = self.background(rng)
        size = _close_up_size(rng) if rng.random() < CLOSE_UPS else _face_size(rng)
        for _ in range(_SCENE_TRIES):
            picture, middle, side = self._faces.face(rng)
            scale = size / side
            # A scene that would shrink to a stamp belongs in a gallery.
            if scale <= MAX_ENLARGED and scale * min(picture.image.shape[:2]) > SAMPLE_PX / 2:
                break
        # A face larger than half the sample must be near its middle, or little of it would show.
        reach = 0.42 * min(1.0, SAMPLE_PX / 2 / size)
        target = (0.5 + rng.uniform(-reach, reach, 2)) * SAMPLE_PX
        draw(canvas, picture, _pose(middle, target, min(scale, MAX_ENLARGED), rng), canvas.whole, self._pyramids)
        if rng.random() < IN_FRONT:
            self._put_in_front(canvas, rng)
        return canvas

    def _put_in_front(self, canvas: Canvas, rng: np.random.Generator) -> None:
        """Puts a head, or something else, in front of one of the faces, from below or from a side, as in a crowd."""
        hidden = np.flatnonzero((canvas.weights > 0) & (sides(canvas.boxes) >= SMALLEST_HIDDEN_PX))
        if not len(hidden):
            return
        box = canvas.boxes[rng.choice(hidden)]
        behind = float(sides(box[None])[0])
        picture, middle, side = self._decoy(rng) if rng.random() < DECOYS else self._faces.face(rng, singles=0.6)
        size = min(behind * log_uniform(MIN_SIDE, MAX_SIDE, rng), side * MAX_ENLARGED)
        angle = rng.uniform(-FROM_ABOVE, math.pi + FROM_ABOVE)
        distance = (behind + size) / 2 * rng.uniform(MIN_NEAR, MAX_NEAR)
        centre = (box[:2] + box[2:]).astype(np.float64) / 2 + distance * np.array([math.cos(angle), math.sin(angle)])
        spread = size * rng.uniform(1.05, 1.5)
        region = pasted_at(centre, spread)
        if not _is_large_enough(region):
            return
        mask = _soft_mask(centre, spread, region, rng)
        canvas.weights[hidden_share(canvas.boxes, region, mask) > MAX_HIDDEN] = 0
        draw(canvas, picture, _pose(middle, centre, size / side, rng), region, self._pyramids, mask)

    @property
    def has_mistakes(self) -> bool:
        """Whether there is something to draw for `mistake`."""
        return bool(self._mistaken)

    def mistake(self, rng: np.random.Generator) -> Canvas:
        """A scene around something that a detector took for a face, at about the size at which it did."""
        canvas = self.background(rng)
        picture = self._mistaken[rng.integers(len(self._mistaken))]
        mistake = rng.integers(len(picture.mistakes))
        box = picture.mistakes[mistake]
        fitting = SAMPLE_PX / 2 / float(sides(box[None])[0])
        scale = min(float(picture.mistaken_at[mistake]) * log_uniform(SMALLEST_MISTAKE, LARGEST_MISTAKE, rng), fitting)
        target = rng.uniform(0.2, 0.8, 2) * SAMPLE_PX
        draw(canvas, picture, _pose((box[:2] + box[2:]) / 2, target, scale, rng), canvas.whole, self._pyramids)
        return canvas

    def gallery(self, rng: np.random.Generator) -> Canvas:
        """Part of a video call: tiles in rows and columns, each with one face, a letter or an empty room."""
        canvas = _plain(rng)
        rows = int(rng.integers(1, 7))
        height = SAMPLE_PX / rows * rng.uniform(0.8, 1.3)
        width = height * float(rng.choice((16 / 9, 16 / 9, 4 / 3, 1.0, 0.75)))
        gap = rng.uniform(0, 0.06) * height
        left, top = -rng.uniform(0, 0.6, 2) * (width, height)
        for y in np.arange(top, SAMPLE_PX, height + gap):
            for x in np.arange(left, SAMPLE_PX, width + gap):
                region = clipped(x, y, x + width, y + height)
                if _is_large_enough(region):
                    self._tile(canvas, (x, y, width, height), region, rng)
        return canvas

    def _tile(self, canvas: Canvas, tile: tuple[float, float, float, float], region: Region, rng: np.random.Generator) -> None:
        x, y, width, height = tile
        content = rng.random()
        if content < LETTERS:
            _letter(canvas, tile, region, rng)
            return
        if content < ROOMS:
            self._fill(canvas, self._empty[rng.integers(len(self._empty))], region, rng)
        if content > NOBODY:
            picture, middle, side = self._faces.face(rng, singles=0.5)
            size = height * log_uniform(0.22, 0.8, rng)
            target = x + width * rng.uniform(0.28, 0.72), y + height * rng.uniform(0.35, 0.62)
            draw(canvas, picture, _pose(middle, target, min(size / side, 2 * MAX_ENLARGED), rng), region, self._pyramids)
        x1, y1, x2, y2 = region
        canvas.image[y1:y2, x1:x2] = light(canvas.image[y1:y2, x1:x2], rng)

    def paste(self, rng: np.random.Generator) -> Canvas:
        """Faces, and decoys, pasted on a scene with soft or hard edges, none over another."""
        canvas = self.background(rng, others=0.3)
        for _ in range(int(rng.integers(1, MAX_PASTED + 1))):
            self._paste_one(canvas, rng)
        return canvas

    def _paste_one(self, canvas: Canvas, rng: np.random.Generator) -> None:
        picture, middle, side = self._decoy(rng) if rng.random() < DECOYS else self._faces.face(rng, singles=0.8)
        size = min(_face_size(rng), LARGEST_PASTED_PX)
        spread = size * rng.uniform(1.05, 1.7)
        for _ in range(_PASTE_TRIES):
            centre = rng.uniform(0, SAMPLE_PX, 2)
            region = pasted_at(centre, spread)
            taken = visible_share(canvas.boxes, region).max(initial=0) > 0
            if not taken and _is_large_enough(region):
                mask = _soft_mask(centre, spread, region, rng) if rng.random() < SOFT_EDGES else None
                draw(canvas, picture, _pose(middle, centre, size / side, rng), region, self._pyramids, mask)
                return

    def _decoy(self, rng: np.random.Generator) -> tuple[Picture, NDArray[np.float32], float]:
        """As `FaceChooser.face`, but a piece of a scene without a face."""
        picture = self._empty[rng.integers(len(self._empty))]
        size = np.array(picture.image.shape[1::-1], np.float32)
        side = log_uniform(SMALLEST_DECOY_PX, max(SMALLEST_DECOY_PX, float(size.min()) / 2), rng)
        return picture, np.asarray(rng.uniform(side / 2, size - side / 2), np.float32), side

    def background(self, rng: np.random.Generator, *, others: float = 0.0) -> Canvas:
        """A scene without a face; in a share `others` of the cases a frame that may hide one too small for the teacher."""
        canvas = _plain(rng)
        choice = self._frames if self._frames and rng.random() < others else self._empty
        self._fill(canvas, choice[rng.integers(len(choice))], canvas.whole, rng)
        return canvas

    def _fill(self, canvas: Canvas, picture: Picture, region: Region, rng: np.random.Generator) -> None:
        width, height = region[2] - region[0], region[3] - region[1]
        quarters = int(rng.integers(1, 4)) if rng.random() < UPSIDE_DOWN else 0
        if quarters % 2:
            width, height = height, width
        fitting = max(width / picture.image.shape[1], height / picture.image.shape[0])
        scale = fitting * log_uniform(1.0, max(1.2, MAX_ENLARGED / fitting), rng)
        room = np.array([picture.image.shape[1], picture.image.shape[0]]) - np.array([width, height]) / scale
        source = np.array([width, height]) / scale / 2 + room * rng.random(2)
        target = (region[0] + region[2]) / 2, (region[1] + region[3]) / 2
        pose = Pose.around(source, target, scale, angle=quarters * math.pi / 2, mirror=bool(rng.random() < 0.5))
        draw(canvas, picture, pose, region, self._pyramids)
        if rng.random() < OUT_OF_FOCUS:
            x1, y1, x2, y2 = region
            spread = (y2 - y1) * log_uniform(MIN_BLUR, MAX_BLUR, rng)
            canvas.image[y1:y2, x1:x2] = cv2.GaussianBlur(canvas.image[y1:y2, x1:x2], (0, 0), spread)


def _face_size(rng: np.random.Generator) -> float:
    return log_uniform(SMALLEST_FACE_PX, LARGEST_FACE_PX, rng)


def _close_up_size(rng: np.random.Generator) -> float:
    return log_uniform(LARGEST_FACE_PX, CLOSE_UP_PX, rng)


def _pose(
    source: NDArray[np.float32], target: Sequence[float] | NDArray[np.float64], scale: float, rng: np.random.Generator
) -> Pose:
    angle = float(np.clip(rng.normal(0, TURN_RAD), -MAX_TURN_RAD, MAX_TURN_RAD)) if rng.random() < TURNED else 0.0
    stretch = math.exp(rng.normal(0, MAX_STRETCH if rng.random() < FORESHORTENED else STRETCH))
    return Pose.around(list(source), list(target), scale, angle=angle, mirror=bool(rng.random() < 0.5), stretch=stretch)


def _plain(rng: np.random.Generator) -> Canvas:
    return Canvas(np.full((SAMPLE_PX, SAMPLE_PX, 3), colour(rng), np.uint8))


def _is_large_enough(region: Region) -> bool:
    return min(region[2] - region[0], region[3] - region[1]) >= SMALLEST_REGION_PX


def _soft_mask(centre: NDArray[np.float64], size: float, region: Region, rng: np.random.Generator) -> NDArray[np.float32]:
    """An upright ellipse around the face, blurred at its rim."""
    mask = np.zeros((region[3] - region[1], region[2] - region[0]), np.float32)
    middle = round(float(centre[0]) - region[0]), round(float(centre[1]) - region[1])
    cv2.ellipse(mask, middle, (max(1, round(size * 0.45)), max(1, round(size * 0.55))), 0, 0, 360, 1.0, -1)
    return np.asarray(cv2.GaussianBlur(mask, (0, 0), 0.3 + size * rng.uniform(0.01, 0.06)), np.float32)


def _letter(canvas: Canvas, tile: tuple[float, float, float, float], region: Region, rng: np.random.Generator) -> None:
    """The tile of somebody whose camera is off: a disc with a letter."""
    x, y, width, height = tile
    x1, y1, x2, y2 = region
    canvas.image[y1:y2, x1:x2] = [level * DARKER for level in colour(rng)]
    centre, radius = (round(x + width / 2), round(y + height / 2)), max(2, round(height * rng.uniform(0.15, 0.3)))
    cv2.circle(canvas.image, centre, radius, colour(rng), -1, cv2.LINE_AA)
    corner = centre[0] - radius // 2, centre[1] + radius // 2
    letter = chr(int(rng.integers(ord("A"), ord("Z") + 1)))
    cv2.putText(
        canvas.image,
        letter,
        corner,
        cv2.FONT_HERSHEY_SIMPLEX,
        radius / 22,
        colour(rng),
        max(1, radius // 12),
        cv2.LINE_AA,
    )
