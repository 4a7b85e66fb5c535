"""A report of emotion models as a folder: report.json, report.md and the pictures."""

from __future__ import annotations

from pathlib import Path

from live_monitor.evaluation.emotions.markdown import as_markdown
from live_monitor.evaluation.emotions.plots import (
    COMPARISON_FILE,
    comparison_png,
    confusion_file,
    confusion_png,
    reliability_file,
    reliability_png,
    series,
)
from live_monitor.evaluation.emotions.report import Json
from live_monitor.files.output_folder import write_json, write_output


def write_report(report: Json, folder: Path) -> None:
    """Writes all files; those of the same names are replaced, others stay.

    Args:
        report: what `report.as_json` returns.
        folder: exists, see `live_monitor.files.output_folder.claim_folder`.

    Raises:
        OutputError: the disk is full, or the folder went away.
    """
    models = report["models"]
    for index, model in enumerate(models):
        write_output(folder / confusion_file(index, model), confusion_png(model["confusion"], series(model)))
        write_output(folder / reliability_file(index, model), reliability_png(model))
    write_output(folder / COMPARISON_FILE, comparison_png(models))
    write_json(folder / "report.json", report)
    write_output(folder / "report.md", as_markdown(report).encode(errors="backslashreplace"))
