"""The files that a session in a window writes. One that cannot be written any more ends, and the session goes on without it."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from typing import TypeVar

from live_monitor.errors import OutputError
from live_monitor.session.log import Log
from live_monitor.session.recording import Recording
from live_monitor.types import FrameResult, Image

_Output = TypeVar("_Output", Log, Recording)


class Outputs:
    """A log, a recording, both or none. Only the main thread calls it."""

    def __init__(self, log: Log | None, recording: Recording | None, tell: Callable[[str], None]) -> None:
        """Takes over what was begun.

        Args:
            log: takes every result.
            recording: takes every picture that shows a new result.
            tell: called with a line for the user when one of them has ended.
        """
        self._log, self._recording, self._tell = log, recording, tell
        self._ended: list[str] = []
        self._failures: list[str] = []

    @property
    def state(self) -> str:
        """What the window says of them all the time: "recording", "recording ended", "log ended", or ""."""
        return ", ".join([*(["recording"] if self._recording else []), *self._ended])

    def add(self, result: FrameResult, shown: Image) -> None:
        """Writes a result, and the picture that shows it.

        Raises:
            OutputError: one of them cannot even begin, so that there is nothing to keep and something to be mended first.
        """
        if self._log is not None:
            self._log = self._going_on(self._log, "log", lambda log: log.add(result))
        if self._recording is not None:
            self._recording = self._going_on(self._recording, "recording", lambda one: one.add(shown, result.frame.pts_s))

    def mark(self, number: int, shown: FrameResult | None) -> None:
        """See `Log.mark`."""
        if self._log is not None:
            self._log = self._going_on(self._log, "log", lambda log: log.mark(number, shown))

    def raise_failures(self) -> None:
        """Says when the session is over that not all of it was written.

        Raises:
            OutputError: why not.
        """
        if self._failures:
            raise OutputError("; ".join(self._failures))

    def _going_on(self, output: _Output, name: str, write: Callable[[_Output], None]) -> _Output | None:
        """Writes to an output; None of one that has ended by that."""
        try:
            write(output)
        except OutputError as error:
            if not output.begun:
                raise
            # At once: a video that is closed when the disk is full cannot be played.
            with contextlib.suppress(OutputError):
                output.close()
            self._ended.append(f"{name} ended")
            self._failures.append(str(error))
            self._tell(str(error))
            return None
        return output
