"""Draws how a run went."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from pathlib import Path

from live_monitor.files.whole_file import whole_file
from live_monitor.training.run_folder import Line

PANEL_INCHES, DPI = (4.6, 3.2), 110


def plot_curves(history: Sequence[Line], panels: Mapping[str, Sequence[str]], file: Path, x: str = "epoch") -> None:
    """Writes a PNG with a panel for each kind of curve, side by side.

    Args:
        history: at least one line; a value that is nan was not measured, and is left out.
        panels: by heading, the columns whose curves go into it; those named val_... are of PublicTest.
        file: replaced as a whole.
        x: the column to draw them over.

    Raises:
        OSError: the file cannot be written.
    """
    from matplotlib.figure import Figure
    from matplotlib.ticker import MaxNLocator

    width, height = PANEL_INCHES
    figure = Figure((width * len(panels), height), layout="constrained")
    for axes, (heading, columns) in zip(figure.subplots(1, len(panels), squeeze=False)[0], panels.items(), strict=True):
        for column in columns:
            measured = [line for line in history if not math.isnan(line[column])]
            label = "PublicTest" if column.startswith("val_") else "Training"
            axes.plot([line[x] for line in measured], [line[column] for line in measured], label=label, linewidth=1.6)
        axes.set(title=heading.replace("_", " "), xlabel=x)
        axes.xaxis.set_major_locator(MaxNLocator(integer=True))
        axes.grid(alpha=0.25)
        axes.spines[["top", "right"]].set_visible(False)
        if len(columns) > 1:
            axes.legend(frameon=False)
    with whole_file(file) as unfinished:
        figure.savefig(unfinished, dpi=DPI, format="png")
