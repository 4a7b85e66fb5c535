"""The picture as the window shows it, checked pixel by pixel."""

from __future__ import annotations

import dataclasses

import cv2
import numpy as np
import pytest

from live_monitor.detect.zones import Zone
from live_monitor.labels import COLOURS_BGR, LABELS, UNSURE_BGR
from live_monitor.overlay import renderer
from live_monitor.overlay.canvas import SMALLEST_SIDE_PX
from live_monitor.overlay.faces import BARS_BGR
from live_monitor.overlay.keys import KEYS
from live_monitor.overlay.renderer import HELP_BGR, PLATE_BGR, Status, render
from live_monitor.overlay.text import Style, plate_size
from live_monitor.overlay.view import View
from live_monitor.types import Box, Detection, Image, Track
from tests.fakes import grey_picture, reading_of
from tests.overlay.shown import FACE, HD, plate, reading, status, status_text

SIZES_480P_TO_4K = pytest.mark.parametrize(
    "size", [(640, 480), (480, 854), (1280, 720), (1920, 1080), (3840, 2160)], ids=lambda size: f"{size[0]}x{size[1]}"
)
MIN_TEXT_PX = 8
MIN_TEXT_OF_SHORT_SIDE = 0.015


def noise(width: int, height: int) -> Image:
    return np.random.default_rng(7).integers(0, 256, (height, width, 3), dtype=np.uint8)


def test_the_original_picture_is_unchanged() -> None:
    image = noise(*HD)
    before = image.copy()
    render(image, [reading("happy")], status(notice="Signal lost"))
    np.testing.assert_array_equal(image, before)


@pytest.mark.parametrize("size", [HD, (64, 48)])
def test_a_read_only_picture_can_be_drawn_from(size: tuple[int, int]) -> None:
    image = grey_picture(90, *size)
    image.flags.writeable = False
    assert render(image, [], status(size)).flags.writeable


def test_drawing_the_same_twice_gives_the_same_picture() -> None:
    image, readings = noise(*HD), [reading("sad")]
    np.testing.assert_array_equal(render(image, readings, status()), render(image, readings, status()))


def test_only_the_status_is_drawn_without_faces() -> None:
    image = noise(*HD)
    shown = render(image, [], status())
    width, height = plate_size(status_text(HD, "0 faces"), Style.for_picture(*HD))
    shown[:height, :width] = image[:height, :width]
    np.testing.assert_array_equal(shown, image)


@pytest.mark.parametrize("label", LABELS)
def test_a_face_has_a_box_in_the_colour_of_its_emotion(label: str) -> None:
    shown = render(grey_picture(90, *HD), [reading(label)], status())
    middle_x, middle_y = 700, 400
    for x, y in ((600, middle_y), (799, middle_y), (middle_x, 300), (middle_x, 499)):
        assert tuple(shown[y, x].tolist()) == COLOURS_BGR[label]


def test_the_face_inside_its_box_is_unchanged() -> None:
    image = noise(*HD)
    shown = render(image, [reading("fear")], status())
    np.testing.assert_array_equal(shown[310:490, 610:790], image[310:490, 610:790])


@SIZES_480P_TO_4K
def test_the_status_shows_rate_size_faces_and_that_analysis_is_on(size: tuple[int, int]) -> None:
    expected = plate(status_text(size, "0 faces"), PLATE_BGR, Style.for_picture(*size))
    shown = render(grey_picture(90, *size), [], status(size))
    np.testing.assert_array_equal(shown[: expected.shape[0], : expected.shape[1]], expected)


def test_the_status_shows_how_many_faces_are_readable() -> None:
    expected = plate(status_text(HD, "readable 1 of 1"), PLATE_BGR, Style.for_picture(*HD))
    shown = render(grey_picture(90, *HD), [reading("sad")], status())
    np.testing.assert_array_equal(shown[: expected.shape[0], : expected.shape[1]], expected)


def test_a_face_hidden_for_a_moment_does_not_count_as_readable() -> None:
    hidden = reading_of(np.eye(7, dtype=np.float32)[3], Box(200, 300, 400, 500), coasting=True)
    expected = plate(status_text(HD, "readable 1 of 2"), PLATE_BGR, Style.for_picture(*HD))
    shown = render(grey_picture(90, *HD), [reading("sad"), hidden], status())
    np.testing.assert_array_equal(shown[: expected.shape[0], : expected.shape[1]], expected)


@pytest.mark.parametrize("label", LABELS)
def test_the_label_and_its_probability_are_above_the_face(label: str) -> None:
    expected = plate(f"1 {label} 82%", COLOURS_BGR[label], Style.for_picture(*HD))
    height, width = expected.shape[:2]
    shown = render(grey_picture(90, *HD), [reading(label)], status())
    np.testing.assert_array_equal(shown[300 - height : 300, 600 : 600 + width], expected)


def test_the_percentage_is_the_averaged_probability_of_the_label() -> None:
    last = reading("happy", confidence=0.9)
    averaged = np.array([0.0, 0.0, 0.0, 0.4, 0.45, 0.0, 0.15], np.float32)
    expected = plate("1 happy 40%", COLOURS_BGR["happy"], Style.for_picture(*HD))
    height, width = expected.shape[:2]
    shown = render(grey_picture(90, *HD), [dataclasses.replace(last, smoothed=averaged)], status())
    np.testing.assert_array_equal(shown[300 - height : 300, 600 : 600 + width], expected)


def test_the_label_of_a_face_right_under_the_status_moves_below_the_face() -> None:
    expected = plate("1 happy 82%", COLOURS_BGR["happy"], Style.for_picture(*HD))
    height, width = expected.shape[:2]
    shown = render(grey_picture(90, *HD), [reading("happy", Box(50, 4, 200, 154))], status())
    np.testing.assert_array_equal(shown[154 : 154 + height, 50 : 50 + width], expected)


@SIZES_480P_TO_4K
def test_text_is_large_enough_to_read(size: tuple[int, int]) -> None:
    shown = render(grey_picture(90, *size), [], status(size))
    width, height = plate_size(status_text(size, "0 faces"), Style.for_picture(*size))
    text_rows = (shown[:height, :width].max(axis=2) > 200).any(axis=1)
    assert text_rows.sum() >= max(MIN_TEXT_PX, MIN_TEXT_OF_SHORT_SIDE * min(size))


@SIZES_480P_TO_4K
def test_the_status_fits_the_picture(size: tuple[int, int]) -> None:
    width, height = plate_size(status_text(size, "readable 29 of 29"), Style.for_picture(*size))
    assert width <= size[0]
    assert height <= size[1] / 10


@pytest.mark.parametrize(
    ("facts", "edge"),
    [
        (Status(25.0, (720, 1280), outputs="recording ended, log ended"), np.s_[:60, -4:]),
        (Status(25.0, (720, 1280), message=f"No snapshot: {'/home' * 9} cannot be written: No space left"), np.s_[-120:, -4:]),
    ],
    ids=["status", "message"],
)
def test_text_wider_than_the_picture_is_made_smaller(facts: Status, edge: tuple[slice, slice]) -> None:
    text = facts.message or f"{status_text((720, 1280), '0 faces')}, {facts.outputs}"
    assert plate_size(text, Style.for_picture(720, 1280))[0] > 720
    shown = render(grey_picture(90, 720, 1280), [], facts)
    assert shown.max() > 200
    assert shown[edge].max() <= 90, "its last letter ends before the edge"


@SIZES_480P_TO_4K
def test_a_picture_that_is_large_enough_keeps_its_size(size: tuple[int, int]) -> None:
    assert render(grey_picture(90, *size), [], status(size)).shape == (size[1], size[0], 3)


@pytest.mark.parametrize(("size", "shown_size"), [((64, 48), (640, 480)), ((120, 160), (480, 640)), ((1, 1), (480, 480))])
def test_a_small_picture_is_enlarged(size: tuple[int, int], shown_size: tuple[int, int]) -> None:
    assert render(grey_picture(90, *size), [], status(size)).shape == (shown_size[1], shown_size[0], 3)


def test_boxes_grow_with_an_enlarged_picture() -> None:
    shown = render(grey_picture(90, 64, 48), [reading("happy", Box(20, 20, 40, 40))], status((64, 48)))
    scale = SMALLEST_SIDE_PX // 48
    for x in (20 * scale, 40 * scale - 1):
        assert tuple(shown[30 * scale, x].tolist()) == COLOURS_BGR["happy"]


@pytest.mark.parametrize(
    "box",
    [Box(-50, -50, 60, 60), Box(1200, 650, 1400, 800), Box(-500, -500, -400, -400), Box(0, 0, *HD), Box(3, 3, 4, 4)],
    ids=["over the corner", "over the far corner", "outside", "the whole picture", "one pixel"],
)
def test_a_box_may_be_anywhere(box: Box) -> None:
    assert render(grey_picture(90, *HD), [reading("angry", box)], status()).shape == (720, 1280, 3)


@pytest.mark.parametrize("seed", range(3))
def test_the_status_stays_readable_in_any_crowd(seed: int) -> None:
    corners = np.random.default_rng(seed).uniform(0, 600, (60, 2)).tolist()
    readings = [reading(LABELS[number % 7], Box(x, y, x + 80, y + 80)) for number, (x, y) in enumerate(corners)]
    expected = plate(status_text(HD, "readable 60 of 60"), PLATE_BGR, Style.for_picture(*HD))
    shown = render(noise(*HD), readings, status())
    np.testing.assert_array_equal(shown[: expected.shape[0], : expected.shape[1]], expected)


LEFT_HALF = Zone(0, 0, 0.5, 1)


def test_only_the_zone_is_shaded() -> None:
    picture = grey_picture(200, *HD)
    plain, shaded = render(picture, [], status()), render(picture, [], status(), [LEFT_HALF])
    np.testing.assert_array_equal(plain[:, 640:], shaded[:, 640:])
    assert shaded[100:, :640].mean() < 0.5 * plain[100:, :640].mean()


def test_a_shaded_zone_has_a_pattern() -> None:
    shaded = render(grey_picture(200, *HD), [], status(), [LEFT_HALF])
    assert len(np.unique(shaded[200:500, 100:500])) > 2


def test_a_shaded_zone_still_shows_the_picture() -> None:
    shaded = render(noise(*HD), [], status(), [LEFT_HALF])
    assert shaded[200:500, 100:500].std() > 10


@SIZES_480P_TO_4K
def test_zones_of_any_size_are_drawn(size: tuple[int, int]) -> None:
    zones = [Zone(0, 0, 1, 1), Zone(0.999, 0.999, 0.001, 0.001), Zone(0.2, 0.2, 0.001, 0.7)]
    assert render(noise(*size), [], status(size), zones).shape == (size[1], size[0], 3)


def test_labels_and_frame_rate_are_drawn_over_zones() -> None:
    over = render(grey_picture(0, *HD), [reading("happy")], status(), [Zone(0, 0, 1, 1)])
    assert (over == COLOURS_BGR["happy"]).all(axis=2).any()
    assert (over == PLATE_BGR).all(axis=2).any()


class TestView:
    def test_only_faces_are_blurred(self) -> None:
        image = noise(*HD)
        shown = render(image, [reading("happy")], status(), view=View(blur=True))
        assert shown[320:480, 620:780].std() < 0.3 * image[320:480, 620:780].std()
        np.testing.assert_array_equal(shown[600:], image[600:])

    @pytest.mark.parametrize("notice", ["", "Paused"])
    @pytest.mark.parametrize("coasting", [False, True])
    def test_a_face_is_blurred_beyond_its_box_even_if_hidden_or_under_a_notice(self, notice: str, coasting: bool) -> None:
        image = noise(*HD)
        shown = render(image, [reading_of(np.eye(7)[3], FACE, coasting=coasting)], status(notice=notice), view=View(blur=True))
        inside, beside = np.s_[320:480, 620:780], (np.s_[320:480, 565:595], np.s_[320:480, 805:835])
        for part in (inside, *beside, np.s_[263:265, 620:780], np.s_[505:535, 620:780]):
            assert shown[part].std() < 0.3 * image[part].std()

    def test_blur_leaves_no_detail_smaller_than_a_sixth_of_a_face(self) -> None:
        blurred_from, blurred_px = FACE.x1 - 40, FACE.width + 80
        columns = ((np.arange(HD[0]) - blurred_from) * 12 // blurred_px % 2 * 255).astype(np.uint8)
        stripes = np.broadcast_to(columns[np.newaxis, :, np.newaxis], (HD[1], HD[0], 3))
        shown = render(stripes, [], status(), hidden=[FACE])
        assert np.ptp(shown[400, 620:780]) < 30 < np.ptp(stripes[400, 620:780])

    def test_mirrored_zones_are_blurred_where_they_are_shown(self) -> None:
        image = noise(*HD)
        shown = render(image, [], status(), [Zone(0.0, 0.5, 0.2, 0.4)], View(blur=True, mirror=True))
        assert shown[400:600, 1030:].std() < 0.3 * image[400:600, 1030:].std()
        np.testing.assert_array_equal(shown[400:600, :200], image[400:600, ::-1][:, :200])

    def test_ignored_zones_are_blurred_too(self) -> None:
        image = noise(*HD)
        plain, blurred = (render(image, [], status(), [Zone(0.5, 0.5, 0.4, 0.4)], View(blur=blur)) for blur in (False, True))
        inside = np.s_[400:600, 700:1000]
        assert blurred[inside].std() < 0.8 * plain[inside].std()

    def test_a_hidden_box_is_blurred_and_has_no_label(self) -> None:
        image = noise(*HD)
        shown = render(image, [], status(), hidden=[FACE])
        assert shown[320:480, 620:780].std() < 0.3 * image[320:480, 620:780].std()
        np.testing.assert_array_equal(shown[600:], image[600:])

    def test_a_face_that_is_left_out_is_blurred_and_has_no_label(self) -> None:
        image = noise(*HD)
        shown = render(image, [], status(), left_out=[Track(4, Detection(FACE), Detection(FACE))])
        assert shown[320:480, 720:780].std() < 0.5 * image[320:480, 720:780].std()
        assert not (shown == COLOURS_BGR["happy"]).all(axis=2).any()

    def test_numbers_can_be_hidden(self) -> None:
        expected = plate("happy 82%", COLOURS_BGR["happy"], Style.for_picture(*HD))
        height, width = expected.shape[:2]
        shown = render(grey_picture(90, *HD), [reading("happy")], status(), view=View(numbers=False))
        np.testing.assert_array_equal(shown[300 - height : 300, 600 : 600 + width], expected)

    def test_an_unsure_face_says_why(self) -> None:
        unsure = reading_of(np.full(7, 1 / 7, np.float32), FACE, why="blurred")
        expected = plate("1 unsure: blurred", UNSURE_BGR, Style.for_picture(*HD))
        height, width = expected.shape[:2]
        shown = render(grey_picture(90, *HD), [unsure], status())
        np.testing.assert_array_equal(shown[300 - height : 300, 600 : 600 + width], expected)

    def test_a_missed_face_has_only_the_corners_of_its_box(self) -> None:
        missed = reading_of(np.eye(7, dtype=np.float32)[3], FACE, coasting=True)
        shown = render(grey_picture(90, *HD), [missed], status())
        assert tuple(shown[499, 600].tolist()) == COLOURS_BGR["happy"]
        assert tuple(shown[400, 600].tolist()) == (90, 90, 90)

    def test_details_show_seven_bars_and_the_times(self) -> None:
        facts = Status(25.0, HD, details=("ms: detect 4.0",))
        shown = render(grey_picture(90, *HD), [reading("happy", confidence=0.4)], facts, view=View(details=True))
        assert all((shown == COLOURS_BGR[label]).all(axis=2).any() for label in LABELS)
        [plate] = np.unique(shown[60:64, 2:4].reshape(-1, 3), axis=0).tolist()
        assert max(PLATE_BGR) < max(plate) < 90, "a face behind the times is seen through their plate"

    def test_the_bars_show_the_averaged_probabilities(self) -> None:
        averaged = reading("happy", confidence=0.4)
        jumped = dataclasses.replace(averaged, probabilities=np.eye(7, dtype=np.float32)[4])
        one, other = (render(grey_picture(90, *HD), [face], status(), view=View(details=True)) for face in (averaged, jumped))
        np.testing.assert_array_equal(one, other)

    def test_labels_may_be_beside_the_times_below_the_status(self) -> None:
        facts = Status(25.0, HD, details=("ms: detect 4.0",) * 3)
        face = Box(140, 40, 500, 715)
        shown = render(grey_picture(90, *HD), [reading("happy", face)], facts, view=View(details=True))
        label = plate("1 happy 82%", COLOURS_BGR["happy"], Style.for_picture(*HD))
        best, _, corner, _ = cv2.minMaxLoc(cv2.matchTemplate(shown, label, cv2.TM_SQDIFF))
        assert best < 1
        assert corner == (500, 40)

    def test_bars_are_left_out_before_the_label_is(self) -> None:
        facts = Status(25.0, HD, details=("ms: detect 4.0  " * 12,) * 30)
        shown = render(grey_picture(90, *HD), [reading("happy", Box(400, 400, 800, 700))], facts, view=View(details=True))
        label = plate("1 happy 82%", COLOURS_BGR["happy"], Style.for_picture(*HD))
        assert cv2.matchTemplate(shown, label, cv2.TM_SQDIFF).min() < 1
        assert not (shown == BARS_BGR).all(axis=2).any()

    def test_the_box_is_on_the_other_side_of_a_mirrored_picture(self) -> None:
        shown = render(grey_picture(90, *HD), [reading("happy", Box(100, 300, 200, 400))], status(), view=View(mirror=True))
        assert tuple(shown[350, 1080].tolist()) == COLOURS_BGR["happy"]

    @SIZES_480P_TO_4K
    def test_help_fits_the_picture(self, size: tuple[int, int]) -> None:
        shown = render(grey_picture(200, *size), [], status(size), view=View(help=True))
        rows, columns = np.nonzero((shown == HELP_BGR).all(axis=2))
        assert rows.min() > 0
        assert columns.min() > 0
        assert rows.max() < size[1] - 1
        assert columns.max() < size[0] - 1

    def test_help_has_a_line_for_every_key(self, monkeypatch: pytest.MonkeyPatch) -> None:
        columns: list[list[str]] = []
        monkeypatch.setattr(renderer, "draw_lines", lambda _canvas, lines, *_: columns.append(lines))
        render(grey_picture(200, *HD), [], status(), view=View(help=True))
        assert set(zip(*columns, strict=True)) >= {(key.shown, key.explanation) for key in KEYS}
