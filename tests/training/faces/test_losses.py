"""What training minimises, on a handful of cells."""

from __future__ import annotations

import math

import numpy as np
import pytest
from numpy.typing import NDArray

from live_monitor.training.faces.losses import face_loss
from live_monitor.training.faces.targets import BOX_COLUMNS, COLUMNS, FACE, KNOWN, LANDMARK_COLUMNS, NEGATIVE

Array = NDArray[np.float32]
SURE, NEVER = 12.0, -12.0
BACKGROUND = 3


@pytest.fixture
def wanted() -> Array:
    """One cell with a face, three of background, one that is not judged."""
    cells = np.zeros((1, BACKGROUND + 2, COLUMNS), np.float32)
    cells[0, 1:-1, NEGATIVE] = 1
    cells[0, 0, FACE] = cells[0, 0, KNOWN] = 1
    cells[0, 0, BOX_COLUMNS] = 0.1, -0.2, 0.5, 0.7
    cells[0, 0, LANDMARK_COLUMNS] = np.linspace(-0.5, 0.5, 10)
    return cells


@pytest.fixture
def perfect(wanted: Array) -> Array:
    given = np.zeros((1, wanted.shape[1], 15), np.float32)
    given[..., 0] = NEVER
    given[0, 0, 0] = SURE
    given[0, 0, 1:5] = wanted[0, 0, BOX_COLUMNS]
    given[0, 0, 5:] = wanted[0, 0, LANDMARK_COLUMNS]
    return given


def loss(wanted: Array, given: Array) -> float:
    return float(face_loss(wanted, given))


def test_the_right_answer_costs_nothing(wanted: Array, perfect: Array) -> None:
    assert loss(wanted, perfect) == pytest.approx(0, abs=1e-3)


@pytest.mark.parametrize(("cell", "number", "value"), [(0, 0, NEVER), (0, 1, 2.0), (0, 3, 2.0), (0, 7, 3.0), (1, 0, SURE)])
def test_a_wrong_score_box_or_landmark_costs(wanted: Array, perfect: Array, cell: int, number: int, value: float) -> None:
    perfect[0, cell, number] = value
    assert loss(wanted, perfect) > 0.3


def test_cells_that_are_not_judged_cost_nothing(wanted: Array, perfect: Array) -> None:
    perfect[0, -1] = SURE
    assert loss(wanted, perfect) == pytest.approx(0, abs=1e-3)


def test_unknown_landmarks_cost_nothing(wanted: Array, perfect: Array) -> None:
    wanted[0, 0, KNOWN] = 0
    perfect[0, 0, 5:] = 4
    assert loss(wanted, perfect) == pytest.approx(0, abs=1e-3)


@pytest.mark.parametrize(("cells", "best"), [(1, 0.775), (3, 0.6)])
def test_the_best_score_follows_the_quality_of_the_box_more_leniently_for_small_faces(
    wanted: Array, perfect: Array, cells: float, best: float
) -> None:
    # Two boxes of one size, a quarter of it apart, have an IoU of three fifths; its root is 0.775.
    for boxes in (wanted[0, 0, BOX_COLUMNS], perfect[0, 0, 1:5]):
        boxes[2:] = math.log(cells)
    perfect[0, 0, 1] += cells / 4
    costs = {}
    for score in (0.45, 0.6, 0.775, 0.95):
        perfect[0, 0, 0] = math.log(score / (1 - score))
        costs[score] = loss(wanted, perfect)
    assert min(costs, key=lambda score: costs[score]) == best


def test_background_that_is_nearly_recognised_costs_little(wanted: Array, perfect: Array) -> None:
    nearly, fooled = perfect.copy(), perfect.copy()
    nearly[0, 1, 0], fooled[0, 1, 0] = -3.0, 3.0
    assert loss(wanted, fooled) > 100 * (loss(wanted, nearly) - loss(wanted, perfect))


def test_a_wild_guess_has_a_finite_loss(wanted: Array, perfect: Array) -> None:
    perfect[:] = 80.0
    assert np.isfinite(loss(wanted, perfect))


def test_without_a_face_the_loss_is_that_of_the_background(wanted: Array, perfect: Array) -> None:
    wanted[0, 0] = 0
    assert loss(wanted, perfect) == pytest.approx(0, abs=1e-3)
