"""A closer look at small hits: each is cut out of the original picture, larger than it was searched before, and mirrored too.

In a reduced picture a face of ten pixels looks much like a letter or the back of a head; mostly the original shows more of it.
Mirrored it looks different to a network, which so gives a second opinion.
"""

from __future__ import annotations

import dataclasses
import statistics
from collections.abc import Sequence

import numpy as np

from live_monitor.detect.detector import FaceFinder, merge_overlapping, mirrored
from live_monitor.detect.surroundings import Scale, Surroundings
from live_monitor.types import Box, Detection, Image

SMALL_PX = 48.0
"""Side of a hit, that of a square of the same area in the picture searched, under which one pass says little: a coat of arms or
a hat looks like a face there, frame after frame."""

SURE = 0.75
TINY_PX = 16.0
"""Score and side from which one pass is enough for a hit: most such hits are the faces that were there before."""

CLOSE = Scale(128, 48)
"""How large hits are shown: a face with more around it is easier to tell from other things than one that fills its cell."""

MAX_JUDGED = 100
"""Only so many hits, the best ones, get a closer look: a picture of noise must not stop the program."""


def look_closer(finder: FaceFinder, image: Image, found: Sequence[Detection], scale: float) -> list[Detection]:
    """Judges the doubtful ones of some hits by three passes, the first and two closer ones: score and box become their means.

    A pass that does not see the hit counts as a score of 0. Doubtful hits beyond MAX_JUDGED get no closer passes; a tiny one then
    counts as not seen in them.

    Args:
        finder: found the hits, and searches again.
        image: uint8 (H, W, 3) BGR.
        found: the hits, in pixels of `image`.
        scale: pixels of `image` in one pixel of the picture that was searched.

    Returns:
        As many hits or, where two turn out to be one face, fewer, in any order.
    """
    doubtful = sorted((hit for hit in found if _is_doubtful(hit, scale)), key=_score, reverse=True)
    if not doubtful:
        return list(found)
    sure = [hit for hit in found if not _is_doubtful(hit, scale)]
    now, late = doubtful[:MAX_JUDGED], doubtful[MAX_JUDGED:]
    judged = [_mean(hit, _seen_again(finder, image, hit)) for hit in now]
    unjudged = [_mean(hit, (None, None)) if _is_smaller(hit, TINY_PX * scale) else hit for hit in late]
    return merge_overlapping([*sure, *judged, *unjudged])


def _is_doubtful(hit: Detection, scale: float) -> bool:
    return _is_smaller(hit, (TINY_PX if _score(hit) >= SURE else SMALL_PX) * scale)


def _is_smaller(hit: Detection, side_px: float) -> bool:
    return hit.box.area < side_px**2


def _seen_again(finder: FaceFinder, image: Image, hit: Detection) -> tuple[Detection | None, Detection | None]:
    """What its surroundings show, as they are and mirrored: both in one picture, which takes two thirds of the time of two."""
    closer = Surroundings(image, [hit.box], CLOSE)
    picture = closer.picture()
    seen = finder.find(np.hstack([picture, picture[:, ::-1]]))
    plain = [face for face in seen if face.box.centre[0] < CLOSE.cell_px]
    turned = [mirrored(face, 2 * CLOSE.cell_px) for face in seen if face.box.centre[0] >= CLOSE.cell_px]
    return closer.found_again(plain)[0], closer.found_again(turned)[0]


def _mean(hit: Detection, again: Sequence[Detection | None]) -> Detection:
    seen = [look for look in again if look is not None]
    # The landmarks are those of the larger picture.
    looks = [hit, *seen]
    box = Box(*(statistics.fmean(sides) for sides in zip(*(look.box for look in looks), strict=True)))
    score = sum(map(_score, looks)) / (1 + len(again))
    return dataclasses.replace(seen[0] if seen else hit, box=box, score=score)


def _score(hit: Detection) -> float:
    return hit.score or 0.0
