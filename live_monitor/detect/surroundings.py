"""A look only where faces are expected: the surroundings of each, brought to one size, side by side in one small picture.

Its cost depends on how many faces there are, not on how large the frame is or how small the faces are.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from live_monitor.detect.detector import in_pixels_of, overlap, same_face
from live_monitor.scaling import MAX_ENLARGED, resized
from live_monitor.types import Box, Detection, Image


class Scale(NamedTuple):
    """How large surroundings are shown.

    Attributes:
        cell_px: side of each face's surroundings: a multiple of 32, so that networks see all of them on the same grid.
        face_px: longer side of a face in there, unless it would have to be enlarged too much for that.
    """

    cell_px: int
    face_px: int


QUICK = Scale(64, 42)
"""For faces that were there before. With it none of 901 faces of a call was lost, and two of 505 of a crowd, and their boxes were
as near to those found in the whole frame as boxes found at another size of it."""

WIDE = Scale(128, 42)
"""For faces that are lost with QUICK: of 15 frames of a crowd that would have been searched as a whole, eight still were."""

MIN_OVERLAP = 0.3
"""Share of the smaller of two boxes, the expected one and a hit's, that both must cover for the hit to be the expected face."""

_GREY = 128


class _Cell(NamedTuple):
    """One face's surroundings.

    Attributes:
        face: where it is expected.
        x, y, side: the square of the frame around it.
        left, top: where that square goes in the picture of all, `Scale.cell_px` wide and high.
    """

    face: Box
    x: int
    y: int
    side: int
    left: int
    top: int


class Surroundings:
    """The surroundings of faces expected in a frame."""

    def __init__(self, image: Image, faces: Sequence[Box], scale: Scale = QUICK) -> None:
        """Cuts nothing out yet.

        Args:
            image: uint8 (H, W, 3).
            faces: at least one box, in its pixels.
            scale: how large they are shown.
        """
        self._image, self._scale = image, scale
        self._columns, self._rows = _grid(len(faces))
        self._cells = [self._cell(number, face) for number, face in enumerate(faces)]

    def picture(self) -> Image:
        """All surroundings side by side, uint8 (h, w, 3); a place that is left over is grey."""
        px = self._scale.cell_px
        picture = np.full((self._rows * px, self._columns * px, 3), _GREY, np.uint8)
        for _, x, y, side, left, top in self._cells:
            square = self._image[y : y + side, x : x + side]
            picture[top : top + px, left : left + px] = resized(square, px, px)
        return picture

    def found_again(self, hits: Sequence[Detection]) -> list[Detection | None]:
        """What became of each face.

        Args:
            hits: in pixels of `picture`.

        Returns:
            For each face, in the order in which they were given, where it is in the frame; None when its surroundings show no
            face where it was expected, or only one that was already found for another.
        """
        px = self._scale.cell_px
        hits_by_cell: dict[tuple[int, int], list[Detection]] = {}
        for hit in hits:
            x, y = hit.box.centre
            hits_by_cell.setdefault((int(x // px), int(y // px)), []).append(hit)
        found: list[Detection | None] = []
        for cell in self._cells:
            again = self._expected_hit(cell, hits_by_cell.get((cell.left // px, cell.top // px), ()))
            taken = again is not None and any(other is not None and same_face(again, other) for other in found)
            found.append(None if taken else again)
        return found

    def _cell(self, number: int, face: Box) -> _Cell:
        height, width = self._image.shape[:2]
        cell_px, face_px = self._scale
        wanted = cell_px * max(max(face.width, face.height) / face_px, 1 / MAX_ENLARGED)
        side = min(math.ceil(wanted), width, height)
        x, y = (_start(centre, side, whole) for centre, whole in zip(face.centre, (width, height), strict=True))
        row, column = divmod(number, self._columns)
        return _Cell(face, x, y, side, column * cell_px, row * cell_px)

    def _expected_hit(self, cell: _Cell, hits: Sequence[Detection]) -> Detection | None:
        """The one of a cell's hits that overlaps the expected face most, in pixels of the frame; None when none is that face."""
        in_frame = (self._in_frame(cell, hit) for hit in hits)
        best = max(in_frame, key=lambda hit: hit.box.intersection(cell.face), default=None)
        return best if best is not None and overlap(best.box, cell.face) >= MIN_OVERLAP else None

    def _in_frame(self, cell: _Cell, hit: Detection) -> Detection:
        scale = cell.side / self._scale.cell_px
        return in_pixels_of(hit, (scale, scale), (cell.x - cell.left * scale, cell.y - cell.top * scale))


def pixels_around(faces: int) -> int:
    """Width times height of the picture of so many faces' surroundings, as QUICK shows them."""
    columns, rows = _grid(faces)
    return columns * rows * QUICK.cell_px**2


def _grid(faces: int) -> tuple[int, int]:
    """Columns and rows, for at least one face: about as many of each, so that there are few different picture sizes."""
    columns = math.ceil(math.sqrt(faces))
    return columns, math.ceil(faces / columns)


def _start(centre: float, length: int, whole: int) -> int:
    """Where a part of this length around a centre begins, inside the whole."""
    return min(max(0, round(centre - length / 2)), whole - length)
