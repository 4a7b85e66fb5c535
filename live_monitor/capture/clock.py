"""Time as the capture side sees it, so that tests can run it by hand."""

from __future__ import annotations

import threading
import time
from typing import Protocol


class Clock(Protocol):
    """A monotonic clock that can be waited on."""

    def now(self) -> float:
        """Seconds since an arbitrary start; never goes back."""

    def wait(self, stop: threading.Event, seconds: float) -> None:
        """Returns after `seconds`, or as soon as `stop` is set."""


class MonotonicClock:
    """The real one."""

    def now(self) -> float:
        return time.monotonic()

    def wait(self, stop: threading.Event, seconds: float) -> None:
        if seconds > 0:
            stop.wait(seconds)


class Pacer:
    """Says when a file's picture is due, so that it plays at its own speed.

    Small delays are caught up. After a long one (a slow machine, a paused window) the schedule moves on instead of
    rushing through what was missed, unless `keep_schedule`.
    """

    CATCH_UP_S = 0.25

    def __init__(self, clock: Clock, *, keep_schedule: bool) -> None:
        self._clock = clock
        self._keep_schedule = keep_schedule
        self._start_s: float | None = None

    def due_s(self, pts_s: float) -> float:
        """Clock time at which the picture with this media time is due; it may have passed."""
        now = self._clock.now()
        if self._start_s is None:
            self._start_s = now - pts_s
        late_s = now - (self._start_s + pts_s)
        if late_s > self.CATCH_UP_S and not self._keep_schedule:
            self._start_s += late_s
        return self._start_s + pts_s
