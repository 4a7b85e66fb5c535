"""Searches a picture that is too large to be searched at once, in overlapping tiles: for distant faces in a large room.

A network's memory, and the most faces that it can report, are then those of one tile, however large the picture is.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator
from typing import NamedTuple

from live_monitor.detect.detector import FaceFinder, in_pixels_of, merge_overlapping
from live_monitor.types import Detection, Image

WHOLE_PX = 200
"""A face narrower than this is whole in each tile that reports it."""

SLACK_PX = 16
"""Two tiles may place the middle of a face this far apart, so both report a face on their border."""

OVERLAP_PX = WHOLE_PX + 2 * SLACK_PX
"""How much of a side two neighbouring tiles share."""

TILED_FROM = 2.0
"""A picture with this many times a finder's own number of pixels, or more, is cut into tiles of at most that number."""

MAX_TILES = 16
"""In a row or a column."""

_UNMOVED = (1.0, 1.0)


class _Tile(NamedTuple):
    """A part of a picture's side: where it begins and ends, and between which points it answers for the faces."""

    start: int
    end: int
    own_from: float
    own_to: float


def find_in_tiles(finder: FaceFinder, picture: Image) -> list[Detection]:
    """Faces of uint8 (H, W, 3) BGR, in its pixels, any order, none twice."""
    height, width = picture.shape[:2]
    if width * height < TILED_FROM * finder.picture_px:
        return finder.find(picture)
    found: list[Detection] = []
    columns, rows = _grid(width, height, finder.picture_px)
    for top, bottom, own_top, own_bottom in _tiles(height, rows):
        for left, right, own_left, own_right in _tiles(width, columns):
            for face in finder.find(picture[top:bottom, left:right]):
                there = in_pixels_of(face, _UNMOVED, (left, top))
                x, y = there.box.centre
                # Otherwise the tile's edge may cut it, and the tile next to this one sees it whole.
                if own_left < x < own_right and own_top < y < own_bottom:
                    found.append(there)
    return merge_overlapping(found)


def _grid(width: int, height: int, most_px: int) -> tuple[int, int]:
    """The fewest columns and rows of tiles that have at most so many pixels each."""

    def cost(grid: tuple[int, int]) -> tuple[bool, int, int]:
        tile_px = _length(width, grid[0]) * _length(height, grid[1])
        return tile_px > most_px, grid[0] * grid[1], tile_px

    return min(((columns, rows) for columns in range(1, MAX_TILES + 1) for rows in range(1, MAX_TILES + 1)), key=cost)


def _length(whole: int, parts: int) -> int:
    return min(whole, math.ceil((whole + (parts - 1) * OVERLAP_PX) / parts))


def _tiles(whole: int, parts: int) -> Iterator[_Tile]:
    """This many tiles of one length, evenly over a side; the border between two is the middle of what they share."""
    length = _length(whole, parts)
    starts = [round(part * (whole - length) / max(1, parts - 1)) for part in range(parts)]
    between = [(before + length + after) / 2 for before, after in itertools.pairwise(starts)]
    borders = itertools.pairwise([-math.inf, *between, math.inf])
    for start, (own_from, own_to) in zip(starts, borders, strict=True):
        yield _Tile(start, start + length, own_from - SLACK_PX, own_to + SLACK_PX)
