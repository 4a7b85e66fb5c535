"""A session at a glance: expressions and indexes over time, and each face's expressions, as PNG. Nothing here opens a window."""

from __future__ import annotations

import io
import math
from collections.abc import Iterator, Sequence
from typing import Final

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Patch
from matplotlib.ticker import FuncFormatter, MultipleLocator

from live_monitor.labels import COLOURS_BGR, LABELS, UNSURE, UNSURE_BGR
from live_monitor.pulse.pulse import INDEXES, LONGEST_GAP_S
from live_monitor.session.report import Json
from live_monitor.session.words import at

MAX_FACES = 40
"""At most so many faces get a row of their own: those seen longest."""

WIDTH_IN, PANEL_IN, ROW_IN, EDGES_IN, DPI = 12.0, 2.1, 0.2, 1.3, 110
STEPS_S: Final = (1, 2, 5, 10, 30, 60, 120, 300, 600, 1800, 3600)
MAX_STEPS = 14

INDEX_COLOURS: Final = dict(zip(INDEXES, ("#3c8f4a", "#2f86b5", "#c0508f"), strict=True))
INK, GRID, UNUSUAL = "#22303c", "#dfe4e8", "#f6c58f"


def timeline_png(report: Json) -> bytes:
    """Draws what `live_monitor.session.report.report` returns."""
    faces = _longest(report["faces"])
    heights = [PANEL_IN, PANEL_IN, max(1, len(faces)) * ROW_IN]
    figure = Figure((WIDTH_IN, sum(heights) + EDGES_IN), layout="constrained")
    looks, indexes, rows = figure.subplots(3, 1, sharex=True, height_ratios=heights)
    for run in _runs(report["points"]):
        _draw_looks(looks, run)
        _draw_indexes(indexes, run)
    _draw_faces(rows, faces, len(report["faces"]))
    looks.set(ylim=(0, 1), ylabel="readable faces,\nby expression,\nmeans over ten seconds")
    indexes.set(ylim=(-1, 1), ylabel="indexes,\nmeans over ten seconds")
    indexes.legend(handles=[Patch(color=colour, label=name) for name, colour in INDEX_COLOURS.items()], loc="lower left", ncols=3)
    colours = [*((label, _label_colour(label)) for label in LABELS), (UNSURE, _label_colour(UNSURE))]
    figure.legend(
        handles=[Patch(color=colour, label=name) for name, colour in colours], loc="outside upper center", ncols=len(colours)
    )
    for axes in (looks, indexes, rows):
        _mark_time(axes, report)
    for number, at_s in _markers(report):
        looks.annotate(number, (at_s, 1), xycoords=("data", "axes fraction"), ha="center", va="bottom", color=INK, fontsize=9)
    _set_time_axis(rows, report["from_s"] or 0.0, report["to_s"] or 0.0)
    png = io.BytesIO()
    figure.savefig(png, dpi=DPI, format="png")
    return png.getvalue()


def _longest(faces: Sequence[Json]) -> list[Json]:
    """The faces that are drawn, in the order of their numbers."""
    longest = sorted(faces, key=lambda face: -sum(face["seconds"].values()))[:MAX_FACES]
    return sorted(longest, key=lambda face: int(face["id"]))


def _runs(points: Sequence[Json]) -> Iterator[list[Json]]:
    """Runs of points without a gap between them."""
    run: list[Json] = []
    for point in points:
        if run and point["at_s"] - run[-1]["at_s"] > LONGEST_GAP_S:
            yield run
            run = []
        run.append(point)
    if run:
        yield run


def _draw_looks(axes: Axes, run: Sequence[Json]) -> None:
    shares = np.array([[point["emotions"][label] for label in LABELS] for point in run])
    axes.stackplot([point["at_s"] for point in run], shares.T, colors=[_label_colour(label) for label in LABELS], linewidth=0)


def _draw_indexes(axes: Axes, run: Sequence[Json]) -> None:
    for name, colour in INDEX_COLOURS.items():
        axes.plot([point["at_s"] for point in run], [point["pulse"][name] for point in run], color=colour, linewidth=1.6)


def _draw_faces(axes: Axes, faces: Sequence[Json], of: int) -> None:
    """A row a face, the first on top."""
    for row, face in enumerate(faces):
        spans = [(look["from_s"], look["to_s"] - look["from_s"]) for look in face["looks"]]
        axes.broken_barh(spans, (row - 0.4, 0.8), facecolors=[_label_colour(look["label"]) for look in face["looks"]])
    axes.set_yticks(range(len(faces)), [str(face["id"]) for face in faces], fontsize=8)
    axes.set_ylim(max(1, len(faces)) - 0.5, -0.5)
    axes.set_ylabel("faces" if len(faces) == of else f"{len(faces)} of {of} faces")


def _mark_time(axes: Axes, report: Json) -> None:
    axes.grid(axis="x", color=GRID)
    axes.set_axisbelow(True)
    axes.spines[["top", "right"]].set_visible(False)
    for one in report["unusual"]:
        axes.axvspan(one["from_s"], one["to_s"], color=UNUSUAL, alpha=0.6, linewidth=0, zorder=0)
    for _, at_s in _markers(report):
        axes.axvline(at_s, color=INK, linewidth=1, linestyle=(0, (3, 2)))


def _markers(report: Json) -> list[tuple[str, float]]:
    return [(str(marker["number"]), float(marker["at_s"])) for marker in report["markers"]]


def _set_time_axis(axes: Axes, from_s: float, to_s: float) -> None:
    length_s = max(1.0, to_s - from_s)
    longest_s = STEPS_S[-1] * math.ceil(length_s / MAX_STEPS / STEPS_S[-1])
    step_s = next((step for step in STEPS_S if length_s / step <= MAX_STEPS), longest_s)
    axes.xaxis.set_major_locator(MultipleLocator(step_s))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda seconds, _: at(seconds)))
    axes.set_xlim(from_s, from_s + length_s)


def _label_colour(label: str) -> tuple[float, float, float]:
    blue, green, red = COLOURS_BGR.get(label, UNSURE_BGR)
    return red / 255, green / 255, blue / 255
