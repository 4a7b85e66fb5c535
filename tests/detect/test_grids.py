"""From the network's grids to faces."""

from __future__ import annotations

import numpy as np
import pytest

from live_monitor.detect.cells import STRIDES, VALUES, encode_boxes, encode_points, middles
from live_monitor.detect.grids import MAX_CANDIDATES, MIN_SIDE_PX, Tensor, decode

SIDE = 128
RARE = -9.0
POINTS = np.array([[[40, 42], [60, 42], [50, 52], [42, 62], [58, 62]]], np.float32)
Outputs = dict[str, Tensor]


def nothing_found() -> Outputs:
    outputs = {}
    for stride in STRIDES:
        for kind, values in VALUES.items():
            start = RARE if kind == "score" else 0.0
            outputs[f"{kind}_{stride}"] = Tensor(np.full((SIDE // stride, SIDE // stride, values), start, np.float32))
    return outputs


def put(outputs: Outputs, stride: int, row: int, column: int, box: tuple[float, ...], logit: float) -> None:
    middle = middles(np.array([row]), np.array([column]), stride)
    outputs[f"score_{stride}"].values[row, column] = logit
    outputs[f"box_{stride}"].values[row, column] = encode_boxes(np.array([box], np.float32), middle, stride)[0]
    outputs[f"landmarks_{stride}"].values[row, column] = encode_points(POINTS, middle, stride)[0]


def quantised(outputs: Outputs, scale: float, zero: int) -> Outputs:
    return {
        name: Tensor((tensor.values / scale + zero).round().clip(-128, 127).astype(np.int8), scale, zero)
        for name, tensor in outputs.items()
    }


@pytest.mark.parametrize("stride", STRIDES)
def test_a_cell_with_a_high_score_is_a_face(stride: int) -> None:
    outputs = nothing_found()
    put(outputs, stride, 2, 1, (30, 30, 70, 80), 2.0)
    faces = decode(outputs, 0.5)
    np.testing.assert_allclose(faces.boxes, [[30, 30, 70, 80]], atol=1e-3)
    np.testing.assert_allclose(faces.scores, [1 / (1 + np.exp(-2.0))], atol=1e-5)
    np.testing.assert_allclose(faces.landmarks, POINTS, atol=1e-3)


def test_a_cell_with_a_score_below_the_threshold_is_not_a_face() -> None:
    outputs = nothing_found()
    put(outputs, 8, 4, 4, (30, 30, 50, 50), 0.0)
    assert len(decode(outputs, 0.51).scores) == 0
    assert len(decode(outputs, 0.49).scores) == 1


def test_only_the_best_box_of_several_cells_and_grids_for_one_face_is_kept() -> None:
    outputs = nothing_found()
    put(outputs, 8, 5, 5, (30, 30, 60, 60), 1.0)
    put(outputs, 8, 5, 6, (31, 30, 61, 60), 3.0)
    put(outputs, 16, 2, 2, (29, 31, 60, 61), 2.0)
    np.testing.assert_allclose(decode(outputs, 0.5).boxes, [[31, 30, 61, 60]], atol=1e-3)


def test_an_eye_in_a_face_is_not_a_face_of_its_own() -> None:
    outputs = nothing_found()
    put(outputs, 16, 3, 3, (20, 20, 90, 90), 3.0)
    put(outputs, 8, 5, 5, (35, 35, 55, 50), 2.0)
    np.testing.assert_allclose(decode(outputs, 0.5).boxes, [[20, 20, 90, 90]], atol=1e-3)


def test_a_box_around_a_better_one_is_not_a_face_of_its_own() -> None:
    outputs = nothing_found()
    put(outputs, 16, 3, 3, (30, 30, 70, 80), 3.0)
    put(outputs, 32, 1, 1, (5, 10, 120, 125), 2.0)
    np.testing.assert_allclose(decode(outputs, 0.5).boxes, [[30, 30, 70, 80]], atol=1e-3)


def test_a_face_half_behind_another_is_found() -> None:
    outputs = nothing_found()
    put(outputs, 16, 3, 3, (20, 20, 70, 70), 3.0)
    put(outputs, 8, 6, 9, (45, 20, 95, 70), 2.0)
    assert len(decode(outputs, 0.5).scores) == 2


def test_a_box_that_is_too_small_is_left_out() -> None:
    outputs = nothing_found()
    put(outputs, 8, 5, 5, (42, 41, 47, 47), 3.0)
    put(outputs, 8, 9, 9, (73, 73, 80, 81), 2.0)
    np.testing.assert_allclose(decode(outputs, 0.5).boxes, [[73, 73, 80, 81]], atol=1e-3)


def test_the_score_of_a_small_box_is_lowered() -> None:
    outputs = nothing_found()
    put(outputs, 8, 4, 4, (32, 32, 41, 41), 2.0)
    certain = 1 / (1 + np.exp(-2.0))
    np.testing.assert_allclose(decode(outputs, 0.5).scores, [0.75 * certain], atol=1e-5)
    assert len(decode(outputs, 0.7).scores) == 0


@pytest.mark.parametrize(("side_px", "faces"), [(MIN_SIDE_PX - 0.1, 0), (MIN_SIDE_PX + 0.1, 1)])
def test_a_box_smaller_than_the_limit_is_left_out(side_px: float, faces: int) -> None:
    outputs = nothing_found()
    put(outputs, 8, 4, 4, (32, 32, 32 + side_px, 32 + side_px), 4.0)
    assert len(decode(outputs, 0.5).scores) == faces


def test_neighbours_are_two_faces_with_the_better_one_first() -> None:
    outputs = nothing_found()
    put(outputs, 8, 5, 3, (10, 30, 40, 70), 1.0)
    put(outputs, 8, 5, 8, (38, 30, 68, 70), 2.0)
    faces = decode(outputs, 0.5)
    assert faces.boxes[:, 0].round().tolist() == [38, 10]
    assert faces.landmarks.shape == (2, 5, 2)


def test_int8_outputs_give_the_same_faces_as_floats() -> None:
    outputs = nothing_found()
    put(outputs, 16, 3, 3, (30, 30, 70, 80), 2.0)
    as_floats, as_int8 = decode(outputs, 0.5), decode(quantised(outputs, 0.05, 10), 0.5)
    np.testing.assert_allclose(as_int8.boxes, as_floats.boxes, atol=2.0)
    np.testing.assert_allclose(as_int8.scores, as_floats.scores, atol=0.01)


def test_the_number_of_faces_is_limited_when_every_cell_is_one() -> None:
    outputs = nothing_found()
    for stride in STRIDES:
        outputs[f"score_{stride}"].values[:] = 3.0
        outputs[f"box_{stride}"].values[:] = np.log(2.0)
    wide = {name: Tensor(np.tile(tensor.values, (4, 4, 1))) for name, tensor in outputs.items()}
    assert 0 < len(decode(wide, 0.5).scores) <= MAX_CANDIDATES


def test_only_the_best_cells_are_considered_when_there_are_too_many(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("live_monitor.detect.grids.MAX_CANDIDATES", 2)
    outputs = nothing_found()
    for column, logit in ((1, 3.0), (6, 1.0), (11, 2.0)):
        put(outputs, 8, 5, column, (8.0 * column, 30, 8.0 * column + 30, 60), logit)
    assert decode(outputs, 0.5).boxes[:, 0].round().tolist() == [8, 88]


def test_no_faces_are_empty_arrays() -> None:
    faces = decode(nothing_found(), 0.5)
    assert (faces.boxes.shape, faces.scores.shape, faces.landmarks.shape) == ((0, 4), (0,), (0, 5, 2))
