"""Notices and messages in the picture: where they are, and what makes room for them."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from live_monitor.labels import COLOURS_BGR
from live_monitor.overlay.renderer import DIMMED, HELP_BGR, NOTICE_BGR, NOTICE_ENLARGED, PLATE_BGR, Status, render
from live_monitor.overlay.text import Rect, Style, reading_side
from live_monitor.overlay.view import View
from live_monitor.types import Box, Detection, Image, Track
from tests.fakes import grey_picture
from tests.overlay.shown import HD, plate, reading, status, status_text

NOTICES = pytest.mark.parametrize("notice", ["Paused", "Signal lost, reconnecting"])
SHAPES = pytest.mark.parametrize("size", [(640, 480), (480, 854), (1280, 720), (1920, 480), (480, 1920), (3840, 2160)])


def place_of(colour: tuple[int, int, int], shown: Image) -> Rect:
    rows, columns = np.nonzero((shown == colour).all(axis=2))
    return Rect(int(columns.min()), int(rows.min()), int(columns.max()) + 1, int(rows.max()) + 1)


def test_a_notice_dims_the_picture() -> None:
    shown = render(grey_picture(200, *HD), [], status(notice="Loading model"))
    np.testing.assert_array_equal(shown[100:600], round(200 * DIMMED))


@NOTICES
@SHAPES
def test_a_notice_is_in_the_middle_of_the_lower_edge(size: tuple[int, int], notice: str) -> None:
    width, height = size
    place = place_of(NOTICE_BGR, render(grey_picture(200, *size), [], status(size, notice=notice)))
    assert (place.x1 + place.x2) / 2 == pytest.approx(width / 2, abs=2)
    assert (place.x1 > 0, place.y2) == (True, height)
    assert place.y2 - place.y1 < 0.08 * reading_side(*size)


@SHAPES
@pytest.mark.parametrize("middle", [0.5, 0.2, 0.8])
def test_a_notice_covers_no_face_if_the_lower_edge_has_room(size: tuple[int, int], middle: float) -> None:
    width, height = size
    half = min(size) / 8
    face = Box(middle * width - half, height - 3 * half, middle * width + half, height)
    shown = render(grey_picture(200, *size), [reading("happy", face)], status(size, notice="Paused"))
    assert not place_of(NOTICE_BGR, shown).overlaps(Rect(*map(round, face)))


def test_a_notice_keeps_its_place_when_a_face_is_left_out() -> None:
    face = Box(500, 500, 780, 720)
    track = Track(4, Detection(face), Detection(face))
    places = [
        place_of(NOTICE_BGR, render(grey_picture(200, *HD), readings, status(notice="Paused"), left_out=left_out))
        for readings, left_out in (([reading("sad", face)], []), ([], [track]))
    ]
    assert places[0] == places[1]


@NOTICES
@SHAPES
def test_a_notice_covers_no_other_text(size: tuple[int, int], notice: str) -> None:
    help_place = place_of(HELP_BGR, render(grey_picture(200, *size), [], status(size), view=View(help=True)))
    message, details = "Face 3 is left out", ("ms: detect 4.0  track 0.1  classify 2.0",) * 3
    view = View(details=True, help=True)
    shown = render(grey_picture(200, *size), [], Status(25.0, size, notice, message, details), view=view)
    place = place_of(NOTICE_BGR, shown)
    message_plate = plate(message, HELP_BGR, Style.for_picture(*size))
    above = shown[help_place.y2 : place.y1]
    assert cv2.matchTemplate(above, message_plate, cv2.TM_SQDIFF).min() < 1, "between the help and the notice"
    expected = plate(status_text(size, "0 faces"), PLATE_BGR, Style.for_picture(*size))
    np.testing.assert_array_equal(shown[: expected.shape[0], : expected.shape[1]], expected)
    whole = plate(notice, NOTICE_BGR, Style.for_picture(*size, NOTICE_ENLARGED))
    np.testing.assert_array_equal(shown[place.y1 : place.y2, place.x1 : place.x2], whole)


def test_a_message_stays_at_the_edge_if_the_notice_is_in_a_corner() -> None:
    face = Box(500, 400, 780, 700)
    shown = [
        render(grey_picture(200, *HD), [reading("sad", face)], Status(25.0, HD, notice, "Marker 1")) for notice in ("Paused", "")
    ]
    assert place_of(NOTICE_BGR, shown[0]).x1 == 0
    assert place_of(HELP_BGR, shown[0]) == place_of(HELP_BGR, shown[1])


@SHAPES
@pytest.mark.parametrize("notice", ["", "Paused"])
@pytest.mark.parametrize("middle", [0.5, 0.2, 0.8])
def test_a_message_covers_no_face_if_the_lower_edge_has_room(size: tuple[int, int], notice: str, middle: float) -> None:
    width, height = size
    half = min(size) / 8
    face = Box(middle * width - half, height - 3 * half, middle * width + half, height)
    shown = render(grey_picture(200, *size), [reading("happy", face)], Status(25.0, size, notice, "Marker 1"))
    assert not place_of(HELP_BGR, shown).overlaps(Rect(*map(round, face)))


def test_a_message_keeps_its_place_when_a_face_is_left_out() -> None:
    face = Box(500, 500, 780, 720)
    track = Track(4, Detection(face), Detection(face))
    places = [
        place_of(
            HELP_BGR, render(grey_picture(200, *HD), readings, Status(25.0, HD, "", "Face 4 is left out"), left_out=left_out)
        )
        for readings, left_out in (([reading("sad", face)], []), ([], [track]))
    ]
    assert places[0] == places[1]
    assert places[0].x1 > 780


def test_a_label_makes_room_for_a_message() -> None:
    faces = Box(540, 400, 740, 535), Box(540, 540, 740, 660)
    readings = [reading(label, face) for label, face in zip(("sad", "happy"), faces, strict=True)]
    shown = render(grey_picture(200, *HD), readings, Status(25.0, HD, "", "Marker 1 at 0:03"))
    assert place_of(HELP_BGR, shown).y1 < 690, "where the label of the lower face would be"
    label = plate("1 happy 82%", COLOURS_BGR["happy"], Style.for_picture(*HD))
    assert cv2.matchTemplate(shown, label, cv2.TM_SQDIFF).min() < 1


def test_a_label_makes_room_for_a_notice() -> None:
    above, below = Box(540, 400, 740, 535), Box(540, 540, 740, 670)
    shown = render(grey_picture(200, *HD), [reading("sad", above), reading("happy", below)], status(notice="Paused"))
    assert place_of(NOTICE_BGR, shown).y1 < 690, "right below the lower face, where its label would be"
    label = plate("1 happy 82%", COLOURS_BGR["happy"], Style.for_picture(*HD))
    assert cv2.matchTemplate(shown, label, cv2.TM_SQDIFF).min() < 1


def test_the_picture_is_not_dimmed_without_a_notice() -> None:
    assert (render(grey_picture(200, *HD), [], status())[600:] == 200).all()


def test_faces_stay_marked_under_a_notice() -> None:
    shown = render(grey_picture(200, *HD), [reading("happy")], status(notice="Signal lost, reconnecting"))
    assert tuple(shown[480, 600].tolist()) == COLOURS_BGR["happy"]
