"""Draws accuracy against coverage."""

from __future__ import annotations

import io
from collections.abc import Mapping

import numpy as np
from matplotlib.figure import Figure
from matplotlib.ticker import PercentFormatter

from live_monitor.evaluation.emotions.plots import as_it_is
from live_monitor.evaluation.unsure.coverage import TARGET, Values

LOWEST = 0.2
"""Accuracy at the lower edge of the plot."""

MIN_COVERAGE = 0.02
"""Where curves begin: the accuracy of a handful of faces says nothing."""


def curves_png(curves: Mapping[str, tuple[Values, Values]]) -> bytes:
    """A PNG of curves (coverage, accuracy) by name; coverage rises."""
    figure = Figure(figsize=(8.0, 5.2), dpi=100, layout="constrained")
    axes = figure.subplots()
    for coverage, accuracy in curves.values():
        first = np.searchsorted(coverage, MIN_COVERAGE)
        axes.plot(coverage[first:], accuracy[first:])
    axes.legend(axes.lines, list(map(as_it_is, curves)), loc="lower left")
    axes.axvline(TARGET, color="0.3", linewidth=0.8)
    axes.set(xlim=(0, 1), ylim=(LOWEST, 1), xlabel="share of the faces that are not unsure", ylabel="their accuracy")
    for axis in (axes.xaxis, axes.yaxis):
        axis.set_major_formatter(PercentFormatter(1.0))
    axes.grid(color="0.9")
    file = io.BytesIO()
    figure.savefig(file, format="png")
    return file.getvalue()
