"""Pictures of a report of emotion models, as PNG. Drawn on matplotlib's own canvas: nothing here opens a window."""

from __future__ import annotations

import io
import re
from collections.abc import Sequence
from typing import Any, Final

import numpy as np
from matplotlib import colormaps
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray

from live_monitor.evaluation.emotions.harder import HARDER
from live_monitor.evaluation.emotions.metrics import BINS, balanced_accuracy
from live_monitor.evaluation.emotions.report import Json, title_of_faces
from live_monitor.files.opencv_path import printable
from live_monitor.labels import LABELS

COMPARISON_FILE = "harder.png"

DPI = 150
_INK, _QUIET, _GRID, _RULE = "#22303c", "#6b7985", "#e4e8ec", "#9aa5ae"
_BLUE, _PALE = "#2a6f97", "#cfe0ea"
_SERIES: Final = ("#2a6f97", "#d1763c", "#5b8c5a", "#8e6aa8", "#b8a13a", "#7a7f86")
_SHARES = "Blues"
"""Colour scale of the shares of a confusion matrix, always from 0 to 1, so that two pictures can be compared."""
_WHITE_TEXT_FROM = 0.62


def confusion_file(index: int, model: Json) -> str:
    """Name of a model's confusion matrix; `index` is its place in the report."""
    return f"confusion-{_slug(index, model)}.png"


def reliability_file(index: int, model: Json) -> str:
    """Name of a model's reliability diagram."""
    return f"reliability-{_slug(index, model)}.png"


def confusion_png(confusion: Sequence[Sequence[int]] | NDArray[np.int64], title: str) -> bytes:
    """A confusion matrix (7, 7) of counts: rows true, columns predicted, with shares of the row."""
    counts = np.array(confusion)
    shares = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
    figure, axes = _figure(6.0, 5.6)
    axes.imshow(shares, cmap=_SHARES, vmin=0, vmax=1)
    for row, column in np.ndindex(*counts.shape):
        colour = "white" if shares[row, column] > _WHITE_TEXT_FROM else _INK
        axes.text(column, row - 0.12, f"{100 * shares[row, column]:.0f} %", ha="center", va="center", color=colour, fontsize=10)
        axes.text(column, row + 0.24, f"{counts[row, column]}", ha="center", va="center", color=colour, fontsize=7, alpha=0.8)
    axes.set_xticks(range(len(LABELS)), LABELS)
    axes.set_yticks(range(len(LABELS)), [f"{label} ({n})" for label, n in zip(LABELS, counts.sum(axis=1), strict=True)])
    axes.set_xticks(np.arange(len(LABELS) - 1) + 0.5, minor=True)
    axes.set_yticks(np.arange(len(LABELS) - 1) + 0.5, minor=True)
    axes.grid(which="minor", color="white", linewidth=1.5)
    axes.tick_params(which="both", length=0)
    axes.spines[:].set_visible(False)
    axes.set_xlabel("what the model says", color=_QUIET)
    axes.set_ylabel("label (faces)", color=_QUIET)
    accuracy = counts.trace() / max(counts.sum(), 1)
    _title(axes, title, f"accuracy {100 * accuracy:.1f} %, balanced {100 * balanced_accuracy(counts):.1f} %")
    return _png(figure)


def reliability_png(model: Json) -> bytes:
    """How often a model is right by how sure it is, above a histogram of how sure it is."""
    bins = model["reliability"]
    middles = (np.arange(BINS) + 0.5) / BINS
    faces = np.array([one["n"] for one in bins])
    accuracy = np.array([one["accuracy"] if one["n"] else 0.0 for one in bins])
    figure = Figure(figsize=(5.2, 5.6), dpi=DPI, layout="constrained")
    above, below = figure.subplots(2, 1, sharex=True, height_ratios=(3, 1))
    above.bar(middles, accuracy, 0.92 / BINS, color=_BLUE, zorder=2)
    above.plot((0, 1), (0, 1), color=_INK, linewidth=1.2, linestyle=(0, (4, 3)), zorder=3)
    above.text(0.04, 0.92, "dashed: as often right as it is sure", color=_QUIET, fontsize=9)
    above.set_ylabel("share that is right", color=_QUIET)
    below.bar(middles, faces / faces.sum(), 0.92 / BINS, color=_PALE, edgecolor=_BLUE, linewidth=0.6, zorder=2)
    below.set_ylabel("share of faces", color=_QUIET)
    below.set_xlabel("confidence: probability of the label that is shown", color=_QUIET)
    for axes in (above, below):
        _quiet(axes)
        axes.set_xlim(0, 1)
        axes.yaxis.set_major_formatter(_percent)
        axes.xaxis.set_major_formatter(_percent)
    above.set_ylim(0, 1)
    _title(above, series(model), f"expected calibration error {model['ece']:.3f}")
    return _png(figure)


def comparison_png(models: Sequence[Json]) -> bytes:
    """Accuracy of every model on the faces as they are, and on each kind of harder ones."""
    conditions = ("as they are", *HARDER)
    width = 0.8 / len(models)
    colours = _SERIES if len(models) <= len(_SERIES) else colormaps["viridis"](np.linspace(0, 0.9, len(models)))
    figure, axes = _figure(max(7.5, 1.2 + 0.42 * len(models) * len(conditions)), 3.8)
    for index, model in enumerate(models):
        shares = [model["accuracy"], *(model["harder"][name]["accuracy"] for name in HARDER)]
        places = np.arange(len(conditions)) + (index - (len(models) - 1) / 2) * width
        bars = axes.bar(places, shares, 0.9 * width, color=colours[index], label=series(model), zorder=2)
        axes.bar_label(bars, [f"{100 * value:.0f}" for value in shares], padding=2, fontsize=8, color=_INK)
    _quiet(axes)
    axes.set_xticks(range(len(conditions)), conditions)
    axes.set_ylim(0, 1)
    axes.yaxis.set_major_formatter(_percent)
    axes.set_ylabel("accuracy", color=_QUIET)
    axes.set_title("Accuracy on the same faces made harder", loc="left", color=_INK, fontsize=11, fontweight="bold", pad=10)
    figure.legend(loc="outside lower left", ncols=2, frameon=False, fontsize=9, labelcolor=_INK)
    return _png(figure)


def _slug(index: int, model: Json) -> str:
    engine = model["engine"].split(",")[0]
    return "-".join([str(index + 1), *re.findall(r"[a-z0-9]+", f"{model['name']} {engine}".lower())])


def series(model: Json) -> str:
    """Which model a picture is of, and on which faces."""
    return as_it_is(f"{model['name']}, {model['engine'].split(',')[0]}: {title_of_faces(model)}")


def as_it_is(text: str) -> str:
    """A text with names in it, escaped for matplotlib, which would read a formula between two dollar signs."""
    return printable(text).replace("$", r"\$")


def _figure(width: float, height: float) -> tuple[Figure, Axes]:
    figure = Figure(figsize=(width, height), dpi=DPI, layout="constrained")
    return figure, figure.subplots()


def _title(axes: Axes, title: str, subtitle: str) -> None:
    axes.set_title(f"{title}\n", loc="left", color=_INK, fontsize=11, fontweight="bold")
    axes.text(0, 1.02, subtitle, transform=axes.transAxes, color=_QUIET, fontsize=9, va="bottom")


def _quiet(axes: Axes) -> None:
    axes.grid(axis="y", color=_GRID, linewidth=0.8, zorder=0)
    axes.spines[["top", "right", "left"]].set_visible(False)
    axes.spines["bottom"].set_color(_RULE)
    axes.tick_params(colors=_INK, length=0, labelsize=9, pad=6)


def _percent(value: float, _place: Any) -> str:
    return f"{100 * value:.0f} %"


def _png(figure: Figure) -> bytes:
    file = io.BytesIO()
    figure.savefig(file, format="png", facecolor="white", bbox_inches="tight", pad_inches=0.12)
    return file.getvalue()
