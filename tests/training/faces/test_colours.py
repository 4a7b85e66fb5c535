"""Colours of drawn things, and of the light."""

from __future__ import annotations

import numpy as np
import pytest

from live_monitor.training.faces.colours import LUMINANCE, colour, in_grey, is_coloured, like_skin, tinted
from live_monitor.types import Image


@pytest.fixture
def image() -> Image:
    """A picture in muted colours."""
    return np.random.default_rng(0).integers(70, 150, (40, 60, 3), np.uint8)


def test_some_drawn_colours_are_grey_some_like_skin_and_some_arbitrary() -> None:
    rng = np.random.default_rng(0)
    drawn = np.array([colour(rng) for _ in range(500)])
    assert ((drawn >= 0) & (drawn <= 255)).all()
    blue, green, red = drawn.T
    assert 0.3 < ((blue == green) & (green == red)).mean() < 0.5
    assert ((blue < green) & (green < red)).mean() > 0.2
    assert (blue > red).mean() > 0.1


def test_a_tint_changes_colours_but_hardly_the_brightness(image: Image) -> None:
    for seed in range(20):
        other = tinted(image, np.random.default_rng(seed))
        assert other.shape == image.shape
        assert other.dtype == np.uint8
        assert not np.array_equal(other, image)
        assert (other @ LUMINANCE).mean() == pytest.approx((image @ LUMINANCE).mean(), rel=0.05)


def test_a_tint_makes_colours_weaker_or_stronger(image: Image) -> None:
    spread = [np.ptp(tinted(image, np.random.default_rng(seed)), axis=2).mean() for seed in range(40)]
    before = np.ptp(image, axis=2).mean()
    assert min(spread) < 0.6 * before
    assert max(spread) > 1.3 * before


def test_skin_colours_make_a_grey_face_reddish_and_keep_its_brightness() -> None:
    grey = np.arange(256, dtype=np.uint8).reshape(16, 16)
    for seed in range(20):
        tones = like_skin(grey, np.random.default_rng(seed))
        assert tones.shape == (16, 16, 3)
        assert tones.dtype == np.uint8
        assert is_coloured(tones)
        blue, green, red = np.moveaxis(tones.astype(int), -1, 0)
        assert ((blue <= green + 6) & (green <= red + 6)).all()
        assert (tones @ LUMINANCE).mean() == pytest.approx(grey.mean(), rel=0.08)
    assert not (tones == like_skin(grey, np.random.default_rng(0))).all()


def test_a_grey_picture_is_not_coloured(image: Image) -> None:
    assert is_coloured(image)
    assert in_grey(image).shape == image.shape
    assert not is_coloured(in_grey(image))


def test_a_grey_picture_with_a_faint_tint_is_not_coloured(image: Image) -> None:
    assert not is_coloured(np.clip(np.add(in_grey(image), (0, 2, 5)), 0, 255).astype(np.uint8))
