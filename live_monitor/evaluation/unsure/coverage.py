"""Where to draw the line: limits beyond which faces are read badly, and accuracy against coverage."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

LOST_POINTS = 0.2
"""Beyond a limit faces are read this much worse, in accuracy, than all faces as they come."""

TARGET = 0.8
"""Share of the faces that should be readable."""

BIN_SHARE = 0.02
"""Share of the faces whose accuracy is looked at together."""

Values = NDArray[np.float64]
Flags = NDArray[np.bool_]


class Point(NamedTuple):
    """One point of a curve.

    Attributes:
        unsure_below: probability 0..1 below which a face is unsure.
        coverage: share of the faces that are not, 0..1.
        accuracy: of these; nan when there are none.
    """

    unsure_below: float
    coverage: float
    accuracy: float


def limit(values: Values, gains: Values, weights: Values, *, high_is_bad: bool) -> float:
    """The value at which faces begin to be read well enough.

    Args:
        values: what was measured of each face, (n,); faces with nan are left out.
        gains: 1 or 0 for a face read rightly or wrongly, less the accuracy over faces as they come, (n,).
        weights: how much each face counts, (n,).
        high_is_bad: whether large values are the bad ones.

    Returns:
        The limit, so that faces just beyond it are read LOST_POINTS worse than others; infinite, on the good side, when none
        are, or nothing was measured of any.
    """
    none = math.inf if high_is_bad else -math.inf
    known = np.isfinite(values)
    if not known.any():
        return none
    order = np.argsort(values[known] * (-1 if high_is_bad else 1), kind="stable")
    ordered, gained, counted = values[known][order], gains[known][order], weights[known][order]
    share = (counted.cumsum() - counted) / counted.sum()
    for start in np.arange(0.0, 1.0, BIN_SHARE).tolist():
        here = (share >= start) & (share < start + 2 * BIN_SHARE)
        if here.any() and np.average(gained[here], weights=counted[here]) > -LOST_POINTS:
            first = int(here.argmax())
            break
    else:
        first = len(ordered) - 1
    if first == 0:
        return none
    return float(ordered[first])


def curve(confidence: Values, right: Flags, readable: Flags) -> tuple[Values, Values]:
    """Coverage and accuracy, each (m,), when only the m most confident readable faces count, for m from 1 up."""
    order = np.argsort(-confidence[readable], kind="stable")
    counts = np.arange(1, len(order) + 1)
    return counts / len(confidence), right[readable][order].cumsum() / counts


def at_coverage(confidence: Values, right: Flags, readable: Flags, target: float = TARGET) -> Point:
    """The point at which the wanted share of the faces counts; all readable ones when they are fewer."""
    wanted = min(round(target * len(confidence)), int(readable.sum()))
    if wanted == 0:
        return Point(1.0, 0.0, math.nan)
    threshold = float(np.sort(confidence[readable])[-wanted])
    return at_threshold(confidence, right, readable, threshold)


def at_threshold(confidence: Values, right: Flags, readable: Flags, threshold: float) -> Point:
    """The point at which faces below this probability are unsure."""
    counted = readable & (confidence >= threshold)
    return Point(threshold, float(counted.mean()), float(right[counted].mean()) if counted.any() else math.nan)
