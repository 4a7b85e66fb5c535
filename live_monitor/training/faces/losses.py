"""What training minimises: score by the box's quality, box by generalised IoU, landmarks by distance."""

from __future__ import annotations

from typing import Any

from keras import ops

from live_monitor.detect.cells import BOX, VALUES
from live_monitor.training.faces.targets import BOX_COLUMNS, FACE, KNOWN, LANDMARK_COLUMNS, NEGATIVE

BOX_WEIGHT, LANDMARK_WEIGHT = 2.0, 0.75
BACKGROUND_WEIGHT, BACKGROUND_POWER = 1.0, 2.0
"""Background has this weight times its score to this power: background that is already recognised costs little (varifocal loss,
arXiv 2008.13367)."""

LENIENT, STRICT_CELLS = 0.5, 2.0
"""A score should be the overlap to the power of the face's side in cells over STRICT_CELLS, from LENIENT to 1: on a face of ten
pixels, a box that is off by one overlaps it by two thirds only."""

_SMOOTH = 0.05
"""Landmark errors below this share of the face's side count by their square."""


def face_loss(wanted: Any, given: Any) -> Any:
    """Loss of a batch.

    Args:
        wanted: (n, cells, COLUMNS), see `targets`.
        given: (n, cells, 15): score as a logit, box, landmarks.

    Returns:
        A float: the sum over all cells, divided by the weight of all cells that see a face.
    """
    logits, boxes, landmarks = given[..., 0], given[..., 1 : 1 + VALUES[BOX]], given[..., 1 + VALUES[BOX] :]
    face, truth = wanted[..., FACE], wanted[..., BOX_COLUMNS]
    iou, generalised = _overlaps(truth, boxes)
    quality = ops.stop_gradient(ops.power(ops.clip(iou, 0.0, 1.0), _strictness(truth)))
    positive = _cross_entropy(quality, logits)
    seen = ops.stop_gradient(ops.power(ops.sigmoid(logits), BACKGROUND_POWER))
    background = BACKGROUND_WEIGHT * seen * _cross_entropy(ops.zeros_like(logits), logits)
    distance = _landmark_distance(wanted[..., LANDMARK_COLUMNS], landmarks, truth)
    per_face = positive + BOX_WEIGHT * (1 - generalised) + LANDMARK_WEIGHT * wanted[..., KNOWN] * distance
    # A cell that answers for a face is not background: its "negative" is 0.
    total = ops.sum(face * per_face) + ops.sum(wanted[..., NEGATIVE] * background)
    return total / ops.maximum(ops.sum(face), 1.0)


def _strictness(truth: Any) -> Any:
    """The power of the overlap that a score should be, (n, cells)."""
    return ops.clip(_side(truth) / STRICT_CELLS, LENIENT, 1.0)


def _side(truth: Any) -> Any:
    """Side of the faces, the geometric mean of width and height, in cells: (n, cells)."""
    return ops.exp(ops.mean(truth[..., 2:], axis=-1))


def _cross_entropy(wanted: Any, logits: Any) -> Any:
    return ops.softplus(logits) - wanted * logits


def _overlaps(truth: Any, given: Any) -> tuple[Any, Any]:
    """IoU and generalised IoU (arXiv 1902.09630) of boxes as cells give them."""
    low_a, high_a = _corners(truth)
    low_b, high_b = _corners(given)
    shared = ops.prod(ops.maximum(ops.minimum(high_a, high_b) - ops.maximum(low_a, low_b), 0.0), axis=-1)
    both = ops.prod(high_a - low_a, axis=-1) + ops.prod(high_b - low_b, axis=-1) - shared
    around = ops.prod(ops.maximum(high_a, high_b) - ops.minimum(low_a, low_b), axis=-1)
    iou = shared / both
    return iou, iou - (around - both) / around


def _corners(values: Any) -> tuple[Any, Any]:
    centre = values[..., :2]
    # Wide limits: a wild guess early on must not overflow.
    half = ops.exp(ops.clip(values[..., 2:], -4.0, 5.0)) / 2
    return centre - half, centre + half


def _landmark_distance(wanted: Any, given: Any, truth: Any) -> Any:
    """Mean smooth distance of the ten numbers, in _SMOOTH of the face's side."""
    off = ops.abs(wanted - given) / _side(truth)[..., None]
    smooth = ops.where(off < _SMOOTH, off * off / (2 * _SMOOTH), off - _SMOOTH / 2)
    return ops.mean(smooth, axis=-1) / _SMOOTH
