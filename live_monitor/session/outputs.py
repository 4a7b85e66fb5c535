"""The files that a session in a window writes. One that cannot be written any more ends, and the session goes on without it."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Collection
from typing import TypeVar

from live_monitor.errors import OutputError
from live_monitor.session.log import Log
from live_monitor.session.recording import Recording
from live_monitor.types import FrameResult, Image

_Output = TypeVar("_Output", Log, Recording)


class Outputs:
    """A log, a recording, both or none. Only the main thread calls it."""

    def __init__(self, log: Log | None = None, recording: Recording | None = None) -> None:
        self._log, self._recording = log, recording
        self._failures: dict[str, str] = {}

    @property
    def state(self) -> str:
        """What the window always says about them: "recording", "recording ended", "log ended", or ""."""
        return ", ".join([*(["recording"] if self._recording else []), *(f"{name} ended" for name in self._failures)])

    @property
    def logs(self) -> bool:
        """Whether there is a log that is being written."""
        return self._log is not None

    @property
    def failure(self) -> str:
        """Why something was not written, to be said when the session is over; "" if everything was."""
        return "; ".join(self._failures.values())

    def add(self, result: FrameResult, shown: Image) -> str:
        """Writes a result, and the picture that shows it.

        Returns:
            What the user must know: which of them ended with that; "" if neither did.

        Raises:
            OutputError: one of them cannot even begin, so that there is nothing to keep, and the user must act first.
        """
        before = set(self._failures)
        if self._log is not None:
            self._log = self._going_on(self._log, "log", lambda log: log.add(result))
        if self._recording is not None:
            self._recording = self._going_on(self._recording, "recording", lambda one: one.add(shown, result.frame.pts_s))
        return self._ended_since(before)

    def close(self) -> None:
        """Closes what is still being written, for when whoever opened it will not get round to it."""
        for name, output in (("log", self._log), ("recording", self._recording)):
            try:
                if output is not None:
                    output.close()
            except OutputError as error:
                self._failures[name] = str(error)

    def renew(self, shown: FrameResult) -> None:
        """Takes the result that was added last without the faces that were left out since."""
        if self._log is not None:
            self._log.renew(shown)

    def mark(self, number: int, shown: FrameResult | None) -> str:
        """Writes a marker, see `Log.mark`; returns and raises as `add` does."""
        before = set(self._failures)
        if self._log is not None:
            self._log = self._going_on(self._log, "log", lambda log: log.mark(number, shown))
        return self._ended_since(before)

    def _ended_since(self, before: Collection[str]) -> str:
        ended = [name for name in self._failures if name not in before]
        return f"The {' and the '.join(ended)} cannot be written any more" if ended else ""

    def _going_on(self, output: _Output, name: str, write: Callable[[_Output], None]) -> _Output | None:
        """Writes to an output, and returns it; None if it ended with that."""
        try:
            write(output)
        except OutputError as error:
            if not output.begun:
                raise
            # At once: a video that is closed when the disk is full cannot be played.
            with contextlib.suppress(OutputError):
                output.close()
            self._failures[name] = str(error)
            return None
        return output
