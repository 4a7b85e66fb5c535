"""What each cell should answer for a sample, read back as live pictures are."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from live_monitor.detect.cells import STRIDES
from live_monitor.detect.grids import Tensor, decode
from live_monitor.training.faces.targets import BOX_COLUMNS, COLUMNS, FACE, KNOWN, LANDMARK_COLUMNS, NEGATIVE, targets

SIDE = 256
CELLS = {stride: (SIDE // stride) ** 2 for stride in STRIDES}
Array = NDArray[np.float32]


def made(*boxes: tuple[float, ...], weights: tuple[float, ...] | None = None, known: bool = True) -> Array:
    wanted = np.array(boxes, np.float32).reshape(-1, 4)
    landmarks = np.repeat(wanted[:, None, :2], 5, axis=1) + np.arange(10, dtype=np.float32).reshape(1, 5, 2)
    if not known:
        landmarks[:] = np.nan
    return targets(SIDE, wanted, landmarks, np.array(weights or (1.0,) * len(wanted), np.float32))


def by_stride(wanted: Array) -> dict[int, Array]:
    starts = np.cumsum([0, *CELLS.values()])
    return {stride: wanted[starts[i] : starts[i + 1]] for i, stride in enumerate(STRIDES)}


def read_back(wanted: Array) -> Array:
    outputs = {}
    for stride, rows in by_stride(wanted).items():
        grid = rows.reshape(SIDE // stride, SIDE // stride, COLUMNS)
        outputs[f"score_{stride}"] = Tensor(np.where(grid[..., FACE : FACE + 1] > 0, 5.0, -5.0))
        outputs[f"box_{stride}"] = Tensor(grid[..., BOX_COLUMNS])
        outputs[f"landmarks_{stride}"] = Tensor(grid[..., LANDMARK_COLUMNS])
    return decode(outputs, 0.5).boxes


def test_without_a_face_every_cell_is_background() -> None:
    wanted = made()
    assert wanted.shape == (sum(CELLS.values()), COLUMNS)
    assert (wanted[:, NEGATIVE] == 1).all()
    assert not wanted[:, FACE].any()


@pytest.mark.parametrize("box", [(100, 60, 116, 80), (10, 20, 40, 60), (30, 40, 110, 150), (-40, 10, 200, 250)])
def test_every_size_of_face_can_be_read_back(box: tuple[float, ...]) -> None:
    np.testing.assert_allclose(read_back(made(box)), [box], atol=1e-2)


@pytest.mark.parametrize(("side", "strides"), [(20, {8}), (36, {8, 16}), (60, {16}), (90, {16, 32}), (150, {32})])
def test_small_faces_belong_to_the_fine_grid_and_large_ones_to_the_coarse(side: int, strides: set[int]) -> None:
    wanted = by_stride(made((40, 40, 40 + side, 40 + side)))
    assert {stride for stride, rows in wanted.items() if rows[:, FACE].any()} == strides


def test_cells_around_the_middle_of_a_face_are_not_judged_but_those_far_from_it_are() -> None:
    middle = by_stride(made((40, 40, 104, 104)))[16]
    assert (middle[middle[:, FACE] > 0, NEGATIVE] == 0).all()
    negative = middle[:, NEGATIVE].reshape(16, 16)
    assert not negative[3:6, 3:6].any()
    assert negative.sum() == CELLS[16] - 9


def test_a_small_face_between_two_cells_belongs_to_one_and_neither_is_background() -> None:
    fine = by_stride(made((43, 39, 51, 49)))[8]
    face, negative = (fine[:, column].reshape(32, 32)[5] for column in (FACE, NEGATIVE))
    assert np.flatnonzero(face).tolist() == [5]
    assert np.flatnonzero(negative == 0).tolist() == [5, 6]


def test_cells_at_the_rim_of_a_large_face_are_background() -> None:
    coarse = by_stride(made((0, 0, 224, 224)))[32]
    negative, face = (coarse[:, column].reshape(8, 8) for column in (NEGATIVE, FACE))
    assert negative[3, 0] == negative[0, 3] == 1
    assert negative[3, 1] == face[3, 1] == 0
    assert face[3, 3] > 0


def test_the_fine_grid_is_background_all_over_a_large_face() -> None:
    assert by_stride(made((20, 20, 220, 240)))[8][:, NEGATIVE].all()


@pytest.mark.parametrize(("side", "stride"), [(8, 8), (60, 16), (150, 32)])
def test_a_face_without_weight_is_neither_wanted_nor_background(side: int, stride: int) -> None:
    rows = by_stride(made((40, 40, 40 + side, 40 + side), weights=(0.0,)))[stride]
    assert not rows[:, FACE].any()
    assert not rows[:, NEGATIVE].all()


def test_a_cell_that_two_faces_claim_belongs_to_the_smaller() -> None:
    small = (60, 60, 72, 72)
    wanted = by_stride(made((50, 50, 84, 84), small))[8]
    owner = wanted[8 * 32 + 8]
    np.testing.assert_allclose(np.exp(owner[BOX_COLUMNS][2:]) * 8, [12, 12], rtol=1e-4)


def test_many_cells_of_a_large_face_weigh_less_each() -> None:
    coarse = by_stride(made((20, 20, 220, 240)))[32][:, FACE]
    assert coarse.max() < 0.5
    assert coarse.sum() > 1


def test_unknown_landmarks_are_not_wanted() -> None:
    wanted = made((40, 40, 60, 60), known=False)
    assert wanted[:, FACE].any()
    assert not wanted[:, KNOWN].any()
    assert np.isfinite(wanted).all()
