"""Where labels, notices and messages go."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest

from live_monitor.overlay.layout import place_at_lower_edge, place_near_lower_edge, place_plates
from live_monitor.overlay.text import Rect

PICTURE = (640, 480)
STATUS = Rect(0, 0, 300, 30)
PLATE = (90, 24)
MANY_CROWDS = pytest.mark.parametrize("seed", range(25))


def crowd(seed: int) -> list[Rect]:
    """Up to 40 faces of all sizes, some partly outside the picture."""
    rng = np.random.default_rng(seed)
    numbers = rng.integers((0, 0, 12), (PICTURE[0], PICTURE[1], 100), (int(rng.integers(1, 41)), 3))
    return [Rect(x - reach, y - reach, x + reach, y + reach) for x, y, reach in numbers.tolist()]


def plate_sizes(seed: int, count: int) -> list[tuple[int, int]]:
    sizes = np.random.default_rng(seed + 1000).integers((40, 15), (140, 40), (count, 2))
    return [(width, height) for width, height in sizes.tolist()]


def placed(seed: int) -> list[Rect]:
    faces = crowd(seed)
    return [place for place in place_plates(faces, plate_sizes(seed, len(faces)), [STATUS], PICTURE) if place is not None]


def inside_picture(place: Rect) -> bool:
    return place.x1 >= 0 and place.y1 >= 0 and place.x2 <= PICTURE[0] and place.y2 <= PICTURE[1]


@MANY_CROWDS
def test_every_label_is_inside_the_picture(seed: int) -> None:
    assert all(map(inside_picture, placed(seed)))


@MANY_CROWDS
def test_no_label_overlaps_another(seed: int) -> None:
    assert not any(one.overlaps(other) for one, other in combinations(placed(seed), 2))


@MANY_CROWDS
def test_no_label_overlaps_the_status(seed: int) -> None:
    assert not any(place.overlaps(STATUS) for place in placed(seed))


@MANY_CROWDS
def test_every_label_has_the_size_given_for_its_face(seed: int) -> None:
    faces = crowd(seed)
    sizes = plate_sizes(seed, len(faces))
    places = place_plates(faces, sizes, [STATUS], PICTURE)
    assert all(
        place is None or (place.x2 - place.x1, place.y2 - place.y1) == size for place, size in zip(places, sizes, strict=True)
    )


@MANY_CROWDS
def test_a_single_face_always_gets_a_label(seed: int) -> None:
    for face in crowd(seed):
        [place] = place_plates([face], [PLATE], [STATUS], PICTURE)
        assert place is not None


@MANY_CROWDS
def test_a_label_is_at_most_its_own_height_away_from_its_face(seed: int) -> None:
    faces = crowd(seed)
    places = place_plates(faces, [PLATE] * len(faces), [STATUS], PICTURE)
    for face, place in zip(faces, places, strict=True):
        if place is not None:
            reach = PLATE[1] + 1
            assert place.overlaps(Rect(face.x1 - reach, face.y1 - reach, face.x2 + reach, face.y2 + reach))


def test_a_label_is_right_above_its_face() -> None:
    assert place_plates([Rect(200, 200, 300, 300)], [PLATE], [STATUS], PICTURE) == [Rect(200, 176, 290, 200)]


def test_a_label_without_room_above_is_right_below() -> None:
    assert place_plates([Rect(400, 10, 500, 110)], [PLATE], [Rect(0, 0, 640, 30)], PICTURE) == [Rect(400, 110, 490, 134)]


def test_a_face_that_fills_the_picture_has_its_label_inside() -> None:
    [place] = place_plates([Rect(0, 0, *PICTURE)], [PLATE], [STATUS], PICTURE)
    assert place is not None
    assert inside_picture(place)


def test_two_faces_in_one_place_get_separate_labels() -> None:
    one, other = place_plates([Rect(200, 200, 300, 300)] * 2, [PLATE] * 2, [], PICTURE)
    assert one is not None
    assert other is not None
    assert not one.overlaps(other)


def test_a_label_wider_than_the_picture_is_left_out() -> None:
    assert place_plates([Rect(10, 100, 60, 150)], [(641, 20)], [], PICTURE) == [None]


def test_a_face_without_free_space_around_it_gets_no_label() -> None:
    assert place_plates([Rect(200, 200, 300, 300)], [PLATE], [Rect(0, 0, *PICTURE)], PICTURE) == [None]


def test_a_smaller_plate_is_tried_if_there_is_no_room() -> None:
    faces, tall = [Rect(0, 0, 90, 60), Rect(0, 0, 90, 60)], (90, 60)
    narrow = (90, 150)
    assert place_plates(faces, [tall, tall], [Rect(0, 120, 90, 126)], narrow) == [Rect(0, 60, 90, 120), Rect(0, 0, 90, 60)]
    [place] = place_plates(faces[:1], [tall], [Rect(0, 50, 90, 100)], narrow, [PLATE])
    assert place == Rect(0, 0, 90, 24)
    assert place_plates(faces[:1], [tall], [Rect(0, 50, 90, 100)], narrow) == [None]


def test_no_faces_get_no_labels() -> None:
    assert place_plates([], [], [STATUS], PICTURE) == []


def test_a_plate_covers_no_other_face_if_there_is_room_elsewhere() -> None:
    behind, front = Rect(100, 60, 140, 100), Rect(100, 105, 140, 145)
    [place] = place_plates([front], [(60, 20)], [], (400, 300))
    assert place is not None
    assert place.overlaps(behind)
    _, placed_beside = place_plates([behind, front], [(60, 20), (60, 20)], [], (400, 300))
    assert placed_beside is not None
    assert not placed_beside.overlaps(behind)


def test_a_plate_covers_its_own_face_if_it_must_cover_one() -> None:
    face = Rect(100, 100, 200, 200)
    around = [Rect(0, 0, 400, 95), Rect(0, 205, 400, 300), Rect(0, 0, 95, 300), Rect(205, 0, 400, 300)]
    place, *_ = place_plates([face, *around], [(60, 20)] + [(1, 1)] * 4, [], (400, 300))
    assert place is not None
    assert face.intersection(place) == 60 * 20


@pytest.mark.parametrize(
    ("faces", "left"),
    [
        ([], 220),
        ([Rect(220, 100, 420, 440)], 220),
        ([Rect(400, 300, 500, 480)], 0),
        ([Rect(150, 300, 300, 480)], 440),
        ([Rect(0, 300, 640, 450)], 220),
        ([Rect(0, 300, 640, 450), Rect(0, 300, 600, 480)], 440),
    ],
    ids=["no face", "a face above it", "right of the middle", "left of the middle", "a row of the same", "least on the right"],
)
def test_a_notice_goes_where_it_covers_least_of_the_faces(faces: list[Rect], left: int) -> None:
    assert place_at_lower_edge((200, 40), faces, PICTURE) == Rect(left, 440, left + 200, 480)


def test_a_notice_larger_than_the_picture_begins_at_its_corner() -> None:
    assert place_at_lower_edge((700, 500), [], PICTURE) == Rect(0, 0, 700, 500)


MARGIN = 20
NO_NOTICE = Rect(0, 480, 640, 480)
CORNER, MIDDLE, WIDE = Rect(0, 440, 120, 480), Rect(260, 440, 380, 480), Rect(0, 440, 640, 480)


@pytest.mark.parametrize(
    ("faces", "notice", "corner"),
    [
        ([], NO_NOTICE, (220, 430)),
        ([Rect(220, 100, 420, 435)], NO_NOTICE, (420, 430)),
        ([Rect(400, 300, 640, 480)], NO_NOTICE, (20, 430)),
        ([Rect(0, 300, 640, 480)], NO_NOTICE, (220, 430)),
        ([Rect(220, 300, 420, 480)], CORNER, (420, 430)),
        ([Rect(220, 300, 640, 480)], CORNER, (20, 390)),
        ([], MIDDLE, (220, 390)),
        ([Rect(220, 300, 420, 440)], MIDDLE, (420, 430)),
        ([], WIDE, (220, 390)),
        ([Rect(220, 300, 420, 440)], WIDE, (420, 390)),
    ],
)
def test_a_message_covers_least_of_the_faces_and_no_notice(faces: list[Rect], notice: Rect, corner: tuple[int, int]) -> None:
    place = place_near_lower_edge((200, 30), faces, PICTURE, MARGIN, notice)
    assert place == Rect(*corner, corner[0] + 200, corner[1] + 30)


def test_a_message_larger_than_the_picture_begins_at_its_corner() -> None:
    assert place_near_lower_edge((700, 500), [Rect(0, 0, 90, 90)], PICTURE, MARGIN, WIDE) == Rect(0, 0, 700, 500)
