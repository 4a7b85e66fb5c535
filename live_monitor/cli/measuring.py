"""Commands that measure: speed, and how many faces a detector finds."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click

from live_monitor.cli.monitor import cli
from live_monitor.cli.options import analysis_options, set_up_logging, settings_of
from live_monitor.cli.progress import progress_bar


@cli.command()
@click.argument("video", type=click.Path(path_type=Path))
@click.option("--realtime", is_flag=True, help="Play the file as a live source; adds the age of results and dropped frames.")
@click.option("--json", "as_json", is_flag=True, envvar="LIVE_MONITOR_BENCH_JSON", help="Print the report as JSON.")
@analysis_options
def bench(video: Path, as_json: bool, verbose: bool, **options: Any) -> None:
    """Measure decoding, analysis, memory and start-up on a VIDEO, without a window."""
    set_up_logging(verbose)
    from live_monitor import bench as benchmark
    from live_monitor.capture.video_file import VideoFile

    settings, file = settings_of(**options), VideoFile(video)
    with progress_bar("Measuring", file, passes=2) as advance:
        report = benchmark.bench(file, settings, advance)
    click.echo(json.dumps(report, indent=2) if as_json else benchmark.as_table(report))


@cli.command("evaluate-detector")
@click.argument("faces", type=click.Path(path_type=Path))
@click.option("--detector", "names", multiple=True, metavar="NAME", help="Detector to evaluate, again for more. [default: all]")
@click.option(
    "--detector-model",
    "model",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="A YuNet of your own, as ONNX. [default: the pulled one]",
)
@click.option(
    "--pictures", type=click.Path(path_type=Path), metavar="DIR", help="Folder of the pictures. [default: that of FACES]"
)
@click.option(
    "--side",
    type=click.IntRange(32, 8192),
    metavar="PX",
    help="Longest side of the picture that is searched, enlarged or reduced. [default: as live view would choose]",
)
@click.option(
    "--smallest",
    "smallest_px",
    type=click.IntRange(min=1),
    default=20,
    show_default=True,
    metavar="PX",
    help="Shorter side of the smallest face that counts.",
)
@click.option(
    "--misses",
    type=click.Path(path_type=Path),
    metavar="DIR",
    help="Write pictures of what was missed and what was false: of each detector the 100 worst.",
)
@click.option("--json", "as_json", is_flag=True, envvar="LIVE_MONITOR_EVALUATE_DETECTOR_JSON", help="Print the report as JSON.")
@click.option("-v", "--verbose", is_flag=True, help="Show full tracebacks.")
def evaluate_detector(
    faces: Path,
    names: tuple[str, ...],
    model: Path | None,
    pictures: Path | None,
    side: int | None,
    smallest_px: int,
    misses: Path | None,
    as_json: bool,
    verbose: bool,
) -> None:
    """Measure how well detectors find the faces that people marked (FACES: a JSON list, or a file of WIDER FACE)."""
    set_up_logging(verbose)
    from live_monitor.evaluation.faces import report
    from live_monitor.evaluation.faces.annotations import load_annotations
    from live_monitor.evaluation.faces.detectors import candidates
    from live_monitor.evaluation.faces.evaluate import evaluate
    from live_monitor.evaluation.faces.misses import make_folders, write_misses

    marked, detectors = load_annotations(faces, pictures), candidates(names, side, model)
    if misses is not None:
        make_folders(misses, [detector.name for detector in detectors])
    with progress_bar("Evaluating", len(marked)) as advance:
        evaluation = evaluate(detectors, marked, advance, smallest_px)
    result = report.as_json(evaluation)
    click.echo(json.dumps(result, indent=2) if as_json else report.as_table(result))
    if evaluation.skipped:
        click.echo(report.skipped(evaluation), err=True)
    if misses is not None:
        write_misses(evaluation, misses)
