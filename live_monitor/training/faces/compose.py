"""Composes training samples on the fly: scenery, things that are not faces, what covers faces, and what a camera makes of it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from live_monitor.errors import UsageError
from live_monitor.training.faces.colours import colour, in_grey, is_coloured
from live_monitor.training.faces.degrade import degrade
from live_monitor.training.faces.distract import distract
from live_monitor.training.faces.pictures import Picture
from live_monitor.training.faces.placing import Canvas, Pyramids, Region, clipped, sides
from live_monitor.training.faces.scenery import Scenery
from live_monitor.training.faces.turning import turn_heads
from live_monitor.types import Image

CROPS, GALLERIES, PASTES = 0.45, 0.23, 0.11
"""Shares of the samples; the rest are scenes without a face."""

MISTAKES = 0.15
"""Share of all samples around something that a detector took for a face, if anything; the other shares are of the rest."""

COLOURED = 0.65
"""Share of the samples that are in colour, made of pictures in colour; the rest are grey, made of all pictures: there are grey
films and cameras, and most of the single faces are grey."""

OCCLUDED = 0.2
"""Share of the faces that are partly covered."""

COVERED_EVENLY = 0.5
"""Share of the covered faces that are covered with a single colour."""

SHADED = 0.2
MIN_SHADE, MAX_SHADE = 0.25, 0.75
SHADE_REACH = (0.2, 0.7)
"""Share of the faces with a shadow on a part of them, as of a fringe, a brim or a brow; how much light it takes where it is
darkest; how far it reaches, as a part of the face's sides."""

DISTRACTED = 0.5
"""Share of the samples into which things are drawn where no face is."""

UNDEGRADED = 0.3
"""Share of the samples whose faces are not covered, and whose picture is not made worse: most pictures from a camera are well lit
and hide nobody."""


class Composer:
    """Makes samples of training pictures. One thread calls it."""

    def __init__(self, pictures: Sequence[Picture]) -> None:
        """Sorts the pictures by use.

        Raises:
            UsageError: there is no scene with a face, or no picture without one.
        """
        pyramids = Pyramids()
        self._any = Scenery(pictures, pyramids)
        try:
            self._coloured = Scenery([picture for picture in pictures if is_coloured(picture.image)], pyramids)
        except UsageError:
            self._coloured = self._any

    def compose(self, rng: np.random.Generator) -> Canvas:
        """One sample of SAMPLE_PX; the same generator gives the same one."""
        coloured = rng.random() < COLOURED
        canvas = _drawn(self._coloured if coloured else self._any, rng)
        turn_heads(canvas, rng)
        if rng.random() < DISTRACTED:
            distract(canvas, rng)
        if rng.random() >= UNDEGRADED:
            shade(canvas, rng)
            occlude(canvas, rng)
            canvas.image = degrade(canvas.image, rng, smallest_px=_smallest(canvas))
        if not coloured:
            canvas.image = in_grey(canvas.image)
        return canvas


def _drawn(scenery: Scenery, rng: np.random.Generator) -> Canvas:
    if scenery.has_mistakes and rng.random() < MISTAKES:
        return scenery.mistake(rng)
    kind = rng.random()
    if kind < CROPS:
        return scenery.crop(rng)
    if kind < CROPS + GALLERIES:
        return scenery.gallery(rng)
    if kind < CROPS + GALLERIES + PASTES:
        return scenery.paste(rng)
    return scenery.background(rng, others=0.15)


def _smallest(canvas: Canvas) -> float:
    """Side of the smallest face that is asked for; infinite where there is none."""
    return float(sides(canvas.boxes[canvas.weights > 0]).min(initial=np.inf))


def shade(canvas: Canvas, rng: np.random.Generator) -> None:
    """Lays a soft shadow on a part of some faces."""
    for x1, y1, x2, y2 in canvas.boxes[(rng.random(len(canvas.boxes)) < SHADED) & (canvas.weights > 0)]:
        sides_px = np.array([x2 - x1, y2 - y1])
        middle = np.array([x1, y1]) + sides_px * rng.uniform(0.1, 0.9, 2)
        reach, depth = sides_px * rng.uniform(*SHADE_REACH, 2), rng.uniform(MIN_SHADE, MAX_SHADE)
        left, top, right, bottom = clipped(*(middle - 3 * reach), *(middle + 3 * reach))
        across = np.exp(-(((np.arange(left, right) - middle[0]) / reach[0]) ** 2))
        down = np.exp(-(((np.arange(top, bottom) - middle[1]) / reach[1]) ** 2))
        lit = canvas.image[top:bottom, left:right] * (1 - depth * down[:, None] * across)[..., None]
        canvas.image[top:bottom, left:right] = lit.astype(np.uint8)


def occlude(canvas: Canvas, rng: np.random.Generator) -> None:
    """Covers up to 45 % of some faces: a hand, a mask, another head, a frame's edge."""
    for box in canvas.boxes[(rng.random(len(canvas.boxes)) < OCCLUDED) & (canvas.weights > 0)]:
        x1, y1, x2, y2 = box
        width, height = x2 - x1, y2 - y1
        side, depth = int(rng.integers(0, 4)), rng.uniform(0.15, 0.45)
        # From the left, right, top (shallower: hair) or bottom (masks).
        bar = [
            (x1, y1, x1 + depth * width, y2),
            (x2 - depth * width, y1, x2, y2),
            (x1, y1, x2, y1 + depth * 0.6 * height),
            (x1, y2 - depth * height, x2, y2),
        ][side]
        region = clipped(*bar)
        if region[2] > region[0] and region[3] > region[1]:
            _cover(canvas.image, region, rng)


def _cover(image: Image, region: Region, rng: np.random.Generator) -> None:
    """Fills a region with one colour, or with what is elsewhere in the picture, as a head in front has a texture too."""
    x1, y1, x2, y2 = region
    if rng.random() < COVERED_EVENLY:
        image[y1:y2, x1:x2] = colour(rng)
        return
    x, y = rng.integers(0, image.shape[1] - (x2 - x1) + 1), rng.integers(0, image.shape[0] - (y2 - y1) + 1)
    image[y1:y2, x1:x2] = image[y : y + y2 - y1, x : x + x2 - x1].copy()
