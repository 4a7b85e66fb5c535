"""Measures when a face should be called unsure: beyond which limits of the quality gate, and below which probability."""

from __future__ import annotations

import dataclasses
import json
import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from live_monitor.classify.card import READABLE
from live_monitor.classify.quality import Limits, flaws
from live_monitor.evaluation.emotions.labelled import LabelledFaces
from live_monitor.evaluation.unsure import harder
from live_monitor.evaluation.unsure.coverage import TARGET, Point, Values, at_coverage, at_threshold, curve, limit
from live_monitor.evaluation.unsure.reader import FaceReader, Read

HARDER = "harder"

HELD_BACK = "PrivateTest"
"""The set of faces that nothing is chosen on."""

STEP_FACES = 1000
"""So many faces, evenly spread over all, are made worse at each step: enough to see 2 points of accuracy."""

Curves = dict[str, tuple[Values, Values]]
"""By set: coverage and accuracy."""

Progress = Callable[[int], object]
"""Called with the number of sets of faces read since the last call."""


def evaluate(
    reader: FaceReader, sets: Sequence[LabelledFaces], progress: Progress = lambda _: None
) -> tuple[dict[str, Any], Curves]:
    """Reads all faces, as they are and made worse, and chooses the limits.

    Args:
        reader: model and detector; "shipped" is what its card says.
        sets: faces; the first one is FER2013's, from which the limits of size, blur and light come, and the probability.
        progress: see Progress; there are `steps(sets)` in all.

    Returns:
        card {unsure_below, readable {name: limit, None where there is none}}, as a model's card has them; score, the detector's;
        target; sets [{name, faces, accuracy, target, chosen, shipped}], the last three with unsure_below, coverage, accuracy; and
        the curves of the sets. The worsened faces are a set of their own, named HARDER.
    """
    reads = {}
    for faces in sets:
        reads[faces.name] = reader.read(faces.images, faces.labels, reader.find(faces.images))
        progress(1)
    chosen = _limits(reader, sets[0], [read for name, read in reads.items() if name != HELD_BACK], progress)
    worse, sides = harder.mixed(sets[0].images)
    reads[f"{sets[0].name}, {HARDER}"] = reader.read(worse, sets[0].labels, None, sides)
    progress(1)
    readable = {name: _readable(read, chosen) for name, read in reads.items()}
    first = reads[sets[0].name]
    threshold = at_coverage(first.confidence, first.right, readable[sets[0].name]).unsure_below
    limits = {name: _rounded(value) for name, value in dataclasses.asdict(chosen).items()}
    report = {
        "card": {"unsure_below": round(threshold, 3), "readable": {name: limits[name] for name in READABLE}},
        "score": limits["score"],
        "target": TARGET,
        "sets": [_set(name, read, readable[name], threshold, reader) for name, read in reads.items()],
    }
    return report, {name: curve(read.confidence, read.right, readable[name]) for name, read in reads.items()}


def steps(sets: Sequence[LabelledFaces]) -> int:
    """How many sets of faces `evaluate` reads."""
    return len(sets) + 1 + sum(len(levels) for _, levels in harder.FLAWS.values())


def _limits(reader: FaceReader, faces: LabelledFaces, reads: Sequence[Read], progress: Progress) -> Limits:
    some = slice(None, None, max(1, len(faces.images) // STEP_FACES))
    usual = float(reads[0].right[some].mean())
    found: dict[str, float] = {}
    for flaw, name in (("size_px", "size_px"), ("sharpness", "sharpness"), ("darkest", "brightness"), ("clipped", "clipped")):
        values, right = [getattr(reads[0].quality, name)[some]], [reads[0].right[some]]
        for step, worse in harder.versions(faces.images[some], flaw):
            sides = np.full(len(worse), step) if flaw == "size_px" else None
            read = reader.read(worse, faces.labels[some], None, sides)
            values.append(getattr(read.quality, name))
            right.append(read.right)
            progress(1)
        gains = np.concatenate(right).astype(np.float64) - usual
        found[flaw] = limit(np.concatenate(values), gains, np.ones(len(gains)), high_is_bad=flaw == "clipped")
    # Every set has turned and faint faces; each set has its own usual accuracy, and all count the same.
    weights = np.concatenate([np.full(len(read.right), 1 / len(read.right)) for read in reads])
    gains = np.concatenate([read.right - float(read.right.mean()) for read in reads])
    found["turn"] = limit(np.concatenate([read.quality.turn for read in reads]), gains, weights, high_is_bad=True)
    score = limit(np.concatenate([read.quality.score for read in reads]), gains, weights, high_is_bad=False)
    return Limits(**found, score=max(score, reader.limits.score))


def _readable(read: Read, limits: Limits) -> np.ndarray[Any, np.dtype[np.bool_]]:
    return np.array([not flaw for flaw in flaws(read.quality, limits)])


def _set(
    name: str, read: Read, readable: np.ndarray[Any, np.dtype[np.bool_]], threshold: float, reader: FaceReader
) -> dict[str, Any]:
    shipped = _readable(read, reader.limits)
    return {
        "name": name,
        "faces": len(read.right),
        "accuracy": round(float(read.right.mean()), 4),
        "target": _point(at_coverage(read.confidence, read.right, readable)),
        "chosen": _point(at_threshold(read.confidence, read.right, readable, threshold)),
        "shipped": _point(at_threshold(read.confidence, read.right, shipped, reader.unsure_below)),
    }


def _point(point: Point) -> dict[str, float | None]:
    return {name: _rounded(value) for name, value in point._asdict().items()}


def _rounded(value: float) -> float | None:
    """For JSON, which knows no infinity."""
    return round(value, 4) if math.isfinite(value) else None


def as_table(report: Mapping[str, Any]) -> str:
    """A report of `evaluate` for people."""
    limits = {**report["card"]["readable"], "score": report["score"], "probability": report["card"]["unsure_below"]}
    lines = ["a face is unsure beyond these limits:"]
    lines += [f"  {name:<18} {'none' if value is None else f'{value:g}'}" for name, value in limits.items()]
    lines += ["", f"in the model's card: {json.dumps(report['card'])[1:-1]}", ""]
    lines.append(f"{'':<24}{'faces':>7}{'accuracy':>10}{'at 80 %':>10}{'limits above':>20}{'as shipped':>20}")
    for each in report["sets"]:
        chosen, shipped = (f"{_share(each[key]['accuracy'])} of {each[key]['coverage']:.1%}" for key in ("chosen", "shipped"))
        target = _share(each["target"]["accuracy"]) if each["target"]["coverage"] > TARGET - 0.01 else "-"
        lines.append(f"{each['name']:<24}{each['faces']:>7}{each['accuracy']:>10.1%}{target:>10}{chosen:>20}{shipped:>20}")
    return "\n".join(lines)


def _share(share: float | None) -> str:
    return "-" if share is None else f"{share:.1%}"
