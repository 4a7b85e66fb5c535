"""The exception that the signals which end a session become."""

from __future__ import annotations

EXIT_SIGNAL = 128
"""The number of the signal is added to it: 130 for Ctrl-C, 143 for SIGTERM, 129 for SIGHUP."""


class Stopped(BaseException):
    """One of `live_monitor.process.stop_signals` arrived; raised on the main thread, so that everything open is closed.

    Not a KeyboardInterrupt: click would turn every one into exit code 130.
    """

    def __init__(self, signal_number: int) -> None:
        super().__init__(signal_number)
        self.signal_number = signal_number
        self.exit_code = EXIT_SIGNAL + signal_number
