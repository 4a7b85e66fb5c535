"""One look at a picture: it is brought to a size and searched, the faces are scaled back."""

from __future__ import annotations

import dataclasses
import itertools
import math
import statistics
from collections.abc import Sequence

from live_monitor.detect.closer import look_closer
from live_monitor.detect.detector import Copy, FaceFinder, in_pixels_of, merge_overlapping, same_face
from live_monitor.detect.tiles import find_in_tiles
from live_monitor.scaling import resized
from live_monitor.types import Detection, Image

TOO_WIDE_PX = 160
"""A hit as wide as this in a picture must be found in a smaller copy of it too: most others are a wall or a sky."""

SEEN = 0.5
"""Share of the best pass's score from which another pass has seen the same face, so that what counts is the mean: a hat that
looks half like a face to every pass looks more like one to one of them often enough."""

_COPIED_FROM = 1.5
"""A picture with this many times a copy's side can have faces that are too large for its finder."""


def look(finder: FaceFinder, image: Image, side_px: int) -> list[Detection]:
    """Searches a picture at one size, and the smaller copies of it that its finder wants.

    Args:
        finder: searches each of them.
        image: uint8 (H, W, 3) BGR.
        side_px: longest side of the picture to search, in pixels; it is enlarged or reduced to that.

    Returns:
        Faces in pixels of `image`, any order, none twice.
    """
    copies = [copy for copy in finder.copies if side_px >= _COPIED_FROM * copy.side_px]
    looks: list[list[Detection]] = []
    for copy in (Copy(side_px, 0.0), *sorted(copies, reverse=True)):
        most_px = TOO_WIDE_PX if len(looks) < len(copies) else math.inf
        looks.append(_seen_in(finder, image, copy, most_px, list(itertools.chain.from_iterable(looks))))
    faces, doubts = _one_a_face(looks), finder.doubts
    return [face for face in faces if (face.score or 0.0) >= doubts.least_score] if doubts else faces


def _seen_in(finder: FaceFinder, image: Image, copy: Copy, most_px: float, known: Sequence[Detection]) -> list[Detection]:
    """The faces found in a copy of this side that count; a closer look judges small hits where the finder has doubts.

    Faces that larger copies have shown count only if they are large enough to be seen dependably in this one too.
    """
    px, doubts = max(image.shape[:2]) / copy.side_px, finder.doubts

    def counts(hit: Detection) -> bool:
        width = hit.box.width / px
        dependable_or_new = width >= finder.smallest_px or not any(same_face(hit, other) for other in known)
        return copy.least_face_px <= width < most_px and dependable_or_new

    found = [hit for hit in _at_size(doubts.finder if doubts else finder, image, copy.side_px) if counts(hit)]
    return look_closer(doubts.finder, image, found, px) if doubts else found


def _one_a_face(looks: Sequence[Sequence[Detection]]) -> list[Detection]:
    """Each face once, with the box of the pass that is surest of it and the mean score of the passes that saw it."""
    if len(looks) == 1:
        return list(looks[0])
    faces = merge_overlapping(itertools.chain.from_iterable(looks))
    seen = [_scores_by_face(hits, faces) for hits in looks]
    return [_with_mean_score(face, scores) for face, *scores in zip(faces, *seen, strict=True)]


def _scores_by_face(hits: Sequence[Detection], faces: Sequence[Detection]) -> list[float]:
    """The best score with which one pass shows each face, 0 where it does not.

    A hit counts only for the first, best face that it may be: otherwise it would raise the score of half a face beside that.
    """
    scores = [0.0] * len(faces)
    for hit in hits:
        owner = next(index for index, face in enumerate(faces) if face is hit or same_face(hit, face))
        scores[owner] = max(scores[owner], hit.score or 0.0)
    return scores


def _with_mean_score(face: Detection, scores: Sequence[float]) -> Detection:
    """The face, with the mean of the scores of the passes that saw it; less than SEEN of its own score is not counted."""
    if face.score is None:
        return face
    seen = [score for score in scores if score >= SEEN * face.score]
    return dataclasses.replace(face, score=statistics.fmean(seen))


def _at_size(finder: FaceFinder, image: Image, side_px: int) -> list[Detection]:
    height, width = image.shape[:2]
    scale = side_px / max(height, width)
    size = max(1, round(width * scale)), max(1, round(height * scale))
    found = find_in_tiles(finder, resized(image, *size))
    if size == (width, height):
        return found
    return [in_pixels_of(face, (width / size[0], height / size[1])) for face in found]
