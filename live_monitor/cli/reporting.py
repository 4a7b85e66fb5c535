"""The command that says what a session was like."""

from __future__ import annotations

import json
from pathlib import Path

import click

from live_monitor.cli.monitor import cli
from live_monitor.cli.options import PATH, VERBOSE, set_up_logging
from live_monitor.cli.progress import bytes_bar

TIMELINE_FILE = "timeline.png"


@cli.command()
@click.argument("log", type=PATH)
@click.option(
    "--out",
    type=PATH,
    metavar="DIR",
    help="Write report.html, report.md, report.json and timeline.png into this folder.",
)
@click.option("--json", "as_json", is_flag=True, help="Print the report as JSON.")
@VERBOSE
def report(log: Path, out: Path | None, as_json: bool, verbose: bool) -> None:
    """Say what a session was like: expressions, pulse and markers (LOG: a file that --log wrote)."""
    set_up_logging(verbose)
    from live_monitor.files.opencv_path import printable
    from live_monitor.files.path_kind import is_file
    from live_monitor.session.report import report as report_of
    from live_monitor.session.words import as_markdown, as_text

    with bytes_bar(f"Reading {printable(log.name)}", log.stat().st_size if is_file(log) else 0) as advance:
        result = report_of(log, advance)
    if out is not None:
        from live_monitor.files.output_folder import claim_folder, write_json, write_output
        from live_monitor.session.page import as_html
        from live_monitor.session.timeline import timeline_png

        claim_folder(out)
        timeline, page = timeline_png(result), as_markdown(result, TIMELINE_FILE)
        write_output(out / TIMELINE_FILE, timeline)
        write_json(out / "report.json", result)
        write_output(out / "report.md", page.encode())
        write_output(out / "report.html", as_html(printable(log.name), page, {TIMELINE_FILE: timeline}).encode())
    click.echo(json.dumps(result, indent=2) if as_json else as_text(result))
