"""The command that measures when a face should be called unsure."""

from __future__ import annotations

from pathlib import Path

import click

from live_monitor.cli.monitor import cli
from live_monitor.cli.options import PATH, TEXT, VERBOSE, set_up_logging, settings_of
from live_monitor.cli.progress import progress_bar
from live_monitor.detect.names import DETECTORS


@cli.command("evaluate-unsure")
@click.argument("data", type=PATH)
@click.option(
    "--faces",
    multiple=True,
    type=PATH,
    metavar="NPZ",
    help="Other people's faces: images uint8 (n, h, w), labels (n,); may be repeated.",
)
@click.option("--out", type=PATH, required=True, metavar="DIR", help="Folder of the report.")
@click.option("--model", type=TEXT, metavar="NAME|DIR", help="Emotion model. [default: glance-plus]")
@click.option(
    "--detector",
    type=click.Choice(DETECTORS),
    default="facegrid",
    show_default=True,
    help="Detector that says how sure it is of a face, and how far it is turned.",
)
@click.option("--detector-model", type=PATH, metavar="DIR|FILE", help="A network of your own.")
@click.option("--private-test", is_flag=True, help="Read PrivateTest too: once, when every choice is made.")
@VERBOSE
def evaluate_unsure(
    data: Path,
    faces: tuple[Path, ...],
    out: Path,
    model: str | None,
    detector: str,
    detector_model: Path | None,
    private_test: bool,
    verbose: bool,
) -> None:
    """Measure when a face should be called unsure, on FER2013 (DATA: its folder, its zip or fer2013.csv).

    Faces of PublicTest are made worse step by step, which gives the limits of size, blur and light; the other limits, and
    the probability below which a face is unsure, come from the faces as they are. The result is printed as the model's
    card.json takes it.
    """
    set_up_logging(verbose)

    from live_monitor.classify.card import load_card
    from live_monitor.classify.engine import load_engine
    from live_monitor.detect.choose import load_finder
    from live_monitor.evaluation.unsure.evaluate import as_table, evaluate, steps
    from live_monitor.evaluation.unsure.plot import curves_png
    from live_monitor.evaluation.unsure.reader import FaceReader, load_sets
    from live_monitor.files.output_folder import claim_folder, write_json, write_output

    settings = settings_of(model=model, detector=detector, detector_model=detector_model, device="cpu")
    card = load_card(settings.model)
    reader = FaceReader(card, load_engine(card, settings.device), load_finder(settings))
    sets = load_sets(data, faces, private_test=private_test)
    claim_folder(out)
    with progress_bar("Reading faces", steps(sets)) as advance:
        report, curves = evaluate(reader, sets, advance)
    try:
        write_json(out / "report.json", {"model": card.name, **report})
        write_output(out / "curves.png", curves_png(curves))
    finally:  # printed even if it cannot be written
        click.echo(as_table(report))
