"""Where faces are looked for, and at which size: as small as they allow, and now and then at full size."""

from __future__ import annotations

import logging
import math
from itertools import pairwise

import numpy as np
import pytest

from live_monitor.detect import tiles
from live_monitor.detect.detector import SMALLEST_COPY, Expected
from live_monitor.detect.size_to_fit import (
    CALM_FULL_LOOK_EVERY_S,
    EVERYWHERE_EVERY_S,
    FULL_LOOK_EVERY_S,
    LOST_ENLARGES,
    NEWCOMER_S,
    SEARCH_AGAIN_S,
    SizeToFit,
)
from live_monitor.detect.surroundings import QUICK, WIDE
from live_monitor.scaling import MAX_ENLARGED
from live_monitor.types import Box, Detection, Image
from tests.fakes import FakeFinder, frame_of, squares

FULL_PX = 640
"""Longest side at which a 4:3 picture is searched at full size, with FakeFinder's picture_px."""

NEAR = Box(300, 200, 700, 600)
MIDDLE = Box(800, 300, 860, 360)
ANOTHER = Box(850, 500, 1050, 700)
A_LITTLE_NEARER = Box(797, 297, 863, 363)
FAR = Box(1000, 100, 1042, 142)


class Watch:
    """A detector that is shown one picture after another, and expects the faces of the one before."""

    def __init__(self, finder: FakeFinder | None = None, min_face: int | None = None) -> None:
        self.finder = finder or FakeFinder()
        self.detector = SizeToFit(self.finder)
        self.detector.set_min_face(min_face, smaller_too=False)
        self._frames = 0
        self.expected: list[Expected] | None = None
        self.everywhere: list[bool] = []
        """Whether each frame was searched as a whole."""
        self.first_sides: list[int] = []
        """Longest side of the first picture searched for each frame; 0 if there was none."""

    def show(self, image: Image, at_s: float) -> list[Detection]:
        self._frames += 1
        looks = len(self.finder.pictures)
        faces, everywhere = self.detector.detect(frame_of(image, self._frames, at_s), self.expected)
        self.expected = [Expected(face.box, known=True) for face in faces]
        self.everywhere.append(everywhere)
        self.first_sides.append(max(self.sides[looks:][:1], default=0))
        return faces

    @property
    def sides(self) -> list[int]:
        """Longest side of every picture searched."""
        return [max(size) for size in self.finder.pictures]


def test_the_first_frame_is_searched_at_full_size() -> None:
    watch = Watch()
    watch.show(squares(NEAR), 0)
    assert watch.first_sides == [FULL_PX]


def test_large_faces_are_then_searched_in_a_small_picture() -> None:
    watch = Watch()
    for number in range(5):
        assert len(watch.show(squares(NEAR), number * EVERYWHERE_EVERY_S)) == 1
    assert watch.first_sides[1:] == [SMALLEST_COPY.side_px] * 4


def test_the_smallest_face_sets_the_size_and_is_still_found() -> None:
    watch = Watch()
    for number in range(5):
        assert len(watch.show(squares(NEAR, MIDDLE), number * EVERYWHERE_EVERY_S)) == 2
    [fitted] = set(watch.first_sides[1:])
    assert SMALLEST_COPY.side_px < fitted < FULL_PX
    assert 60 * fitted / 1280 == pytest.approx(FakeFinder.smallest_px, rel=0.08)


def test_a_small_newcomer_is_found_by_the_next_search_at_full_size_and_kept() -> None:
    watch = Watch()
    for number in range(10):
        watch.show(squares(NEAR), number * 0.04)
    found = [len(watch.show(squares(NEAR, FAR), 0.4 + number * 0.04)) for number in range(100)]
    first = found.index(2)
    assert 0.4 + first * 0.04 <= CALM_FULL_LOOK_EVERY_S
    assert found[first:] == [2] * (100 - first)


def test_after_a_cut_a_small_face_is_found_at_once() -> None:
    watch = Watch()
    for number in range(10):
        watch.show(squares(NEAR), number * 0.04)
    watch.expected = None
    assert len(watch.show(squares(ANOTHER, FAR), 0.4)) == 2


def test_many_cuts_are_searched_at_full_size_at_most_twice_a_second() -> None:
    watch = Watch()
    for number in range(20):
        watch.expected = None
        watch.show(squares(NEAR), number * 0.05)
    assert [number for number, side in enumerate(watch.first_sides) if side == FULL_PX] == [0, 1, 11]


def test_only_a_changed_smallest_face_brings_a_search_at_full_size() -> None:
    watch = Watch()
    for number in range(3):
        watch.show(squares(NEAR), number * EVERYWHERE_EVERY_S)
    watch.detector.set_min_face(None, smaller_too=False)
    watch.show(squares(NEAR), 3 * EVERYWHERE_EVERY_S)
    watch.detector.set_min_face(FakeFinder.smallest_px, smaller_too=False)
    watch.show(squares(NEAR), 4 * EVERYWHERE_EVERY_S)
    assert [side > SMALLEST_COPY.side_px for side in watch.first_sides[2:]] == [False, False, True]


def test_searches_at_full_size_become_rarer_if_they_find_no_newcomer() -> None:
    watch = Watch()
    for number in range(250):
        watch.show(squares(NEAR), number * 0.04)
    full = [index * 0.04 for index, side in enumerate(watch.first_sides) if side == FULL_PX]
    assert full[1] == pytest.approx(FULL_LOOK_EVERY_S, abs=0.05)
    assert [later - earlier for earlier, later in pairwise(full[1:])] == pytest.approx(
        [CALM_FULL_LOOK_EVERY_S] * (len(full) - 2), abs=0.05
    )


def test_searches_at_full_size_keep_their_schedule_even_if_frames_are_late() -> None:
    watch = Watch()
    times_s = [number * 0.45 for number in range(18)]
    for at_s in times_s:
        watch.show(squares(NEAR), at_s)
    full = [at_s for at_s, side in zip(times_s, watch.first_sides, strict=True) if side == FULL_PX]
    due = [0.0] + [FULL_LOOK_EVERY_S + number * CALM_FULL_LOOK_EVERY_S for number in range(4)]
    assert full == [next(at_s for at_s in times_s if at_s >= due_s) for due_s in due]


class Distrustful(FakeFinder):
    """Misses all faces in pictures smaller than `likes_px`, even faces that are large enough."""

    def __init__(self, likes_px: int) -> None:
        super().__init__()
        self.likes_px = likes_px

    def find(self, picture: Image) -> list[Detection]:
        found = super().find(picture)
        return found if max(picture.shape[:2]) >= self.likes_px else []


def test_a_face_missed_in_the_small_picture_is_found_at_once_in_the_large_one() -> None:
    watch = Watch(Distrustful(likes_px=int(SMALLEST_COPY.side_px * 1.2)))
    assert [len(watch.show(squares(NEAR), number * SEARCH_AGAIN_S)) for number in range(20)] == [1] * 20


def test_a_size_that_misses_a_face_is_not_used_again() -> None:
    watch = Watch(Distrustful(likes_px=int(SMALLEST_COPY.side_px * 1.2)))
    for number in range(8):
        watch.show(squares(NEAR), number * 0.04)
    assert watch.sides[:2] == [FULL_PX, SMALLEST_COPY.side_px]
    assert set(watch.sides[2:]) - {QUICK.cell_px, WIDE.cell_px} == {LOST_ENLARGES * SMALLEST_COPY.side_px}


def test_a_face_that_comes_and_goes_is_not_searched_at_full_size_every_time() -> None:
    watch = Watch()
    for number in range(25):
        watch.show(squares(NEAR) if number % 2 == 0 else squares(), number * 0.04)
    assert watch.sides.count(FULL_PX) <= 1 + FULL_LOOK_EVERY_S / SEARCH_AGAIN_S


def test_a_face_that_comes_a_little_nearer_does_not_change_the_size() -> None:
    watch = Watch()
    for number in range(20):
        watch.show(squares(MIDDLE if number < 5 else A_LITTLE_NEARER), number * EVERYWHERE_EVERY_S)
    assert len(set(watch.sides) - {FULL_PX}) == 1


def test_a_face_that_has_left_is_looked_for_only_once() -> None:
    watch = Watch()
    for number in range(5):
        watch.show(squares(NEAR), number * 0.04)
    watch.finder.pictures.clear()
    for number in range(5, 15):
        watch.show(squares(), number * 0.04)
    assert watch.sides.count(FULL_PX) == 1


def test_the_picture_becomes_smaller_again_when_the_small_face_is_gone() -> None:
    watch = Watch()
    watch.show(squares(NEAR, MIDDLE), 0)
    watch.show(squares(NEAR), 0.5)
    assert watch.sides[-1] > SMALLEST_COPY.side_px
    watch.show(squares(NEAR), CALM_FULL_LOOK_EVERY_S + 0.1)
    watch.show(squares(NEAR), CALM_FULL_LOOK_EVERY_S + 0.2)
    assert watch.sides[-1] == SMALLEST_COPY.side_px


def test_a_small_face_seen_only_once_does_not_keep_the_picture_large() -> None:
    watch = Watch()
    watch.show(squares(NEAR, FAR), 0)
    for number in range(1, 5):
        watch.show(squares(NEAR), number * EVERYWHERE_EVERY_S)
    decided_at = 1 + round(NEWCOMER_S / EVERYWHERE_EVERY_S)
    assert min(watch.first_sides[:decided_at]) > SMALLEST_COPY.side_px
    assert set(watch.first_sides[decided_at:]) == {SMALLEST_COPY.side_px}


@pytest.mark.parametrize("fps", [10, 5])
def test_the_size_is_the_same_at_any_frame_rate(fps: int) -> None:
    """A face that comes nearer is measured in the same frames, and those in between make no difference."""

    def sides(fps: int) -> dict[float, int]:
        watch = Watch()
        for number in range(6 * fps):
            at_s = number / fps
            far_px = 42 + 20 * at_s
            watch.show(squares(NEAR, Box(1000, 100, 1000 + far_px, 100 + far_px)), at_s)
        return {round(number / fps, 3): side for number, side in enumerate(watch.first_sides)}

    all_frames, some_frames = sides(30), sides(fps)
    assert some_frames == {at_s: all_frames[at_s] for at_s in some_frames}
    assert len(set(some_frames.values())) > 2


def test_faces_smaller_than_min_face_are_left_out() -> None:
    watch = Watch(min_face=50)
    just_too_small = Box(1000, 100, 1048, 148)
    assert [round(face.box.width) for face in watch.show(squares(NEAR, just_too_small), 0)] == [400]


def test_smaller_faces_are_found_too_if_they_must_be_hidden() -> None:
    watch = Watch()
    watch.detector.set_min_face(200, smaller_too=True)
    small = Box(1000, 100, 1060, 160)
    assert sorted(round(face.box.width) for face in watch.show(squares(NEAR, small), 0)) == [60, 400]
    assert watch.first_sides == [FULL_PX]


def test_a_small_min_face_holds_even_if_smaller_faces_must_be_hidden(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tiles, "TILED_FROM", math.inf)
    watch = Watch()
    watch.detector.set_min_face(20, smaller_too=True)
    watch.show(squares(NEAR), 0)
    assert watch.first_sides == [1280]


def test_the_longer_side_of_a_face_counts_as_its_size() -> None:
    upright, lying, small = Box(300, 200, 348, 260), Box(600, 200, 660, 248), Box(900, 200, 948, 248)
    watch = Watch(min_face=50)
    found = sorted(face.box for face in watch.show(squares(upright, lying, small), 0))
    np.testing.assert_allclose(found, [upright, lying], atol=3)


@pytest.mark.parametrize(("min_face", "side_px"), [(40, 640), (20, 1280), (80, 320), (1, 1280)])
def test_min_face_sets_the_full_size(min_face: int, side_px: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tiles, "TILED_FROM", math.inf)
    watch = Watch(min_face=min_face)
    watch.show(squares(NEAR), 0)
    assert watch.first_sides == [side_px]


def test_a_small_picture_is_enlarged_for_very_small_faces() -> None:
    watch = Watch(min_face=1)
    watch.show(squares(width=320, height=240), 0)
    assert watch.first_sides == [round(320 * MAX_ENLARGED)]


@pytest.mark.parametrize(
    ("width", "height", "side_px"), [(640, 480, 640), (3840, 2880, 640), (320, 240, 512), (1920, 1080, 739), (1080, 1920, 739)]
)
def test_the_default_full_size_has_about_as_many_pixels_for_any_picture(width: int, height: int, side_px: int) -> None:
    watch = Watch()
    watch.show(squares(width=width, height=height), 0)
    assert watch.first_sides == [side_px]


@pytest.mark.parametrize("size", [(1, 1), (1, 700), (2000, 1)])
def test_a_picture_may_have_any_shape(size: tuple[int, int]) -> None:
    watch = Watch()
    assert watch.show(squares(width=size[0], height=size[1]), 0) == []
    assert watch.show(squares(width=size[0], height=size[1]), 0.1) == []


def test_a_single_picture_is_always_searched_at_full_size() -> None:
    finder = FakeFinder()
    detector = SizeToFit(finder)
    for _ in range(3):
        assert len(detector.look_once(squares(NEAR, FAR))) == 2
    assert {max(size) for size in finder.pictures} == {FULL_PX}


def test_a_change_of_size_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "live_monitor")
    watch = Watch()
    for number in range(10):
        watch.show(squares(NEAR), number * 0.04)
    assert caplog.messages == [f"fake: looks for faces in pictures with a longest side of {SMALLEST_COPY.side_px} pixels"]


class TestBetweenSearchesOfTheWholeFrame:
    def test_only_the_surroundings_of_faces_are_searched(self) -> None:
        watch = Watch()
        counts = [len(watch.show(squares(NEAR, MIDDLE), number * 0.04)) for number in range(25)]
        assert counts == [2] * 25
        assert [number for number, everywhere in enumerate(watch.everywhere) if everywhere] == [0, 5, 10, 15, 20]
        between = [side for side, everywhere in zip(watch.first_sides, watch.everywhere, strict=True) if not everywhere]
        assert set(between) == {2 * QUICK.cell_px}

    def test_a_face_that_moves_is_followed(self) -> None:
        watch = Watch()
        for number in range(5):
            (face,) = watch.show(squares(now := Box(800 + 8 * number, 300, 860 + 8 * number, 360)), number * 0.04)
            assert face.box == pytest.approx(now, abs=3)

    def test_a_newcomer_is_found_by_the_next_search_of_the_whole_frame(self) -> None:
        watch = Watch()
        counts = [len(watch.show(squares(*[NEAR, ANOTHER][: 1 + (number > 1)]), number * 0.04)) for number in range(7)]
        assert counts == [1, 1, 1, 1, 1, 2, 2]

    def test_the_whole_frame_is_searched_at_once_for_a_face_that_is_lost(self) -> None:
        watch = Watch()
        watch.show(squares(NEAR), 0)
        watch.show(squares(NEAR), 0.04)
        (face,) = watch.show(squares(ANOTHER), 0.08)
        assert face.box == pytest.approx(ANOTHER, abs=4)
        assert watch.everywhere == [True, False, True]

    def test_a_face_lost_in_close_surroundings_is_looked_for_in_wide_ones_first(self) -> None:
        watch = Watch(Distrustful(likes_px=WIDE.cell_px))
        counts = [len(watch.show(squares(NEAR), number * 0.04)) for number in range(3)]
        assert counts == [1, 1, 1]
        assert watch.everywhere == [True, False, False]

    def test_another_face_in_the_wide_surroundings_is_not_taken_for_the_lost_one(self) -> None:
        behind, in_front = Box(800, 300, 900, 400), Box(860, 300, 960, 400)
        watch = Watch()
        watch.show(squares(in_front), 0)
        watch.expected = [Expected(in_front, known=True), Expected(behind, known=True)]
        watch.show(squares(in_front), 0.04)
        assert watch.everywhere == [True, True]

    def test_the_whole_frame_is_not_searched_for_a_face_that_is_not_known(self) -> None:
        watch = Watch()
        watch.show(squares(NEAR), 0)
        watch.expected = [Expected(NEAR, known=True), Expected(MIDDLE, known=False)]
        assert len(watch.show(squares(NEAR), 0.04)) == 1
        assert watch.everywhere == [True, False]

    def test_nothing_is_searched_if_no_face_is_expected(self) -> None:
        watch = Watch()
        for number in range(11):
            assert watch.show(squares(), number * 0.04) == []
        assert [number for number, side in enumerate(watch.first_sides) if side] == [0, 5, 10]

    def test_a_size_chosen_for_a_newcomer_is_decided_again_when_due(self) -> None:
        watch = Watch()
        for at_s in (0.13, 0.2, 0.4, 0.13 + NEWCOMER_S, 0.57):
            watch.show(squares(NEAR), at_s)
        assert watch.everywhere == [True, True, True, True, False]

    def test_a_frame_about_which_nothing_is_known_is_searched_as_a_whole(self) -> None:
        watch = Watch()
        watch.show(squares(NEAR), 0)
        watch.expected = None
        assert len(watch.show(squares(ANOTHER), 0.04)) == 1
        assert watch.everywhere == [True, True]

    def test_the_whole_frame_is_searched_if_there_are_very_many_faces(self) -> None:
        crowd = [Box(x, y, x + 70, y + 70) for x in range(0, 1280, 160) for y in range(0, 960, 160)]
        watch = Watch()
        assert len(watch.show(squares(*crowd), 0)) == len(crowd)
        assert len(watch.show(squares(*crowd), 0.04)) == len(crowd)
        assert watch.everywhere == [True, True]

    def test_faces_that_become_smaller_than_min_face_are_left_out(self) -> None:
        watch = Watch(min_face=60)
        watch.show(squares(Box(800, 300, 870, 370)), 0)
        watch.show(squares(Box(800, 300, 850, 350)), 0.04)
        assert watch.expected == []
