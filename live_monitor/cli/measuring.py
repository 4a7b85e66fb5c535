"""Commands that measure: speed, how many faces a detector finds, and how well emotion models read faces."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from live_monitor.cli.monitor import cli
from live_monitor.cli.options import (
    PATH,
    TEXT,
    VERBOSE,
    NumberRange,
    WholeNumberRange,
    analysis_options,
    given,
    one_of,
    set_up_logging,
    settings_of,
)
from live_monitor.cli.progress import progress_bar
from live_monitor.cli.variables import naming_variables
from live_monitor.detect.names import CHOICES
from live_monitor.errors import UsageError

if TYPE_CHECKING:
    from live_monitor.evaluation.emotions.labelled import LabelledFaces


@cli.command()
@click.argument("video", type=TEXT)
@click.option("--realtime", is_flag=True, help="Play the file as a live source; adds the age of results and dropped frames.")
@click.option("--json", "as_json", is_flag=True, help="Print the report as JSON.")
@analysis_options
def bench(video: str, as_json: bool, verbose: bool, **options: Any) -> None:
    """Measure decoding, analysis, memory and start-up on a VIDEO, without a window."""
    set_up_logging(verbose)
    from live_monitor.bench import bench as benchmark
    from live_monitor.capture.network import is_address, without_password
    from live_monitor.capture.video_file import VideoFile

    if is_address(video):
        raise UsageError(f"bench {without_password(video)}: is an address; give the path of a video file")
    settings, file = settings_of(**options), VideoFile(Path(video))
    with progress_bar("Measuring", file, passes=2) as advance:
        report = benchmark.bench(file, settings, advance)
    click.echo(json.dumps(report, indent=2) if as_json else benchmark.as_table(report))


@cli.command("evaluate-detector")
@click.argument("faces", type=PATH)
@click.option(
    "--detector",
    "names",
    multiple=True,
    metavar="NAME",
    help="Detector to evaluate; may be repeated. [default: all]",
)
@click.option(
    "--detector-model",
    type=PATH,
    metavar="DIR|FILE",
    help="A network of your own: a folder that train-detector made, or a YuNet as ONNX. [default: ours, and the pulled one]",
)
@click.option("--pictures", type=PATH, metavar="DIR", help="Folder of the pictures. [default: that of FACES]")
@click.option(
    "--side",
    type=WholeNumberRange(32, 8192),
    metavar="PX",
    help="Longest side of the picture that is searched, enlarged or reduced. [default: as live view would choose]",
)
@click.option(
    "--smallest",
    "smallest_px",
    type=WholeNumberRange(min=1),
    default=20,
    show_default=True,
    metavar="PX",
    help="Shorter side of the smallest face that counts.",
)
@click.option(
    "--misses",
    type=PATH,
    metavar="DIR",
    help="Write pictures of what was missed and what was false: the 100 worst for each detector.",
)
@click.option("--json", "as_json", is_flag=True, help="Print the report as JSON.")
@VERBOSE
def evaluate_detector(
    faces: Path,
    names: tuple[str, ...],
    detector_model: Path | None,
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

    with naming_variables(click.get_current_context(), "names", "detector_model"):
        detectors = candidates(names, side, detector_model)
    marked = load_annotations(faces, pictures)
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


@cli.command()
@click.argument("models", nargs=-1, required=True, metavar="MODEL...")
@click.option("--data", type=PATH, metavar="FER2013", help="FER2013: its folder, its zip or fer2013.csv.")
@click.option(
    "--split",
    type=click.Choice(("PublicTest", "PrivateTest")),
    default="PublicTest",
    show_default=True,
    help="Rows of FER2013; PrivateTest once, when every choice is made.",
)
@click.option("--votes", type=PATH, metavar="FILE", help="FER+'s fer2013new.csv: agreement with the majority of ten annotators.")
@click.option(
    "--faces",
    type=PATH,
    metavar="FILE",
    help="In place of --data: a .npz with images uint8 (n, h, w) and labels (n,) of 0 to 6.",
)
@click.option(
    "--margin",
    type=NumberRange(-0.4, 2),
    multiple=True,
    metavar="M",
    help="Crop each face again at a detector's box, widened by this part of its side; may be repeated.",
)
@click.option(
    "--detector",
    type=click.Choice(CHOICES),
    default="auto",
    show_default=True,
    help="Detector for --margin.",
)
@click.option("--detector-model", type=PATH, metavar="DIR|FILE", help="Network of that detector, if it is one of your own.")
@click.option(
    "--float",
    "with_float",
    is_flag=True,
    help="Evaluate each model's float weights too, on TensorFlow.",
)
@click.option("--out", type=PATH, metavar="DIR", help="Write report.json, report.md and pictures there.")
@click.option("--json", "as_json", is_flag=True, help="Print the report as JSON.")
@VERBOSE
def evaluate(models: tuple[str, ...], out: Path | None, as_json: bool, with_float: bool, verbose: bool, **which: Any) -> None:
    """Measure how well emotion models read labelled faces, side by side.

    MODEL is a shipped model, a folder with a card, or "deepface" (get it with: pip install live-monitor[deepface]).
    """
    set_up_logging(verbose)
    from live_monitor.evaluation.emotions import report
    from live_monitor.evaluation.emotions.candidates import candidates
    from live_monitor.evaluation.emotions.evaluate import PASSES
    from live_monitor.evaluation.emotions.evaluate import evaluate as evaluate_models
    from live_monitor.files.output_folder import claim_folder

    if out is not None:
        claim_folder(out)
    labelled = _labelled_faces(**which)
    loaded, left_out = candidates(models, with_float=with_float)
    for line in left_out:
        click.echo(line, err=True)
    faces_sets = _cropped(labelled, **which)
    looks = PASSES * len(loaded) * sum(map(len, faces_sets))
    with progress_bar("Evaluating", looks) as advance:
        runs = evaluate_models(loaded, faces_sets, advance)
    result = report.as_json(runs, left_out)
    try:
        if out is not None:
            from live_monitor.evaluation.emotions.files import write_report

            write_report(result, out)
    finally:  # printed even if it cannot be written
        click.echo(json.dumps(result, indent=2) if as_json else report.as_table(result))


def _labelled_faces(
    data: Path | None, split: str, votes: Path | None, faces: Path | None, margin: tuple[float, ...], **_detector: Any
) -> LabelledFaces:
    from live_monitor.evaluation.emotions.labelled import from_fer2013, from_npz

    ctx = click.get_current_context()
    written, chosen = given(ctx), one_of(ctx, ("data", "faces"), "choose one set of faces")
    if chosen == "faces" and (others := sorted(written & {"--split", "--votes"})):
        raise UsageError(f"{others[0]} goes with --data, not with --faces")
    if not margin and (detecting := sorted(written & {"--detector", "--detector-model"})):
        raise UsageError(f"{detecting[0]} goes with --margin")
    if chosen == "faces" and faces is not None:
        return from_npz(faces)
    if data is not None:
        return from_fer2013(data, split, votes)
    raise UsageError("no faces: give --data with FER2013, or --faces with a .npz file")


def _cropped(
    labelled: LabelledFaces, margin: tuple[float, ...], detector: str, detector_model: Path | None, **_faces: Any
) -> list[LabelledFaces]:
    if not margin:
        return [labelled]
    from live_monitor.detect.choose import load_finder
    from live_monitor.evaluation.emotions.recrop import recrop

    with progress_bar("Finding faces", len(labelled)) as advance:
        return recrop(labelled, load_finder(settings_of(detector=detector, detector_model=detector_model)), margin, advance)
