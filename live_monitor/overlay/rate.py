"""The frame rate as a user means it: how many pictures the last second showed."""

from __future__ import annotations

from collections import deque

WINDOW_S = 1.0


class RateCounter:
    """Counts events of the last WINDOW_S seconds; falls to 0 when they stop. Time is given by the caller, in seconds."""

    def __init__(self) -> None:
        self._times: deque[float] = deque()

    def tick(self, now_s: float) -> None:
        """Counts one event."""
        self._forget(now_s)  # the rate may never be asked for
        self._times.append(now_s)

    def rate(self, now_s: float) -> float:
        """Events per second.

        Counted from the oldest event of the window until now, so that it is right from the second event on, and sinks
        while nothing happens.
        """
        self._forget(now_s)
        if len(self._times) < 2 or now_s <= self._times[0]:
            return 0.0
        return (len(self._times) - 1) / (now_s - self._times[0])

    def _forget(self, now_s: float) -> None:
        while self._times and now_s - self._times[0] > WINDOW_S:
            self._times.popleft()
