"""Parts of the picture about which nothing is to be known."""

from __future__ import annotations

import numpy as np
import pytest

from live_monitor.detect.zones import Zone, by_zones, without_zones
from live_monitor.errors import UsageError
from live_monitor.types import Box, Detection
from tests.fakes import grey_picture

LEFT_HALF = Zone(0, 0, 0.5, 1)


def test_four_fractions_make_a_zone() -> None:
    assert Zone.parse("0.1, 0.2,0.3,.4") == Zone(0.1, 0.2, 0.3, 0.4)


@pytest.mark.parametrize("text", ["", "1", "0,0,1", "0,0,1,1,1", "left", "0;0;1;1", "0,0,1,x"])
def test_text_that_is_not_four_numbers_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match=r"must be x,y,w,h in fractions of the picture, such as"):
        Zone.parse(text)


@pytest.mark.parametrize(
    "text", ["0.6,0,0.5,1", "0,0.6,1,0.5", "-0.1,0,0.5,1", "0,-0.1,0.5,0.5", "0,0,0,1", "0,0,1,-1", "10,10,50,50", "nan,0,1,1",
             "0,0,inf,1"]
)  # fmt: skip
def test_a_zone_that_reaches_outside_the_picture_or_is_empty_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match=r"--ignore .*: reaches outside the picture or is empty"):
        Zone.parse(text)


def test_a_zone_may_be_the_whole_picture() -> None:
    assert Zone.parse("0,0,1,1").in_pixels(640, 480) == (0, 0, 640, 480)


def test_every_pixel_that_a_zone_touches_is_in_it() -> None:
    assert Zone(0.1, 0.1, 0.25, 0.25).in_pixels(15, 15) == (1, 1, 6, 6)


def test_zones_are_painted_over_and_the_rest_is_unchanged() -> None:
    noise = np.random.default_rng(1).integers(0, 256, (48, 64, 3), dtype=np.uint8)
    painted = without_zones(noise, [LEFT_HALF])
    assert np.ptp(painted[:, :32]) == 0
    np.testing.assert_array_equal(painted[:, 32:], noise[:, 32:])


def test_the_original_picture_is_unchanged() -> None:
    picture = grey_picture(200)
    picture.flags.writeable = False
    without_zones(picture, [LEFT_HALF])
    assert np.ptp(picture) == 0


def test_without_zones_nothing_is_copied() -> None:
    picture = grey_picture(200)
    assert without_zones(picture, []) is picture


def test_a_face_is_ignored_if_its_centre_is() -> None:
    inside, across, outside = (Detection(Box(x, 0, x + 20, 20)) for x in (10, 25, 50))
    assert by_zones([inside, across, outside], [LEFT_HALF], 64, 48) == ([across, outside], [inside])
