"""A single picture as a source."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from live_monitor.capture.picture import Picture
from live_monitor.errors import UsageError


def pixels(*shape: int) -> NDArray[np.uint8]:
    return np.random.default_rng(0).integers(0, 256, shape).astype(np.uint8)


def test_exactly_one_frame_is_delivered_at_time_0() -> None:
    picture = Picture(pixels(4, 6, 3))
    picture.open()
    assert (picture.grab(), picture.grab()) == (0.0, None)


def test_the_picture_is_delivered_again_after_reopening() -> None:
    picture = Picture(pixels(4, 6, 3))
    for _ in range(2):
        picture.open()
        assert picture.grab() == 0.0
        picture.close()


def test_a_bgr_picture_is_unchanged() -> None:
    bgr = pixels(4, 6, 3)
    np.testing.assert_array_equal(Picture(bgr).retrieve(), bgr)


def test_a_grey_picture_gets_three_equal_channels() -> None:
    grey = pixels(4, 6)
    np.testing.assert_array_equal(Picture(grey).retrieve(), np.stack([grey] * 3, axis=-1))


def test_a_bgra_picture_loses_its_alpha() -> None:
    bgra = pixels(4, 6, 4)
    np.testing.assert_array_equal(Picture(bgra).retrieve(), bgra[:, :, :3])


@pytest.mark.parametrize("shape", [(4, 6), (4, 6, 3), (4, 6, 4)])
def test_later_changes_to_the_array_do_not_show(shape: tuple[int, ...]) -> None:
    original = pixels(*shape)
    picture = Picture(original)
    before = np.array(picture.retrieve())
    original[:] = 0
    np.testing.assert_array_equal(picture.retrieve(), before)


def test_an_array_with_strides_is_accepted() -> None:
    rgb = pixels(4, 6, 3)
    np.testing.assert_array_equal(Picture(rgb[::2, :, ::-1]).retrieve(), rgb[::2, :, ::-1])


@pytest.mark.parametrize("shape", [(4,), (4, 6, 1), (4, 6, 2), (4, 6, 5), (1, 4, 6, 3)])
def test_any_other_shape_is_refused_and_named(shape: tuple[int, ...]) -> None:
    with pytest.raises(UsageError) as refused:
        Picture(pixels(*shape))
    assert str(shape) in str(refused.value)


@pytest.mark.parametrize("dtype", [np.float32, np.float64, np.uint16, np.bool_])
def test_any_other_type_is_refused_and_named(dtype: Any) -> None:
    with pytest.raises(UsageError, match=np.dtype(dtype).name):
        Picture(np.zeros((4, 6, 3), dtype))


@pytest.mark.parametrize("shape", [(0, 0, 3), (0, 6), (4, 0, 4)])
def test_an_empty_picture_is_refused(shape: tuple[int, ...]) -> None:
    with pytest.raises(UsageError):
        Picture(pixels(*shape))
