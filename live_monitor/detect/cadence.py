"""How often faces are looked for: in every frame while there is time, else in every k-th, with boxes carried in between."""

from __future__ import annotations

import math
from typing import Protocol

from live_monitor.types import Frame

LONGEST_GAP_S = 0.25
"""Faces are looked for at least this often, however slow that is: a carried box knows nothing of newcomers."""

SPARE = 0.9
"""Share of the time between two frames that their analysis may take."""

_SHORTEST_S = 1e-3
"""Least time between two frames, where a source's time stands still."""

_NEW_WEIGHT = 0.1
"""Weight of a new measurement in a running mean."""


class Cadence(Protocol):
    """Says of each frame whether faces are looked for in it. Belongs to one thread."""

    @property
    def carries(self) -> bool:
        """True when boxes may have to be carried into the next frame."""

    def look_due(self, frame: Frame) -> bool:
        """Whether to search the next frame; asked once a frame."""

    def spent(self, seconds: float, *, looked: bool) -> None:
        """Takes note of what the analysis of that frame cost, with a search or without."""


class EveryNth:
    """Searches every n-th frame."""

    def __init__(self, every: int = 1) -> None:
        self._every = every
        self._until_look = 0

    @property
    def carries(self) -> bool:
        return self._every > 1

    def look_due(self, frame: Frame) -> bool:  # noqa: ARG002, it counts whatever comes
        due = self._until_look == 0
        self._until_look = (self._every if due else self._until_look) - 1
        return due

    def spent(self, seconds: float, *, looked: bool) -> None:
        """Ignores it."""


class KeepUp:
    """Searches as often as it can while keeping up with every frame that the source delivers.

    With l and c seconds for a frame with and without a search, and b seconds between two frames, every k-th is searched,
    where k is the smallest number for which (l + (k - 1) c) / k <= b.
    """

    def __init__(self) -> None:
        self._interval_s = _Mean()
        self._cost_s = {True: _Mean(), False: _Mean()}
        self._last: Frame | None = None
        self._look_s = -math.inf
        self._since_look = 0
        self._warm = False

    @property
    def every(self) -> int:
        """k: how many frames share one search."""
        look_s, carry_s, budget_s = self._cost_s[True].value, self._cost_s[False].value, SPARE * self._interval_s.value
        if look_s <= budget_s:
            return 1
        longest = max(2, int(LONGEST_GAP_S / max(self._interval_s.value, _SHORTEST_S)))
        if carry_s >= budget_s:
            return longest
        return min(longest, math.ceil((look_s - carry_s) / (budget_s - carry_s)))

    @property
    def carries(self) -> bool:
        return self.every > 1

    def look_due(self, frame: Frame) -> bool:
        if self._last is not None and frame.index > self._last.index:
            # A lost signal counts as a gap of no more than that: it says nothing about the frames that come afterwards.
            self._interval_s.add(min(LONGEST_GAP_S, (frame.pts_s - self._last.pts_s) / (frame.index - self._last.index)))
        self._last = frame
        self._since_look += 1
        due = self._since_look >= self.every or frame.pts_s - self._look_s >= LONGEST_GAP_S
        if due:
            self._look_s, self._since_look = frame.pts_s, 0
        return due

    def spent(self, seconds: float, *, looked: bool) -> None:
        if self._warm:
            self._cost_s[looked].add(seconds)
        self._warm = True  # the first frame pays for what is set up once


class _Mean:
    """A running mean, 0 before the first value."""

    def __init__(self) -> None:
        self.value = 0.0
        self._empty = True

    def add(self, value: float) -> None:
        self.value += (1.0 if self._empty else _NEW_WEIGHT) * (value - self.value)
        self._empty = False
