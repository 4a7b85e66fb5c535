"""What happens to faces that are made harder."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from live_monitor.evaluation.emotions.harder import HARDER, blurred, dark, noisy, reduced, shifted
from tests.fakes import drawn_faces


@pytest.fixture(scope="module")
def faces() -> NDArray[np.uint8]:
    return drawn_faces(40)


def detail(faces: NDArray[np.uint8]) -> float:
    """Mean difference between neighbours, in grey levels."""
    return float(np.abs(np.diff(faces.astype(int), axis=2)).mean())


@pytest.mark.parametrize("name", HARDER)
def test_faces_keep_size_and_type_and_are_not_changed_in_place(name: str, faces: NDArray[np.uint8]) -> None:
    before = faces.copy()
    harder = HARDER[name](faces)
    assert harder.shape == faces.shape
    assert harder.dtype == np.uint8
    assert (harder != faces).any()
    np.testing.assert_array_equal(faces, before)


@pytest.mark.parametrize("name", HARDER)
def test_the_same_faces_become_the_same_harder_ones(name: str, faces: NDArray[np.uint8]) -> None:
    np.testing.assert_array_equal(HARDER[name](faces), HARDER[name](faces))


def test_small_faces_lose_detail_finer_than_24_pixels() -> None:
    stripes = np.tile(np.array([0, 200], np.uint8), (3, 48, 24))
    np.testing.assert_array_equal(reduced(stripes), np.full_like(stripes, 100))


def test_small_faces_keep_coarser_detail() -> None:
    halves = np.zeros((1, 48, 48), np.uint8)
    halves[:, :, 24:] = 200
    np.testing.assert_array_equal(reduced(halves)[0, :, [0, 47]], halves[0, :, [0, 47]])


def test_blur_spreads_a_point_like_a_gaussian_of_1_5_pixels() -> None:
    point = np.zeros((1, 48, 48), np.uint8)
    point[0, 24, 24] = 255
    spread = blurred(point)[0].astype(float)
    assert spread.max() == pytest.approx(255 / (2 * np.pi * 1.5**2), abs=1)
    assert detail(blurred(point)) < detail(point)


def test_dark_faces_have_fewer_grey_levels_in_the_same_order() -> None:
    ramp = np.arange(256, dtype=np.uint8).reshape(1, 16, 16)
    darker = dark(ramp).ravel()
    assert (darker[0], darker[-1]) == (0, 64)
    assert (np.diff(darker.astype(int)) >= 0).all()
    assert len(np.unique(darker)) <= 65


def test_noise_has_a_deviation_of_20_levels_and_is_clipped_to_the_scale() -> None:
    grey = np.full((20, 48, 48), 128, np.uint8)
    assert noisy(grey).std() == pytest.approx(20, abs=0.5)
    assert noisy(np.full((20, 48, 48), 250, np.uint8)).mean() > 235


def test_a_shift_moves_a_tenth_of_the_side_in_each_of_eight_directions() -> None:
    points = np.zeros((200, 48, 48), np.uint8)
    points[:, 20, 30] = 255
    places = {(y - 20, x - 30) for y, x in np.argwhere(shifted(points).max(axis=0))}
    assert places == {(y, x) for y in (-5, 0, 5) for x in (-5, 0, 5)} - {(0, 0)}


def test_a_shift_repeats_the_edge() -> None:
    columns = np.tile(np.arange(48, dtype=np.uint8), (50, 48, 1))
    moved = {tuple(face[0, [0, -1]].tolist()) for face in shifted(columns)}
    assert moved == {(0, 42), (0, 47), (5, 47)}
