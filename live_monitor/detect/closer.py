"""A closer look at small hits that a finder is not sure of: each out of the picture itself, larger than it was searched.

In a picture made small a face of ten pixels looks much like a letter or the back of a head; mostly there is more to see of it.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Iterator, Sequence

from live_monitor.detect.detector import FaceFinder, merge_overlapping
from live_monitor.detect.surroundings import Scale, Surroundings
from live_monitor.types import Box, Detection, Image

CLOSE = Scale(128, 48)
"""How large hits are shown: a face with more around it is told better from other things than one that fills its place."""

SMALL_PX = CLOSE.face_px / 2
"""Side of a hit, the square's of the same area, in the picture searched, from which a closer look is not twice as close."""

TINY_PX = 16.0
"""Side of a hit under which one look tells little: a coat of arms looks like a face there, picture after picture."""

SETTLED = 0.8
"""Score from which one look is enough."""

MOST = 100
"""Hits that are looked at closer, the best ones: a picture of noise must not stop the program."""

TOGETHER = 2
"""Hits in one picture, always as many, as a network is made for each size of picture."""


def look_closer(finder: FaceFinder, image: Image, found: Sequence[Detection], scale: float) -> list[Detection]:
    """Judges the small and doubtful ones of some hits once more.

    Who is seen better there has the mean of both scores and boxes. A tiny hit has it too where it is seen worse, and half its
    score where it is not seen again: that both looks see it is what tells it from other things.

    Args:
        finder: has found them, and looks again.
        image: uint8 (H, W, 3) BGR.
        found: in its pixels.
        scale: pixels of it in one of the picture that was searched.

    Returns:
        As many or, where two turn out to be one face, fewer, in any order.
    """

    def side(hit: Detection) -> float:
        return math.sqrt(hit.box.area) / scale

    doubtful = sorted((hit for hit in found if _score(hit) < SETTLED and side(hit) < SMALL_PX), key=_score, reverse=True)
    if not doubtful:
        return list(found)
    judged = [hit for hit in found if _score(hit) >= SETTLED or side(hit) >= SMALL_PX]
    for hit, seen in zip(doubtful, _seen_again(finder, image, doubtful), strict=True):
        judged.append(_judged_tiny(hit, seen) if side(hit) < TINY_PX else _judged(hit, seen))
    return merge_overlapping(judged)


def _seen_again(finder: FaceFinder, image: Image, hits: Sequence[Detection]) -> Iterator[Detection | None]:
    for first in range(0, min(len(hits), MOST), TOGETHER):
        closer = Surroundings(image, [hit.box for hit in hits[first : first + TOGETHER]], CLOSE, TOGETHER)
        yield from closer.found_again(finder.find(closer.picture()))
    for _ in hits[MOST:]:
        yield None


def _judged(hit: Detection, seen: Detection | None) -> Detection:
    return hit if seen is None or _score(seen) <= _score(hit) else _mean(hit, seen)


def _judged_tiny(hit: Detection, seen: Detection | None) -> Detection:
    return dataclasses.replace(hit, score=_score(hit) / 2) if seen is None else _mean(hit, seen)


def _mean(hit: Detection, seen: Detection) -> Detection:
    box = Box(*((one + other) / 2 for one, other in zip(hit.box, seen.box, strict=True)))
    # The landmarks are those of the larger picture.
    return dataclasses.replace(seen, box=box, score=(_score(hit) + _score(seen)) / 2)


def _score(hit: Detection) -> float:
    return hit.score or 0.0
