"""The frame rate as users understand it: frames a second, counted over the last second."""

from __future__ import annotations

from collections import deque

WINDOW_S = 1.0
OVERDUE = 1.5
"""Events have stopped when none has come for WINDOW_S, and for this many times as long as the last two were apart."""


class RateCounter:
    """Counts events of the last WINDOW_S seconds, or the last two; falls to 0 when they stop. Time is given by the caller."""

    def __init__(self) -> None:
        self._times: deque[float] = deque()

    def tick(self, now_s: float) -> None:
        """Counts one event."""
        self._forget(now_s)  # the rate may never be asked for
        self._times.append(now_s)

    def rate(self, now_s: float) -> float:
        """Events per second, from the second event on; falls while the next one is overdue."""
        self._forget(now_s)
        if len(self._times) < 2 or self._times[-1] <= self._times[0]:
            return 0.0
        steps = len(self._times) - 1
        return min(steps / (self._times[-1] - self._times[0]), (steps + 1) / (now_s - self._times[0]))

    def _forget(self, now_s: float) -> None:
        while len(self._times) > 2 and now_s - self._times[0] > WINDOW_S:
            self._times.popleft()
        if len(self._times) == 2 and now_s - self._times[1] > max(WINDOW_S, OVERDUE * (self._times[1] - self._times[0])):
            self._times.clear()
