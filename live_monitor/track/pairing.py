"""Which box of one list is which box of another: the likeliest pairs are made first."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from live_monitor.boxes import overlaps
from live_monitor.types import Box

MAX_GROWTH = 1.7
"""Two boxes whose widths differ by a larger factor are not one face."""


def by_overlap(left: Sequence[Box], right: Sequence[Box], least: float) -> list[tuple[int, int]]:
    """Pairs (index in left, index in right) with an intersection over union of at least `least`, 0..1; none twice."""
    if not left or not right:
        return []
    return _best_first(overlaps(np.array(left), np.array(right)), least)


def by_distance(left: Sequence[Box], right: Sequence[Box], reach: Sequence[float]) -> list[tuple[int, int]]:
    """Pairs of boxes of similar size whose centres are near each other; none twice.

    Args:
        left: boxes.
        right: boxes.
        reach: how far the centre of each left one may be from its partner's, in its own widths.
    """
    if not left or not right:
        return []
    a, b = np.array(left)[:, np.newaxis], np.array(right)
    apart = np.linalg.norm((a[..., :2] + a[..., 2:] - b[:, :2] - b[:, 2:]) / 2, axis=-1)
    widths, others = a[..., 2] - a[..., 0], b[:, 2] - b[:, 0]
    growth = np.maximum(widths, others) / np.maximum(np.minimum(widths, others), 1e-9)
    nearness = 1 - apart / (np.maximum(widths, 1e-9) * np.array(reach)[:, np.newaxis])
    return _best_first(np.where(growth <= MAX_GROWTH, nearness, -1.0), 0.0)


def _best_first(likeness: NDArray[np.floating[Any]], least: float) -> list[tuple[int, int]]:
    rows, columns = np.nonzero(likeness >= least)
    order = np.argsort(-likeness[rows, columns], kind="stable")
    pairs: list[tuple[int, int]] = []
    taken: tuple[set[int], set[int]] = set(), set()
    for row, column in zip(rows[order].tolist(), columns[order].tolist(), strict=True):
        if row not in taken[0] and column not in taken[1]:
            pairs.append((row, column))
            taken[0].add(row)
            taken[1].add(column)
    return pairs
