"""What is printed at the end of a session."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING, NoReturn

import click

from live_monitor.errors import DisplayError

if TYPE_CHECKING:
    from live_monitor.capture.source import Source
    from live_monitor.session.outputs import Outputs
    from live_monitor.session.summary import Summary


def print_summary(summary: Summary, *, as_json: bool) -> None:
    """Prints what was analysed, if anything was; also after Ctrl-C or a lost signal."""
    if summary.frames:
        click.echo(json.dumps(summary.as_json(), indent=2) if as_json else summary.as_text())


def warn_if_short(source: Source) -> None:
    """Says so if less of a file could be read than it claims to have; one from the web has already ended in an error."""
    from live_monitor.capture.recorded import Recorded
    from live_monitor.files.opencv_path import printable

    if isinstance(source, Recorded) and source.is_short:
        click.echo(
            f"{printable(source.name)}: ends after {source.reached_s:.1f} of the {source.claimed_s:.1f} s that it claims to have",
            err=True,
        )


def end_without_display(outputs: Outputs, summary: Summary) -> NoReturn:
    """Ends the process when its display has gone, see `live_monitor.overlay.display.when_display_goes`."""
    from live_monitor.files.opencv_path import printable

    try:
        outputs.close()
        print_summary(summary, as_json=False)
        gone = "the display has gone, and the window with it; start the program again from a desktop"
        click.echo(f"Error: {printable('; '.join(filter(None, (gone, outputs.failure))))}", err=True)
    finally:
        os._exit(DisplayError.exit_code)
