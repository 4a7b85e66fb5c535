"""The command line. Only this package prints and exits, and it imports what a command needs inside that command."""

from __future__ import annotations

from live_monitor.cli import dataset, listing, measuring, reporting, training, unsure  # their commands join `cli` on import
from live_monitor.cli.entry import main
from live_monitor.cli.monitor import cli
from live_monitor.cli.variables import name_variables

name_variables(cli)

__all__ = ["cli", "dataset", "listing", "main", "measuring", "reporting", "training", "unsure"]
