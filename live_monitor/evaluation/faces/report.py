"""What an evaluation says in numbers: as a dictionary for JSON, and as a table for people."""

from __future__ import annotations

import itertools
import math
from collections import Counter
from collections.abc import Sequence
from typing import Any

import numpy as np

from live_monitor.evaluation.faces.evaluate import Evaluation, Run
from live_monitor.evaluation.faces.matching import MIN_IOU, pooled
from live_monitor.process.environment import environment
from live_monitor.table import aligned

BAND_EDGES_PX = (20, 32, 64, 128)

NAMED = 5
"""How many of the pictures that cannot be read are named in one line."""

Band = tuple[float, float]
"""Shorter side in pixels: from, and up to but not including."""


def as_json(evaluation: Evaluation) -> dict[str, Any]:
    """The report.

    Returns:
        detectors, each with name, ap, recall, precision, ms_per_image (median), ms_per_image_p95, threshold, by_size {band:
        {faces, ap, recall}} and by_label {label: {faces, recall}}; pictures, faces, smallest_px, iou, skipped, environment.
        Recall and precision are those of what live view finds, from the threshold up. A measure of nothing is None.
    """
    everything = (evaluation.smallest_px, math.inf)
    return {
        "detectors": [_detector(run, evaluation, everything) for run in evaluation.runs],
        "pictures": len(evaluation.pictures),
        "faces": pooled(evaluation.runs[0].matches, *everything).faces,
        "smallest_px": evaluation.smallest_px,
        "iou": MIN_IOU,
        "skipped": evaluation.skipped,
        "environment": environment(),
    }


def as_table(report: dict[str, Any]) -> str:
    """A report of `as_json` for people: a row a measure, a column a detector."""
    detectors = report["detectors"]
    rows: list[tuple[str, list[str]]] = [
        ("", [each["name"] for each in detectors]),
        ("average precision", [_share(each["ap"]) for each in detectors]),
        ("recall", [_share(each["recall"]) for each in detectors]),
        ("precision", [_share(each["precision"]) for each in detectors]),
        ("ms per image, median", [f"{each['ms_per_image']:.1f}" for each in detectors]),
        ("ms per image, p95", [f"{each['ms_per_image_p95']:.1f}" for each in detectors]),
    ]
    for measure in ("ap", "recall"):
        rows += _group_rows(measure, "by_size", " px", detectors)
    rows += _group_rows("recall", "by_label", "", detectors)
    head = f"{report['pictures']} pictures, {report['faces']} faces of {report['smallest_px']} px and up, IoU {report['iou']}"
    return "\n".join([head, "", *aligned(rows), "", report["environment"]])


def skipped(evaluation: Evaluation) -> str:
    """Which pictures could not be read, in one line."""
    lines = evaluation.skipped
    more = f"; and {len(lines) - NAMED} more (--json names all)" if len(lines) > NAMED else ""
    return f"{len(lines)} of {len(lines) + len(evaluation.pictures)} pictures skipped: {'; '.join(lines[:NAMED])}{more}"


def _detector(run: Run, evaluation: Evaluation, everything: Band) -> dict[str, Any]:
    threshold = run.candidate.threshold
    live = pooled(run.matches, *everything)
    median, p95 = np.percentile(run.times_ms, (50, 95))
    return {
        "name": run.candidate.name,
        "ap": _rounded(pooled(run.faint_matches, *everything).average_precision()),
        "recall": _rounded(live.recall(threshold)),
        "precision": _rounded(live.precision(threshold)),
        "ms_per_image": round(float(median), 3),
        "ms_per_image_p95": round(float(p95), 3),
        "threshold": threshold,
        "by_size": {_band_name(band): _band(run, band) for band in _bands(evaluation.smallest_px)},
        "by_label": _by_label(run, evaluation),
    }


def _bands(smallest_px: int) -> list[Band]:
    edges = [float(smallest_px), *(edge for edge in BAND_EDGES_PX if edge > smallest_px), math.inf]
    return list(itertools.pairwise(edges))


def _band_name(band: Band) -> str:
    low, high = band
    return f"{low:.0f}+" if high == math.inf else f"{low:.0f}-{high:.0f}"


def _band(run: Run, band: Band) -> dict[str, Any]:
    live = pooled(run.matches, *band)
    return {
        "faces": live.faces,
        "ap": _rounded(pooled(run.faint_matches, *band).average_precision()),
        "recall": _rounded(live.recall(run.candidate.threshold)),
    }


def _by_label(run: Run, evaluation: Evaluation) -> dict[str, Any]:
    faces: Counter[str] = Counter()
    found: Counter[str] = Counter()
    for picture, match in zip(evaluation.pictures, run.matches, strict=True):
        flags = zip(match.counted(evaluation.smallest_px), match.found(run.candidate.threshold), strict=True)
        for label, (counted, hit) in zip(picture.labels or (), flags, strict=False):
            faces[label] += bool(counted)
            found[label] += bool(counted and hit)
    return {label: {"faces": n, "recall": _rounded(found[label] / n)} for label, n in sorted(faces.items()) if n}


def _rounded(share: float | None) -> float | None:
    return None if share is None else round(share, 4)


def _share(share: float | None) -> str:
    return "-" if share is None else f"{share:.3f}"


def _group_rows(measure: str, group: str, unit: str, detectors: Sequence[dict[str, Any]]) -> list[tuple[str, list[str]]]:
    """A row for each band or label; how many faces it has is the same for all detectors."""
    return [
        (f"{measure}, {name}{unit} ({first['faces']})", [_share(each[group][name][measure]) for each in detectors])
        for name, first in detectors[0][group].items()
    ]
