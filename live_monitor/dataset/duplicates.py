"""Finds faces that are in a data set more than once, byte for byte or nearly so."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from live_monitor.classify.preprocess import FACE_PX, normalise
from live_monitor.dataset.fer2013 import SPLITS, Fer2013
from live_monitor.labels import LABELS

NEAR: Final = 0.92
"""Correlation from which two pictures count as one, whatever their brightness and contrast.

Of 60 pairs of FER2013 looked at in each range, from 0.94 up every one is the same photo, re-encoded, with a watermark or a pixel
off; between 0.92 and 0.94 one of 60 shows two people, between 0.90 and 0.92 five, between 0.88 and 0.90 twenty-six.
"""

CELL_PX = 4
BLOCK = 2048
"""Pictures compared at once with as many others: 16 MB of correlations."""


@dataclass(frozen=True, eq=False)
class Twins:
    """Which faces have a twin.

    Attributes:
        splits: int64 (n,), each face's split as an index into SPLITS.
        labels: int64 (n,), each face's label.
        found: bool (n, 3, 7), whether another picture in this split and with this label is its twin.
    """

    splits: NDArray[np.int64]
    labels: NDArray[np.int64]
    found: NDArray[np.bool_]

    def within(self, split: int) -> NDArray[np.bool_]:
        """bool (n,), whether there is a twin in that split."""
        twin: NDArray[np.bool_] = np.any(self.found[:, split], axis=1)
        return twin

    def disagreeing(self) -> NDArray[np.bool_]:
        """bool (n,), whether there is a twin with another label, in any split."""
        others = np.arange(len(LABELS)) != self.labels[:, np.newaxis]
        twin: NDArray[np.bool_] = (self.found.any(axis=1) & others).any(axis=1)
        return twin


def find_duplicates(fer2013: Fer2013, advance: Callable[[int], object]) -> tuple[Twins, Twins]:
    """Faces with equal bytes, and faces that are nearly equal, without the equal ones.

    Args:
        fer2013: the faces, those of all splits compared with each other.
        advance: called with the number of distinct pictures compared since the last call.

    Returns:
        The exact twins and the near ones, the faces in the order of SPLITS, and in each split in its own order.
    """
    faces = [fer2013.splits[split] for split in SPLITS]
    images = np.concatenate([each.images for each in faces])
    labels = np.concatenate([each.labels for each in faces])
    splits = np.repeat(np.arange(len(SPLITS)), [len(each) for each in faces])
    keys = np.ascontiguousarray(images).reshape(len(images), -1).view(f"V{FACE_PX * FACE_PX}")[:, 0]
    _, first, which = np.unique(keys, return_index=True, return_inverse=True)
    counts = np.zeros((len(first), len(SPLITS), len(LABELS)), np.int64)
    np.add.at(counts, (which, splits, labels), 1)

    others = counts[which]
    others[np.arange(len(images)), splits, labels] -= 1  # no picture is its own twin
    near = np.zeros(counts.shape, np.bool_)
    for one, other in near_pairs(images[first], advance):
        np.logical_or.at(near, one, counts[other] > 0)
        np.logical_or.at(near, other, counts[one] > 0)
    return Twins(splits, labels, others > 0), Twins(splits, labels, near[which])


def near_pairs(
    images: NDArray[np.uint8], advance: Callable[[int], object]
) -> Iterator[tuple[NDArray[np.int64], NDArray[np.int64]]]:
    """All pairs with a correlation of NEAR or more, those of a block of pictures at a time.

    A sketch of a picture decides which pairs are worth a look at all pixels. It misses none: a picture is the sum of
    two vectors at right angles, the means of its cells and what they leave over, so the product of two pictures is at most
    that of their means plus that of the lengths of what is left over (Cauchy and Schwarz).

    Args:
        images: uint8 (n, 48, 48).
        advance: called with the number of pictures compared with all others since the last call.

    Yields:
        Two int64 (m,) of indexes, the first smaller than the second.
    """
    blocks = range(0, len(images), BLOCK)
    sketches = [_sketch(_unit(images[start : start + BLOCK])) for start in blocks]
    for number, start in enumerate(blocks):
        for other_number in range(number, len(blocks)):
            one, other = np.nonzero(sketches[number] @ sketches[other_number].T >= NEAR)
            yield from _confirmed(images, one + start, other + blocks[other_number])
        advance(len(sketches[number]))


def _confirmed(
    images: NDArray[np.uint8], one: NDArray[np.int64], other: NDArray[np.int64]
) -> Iterator[tuple[NDArray[np.int64], NDArray[np.int64]]]:
    once = one < other
    one, other = one[once], other[once]
    for start in range(0, len(one), BLOCK):
        left, right = one[start : start + BLOCK], other[start : start + BLOCK]
        near = np.einsum("np,np->n", _unit(images[left]), _unit(images[right])) >= NEAR
        yield left[near], right[near]


def _unit(images: NDArray[np.uint8]) -> NDArray[np.float32]:
    """float32 (n, 2304): the product of two is their correlation; evenly grey pictures are shorter than 1."""
    return normalise(images).reshape(len(images), -1) / np.float32(FACE_PX)


def _sketch(unit: NDArray[np.float32]) -> NDArray[np.float32]:
    """float32 (n, 145): the product of two is at least that of the pictures."""
    cells = FACE_PX // CELL_PX
    sums = unit.reshape(-1, cells, CELL_PX, cells, CELL_PX).sum(axis=(2, 4)).reshape(len(unit), -1)
    means = sums / np.float32(CELL_PX)  # in a basis of unit vectors, one a cell
    left_over = np.square(unit).sum(axis=1) - np.square(means).sum(axis=1)
    return np.column_stack([means, np.sqrt(np.maximum(left_over, 0))])
