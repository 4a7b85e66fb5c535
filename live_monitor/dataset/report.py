"""The report on FER2013: as a dictionary for JSON, and as a table for people."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from live_monitor.dataset.duplicates import NEAR, Twins
from live_monitor.dataset.fer2013 import SPLITS, Faces, Fer2013, naming
from live_monitor.dataset.ferplus import NOT_A_FACE, TO_LABEL, UNKNOWN, majority, verdicts
from live_monitor.labels import LABELS
from live_monitor.table import aligned

Counts = dict[str, int]
"""How many pictures there are in each of SPLITS."""

_TableRow = tuple[str, Sequence[str]]


def as_json(source: Path, fer2013: Fer2013, exact: Twins, near: Twins, votes: NDArray[np.uint8] | None) -> dict[str, Any]:
    """The report; every count is of pictures, by split.

    Args:
        source: where it was read from.
        fer2013: what was read.
        exact: its exact duplicates.
        near: its near ones.
        votes: FER+'s, or None.

    Returns:
        source; images {label: counts}; skipped, a line each; exact_duplicates and near_duplicates {of_<split>: counts with a
        twin in that split, other_label: counts with a twin of another label}; near_correlation; with votes, votes
        {class_majority, agree, no_majority, unknown, not_a_face: counts}.
    """
    splits = fer2013.splits
    report: dict[str, Any] = {
        "source": str(source),
        "images": {
            label: {split: int((faces.labels == index).sum()) for split, faces in splits.items()}
            for index, label in enumerate(LABELS)
        },
        "skipped": list(map(str, fer2013.skipped)),
        "exact_duplicates": _twins(exact),
        "near_duplicates": _twins(near),
        "near_correlation": NEAR,
    }
    if votes is not None:
        each = {split: _votes(faces, votes[faces.rows]) for split, faces in splits.items()}
        report["votes"] = {name: {split: each[split][name] for split in SPLITS} for name in each[SPLITS[0]]}
    return report


def as_table(report: dict[str, Any], fer2013: Fer2013) -> str:
    """A report of `as_json` for people: a column a split."""
    images = report["images"]
    totals = {split: sum(counts[split] for counts in images.values()) for split in SPLITS}
    rows: list[_TableRow] = [
        ("images", (*SPLITS, "all")),
        *(_counts_row(label, counts) for label, counts in images.items()),
        _counts_row("all", totals),
        *_section("duplicates"),
        *_twin_rows("equal to", report["exact_duplicates"]),
        *_twin_rows("nearly equal to", report["near_duplicates"]),
    ]
    if "votes" in report:
        rows += [*_section("votes of FER+"), *_vote_rows(report["votes"])]
    left_out = [f"{len(fer2013.skipped)} left out:", *(f"  {line}" for line in naming(fer2013.skipped))]
    return "\n".join([report["source"], "", *map(str.rstrip, aligned(rows)), *(["", *left_out] if fer2013.skipped else [])])


def _twins(twins: Twins) -> dict[str, Counts]:
    with_twin = {f"of_{split}": twins.within(index) for index, split in enumerate(SPLITS)}
    return {
        name: {split: int((flags & (twins.splits == index)).sum()) for index, split in enumerate(SPLITS)}
        for name, flags in {**with_twin, "other_label": twins.disagreeing()}.items()
    }


def _votes(faces: Faces, votes: NDArray[np.uint8]) -> Counts:
    classes, winners = majority(votes), verdicts(votes)
    counted = classes >= 0
    return {
        "class_majority": int(counted.sum()),
        "agree": int((TO_LABEL[classes[counted]] == faces.labels[counted]).sum()),
        "no_majority": int((winners < 0).sum()),
        "unknown": int((winners == UNKNOWN).sum()),
        "not_a_face": int((winners == NOT_A_FACE).sum()),
    }


def _section(heading: str) -> list[_TableRow]:
    empty = [""] * (len(SPLITS) + 1)
    return [("", empty), (heading, empty)]


def _counts_row(name: str, counts: Counts) -> _TableRow:
    return name, [f"{count}" for count in (*counts.values(), sum(counts.values()))]


def _twin_rows(how: str, twins: dict[str, Counts]) -> list[_TableRow]:
    names = {f"of_{split}": f"  {how} one in {split}" for split in SPLITS} | {"other_label": f"  {how} one of another label"}
    return [_counts_row(names[key], counts) for key, counts in twins.items()]


def _vote_rows(votes: dict[str, Counts]) -> list[_TableRow]:
    agree, of = ([*counts.values(), sum(counts.values())] for counts in (votes["agree"], votes["class_majority"]))
    shares = [f"{100 * part / whole:.1f} %" if whole else "-" for part, whole in zip(agree, of, strict=True)]
    return [
        _counts_row("  a majority for one class", votes["class_majority"]),
        ("  that is FER2013's label", shares),
        _counts_row("  no majority", votes["no_majority"]),
        _counts_row("  a majority for unknown", votes["unknown"]),
        _counts_row("  a majority for not a face", votes["not_a_face"]),
    ]
