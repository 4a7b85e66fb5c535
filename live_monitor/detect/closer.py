"""A closer look at small hits: each out of the picture itself, larger than it was searched.

In a picture made small a face of ten pixels looks much like a letter or the back of a head; mostly there is more to see of it.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Sequence

from live_monitor.detect.detector import FaceFinder, merge_overlapping
from live_monitor.detect.surroundings import Scale, Surroundings
from live_monitor.types import Box, Detection, Image

SMALL_PX = 32.0
"""Side of a hit, the square's of the same area, in the picture searched, under which one look tells little: a coat of arms looks
like a face there, picture after picture."""

SURE = 0.75
TINY_PX = 16.0
"""Score from which one look at a hit is enough, from this side on: most of those are the faces that were there before."""

CLOSE = Scale(128, 48)
"""How large hits are shown: a face with more around it is told better from other things than one that fills its place."""

MOST = 100
"""Hits that are looked at closer, the best ones: a picture of noise must not stop the program."""

TOGETHER = 2
"""Hits in one picture, always as many, as a network is made for each size of picture."""


def look_closer(finder: FaceFinder, image: Image, found: Sequence[Detection], scale: float) -> list[Detection]:
    """Judges the doubtful ones of some hits by both looks: score and box are their means.

    One that is not seen again has half its score; of very many a tiny one too that there was no time for.

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
    judged = [_mean(hit, seen) for hit, seen in zip(now, _seen_again(finder, image, now), strict=True)]
    unjudged = [_mean(hit, None) if _is_smaller(hit, TINY_PX * scale) else hit for hit in late]
    return merge_overlapping([*sure, *judged, *unjudged])


def _is_doubtful(hit: Detection, scale: float) -> bool:
    return _is_smaller(hit, (TINY_PX if _score(hit) >= SURE else SMALL_PX) * scale)


def _is_smaller(hit: Detection, side_px: float) -> bool:
    return hit.box.area < side_px**2


def _seen_again(finder: FaceFinder, image: Image, hits: Sequence[Detection]) -> Iterator[Detection | None]:
    for first in range(0, len(hits), TOGETHER):
        closer = Surroundings(image, [hit.box for hit in hits[first : first + TOGETHER]], CLOSE, TOGETHER)
        yield from closer.found_again(finder.find(closer.picture()))


def _mean(hit: Detection, seen: Detection | None) -> Detection:
    if seen is None:
        return dataclasses.replace(hit, score=_score(hit) / 2)
    box = Box(*((one + other) / 2 for one, other in zip(hit.box, seen.box, strict=True)))
    # The landmarks are those of the larger picture.
    return dataclasses.replace(seen, box=box, score=(_score(hit) + _score(seen)) / 2)


def _score(hit: Detection) -> float:
    return hit.score or 0.0
