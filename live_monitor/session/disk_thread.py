"""A thread that writes to a disk, for a caller that must go on if the disk does not answer."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from concurrent import futures
from pathlib import Path
from typing import Any

from live_monitor.errors import OutputError

STUCK_S, _SLICE_S = 10.0, 0.1
"""Work that makes no progress for this long never will, as on a network drive that is gone. The time is counted in slices that
were waited through: a process that was stopped, as by Ctrl-Z, has not waited."""


class DiskThread:
    """Does one piece of work after another on a thread of its own; all but `progress` is called by one other thread."""

    def __init__(self, path: Path) -> None:
        """Starts with nothing to do.

        Args:
            path: of the file that is written, for messages.
        """
        self._path = path
        self._thread = futures.ThreadPoolExecutor(1, "disk")
        self._work: futures.Future[Any] | None = None
        self._steps = 0
        self.stuck = False
        """Whether the disk has not answered; nothing more can be done then."""

    def start(self, work: Callable[..., Any], *arguments: Any) -> None:
        """Starts work, once the last one is done.

        Raises:
            OutputError: see `wait`.
        """
        self.wait()
        self._work = self._thread.submit(work, *arguments)

    def progress(self) -> None:
        """Says that the work is getting on; the work calls it."""
        self._steps += 1

    def wait(self) -> Any:
        """Waits for the work started last.

        Returns:
            What it returned; None if that was waited for before.

        Raises:
            OutputError: the disk does not answer.
            Exception: what the work raised.
        """
        self._settle()
        work, self._work = self._work, None
        return None if work is None else work.result()

    def do(self, work: Callable[..., Any], *arguments: Any) -> Any:
        """Starts work and waits for it, see `wait`."""
        self.start(work, *arguments)
        return self.wait()

    def close(self) -> None:
        """Ends the thread; one whose disk does not answer is left behind."""
        with contextlib.suppress(OutputError):
            self._settle()
        self._thread.shutdown(wait=not self.stuck)

    def _settle(self) -> None:
        """Waits until the work is done, as long as it makes progress."""
        steps, waited_s = self._steps, 0.0
        while not self.stuck and self._work is not None and not futures.wait([self._work], _SLICE_S).done:
            waited_s = waited_s + _SLICE_S if self._steps == steps else 0.0
            steps, self.stuck = self._steps, waited_s >= STUCK_S
        if self.stuck:
            raise OutputError(f"{self._path}: its disk does not answer; choose another folder")
