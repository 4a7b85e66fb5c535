"""A report of emotion models as Markdown, with the pictures that lie beside it."""

from __future__ import annotations

from live_monitor.evaluation.emotions.harder import HARDER
from live_monitor.evaluation.emotions.plots import COMPARISON_FILE, confusion_file, reliability_file
from live_monitor.evaluation.emotions.report import Json, count_of_faces, percent, size, title_of_faces
from live_monitor.labels import LABELS
from live_monitor.table import markdown


def as_markdown(report: Json) -> str:
    """The whole report: models side by side, the harder faces, and of each model its labels and pictures."""
    models = report["models"]
    sections = [
        "# Emotion models",
        markdown(_OVERVIEW, map(_overview, models)),
        "Interval: 95 %, Wilson. Flip: mean of the probabilities of a face and its mirror image. Balanced: mean recall of the "
        "labels. ECE: expected calibration error, 15 bins. FER+: agreement with the majority of ten annotators on eight "
        "classes, as its authors count; shown: that of the label that is shown, where they saw one of the seven.",
        "## Harder faces",
        markdown(("model", "faces", "as they are", *HARDER), map(_harder, models)),
        f"![Accuracy on harder faces]({COMPARISON_FILE})",
    ]
    for index, model in enumerate(models):
        sections += _of_model(index, model)
    sections += [f"Left out: {line}" for line in report["left_out"]]
    return "\n\n".join([*sections, report["environment"]]) + "\n"


_OVERVIEW = (
    "model", "engine", "faces", "n", "accuracy", "interval", "with flip", "balanced", "ECE", "FER+", "shown", "size",
    "ms for 1, 8, 32",
)  # fmt: skip


def _overview(model: Json) -> list[str]:
    low, high = model["interval"]
    return [
        f"`{model['name']}`",
        model["engine"],
        title_of_faces(model),
        str(model["n"]),
        percent(model["accuracy"]),
        f"{100 * low:.1f} to {100 * high:.1f}",
        percent(model["accuracy_flip"]),
        percent(model["balanced_accuracy"]),
        f"{model['ece']:.3f}",
        percent(model["ferplus_accuracy"]),
        percent(model["ferplus_label_accuracy"]),
        size(model),
        ", ".join(f"{ms:.1f}" for ms in model["ms_per_batch"].values()),
    ]


def _harder(model: Json) -> list[str]:
    shares = [model["accuracy"], *(model["harder"][name]["accuracy"] for name in HARDER)]
    return [f"`{model['name']}`, {model['engine']}", title_of_faces(model), *map(percent, shares)]


def _of_model(index: int, model: Json) -> list[str]:
    scores = model["per_class"]
    rows = (
        [label, str(scores[label]["n"]), *(percent(scores[label][key]) for key in ("precision", "recall", "f1"))]
        for label in LABELS
    )
    return [
        f"## `{model['name']}`, {model['engine']}: {title_of_faces(model)}",
        f"{count_of_faces(model)}.",
        markdown(("label", "faces", "precision", "recall", "F1"), rows),
        f"![Confusion matrix]({confusion_file(index, model)}) ![Reliability]({reliability_file(index, model)})",
    ]
