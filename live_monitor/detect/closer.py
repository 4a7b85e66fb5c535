"""A closer look at small hits: each out of the picture itself, larger than it was searched, and mirrored beside that.

In a picture made small a face of ten pixels looks much like a letter or the back of a head; mostly there is more to see of it.
Mirrored it looks otherwise to a network, which so has a second opinion of it.
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
"""Side of a hit, the square's of the same area, in the picture searched, under which one look tells little: a coat of arms or
a hat looks like a face there, picture after picture."""

SURE = 0.75
TINY_PX = 16.0
"""Score from which one look at a hit is enough, from this side on: most of those are the faces that were there before."""

CLOSE = Scale(128, 48)
"""How large hits are shown: a face with more around it is told better from other things than one that fills its place."""

MOST = 100
"""Hits that are looked at closer, the best ones: a picture of noise must not stop the program."""


def look_closer(finder: FaceFinder, image: Image, found: Sequence[Detection], scale: float) -> list[Detection]:
    """Judges the doubtful ones of some hits by three looks, the first and two closer ones: score and box are their means.

    A look that does not see it counts as a score of 0. Of very many, a tiny one that there was no time for counts as not seen.

    Args:
        finder: has found them, and looks again.
        image: uint8 (H, W, 3) BGR.
        found: in its pixels.
        scale: pixels of it in one of the picture that was searched.

    Returns:
        As many or, where two turn out to be one face, fewer, in any order.
    """
    doubtful = sorted((hit for hit in found if _is_doubtful(hit, scale)), key=_score, reverse=True)
    if not doubtful:
        return list(found)
    sure = [hit for hit in found if not _is_doubtful(hit, scale)]
    now, late = doubtful[:MOST], doubtful[MOST:]
    judged = [_mean(hit, _seen_again(finder, image, hit)) for hit in now]
    unjudged = [_mean(hit, (None, None)) if _is_smaller(hit, TINY_PX * scale) else hit for hit in late]
    return merge_overlapping([*sure, *judged, *unjudged])


def _is_doubtful(hit: Detection, scale: float) -> bool:
    return _is_smaller(hit, (TINY_PX if _score(hit) >= SURE else SMALL_PX) * scale)


def _is_smaller(hit: Detection, side_px: float) -> bool:
    return hit.box.area < side_px**2


def _seen_again(finder: FaceFinder, image: Image, hit: Detection) -> tuple[Detection | None, Detection | None]:
    """What its surroundings show, and what they show mirrored: both in one picture, which takes two thirds of two's time."""
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
