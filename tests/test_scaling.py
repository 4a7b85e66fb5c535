"""Pictures made larger or smaller."""

from __future__ import annotations

import numpy as np
import pytest

from live_monitor.scaling import resized
from tests.fakes import grey_picture


def test_a_picture_of_the_wanted_size_is_returned_unchanged() -> None:
    picture = grey_picture(7, 64, 48)
    assert resized(picture, 64, 48) is picture


@pytest.mark.parametrize("size", [(32, 24), (31, 23), (1, 1), (64, 1), (100, 70), (200, 10), (16, 12)])
def test_a_picture_can_be_given_any_size(size: tuple[int, int]) -> None:
    made = resized(grey_picture(7, 65, 47), *size)
    assert made.shape == (size[1], size[0], 3)
    assert made.dtype == np.uint8
    assert set(np.unique(made)) == {7}


def test_no_pixel_is_skipped_in_a_strong_reduction() -> None:
    """Every fourth column is bright: a picture of a quarter of the width must be uniformly grey, not black or white."""
    picture = grey_picture(0, 640, 480)
    picture[:, ::4] = 200
    assert set(np.unique(resized(picture, 160, 120))) == {50}


def test_the_given_picture_is_not_modified() -> None:
    picture = grey_picture(7, 64, 48)
    picture.flags.writeable = False
    resized(picture, 20, 15)
    assert set(np.unique(picture)) == {7}
