"""Searching only around the expected faces."""

from __future__ import annotations

import numpy as np
import pytest

from live_monitor.detect.surroundings import QUICK, Surroundings, pixels_around
from live_monitor.scaling import MAX_ENLARGED
from live_monitor.types import Box, Detection, Image
from tests.fakes import FakeFinder, grey_picture, squares

CELL_PX, FACE_PX = QUICK
NEAR, FAR = Box(300, 200, 700, 600), Box(1000, 100, 1042, 142)


def found_again(image: Image, *faces: Box) -> list[Detection | None]:
    around = Surroundings(image, faces)
    return around.found_again(FakeFinder().find(around.picture()))


def boxes(found: list[Detection | None]) -> list[Box | None]:
    return [None if face is None else face.box for face in found]


def moved(box: Box, dx: float, dy: float = 0) -> Box:
    return Box(box.x1 + dx, box.y1 + dy, box.x2 + dx, box.y2 + dy)


def test_all_faces_are_brought_to_the_same_size() -> None:
    picture = Surroundings(squares(NEAR, FAR), [NEAR, FAR]).picture()
    assert picture.shape == (CELL_PX, 2 * CELL_PX, 3)
    sides = [face.box.width for face in FakeFinder().find(picture)]
    assert sides == pytest.approx([FACE_PX, FACE_PX], abs=2)


def test_a_small_face_is_not_enlarged_beyond_the_limit() -> None:
    tiny = Box(100, 100, 116, 116)
    (face,) = FakeFinder().find(Surroundings(squares(tiny), [tiny]).picture())
    assert face.box.width == pytest.approx(16 * MAX_ENLARGED, abs=2)


def test_the_longer_side_of_a_face_is_brought_to_that_size() -> None:
    tall = Box(300, 200, 500, 600)
    (face,) = FakeFinder().find(Surroundings(squares(tall), [tall]).picture())
    assert (face.box.width, face.box.height) == pytest.approx((FACE_PX / 2, FACE_PX), abs=2)


def test_a_face_nearly_as_high_as_the_frame_is_found_where_it_is() -> None:
    face = Box(400, 10, 680, 290)
    (found,) = boxes(found_again(squares(face, height=300), face))
    assert found == pytest.approx(face, abs=7)


def test_faces_and_landmarks_are_in_pixels_of_the_frame() -> None:
    found = found_again(squares(NEAR, FAR), NEAR, FAR)
    for face, box in zip(found, (NEAR, FAR), strict=True):
        assert face is not None
        assert face.landmarks is not None
        pixel = max(1.0, box.width / FACE_PX)
        assert face.box == pytest.approx(box, abs=pixel)
        assert face.landmarks[0] == pytest.approx((box.x1, box.y1), abs=pixel)
        assert face.score == 0.9


def test_a_face_that_moved_is_found_where_it_is_now() -> None:
    now = moved(NEAR, 60, -30)
    (box,) = boxes(found_again(squares(now), NEAR))
    assert box == pytest.approx(now, abs=10)


def test_a_face_that_is_gone_becomes_none_and_the_others_keep_their_order() -> None:
    first, gone, last = boxes(found_again(squares(NEAR, FAR), NEAR, Box(50, 700, 150, 800), FAR))
    assert first == pytest.approx(NEAR, abs=10)
    assert gone is None
    assert last == pytest.approx(FAR, abs=1)


def test_a_neighbour_is_not_mistaken_for_a_face_that_is_gone() -> None:
    gone = Box(300, 300, 400, 400)
    assert found_again(squares(moved(gone, 75, 75)), gone) == [None]


def test_one_face_is_not_found_for_two_expected_ones() -> None:
    found = found_again(squares(NEAR), NEAR, moved(NEAR, 40))
    assert [face is None for face in found] == [False, True]


@pytest.mark.parametrize("corner", [(0, 0), (1180, 0), (0, 860), (1180, 860)])
def test_a_face_at_the_edge_of_the_frame_is_found(corner: tuple[int, int]) -> None:
    box = Box(*corner, corner[0] + 100, corner[1] + 100)
    (found,) = boxes(found_again(squares(box), box))
    assert found == pytest.approx(box, abs=4)


@pytest.mark.parametrize("face", [Box(-60, 20, 40, 120), Box(1240, 900, 1340, 1000), Box(2000, 2000, 2100, 2100)])
def test_a_face_expected_outside_the_frame_is_no_error(face: Box) -> None:
    assert found_again(squares(), face) == [None]


@pytest.mark.parametrize("size", [(1, 1), (1, 700), (700, 3)])
def test_a_frame_may_have_any_shape(size: tuple[int, int]) -> None:
    assert found_again(squares(width=size[0], height=size[1]), Box(0, 0, 30, 30)) == [None]


@pytest.mark.parametrize(
    ("faces", "columns", "rows"), [(1, 1, 1), (2, 2, 1), (3, 2, 2), (4, 2, 2), (5, 3, 2), (9, 3, 3), (10, 4, 3)]
)
def test_the_picture_has_a_cell_for_each_face(faces: int, columns: int, rows: int) -> None:
    picture = Surroundings(grey_picture(0), [Box(0, 0, 20, 20)] * faces).picture()
    assert picture.shape == (rows * CELL_PX, columns * CELL_PX, 3)
    assert pixels_around(faces) == columns * rows * CELL_PX**2


def test_unused_cells_are_grey() -> None:
    picture = Surroundings(squares(), [NEAR] * 3).picture()
    assert np.unique(picture[CELL_PX:, CELL_PX:]).tolist() == [128]
