"""Text on a plate."""

from __future__ import annotations

import numpy as np
import pytest

from live_monitor.labels import COLOURS_BGR
from live_monitor.overlay.renderer import NOTICE_BGR, PLATE_BGR
from live_monitor.overlay.text import MAX_STRIP_SCALE, Colour, Rect, Style, draw_plate, plate_size
from live_monitor.types import Image
from tests.fakes import grey_picture

READABLE_CONTRAST = 4.5
"""WCAG 2.2, success criterion 1.4.3."""

STYLE = Style.for_picture(1280, 720)
PLATES = {**COLOURS_BGR, "the frame rate": PLATE_BGR, "a notice": NOTICE_BGR}


def luminance(colour: Colour) -> float:
    """Relative luminance of an sRGB colour, 0..1, as WCAG defines it."""
    linear = [(c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4) for c in (value / 255 for value in colour)]
    return 0.0722 * linear[0] + 0.7152 * linear[1] + 0.2126 * linear[2]


def contrast(one: Colour, other: Colour) -> float:
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def plate(text: str, colour: Colour, style: Style = STYLE) -> Image:
    """A picture that is one plate."""
    width, height = plate_size(text, style)
    image = grey_picture(0, width, height)
    draw_plate(image, text, Rect(0, 0, width, height), colour, style)
    return image


@pytest.mark.parametrize(
    ("other", "overlap"),
    [
        (Rect(5, 5, 15, 15), True),
        (Rect(2, 2, 4, 4), True),
        (Rect(10, 0, 20, 10), False),
        (Rect(0, 10, 10, 20), False),
        (Rect(50, 50, 60, 60), False),
    ],
    ids=["corner", "inside", "side by side", "one above the other", "apart"],
)
def test_rectangles_overlap_when_they_share_a_pixel(other: Rect, overlap: bool) -> None:
    one = Rect(0, 0, 10, 10)
    assert one.overlaps(other) is overlap
    assert other.overlaps(one) is overlap


def test_plates_grow_with_the_picture() -> None:
    hd, uhd = plate_size("happy 82%", Style.for_picture(1920, 1080)), plate_size("happy 82%", Style.for_picture(3840, 2160))
    assert uhd[0] / hd[0] == pytest.approx(2, rel=0.1)
    assert uhd[1] / hd[1] == pytest.approx(2, rel=0.1)


def test_portrait_and_landscape_pictures_have_the_same_style() -> None:
    assert Style.for_picture(720, 1280) == Style.for_picture(1280, 720)


@pytest.mark.parametrize(
    ("size", "larger"), [((3840, 1080), 1280 / 1080), ((2000, 300), MAX_STRIP_SCALE), ((5760, 1080), MAX_STRIP_SCALE)]
)
def test_text_in_a_wide_strip_is_larger_than_its_height_alone_would_give(size: tuple[int, int], larger: float) -> None:
    assert Style.for_picture(*size).font_scale == pytest.approx(larger * Style.for_picture(size[1], size[1]).font_scale)


@pytest.mark.parametrize("size", [(2560, 1080), (1920, 1080), (640, 480), (720, 1280), (300, 2000)])
def test_the_shorter_side_of_other_pictures_sets_the_text_size(size: tuple[int, int]) -> None:
    assert Style.for_picture(*size) == Style.for_picture(min(size), min(size))


def test_lines_never_vanish_in_a_small_picture() -> None:
    style = Style.for_picture(1, 1)
    assert min(style.stroke, style.line, style.padding) >= 1


def test_a_longer_text_has_a_wider_plate_of_the_same_height() -> None:
    short, long = plate_size("sad", STYLE), plate_size("surprise", STYLE)
    assert long[0] > short[0]
    assert long[1] == short[1]


@pytest.mark.parametrize("picture", [(640, 480), (1280, 720), (3840, 2160)])
def test_a_plate_changes_nothing_outside_its_place(picture: tuple[int, int]) -> None:
    style = Style.for_picture(*picture)
    image = grey_picture(90, *picture)
    width, height = plate_size("quiet jumpy gq", style)
    place = Rect(50, 60, 50 + width, 60 + height)
    draw_plate(image, "quiet jumpy gq", place, (1, 2, 3), style)
    assert (image[place.y1 : place.y2, place.x1 : place.x2] != 90).any(axis=2).all()
    image[place.y1 : place.y2, place.x1 : place.x2] = 90
    assert (image == 90).all()


@pytest.mark.parametrize("picture", [(640, 480), (1280, 720), (3840, 2160)])
def test_text_does_not_touch_the_edges_of_its_plate(picture: tuple[int, int]) -> None:
    drawn = plate("gjpq 100% Tl", (1, 2, 3), Style.for_picture(*picture))
    edges = np.concatenate([drawn[0], drawn[-1], drawn[:, 0], drawn[:, -1]])
    assert (edges == (1, 2, 3)).all()


@pytest.mark.parametrize("name", PLATES)
def test_text_has_enough_contrast_on_every_plate(name: str) -> None:
    colour = PLATES[name]
    drawn = plate("neutral", colour).reshape(-1, 3)
    text = drawn[np.abs(drawn.astype(int) - colour).sum(axis=1).argmax()]
    blue, green, red = text.tolist()
    assert contrast((blue, green, red), colour) >= READABLE_CONTRAST
