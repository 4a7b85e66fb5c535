"""What a result cost, for people: milliseconds a stage, the result's age, frames dropped, how often faces are looked for."""

from __future__ import annotations

import math

from live_monitor.overlay.rate import RateCounter
from live_monitor.types import FrameResult

NEW_WEIGHT = 0.1
"""Weight of a new time in a running mean: numbers that jump cannot be read."""

FORGOTTEN_S = 3.0
"""A stage that no frame has gone through for this long is no longer shown."""

SELDOM_S = 0.5
"""For searches this far apart the time between them is shown: too few fall into a second to be counted."""


class Latency:
    """Adds up results as they are shown. Belongs to one thread."""

    def __init__(self) -> None:
        self._means_ms: dict[str, float] = {}
        self._last_s: dict[str, float] = {}
        self._dropped = 0
        self._looks, self._frames = RateCounter(), RateCounter()
        self._looked_s, self._gap_s = math.nan, math.nan
        self._asked_s, self._stood_s, self._still, self._went_on_s = 0.0, 0.0, False, -math.inf

    def add(self, result: FrameResult, now_s: float) -> None:
        """Takes a result, and the time on the monotonic clock in seconds."""
        now_s = self._moving_s(now_s)
        for name in [name for name, last_s in self._last_s.items() if now_s - last_s > FORGOTTEN_S]:
            del self._means_ms[name], self._last_s[name]
        age_ms = 1e3 * result.age_s
        if result.frame.arrived_s < self._went_on_s:  # it waited for the picture to move again, so its age says nothing
            age_ms = self._means_ms.get("age", age_ms)
        for name, value in {**result.stages_ms, "age": age_ms}.items():
            mean = self._means_ms.get(name, value)
            self._means_ms[name] = mean + NEW_WEIGHT * (value - mean)
            self._last_s[name] = now_s
        self._dropped = result.dropped
        self._frames.tick(now_s)
        if "detect" in result.stages_ms:
            self._looks.tick(now_s)
            self._looked_s, self._gap_s = now_s, now_s - self._looked_s

    def lines(self, now_s: float, *, still: bool = False) -> tuple[str, ...]:
        """A few lines; none before the first result.

        Args:
            now_s: as for `add`.
            still: whether the picture stands still from now on, as in a pause, during which nothing is measured.
        """
        now_s, self._still = self._moving_s(now_s), still
        if not self._means_ms:
            return ()
        stages = (f"{name} {value:.1f}" for name, value in self._means_ms.items() if name != "age")
        return (
            f"ms: {'  '.join(stages)}",
            f"result {self._means_ms['age']:.0f} ms old, {self._dropped} frames dropped",
            *self._cadence(now_s),
        )

    def _moving_s(self, now_s: float) -> float:
        """The time, less that in which the picture stood still."""
        if self._still:
            self._stood_s += now_s - self._asked_s
            self._went_on_s = now_s
        self._asked_s = now_s
        return now_s - self._stood_s

    def _cadence(self, now_s: float) -> tuple[str, ...]:
        """How often faces are looked for; nothing before the second search."""
        if math.isnan(self._gap_s):
            return ()
        gap_s = max(self._gap_s, now_s - self._looked_s)
        if gap_s >= SELDOM_S:
            return (f"looks for faces every {gap_s:.1f} s",)
        looks, frames = self._looks.rate(now_s), self._frames.rate(now_s)
        every = f", every {frames / looks:.1f} frames" if looks and frames > 1.05 * looks else ""
        return (f"looks for faces {looks:.1f} times a second{every}",)
