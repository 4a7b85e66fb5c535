"""What the signals that end a session become."""

from __future__ import annotations

EXIT_SIGNAL = 128
"""Plus the number of the signal: 130 for Ctrl-C, 143 for SIGTERM, 129 for SIGHUP."""


class Stopped(BaseException):
    """One of `live_monitor.process.stop_signals` arrived; raised on the main thread, so that everything open is closed.

    Not a KeyboardInterrupt: click would make 130 of every one.
    """

    def __init__(self, signal_number: int) -> None:
        super().__init__(signal_number)
        self.signal_number = signal_number
        self.exit_code = EXIT_SIGNAL + signal_number
