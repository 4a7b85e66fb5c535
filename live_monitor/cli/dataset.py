"""The command that looks at a data set before anything is trained on it."""

from __future__ import annotations

import json
from pathlib import Path

import click

from live_monitor.cli.monitor import cli
from live_monitor.cli.options import PATH, VERBOSE, set_up_logging
from live_monitor.cli.progress import progress_bar


@cli.command()
@click.argument("data", type=PATH)
@click.option("--votes", type=PATH, metavar="FILE", help="FER+'s fer2013new.csv: say how far it agrees with the labels.")
@click.option(
    "--sheet",
    type=PATH,
    metavar="DIR",
    help="Write a contact sheet of each class there: 96 of its Training faces.",
)
@click.option("--json", "as_json", is_flag=True, help="Print the report as JSON.")
@VERBOSE
def data(data: Path, votes: Path | None, sheet: Path | None, as_json: bool, verbose: bool) -> None:
    """Count, check and show FER2013 (DATA: its folder, its zip or fer2013.csv)."""
    set_up_logging(verbose)
    from live_monitor.dataset import report
    from live_monitor.dataset.duplicates import find_duplicates
    from live_monitor.dataset.fer2013 import read_fer2013
    from live_monitor.dataset.ferplus import load_votes, refuse_other_faces
    from live_monitor.dataset.sheet import write_sheets
    from live_monitor.files.output_folder import claim_folder

    if sheet is not None:
        claim_folder(sheet)
    votes_cast = load_votes(votes) if votes is not None else None
    fer2013 = read_fer2013(data)
    if votes_cast is not None:
        refuse_other_faces(votes_cast, fer2013.splits, data)
    with progress_bar("Comparing", sum(map(len, fer2013.splits.values()))) as advance:
        exact, near = find_duplicates(fer2013, advance)
    result = report.as_json(data, fer2013, exact, near, votes_cast)
    click.echo(json.dumps(result, indent=2) if as_json else report.as_table(result, fer2013))
    if sheet is not None:
        write_sheets(fer2013.splits["Training"], "Training", sheet)
        click.echo(f"{sheet}: a contact sheet of each class", err=True)
