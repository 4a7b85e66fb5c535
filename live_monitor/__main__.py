"""The way in: `python -m live_monitor` is `live-monitor`."""

from __future__ import annotations

import signal
from typing import NoReturn


def main() -> NoReturn:
    """Loads the command line and runs it."""
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        # Until the command line listens, Ctrl-C ends it at once, and not with a traceback out of some import.
        signal.signal(signal.SIGINT, signal.SIG_DFL)
    from live_monitor.cli import main as run

    run()


if __name__ == "__main__":
    main()
