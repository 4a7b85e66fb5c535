"""FER2013: 48x48 grey faces with seven labels (Goodfellow et al. 2013, arXiv 1307.0414), in any layout of `layouts.py`.

The three official splits ("Usage") are never mixed.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from live_monitor.classify.preprocess import FACE_PX
from live_monitor.dataset.cache import Arrays, remembered
from live_monitor.dataset.layouts import SPLITS, WHAT_TO_GIVE, Row, Skipped, read_layout
from live_monitor.errors import UsageError

__all__ = ["SPLITS", "Faces", "Fer2013", "Skipped", "load_fer2013", "naming", "read_fer2013"]

NAMED = 5
"""How many of the pictures left out are named."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True, eq=False)
class Faces:
    """Labelled faces of one split.

    Attributes:
        images: uint8 (n, 48, 48), grey levels 0..255.
        labels: int64 (n,), indexes into LABELS.
        rows: int64 (n,), FER2013's own row numbers, ascending: those of fer2013.csv and of FER+'s votes, the first being 0.
    """

    images: NDArray[np.uint8]
    labels: NDArray[np.int64]
    rows: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.labels)


@dataclass(frozen=True, eq=False)
class Fer2013:
    """The whole set: each of SPLITS, which may be empty, and what was left out because it cannot be used."""

    splits: Mapping[str, Faces]
    skipped: tuple[Skipped, ...]


def load_fer2013(path: Path, split: str) -> Faces:
    """One split, ordered by FER2013's own row number, so that every layout gives the same arrays.

    Pictures that cannot be used are left out, and a warning names them.

    Args:
        path: the folder, a .zip of it, or fer2013.csv.
        split: one of SPLITS.

    Raises:
        UsageError: the path is not FER2013, is damaged, lacks a class, or has no face of the split.
    """
    fer2013 = read_fer2013(path)
    faces = fer2013.splits[split]
    if not len(faces):
        raise UsageError(f"{path}: holds no {split} faces; {WHAT_TO_GIVE}")
    skipped = [each for each in fer2013.skipped if each.split in (split, "")]
    if skipped:
        _log.warning("%s: %d left out of %s: %s", path, len(skipped), split, "; ".join(naming(skipped)))
    return faces


def read_fer2013(path: Path) -> Fer2013:
    """All of it, and what was left out; from the second time on from the user's cache.

    Raises:
        UsageError: the path is not FER2013, is damaged, or lacks a class.
    """
    return _from_arrays(remembered(path, lambda: _read(path)))


def naming(skipped: Sequence[Skipped]) -> list[str]:
    """The first few, and how many more there are."""
    more = len(skipped) - NAMED
    return [*map(str, skipped[:NAMED]), *([f"and {more} more"] if more > 0 else [])]


def _read(path: Path) -> Arrays:
    """Flat, as the cache keeps it: `<split>.<attribute>` for every attribute of Faces, and what was skipped as JSON."""
    content = read_layout(path)
    arrays: Arrays = {"skipped": np.array(json.dumps(content.skipped))}
    for split in SPLITS:
        rows = sorted((row for row in content.rows if row.split == split), key=lambda row: (row.number, row.label))
        arrays |= {f"{split}.{name}": array for name, array in _columns(rows).items()}
    return arrays


def _columns(rows: Sequence[Row]) -> Arrays:
    return {
        "images": np.array([row.image for row in rows], np.uint8).reshape(-1, FACE_PX, FACE_PX),
        "labels": np.array([row.label for row in rows], np.int64),
        "rows": np.array([row.number for row in rows], np.int64),
    }


def _from_arrays(arrays: Arrays) -> Fer2013:
    return Fer2013(
        {split: Faces(*(arrays[f"{split}.{name}"] for name in ("images", "labels", "rows"))) for split in SPLITS},
        tuple(Skipped(*each) for each in json.loads(str(arrays["skipped"]))),
    )
