"""What a result cost, for people: milliseconds a stage, its age, what was dropped, how often faces are looked for."""

from __future__ import annotations

from live_monitor.overlay.rate import RateCounter
from live_monitor.types import FrameResult

NEW_WEIGHT = 0.1
"""Weight of a new time in a running mean: numbers that jump cannot be read."""


class Latency:
    """Adds up results as they are shown. Belongs to one thread."""

    def __init__(self) -> None:
        self._means_ms: dict[str, float] = {}
        self._dropped = 0
        self._looks, self._frames = RateCounter(), RateCounter()

    def add(self, result: FrameResult, now_s: float) -> None:
        """Takes a result, and the time on the monotonic clock in seconds."""
        for name, value in {**result.stages_ms, "age": 1e3 * result.age_s}.items():
            mean = self._means_ms.get(name, value)
            self._means_ms[name] = mean + NEW_WEIGHT * (value - mean)
        self._dropped = result.dropped
        self._frames.tick(now_s)
        if "detect" in result.stages_ms:
            self._looks.tick(now_s)

    def lines(self, now_s: float) -> tuple[str, ...]:
        """A few lines; none before the first result."""
        if not self._means_ms:
            return ()
        stages = (f"{name} {value:.1f}" for name, value in self._means_ms.items() if name != "age")
        looks, frames = self._looks.rate(now_s), self._frames.rate(now_s)
        every = f", every {frames / looks:.1f} frames" if looks and frames > 1.05 * looks else ""
        return (
            f"ms: {'  '.join(stages)}",
            f"result {self._means_ms['age']:.0f} ms old, {self._dropped} frames dropped",
            f"looks for faces {looks:.1f} times a second{every}",
        )
