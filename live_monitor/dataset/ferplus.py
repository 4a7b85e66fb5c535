"""FER+: ten annotators' votes on every row of FER2013 (Barsoum et al. 2016, arXiv 1608.01041), from its file fer2013new.csv."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from live_monitor.dataset.fer2013 import Faces
from live_monitor.errors import UsageError
from live_monitor.labels import FERPLUS_LABELS, FERPLUS_OF_LABEL

SPLIT_ROWS: Final = {"Training": 28709, "PublicTest": 3589, "PrivateTest": 3589}
"""Rows of FER2013's splits, which follow each other in this order."""

FER2013_ROWS: Final = sum(SPLIT_ROWS.values())

UNKNOWN, NOT_A_FACE = len(FERPLUS_LABELS), len(FERPLUS_LABELS) + 1
"""Columns of the votes, behind those of the classes, for a face nobody can read, and for a picture without one."""

TO_LABEL: Final[NDArray[np.int64]] = np.full(len(FERPLUS_LABELS), -1)
TO_LABEL[list(FERPLUS_OF_LABEL)] = range(len(FERPLUS_OF_LABEL))
"""Index into LABELS of each of FERPLUS_LABELS; -1 for contempt, which FER2013 does not have."""

MIN_AGREEMENT, MIN_COMPARED = 0.4, 100
"""Of FER2013's faces with a majority, 67 % have the label that most people saw; with the votes on other faces, 17 to 19 %. Fewer
faces than the second number are not judged."""

OUTLIER_VOTES = 1
"""A class with no more votes than this counts as without any: one annotator of ten may have slipped."""

_COLUMNS = ("usage", "image name", *FERPLUS_LABELS, "unknown", "nf")
_FIRST_VOTE = 2


def load_votes(path: Path) -> NDArray[np.uint8]:
    """Reads fer2013new.csv; `Faces.rows` are indexes into it.

    Returns:
        uint8 (35887, 10), how many people chose each of FERPLUS_LABELS, unknown, and not a face.

    Raises:
        UsageError: the file cannot be read, or is not FER+'s.
    """
    try:
        with path.open(newline="", encoding="utf-8-sig") as file:
            return _votes(path, csv.reader(file))
    except OSError as error:
        raise UsageError(f"{path}: cannot be read: {error.strerror or error}; give FER+'s fer2013new.csv") from error
    except (UnicodeDecodeError, csv.Error) as error:
        raise _no_votes(path, str(error)) from error


def majority(votes: NDArray[np.uint8]) -> NDArray[np.int64]:
    """What most people saw, as FER+'s authors count: see `verdicts`.

    Args:
        votes: uint8 (n, 10), rows of `load_votes`.

    Returns:
        int64 (n,), an index into FERPLUS_LABELS, or -1: no majority, or one for unknown or not a face.
    """
    winners = verdicts(votes)
    return np.where(winners < UNKNOWN, winners, -1)


def verdicts(votes: NDArray[np.uint8]) -> NDArray[np.int64]:
    """The column with more than half of the votes, single ones not counted (`_process_data` of FER+'s public code, "majority").

    Args:
        votes: uint8 (n, 10), rows of `load_votes`.

    Returns:
        int64 (n,), an index into FERPLUS_LABELS, UNKNOWN, NOT_A_FACE, or -1 where no column has more than half.
    """
    counted = _without_outliers(votes)
    decided = 2 * counted.max(axis=1) > counted.sum(axis=1)
    return np.where(decided, counted.argmax(axis=1), -1)


def distribution(votes: NDArray[np.uint8]) -> NDArray[np.float32]:
    """How likely each class is, by the votes for any of them; single votes are not counted.

    Args:
        votes: uint8 (n, 10), rows of `load_votes`.

    Returns:
        float32 (n, 8), each row of sum 1; zeros where no votes are left.
    """
    counted = _without_outliers(votes)[:, : len(FERPLUS_LABELS)].astype(np.float32)
    shares: NDArray[np.float32] = counted / np.maximum(counted.sum(axis=1, keepdims=True), 1)
    return shares


def refuse_other_faces(votes: NDArray[np.uint8], splits: Mapping[str, Faces], source: Path) -> None:
    """Makes sure that the votes are on these faces: that they are numbered, and labelled, as FER2013's rows are.

    Args:
        votes: of `load_votes`.
        splits: the faces of each split that is used.
        source: where they are from, for the message.

    Raises:
        UsageError: a number is not one of its split's, or people saw other faces.
    """
    first = 0
    for split, count in SPLIT_ROWS.items():
        if split in splits:
            _refuse_other_numbers(split, splits[split].rows, range(first, first + count), source)
            _refuse_other_labels(split, majority(votes[splits[split].rows]), splits[split].labels, source)
        first += count


def _refuse_other_numbers(split: str, rows: NDArray[np.int64], own: range, source: Path) -> None:
    outside = rows[(rows < own.start) | (rows >= own.stop)]
    if len(outside):
        raise _do_not_fit(source, f"it has a {split} picture number {outside[0]}; FER2013's are {own.start} to {own.stop - 1}")


def _refuse_other_labels(split: str, seen: NDArray[np.int64], labels: NDArray[np.int64], source: Path) -> None:
    decided = seen >= 0
    agreement = (TO_LABEL[seen[decided]] == labels[decided]).mean() if decided.sum() >= MIN_COMPARED else 1.0
    if agreement < MIN_AGREEMENT:
        raise _do_not_fit(
            source, f"of its {split} pictures {100 * agreement:.0f} % have the label that most people saw, of FER2013's 67 %"
        )


def _do_not_fit(source: Path, why: str) -> UsageError:
    return UsageError(f"{source}: FER+'s votes do not fit: {why}; give all of fer2013.csv, or leave --votes out")


def _without_outliers(votes: NDArray[np.uint8]) -> NDArray[np.int64]:
    return np.where(votes > OUTLIER_VOTES, votes, 0).astype(np.int64)


def _votes(path: Path, lines: Iterable[list[str]]) -> NDArray[np.uint8]:
    records = iter(lines)
    if tuple(name.strip().lower() for name in next(records, [])) != _COLUMNS:
        raise _no_votes(path, f"its columns are not {', '.join(_COLUMNS)}")
    rows = [row for row in records if row]
    if len(rows) != FER2013_ROWS:
        raise _no_votes(path, f"it has {len(rows)} rows, but FER2013 has {FER2013_ROWS}")
    votes = np.array([_row(path, number, row) for number, row in enumerate(rows)], np.uint8)
    if [row[0] for row in rows] != [split for split, count in SPLIT_ROWS.items() for _ in range(count)]:
        raise _no_votes(path, "its rows are not in FER2013's order")
    return votes


def _row(path: Path, number: int, record: list[str]) -> list[int]:
    line = f"line {number + 2}"
    if len(record) != len(_COLUMNS):
        raise _no_votes(path, f"{line} has {len(record)} columns, not {len(_COLUMNS)}")
    wrong = next((text for text in record[_FIRST_VOTE:] if not text.isdecimal() or int(text) > np.iinfo(np.uint8).max), None)
    if wrong is not None:
        raise _no_votes(path, f"{line}: {wrong!r} is not a number of votes")
    return [int(text) for text in record[_FIRST_VOTE:]]


def _no_votes(path: Path, why: str) -> UsageError:
    return UsageError(f"{path}: not FER+'s fer2013new.csv: {why}; download it again")
