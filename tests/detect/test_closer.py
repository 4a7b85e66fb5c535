"""A closer look at small hits, with a finder of bright squares that scores them differently in a closer pass."""

from __future__ import annotations

import pytest

from live_monitor.detect.closer import CLOSE, MAX_JUDGED, SMALL_PX, SURE, TINY_PX, look_closer
from live_monitor.detect.detector import Doubts
from live_monitor.detect.look import look
from live_monitor.types import Box, Detection, Image
from tests.fakes import FakeFinder, squares

SCALE = 4.0
"""Pixels of the original picture in one pixel of the picture searched."""

TINY = Box(400, 200, 456, 256)
SMALL = Box(600, 400, 750, 550)
LARGE = Box(700, 600, 900, 800)
CLOSE_PICTURE = (2 * CLOSE.cell_px, CLOSE.cell_px)


class Finder(FakeFinder):
    """Gives one score in closer passes and another everywhere else."""

    smallest_px = 10

    def __init__(self, closer: float, first: float = 0.5) -> None:
        super().__init__()
        self._closer, self._first = closer, first

    def find(self, picture: Image) -> list[Detection]:
        score = self._closer if (picture.shape[1], picture.shape[0]) == CLOSE_PICTURE else self._first
        return [Detection(hit.box, score, hit.landmarks) for hit in super().find(picture)]


def hits(*boxes: Box, score: float = 0.5) -> list[Detection]:
    return [Detection(box, score, ((box.x1, box.y1),) * 5) for box in boxes]


def test_the_boxes_of_this_file_have_the_sizes_that_their_names_say() -> None:
    assert TINY.width / SCALE < TINY_PX <= SMALL.width / SCALE < SMALL_PX <= LARGE.width / SCALE


class OneEyed(Finder):
    """Sees only one half of a closer pass's picture, that of the hit as it is or that of its mirror image."""

    def __init__(self, *, mirrored: bool) -> None:
        super().__init__(0.9)
        self._mirrored = mirrored

    def find(self, picture: Image) -> list[Detection]:
        return [hit for hit in super().find(picture) if (hit.box.centre[0] > CLOSE.cell_px) == self._mirrored]


@pytest.mark.parametrize(("closer", "score"), [(0.9, 0.7667), (0.1, 0.2333)])
def test_a_hit_found_again_as_it_is_and_mirrored_gets_the_mean_score_and_box(closer: float, score: float) -> None:
    first = Box(406, 206, 462, 262)
    [face] = look_closer(Finder(closer), squares(TINY), hits(first), SCALE)
    assert face.score == pytest.approx(score, abs=1e-4)
    assert face.box == pytest.approx(Box(402, 202, 458, 258), abs=1)
    assert face.landmarks is not None
    assert face.landmarks[0] == pytest.approx((400, 200), abs=1.5)


@pytest.mark.parametrize("mirrored", [False, True])
def test_a_pass_that_does_not_see_the_hit_counts_as_0(*, mirrored: bool) -> None:
    [face] = look_closer(OneEyed(mirrored=mirrored), squares(TINY), hits(TINY), SCALE)
    assert face.score == pytest.approx((0.5 + 0.9 + 0) / 3)
    assert face.box == pytest.approx(TINY, abs=1)


def test_landmarks_found_in_the_mirror_image_are_mirrored_back() -> None:
    [face] = look_closer(OneEyed(mirrored=True), squares(TINY), hits(TINY), SCALE)
    assert face.landmarks is not None
    assert face.landmarks[0] == pytest.approx((TINY.x2, TINY.y1), abs=1.5)  # the finder puts them at the upper left corner


def test_a_hit_is_cut_out_of_the_original_picture_and_enlarged() -> None:
    class Watching(Finder):
        def find(self, picture: Image) -> list[Detection]:
            found = super().find(picture)
            self.widths = [hit.box.width for hit in found]
            return found

    finder = Watching(0.9)
    look_closer(finder, squares(TINY), hits(TINY), SCALE)
    assert finder.pictures == [CLOSE_PICTURE]
    assert finder.widths == pytest.approx([CLOSE.face_px] * 2, abs=1)


def test_a_large_hit_gets_no_closer_look() -> None:
    finder = Finder(0.1)
    assert look_closer(finder, squares(LARGE), hits(LARGE), SCALE) == hits(LARGE)
    assert finder.pictures == []


@pytest.mark.parametrize(("box", "score", "again"), [(SMALL, 0.7, True), (SMALL, SURE, False), (TINY, SURE, True)])
def test_a_sure_hit_gets_a_closer_look_only_if_it_is_tiny(box: Box, score: float, *, again: bool) -> None:
    finder = Finder(0.9)
    look_closer(finder, squares(box), hits(box, score=score), SCALE)
    assert bool(finder.pictures) == again


def test_a_hit_not_found_again_keeps_a_third_of_its_score() -> None:
    [face] = look_closer(Finder(0.9), squares(), hits(TINY), SCALE)
    assert face.box == TINY
    assert face.score == pytest.approx(0.5 / 3)


def test_each_of_many_hits_is_judged_by_its_own_closer_look() -> None:
    boxes = [Box(x, y, x + 40, y + 40) for y in range(100, 900, 200) for x in range(100, 1200, 200)]
    shown = boxes[::2]
    faces = look_closer(Finder(0.9), squares(*shown), hits(*boxes), SCALE)
    assert sorted(face.box for face in faces if (face.score or 0) > 0.6) == [pytest.approx(box, abs=1) for box in sorted(shown)]
    assert len(faces) == len(boxes)


def test_tiny_hits_beyond_the_limit_count_as_not_found_again() -> None:
    boxes = [Box(x, y, x + 10, y + 10) for y in range(0, 300, 20) for x in range(0, 300, 20)]
    best = Box(600, 600, 610, 610)
    finder = Finder(0.9)
    faces = look_closer(finder, squares(best), [*hits(*boxes, score=0.4), *hits(best)], 1.0)
    assert len(finder.pictures) == MAX_JUDGED
    assert sorted({face.score or 0.0 for face in faces}) == [pytest.approx(0.4 / 3), pytest.approx(0.7667, abs=1e-4)]


def test_other_hits_beyond_the_limit_keep_their_score() -> None:
    boxes = [Box(x, y, x + 20, y + 20) for y in range(0, 900, 40) for x in range(0, 1200, 40)]
    faces = look_closer(Finder(0.9), squares(), hits(*boxes, score=0.4), 1.0)
    assert len(faces) == len(boxes)
    assert sum(face.score == pytest.approx(0.4) for face in faces) == len(boxes) - MAX_JUDGED


def test_two_hits_that_turn_out_to_be_one_face_are_merged() -> None:
    faces = look_closer(Finder(0.9), squares(TINY), hits(TINY, Box(410, 205, 466, 261)), SCALE)
    assert len(faces) == 1


def test_a_hit_is_reported_only_if_its_score_suffices_after_the_closer_look() -> None:
    class Doubting(Finder):
        @property
        def doubts(self) -> Doubts:
            return Doubts(self, 0.6)

    assert [face.score for face in look(Doubting(0.9), squares(TINY), 320)] == [pytest.approx(0.7667, abs=1e-4)]
    assert look(Doubting(0.6), squares(TINY), 320) == []


def test_a_finder_without_doubts_searches_once() -> None:
    finder = Finder(0.9)
    assert [face.score for face in look(finder, squares(TINY), 320)] == [0.5]
    assert len(finder.pictures) == 1
