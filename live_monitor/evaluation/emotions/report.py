"""What an evaluation of emotion models says in numbers: as a dictionary for JSON, and as a table for people."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from live_monitor.dataset.ferplus import TO_LABEL
from live_monitor.evaluation.emotions.answers import Answers
from live_monitor.evaluation.emotions.evaluate import Run
from live_monitor.evaluation.emotions.harder import HARDER
from live_monitor.evaluation.emotions.labelled import LabelledFaces
from live_monitor.evaluation.emotions.metrics import (
    BINS,
    as_ferplus_class,
    balanced_accuracy,
    class_scores,
    confusion_matrix,
    ferplus_right,
    reliability,
    share,
    wilson,
)
from live_monitor.labels import LABELS
from live_monitor.process.environment import environment
from live_monitor.table import aligned

Json = dict[str, Any]


def as_json(runs: Sequence[Run], left_out: Sequence[str] = ()) -> Json:
    """The report.

    Args:
        runs: what `evaluate` returns.
        left_out: a line for each model that could not be evaluated.

    Returns:
        models, each with name, engine, split, margin, not_found, what `figures` gives, size_bytes, ms_per_batch {faces: ms},
        confusion (7 rows of true labels), per_class {label: {n, precision, recall, f1}}, reliability [{from, to, n,
        confidence, accuracy}] and harder {condition: {accuracy, balanced_accuracy}}; labels, left_out, environment.
        A measure of nothing is None. margin and not_found: see `LabelledFaces`.
    """
    return {
        "models": [_model(run) for run in runs],
        "labels": list(LABELS),
        "left_out": list(left_out),
        "environment": environment(),
    }


def figures(faces: LabelledFaces, answers: Answers, flipped: NDArray[np.float32]) -> Json:
    """The numbers that a card keeps of a split.

    Returns:
        n, accuracy, its 95 % interval [low, high], accuracy_flip, balanced_accuracy, ece, and, None without votes,
        ferplus_accuracy, of FER+'s eight classes as its authors count, and ferplus_label_accuracy, of the label that is shown.
    """
    predicted = answers.probabilities.argmax(axis=1)
    right = predicted == faces.labels
    return {
        "n": len(faces),
        "accuracy": rounded(share(right)),
        "interval": [rounded(end) for end in wilson(int(right.sum()), len(faces))],
        "accuracy_flip": rounded(share(flipped.argmax(axis=1) == faces.labels)),
        "balanced_accuracy": rounded(balanced_accuracy(confusion_matrix(faces.labels, predicted))),
        "ece": rounded(reliability(answers.probabilities, faces.labels).ece),
        "ferplus_accuracy": _ferplus_accuracy(faces, answers),
        "ferplus_label_accuracy": _ferplus_label_accuracy(faces, answers),
    }


def as_table(report: Json) -> str:
    """A report of `as_json` for people: a row a measure, a column a model."""
    models = report["models"]
    parts = []
    for split in dict.fromkeys(title_of_faces(model) for model in models):
        of_split = [model for model in models if title_of_faces(model) == split]
        rows = [("", [model["name"] for model in of_split]), ("", [model["engine"] for model in of_split])]
        head = f"{split}: {count_of_faces(of_split[0])}"
        parts.append("\n".join([head, "", *aligned([*rows, *_measures(of_split)])]))
    return "\n\n".join([*parts, report["environment"]])


def title_of_faces(model: Json) -> str:
    """Which faces a model of the report was given, for people."""
    return str(model["split"]) if model["margin"] is None else f"{model['split']}, margin {model['margin']:g}"


def count_of_faces(model: Json) -> str:
    """How many faces there are, for people, and in how many the detector found no box."""
    whole = f", no box found in {model['not_found']}: taken whole" if model["not_found"] else ""
    return f"{model['n']} faces{whole}"


def percent(value: float | None) -> str:
    """A share for people."""
    return "-" if value is None else f"{100 * value:.1f} %"


def size(model: Json) -> str:
    """Size of a model's file, for people."""
    return "-" if model["size_bytes"] is None else f"{model['size_bytes'] / 1e6:.1f} MB"


def rounded(value: float | None) -> float | None:
    """A share as reports and cards have it."""
    return None if value is None else round(value, 4)


def _model(run: Run) -> Json:
    faces, probabilities = run.faces, run.answers.probabilities
    confusion = confusion_matrix(faces.labels, probabilities.argmax(axis=1))
    return {
        "name": run.candidate.name,
        "engine": run.candidate.engine,
        "split": faces.name,
        "margin": faces.margin,
        "not_found": faces.not_found,
        **figures(faces, run.answers, run.flipped),
        "size_bytes": run.candidate.size_bytes,
        "ms_per_batch": milliseconds(run.ms_per_batch),
        "confusion": confusion.tolist(),
        "per_class": _per_class(confusion),
        "reliability": _bins(probabilities, faces.labels),
        "harder": {name: _harder(harder, faces.labels) for name, harder in run.harder.items()},
    }


def milliseconds(ms_per_batch: dict[int, float]) -> dict[str, float]:
    """Times as reports and cards have them: in JSON no key is a number."""
    return {str(batch): round(ms, 2) for batch, ms in ms_per_batch.items()}


def _ferplus_accuracy(faces: LabelledFaces, answers: Answers) -> float | None:
    if faces.majority is None:
        return None
    said = as_ferplus_class(answers.probabilities.argmax(axis=1))
    if answers.ferplus is not None:
        said = answers.ferplus.argmax(axis=1)
    return rounded(share(ferplus_right(said, faces.majority)))


def _ferplus_label_accuracy(faces: LabelledFaces, answers: Answers) -> float | None:
    """How often the label shown is what most of FER+'s annotators saw, for the faces in which they saw one of the seven."""
    if faces.majority is None:
        return None
    shown = as_ferplus_class(answers.probabilities.argmax(axis=1))
    one_of_ours = np.where(TO_LABEL[faces.majority] >= 0, faces.majority, -1)
    return rounded(share(ferplus_right(shown, one_of_ours)))


def _per_class(confusion: NDArray[np.int64]) -> Json:
    return {
        label: {
            "n": scores.faces,
            "precision": rounded(scores.precision),
            "recall": rounded(scores.recall),
            "f1": rounded(scores.f1),
        }
        for label, scores in zip(LABELS, class_scores(confusion), strict=True)
    }


def _bins(probabilities: NDArray[np.float32], labels: NDArray[np.int64]) -> list[Json]:
    bins = reliability(probabilities, labels)
    return [
        {
            "from": rounded(index / BINS),
            "to": rounded((index + 1) / BINS),
            "n": int(n),
            "confidence": rounded(float(confidence)) if n else None,
            "accuracy": rounded(float(accuracy)) if n else None,
        }
        for index, (n, confidence, accuracy) in enumerate(zip(bins.faces, bins.confidence, bins.accuracy, strict=True))
    ]


def _harder(probabilities: NDArray[np.float32], labels: NDArray[np.int64]) -> Json:
    predicted = probabilities.argmax(axis=1)
    return {
        "accuracy": rounded(share(predicted == labels)),
        "balanced_accuracy": rounded(balanced_accuracy(confusion_matrix(labels, predicted))),
    }


def _measures(models: Sequence[Json]) -> list[tuple[str, list[str]]]:
    rows = [
        ("accuracy", [percent(model["accuracy"]) for model in models]),
        ("  95 % interval", [f"{100 * model['interval'][0]:.1f} to {percent(model['interval'][1])}" for model in models]),
        ("  with flip", [percent(model["accuracy_flip"]) for model in models]),
        ("balanced accuracy", [percent(model["balanced_accuracy"]) for model in models]),
        ("FER+ majority", [percent(model["ferplus_accuracy"]) for model in models]),
        ("  of the label shown", [percent(model["ferplus_label_accuracy"]) for model in models]),
        ("calibration error (ECE)", [f"{model['ece']:.3f}" for model in models]),
    ]
    if models[0]["ferplus_accuracy"] is None:
        rows = [row for row in rows if row[0] not in ("FER+ majority", "  of the label shown")]
    rows += [
        (f"F1, {label} ({scores['n']})", [percent(model["per_class"][label]["f1"]) for model in models])
        for label, scores in models[0]["per_class"].items()
    ]
    rows += [(f"accuracy, {name}", [percent(model["harder"][name]["accuracy"]) for model in models]) for name in HARDER]
    rows.append(("size", [size(model) for model in models]))
    for batch in models[0]["ms_per_batch"]:
        rows.append((f"ms for {batch}", [f"{model['ms_per_batch'][batch]:.1f}" for model in models]))
    return rows
