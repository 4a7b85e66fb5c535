"""What is a cut and what is not."""

from __future__ import annotations

import numpy as np

from live_monitor.detect.zones import Zone
from live_monitor.track.scene import Scene
from live_monitor.types import Image
from tests.fakes import drawn_portrait


def noise(seed: int) -> Image:
    return np.random.default_rng(seed).integers(0, 256, (240, 320, 3), dtype=np.uint8)


def cut_between(before: Image, after: Image, *zones: Zone) -> bool:
    scene = Scene(zones)
    assert not scene.cut(before)
    return scene.cut(after)


def test_a_different_picture_is_a_cut() -> None:
    assert cut_between(noise(1), noise(2))


def test_a_dark_picture_before_or_after_another_is_a_cut_too() -> None:
    dark = np.random.default_rng(9).integers(0, 12, (240, 320, 3), dtype=np.uint8)
    assert cut_between(dark, noise(2))
    assert cut_between(noise(2), dark)


def test_the_same_picture_is_not_a_cut() -> None:
    assert not cut_between(noise(1), noise(1))


def test_switching_on_the_light_is_not_a_cut() -> None:
    dark = (drawn_portrait() * 0.6).astype(np.uint8)
    assert not cut_between(dark, dark + np.uint8(60))


def test_a_change_of_a_third_of_the_picture_is_not_a_cut() -> None:
    after = noise(1)
    after[:80] = noise(2)[:80]
    assert not cut_between(noise(1), after)


def test_a_change_inside_a_zone_is_not_a_cut() -> None:
    after = noise(1)
    after[:, 80:] = noise(2)[:, 80:]
    assert cut_between(noise(1), after)
    assert not cut_between(noise(1), after, Zone(0.25, 0, 0.5, 1), Zone(0.75, 0, 0.25, 1))


def test_a_change_of_everything_outside_a_zone_is_a_cut() -> None:
    after = noise(1)
    after[:, :80] = noise(2)[:, :80]
    assert not cut_between(noise(1), after)
    assert cut_between(noise(1), after, Zone(0.25, 0, 0.75, 1))


def test_with_the_whole_picture_in_a_zone_there_is_no_cut() -> None:
    assert not cut_between(noise(1), noise(2), Zone(0, 0, 1, 1))


def upright(seed: int) -> Image:
    """A narrow picture with black bars beside it, in which the codec has left some noise."""
    picture = np.random.default_rng(9).integers(0, 12, (240, 320, 3), dtype=np.uint8)
    picture[:, 110:210] = noise(seed)[:, 110:210]
    return picture


def test_bars_beside_the_picture_do_not_hide_a_cut() -> None:
    assert cut_between(upright(1), upright(2))
    assert not cut_between(upright(1), upright(1))


def test_a_small_lit_part_in_the_dark_is_not_a_cut() -> None:
    after = upright(1)
    after[:, :270], after[:, 300:] = 0, 0
    assert not cut_between(np.zeros_like(after), after)
