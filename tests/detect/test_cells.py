"""What a cell says about a face, encoded and decoded."""

from __future__ import annotations

import numpy as np
import pytest

from live_monitor.detect.cells import (
    MIDDLE_GREY,
    STRIDES,
    decode_boxes,
    decode_points,
    encode_boxes,
    encode_points,
    middles,
    to_input,
)

MIDDLE = np.array([[20, 28], [100, 4]], np.float32)


def test_the_middle_of_the_first_cell_is_half_a_cell_from_the_corner() -> None:
    assert middles(np.array([0, 2]), np.array([0, 5]), 8).tolist() == [[4, 4], [44, 20]]


@pytest.mark.parametrize("stride", STRIDES)
def test_decoding_reverses_the_encoding_of_boxes(stride: int) -> None:
    boxes = np.array([[10, 20, 31, 42], [-30, -5, 180, 90]], np.float32)
    np.testing.assert_allclose(decode_boxes(encode_boxes(boxes, MIDDLE, stride), MIDDLE, stride), boxes, atol=1e-3)


@pytest.mark.parametrize("stride", STRIDES)
def test_decoding_reverses_the_encoding_of_points(stride: int) -> None:
    points = np.random.default_rng(0).uniform(-20, 200, (2, 5, 2)).astype(np.float32)
    np.testing.assert_allclose(decode_points(encode_points(points, MIDDLE, stride), MIDDLE, stride), points, atol=1e-3)


def test_no_cells_give_no_boxes_and_no_points() -> None:
    nowhere = np.zeros((0, 2), np.float32)
    assert decode_boxes(np.zeros((0, 4), np.float32), nowhere, 8).shape == (0, 4)
    assert decode_points(np.zeros((0, 10), np.float32), nowhere, 8).shape == (0, 5, 2)


def test_a_box_without_extent_is_encoded_in_finite_numbers() -> None:
    assert np.isfinite(encode_boxes(np.array([[5, 5, 5, 5]], np.float32), MIDDLE[:1], 8)).all()


def test_black_middle_grey_and_white_become_minus_one_zero_and_almost_one() -> None:
    levels = to_input(np.array([0, MIDDLE_GREY, 255], np.uint8))
    assert levels.dtype == np.float32
    np.testing.assert_allclose(levels, [-1, 0, 127 / 128])
