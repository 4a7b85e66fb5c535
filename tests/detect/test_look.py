"""One look at a picture: searched at any size, with the faces in pixels of the original."""

from __future__ import annotations

import math

import numpy as np
import pytest

from live_monitor.detect import tiles
from live_monitor.detect.detector import SMALLEST_COPY, Copy
from live_monitor.detect.look import look
from live_monitor.types import Box, Detection, Image
from tests.fakes import FakeFinder, squares

FACE = Box(400, 200, 560, 360)


class Nearsighted(FakeFinder):
    """Misses faces larger than this many pixels, and so wants a small copy too."""

    copies: tuple[Copy, ...] = (SMALLEST_COPY,)

    def __init__(self, blind_above_px: int = 100) -> None:
        super().__init__(blind_above_px=blind_above_px)


@pytest.mark.parametrize("side_px", [320, 500, 1280, 1600])
def test_faces_are_in_pixels_of_the_original_whatever_size_was_searched(side_px: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tiles, "TILED_FROM", math.inf)
    finder = FakeFinder()
    [face] = look(finder, squares(FACE), side_px)
    assert finder.pictures == [(side_px, round(side_px * 0.75))]
    np.testing.assert_allclose(face.box, FACE, atol=1280 / side_px)
    assert face.landmarks is not None
    np.testing.assert_allclose(face.landmarks[0], FACE[:2], atol=1280 / side_px)


def test_a_picture_much_too_large_for_the_finder_is_searched_in_tiles() -> None:
    finder = FakeFinder()
    [face] = look(finder, squares(FACE), 1600)
    assert len(finder.pictures) > 4
    assert max(width * height for width, height in finder.pictures) <= finder.picture_px
    np.testing.assert_allclose(face.box, FACE, atol=1)


def test_a_picture_of_the_requested_size_is_not_scaled() -> None:
    [face] = look(FakeFinder(), squares(FACE), 1280)
    assert face.box == FACE


def test_the_small_copy_shows_large_faces_and_the_large_picture_small_ones() -> None:
    small = Box(900, 100, 940, 140)
    faces = look(Nearsighted(), squares(FACE, small), 1280)
    assert sorted(round(face.box.width) for face in faces) == [40, 160]


def test_a_medium_face_missed_in_the_large_picture_is_taken_from_the_small_copy() -> None:
    [face] = look(Nearsighted(blind_above_px=80), squares(Box(400, 200, 508, 308)), 1280)
    assert round(face.box.width) == 108


def test_a_face_found_in_both_is_one_face() -> None:
    medium = Box(400, 200, 490, 290)
    assert len(look(Nearsighted(), squares(medium), 1280)) == 1


def test_small_hits_of_the_small_copy_do_not_count() -> None:
    class Deluded(Nearsighted):
        """Sees a face of 10 pixels in every small copy."""

        def find(self, picture: Image) -> list[Detection]:
            found = super().find(picture)
            return found if picture.shape[1] > SMALLEST_COPY.side_px else [*found, Detection(Box(10, 10, 20, 20), 0.9)]

    assert [round(face.box.width) for face in look(Deluded(), squares(FACE), 1280)] == [160]


def test_a_wide_hit_counts_only_if_the_small_copy_shows_it_too() -> None:
    class Dreamer(Nearsighted):
        """Takes the sky of every large picture for a face."""

        def find(self, picture: Image) -> list[Detection]:
            found = super().find(picture)
            return [*found, Detection(Box(600, 10, 900, 300), 0.9)] if picture.shape[1] > SMALLEST_COPY.side_px else found

    assert [round(face.box.width) for face in look(Dreamer(), squares(FACE), 1280)] == [160]


def test_a_small_face_that_only_a_middle_copy_shows_is_found() -> None:
    class Astigmatic(Nearsighted):
        """Sees only pictures of 640 pixels."""

        copies = (SMALLEST_COPY, Copy(640, 0))

        def find(self, picture: Image) -> list[Detection]:
            return super().find(picture) if picture.shape[1] == 640 else []

    [face] = look(Astigmatic(), squares(Box(400, 200, 440, 240)), 1280)
    np.testing.assert_allclose(face.box, (400, 200, 440, 240), atol=2)


@pytest.mark.parametrize(("in_small_copy", "score"), [(0.5, 0.7), (0.4, 0.9), (None, 0.9)])
def test_a_face_found_by_several_passes_gets_the_mean_of_their_scores(in_small_copy: float | None, score: float) -> None:
    class Wavering(Nearsighted):
        """Is surer of a face in a large picture than in a small copy, or does not see it there."""

        def find(self, picture: Image) -> list[Detection]:
            found = super().find(picture)
            if picture.shape[1] > SMALLEST_COPY.side_px:
                return found
            return [Detection(face.box, in_small_copy) for face in found if in_small_copy]

    [face] = look(Wavering(blind_above_px=150), squares(Box(400, 200, 520, 320)), 1280)
    assert face.score == pytest.approx(score)
    assert face.landmarks is not None  # those of the better pass


@pytest.mark.parametrize(("side", "score"), [(60, 0.7), (30, 0.9)])
def test_a_copy_in_which_a_face_is_too_small_does_not_change_its_score(side: int, score: float) -> None:
    class Keen(Nearsighted):
        """Sees one face however small it is, with a lower score in a copy."""

        copies = (Copy(640, 0),)
        picture_px = 1280 * 960

        def find(self, picture: Image) -> list[Detection]:
            scale = picture.shape[1] / 1280
            return [
                Detection(Box(400 * scale, 200 * scale, (400 + side) * scale, (200 + side) * scale), 0.9 if scale == 1 else 0.5)
            ]

    [face] = look(Keen(), squares(), 1280)
    assert face.score == pytest.approx(score)


def test_half_a_face_does_not_get_the_score_of_the_whole_one_beside_it() -> None:
    whole, half = Box(400, 200, 520, 320), Box(350, 200, 450, 320)

    class Squinting(Nearsighted):
        """Sees a face, and faintly half a face beside it; in the small copy only the face, a little to the left."""

        picture_px = 1280 * 960

        def find(self, picture: Image) -> list[Detection]:
            if picture.shape[1] > SMALLEST_COPY.side_px:
                return [Detection(whole, 0.9), Detection(half, 0.2)]
            return [Detection(Box(95, 50, 125, 80), 0.8)]

    faces = look(Squinting(), squares(), 1280)
    assert [face.score for face in faces] == [pytest.approx(0.85), pytest.approx(0.2)]


MIN_COPIED_SIDE_PX = round(1.5 * SMALLEST_COPY.side_px)


@pytest.mark.parametrize(
    ("side_px", "passes"), [(SMALLEST_COPY.side_px, 1), (MIN_COPIED_SIDE_PX - 1, 1), (MIN_COPIED_SIDE_PX, 2)]
)
def test_the_small_copy_is_searched_only_if_the_picture_is_much_larger(side_px: int, passes: int) -> None:
    finder = Nearsighted()
    look(finder, squares(FACE), side_px)
    assert len(finder.pictures) == passes


@pytest.mark.parametrize(("width", "height"), [(1, 1), (2000, 1), (1, 2000)])
def test_a_picture_may_have_any_shape(width: int, height: int) -> None:
    assert look(FakeFinder(), squares(width=width, height=height), 320) == []
