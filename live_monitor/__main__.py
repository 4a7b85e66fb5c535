"""The entry point: `python -m live_monitor` is the same as `live-monitor`."""

from __future__ import annotations

import signal
from typing import NoReturn


def main() -> NoReturn:
    """Loads the command line and runs it."""
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        # Until the command line handles Ctrl-C, it ends the process at once, without a traceback from some import.
        signal.signal(signal.SIGINT, signal.SIG_DFL)
    from live_monitor.cli import main as run

    run()


if __name__ == "__main__":
    main()
