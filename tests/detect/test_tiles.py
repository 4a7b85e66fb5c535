"""Large pictures, searched in tiles."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest

from live_monitor.detect.facegrid import FaceGrid
from live_monitor.detect.look import TOO_WIDE_PX, look
from live_monitor.detect.tiles import WHOLE_PX, find_in_tiles
from live_monitor.types import Box, Detection, Image
from tests.fakes import FakeFinder, squares

WIDTH, HEIGHT = 1920, 1080
"""Size of a picture that is searched in tiles, as FakeFinder likes 640x480 pixels."""


def boxes(finder: FakeFinder, *faces: Box, width: int = WIDTH, height: int = HEIGHT) -> list[Box]:
    return sorted(face.box for face in find_in_tiles(finder, squares(*faces, width=width, height=height)))


def test_a_picture_that_is_only_a_little_too_large_is_searched_at_once() -> None:
    finder = FakeFinder()
    width, height = 960, int(1.9 * finder.picture_px / 960)
    assert boxes(finder, Box(10, 10, 50, 50), width=width, height=height) == [Box(10, 10, 50, 50)]
    assert finder.pictures == [(width, height)]


@pytest.mark.parametrize(("width", "height"), [(1920, 1080), (3840, 2160), (1000, 4000), (9000, 300)])
def test_all_tiles_have_one_size_that_the_finder_likes(width: int, height: int) -> None:
    finder = FakeFinder()
    boxes(finder, width=width, height=height)
    ((tile_width, tile_height),) = set(finder.pictures)
    assert tile_width * tile_height <= finder.picture_px
    assert len(finder.pictures) * tile_width * tile_height >= width * height


@pytest.mark.parametrize("side", [20, 90, WHOLE_PX - 1])
def test_a_face_that_is_not_too_wide_is_found_whole_and_once_anywhere(side: int) -> None:
    for left in range(0, WIDTH - side, 187):
        top = (7 * left) % (HEIGHT - side)
        face = Box(left, top, left + side, top + side)
        assert boxes(FakeFinder(), face) == [face]


def test_many_faces_are_all_found_where_they_are() -> None:
    faces = [Box(x, y, x + 60, y + 60) for x in range(5, 1800, 90) for y in range(5, 1000, 90)]
    assert boxes(FakeFinder(), *faces) == faces


def test_landmarks_are_in_pixels_of_the_picture_too() -> None:
    (face,) = find_in_tiles(FakeFinder(), squares(Box(1700, 900, 1780, 980), width=WIDTH, height=HEIGHT))
    assert face.landmarks == ((1700, 900),) * 5


def test_a_face_on_a_border_that_two_tiles_place_differently_is_one() -> None:
    class Unsteady(FakeFinder):
        """Shifts everything in every second tile a little to the left."""

        def find(self, picture: Image) -> list[Detection]:
            off = 8 * (len(self.pictures) % 2)
            found = [face.box for face in super().find(picture)]
            return [Detection(Box(x1 - off, y1, x2 - off, y2), 0.9) for x1, y1, x2, y2 in found]

    for left in range(0, WIDTH - 60, 7):
        assert len(boxes(Unsteady(), Box(left, 500, left + 60, 560))) == 1


def test_faces_too_wide_for_tiles_must_be_found_in_a_smaller_copy() -> None:
    assert TOO_WIDE_PX <= WHOLE_PX


@pytest.mark.parametrize(("width", "height"), [(1, 700_000), (700_000, 1), (40_000, 40)])
def test_a_picture_may_have_any_shape(width: int, height: int) -> None:
    assert boxes(FakeFinder(), width=width, height=height) == []


def test_nearly_all_of_very_many_small_faces_are_found(shared_data: Path) -> None:
    video = cv2.VideoCapture(str(shared_data / "videos" / "call_gallery_9.mp4"))
    _, frame = video.read()
    video.release()
    small = np.asarray(cv2.resize(frame, (320, 180), interpolation=cv2.INTER_AREA), np.uint8)
    room = np.tile(small, (12, 12, 1))
    assert len(look(FaceGrid(), room, 3840)) == pytest.approx(9 * 12 * 12, rel=0.01)
