"""Steady labels: what a face looks like over the last half second, of each face for itself.

Probabilities are averaged with weights that fall off exponentially with media time, so that the frame rate changes nothing.
A label stays until another is clearly ahead.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from live_monitor.labels import LABELS, UNSURE
from live_monitor.settings import DEFAULT_SMOOTH_S
from live_monitor.types import Reading, Track

AHEAD = 0.1
"""A new label must be ahead of the old one by this probability."""

UNCLEAR = "unclear"
"""Why a face is unsure whose best label is not probable enough."""

UNCLEAR_SLACK = 0.16
"""A label becomes unsure when it is this much less probable than one that is told anew must be."""

FLAWED_WEIGHT = 0.05
"""Weight of what the classifier says of a face that cannot be read well: something, as long as there is nothing better."""

FLAW_SHARES = (0.4, 0.6)
"""A face becomes unsure when it could not be read for the larger share of the time, readable again below the smaller."""

FIRST_STEP_S = 0.1
"""How long the first frame of a face counts, in seconds."""


class Smoother:
    """Remembers what the faces of one source looked like. Belongs to one thread."""

    def __init__(self, smooth_s: float = DEFAULT_SMOOTH_S, unsure_below: float = 0.0) -> None:
        """Starts with no memory.

        Args:
            smooth_s: time constant in seconds; 0: every frame speaks for itself.
            unsure_below: a label less probable than this, 0..1, is unsure.
        """
        self._smooth_s = smooth_s
        self._unsure_below = unsure_below
        self._memories: dict[int, _Memory] = {}

    def read(
        self, tracks: Sequence[Track], probabilities: NDArray[np.float32], flaws: Sequence[str], now_s: float
    ) -> tuple[Reading, ...]:
        """Readings of a frame, one for each track of which something is known, in their order.

        Args:
            tracks: all faces of the frame.
            probabilities: float32 (n, 7) of the n tracks that are not coasting, in their order.
            flaws: why each of these cannot be read well, or "".
            now_s: media time of the frame, never less than that of the frame before.
        """
        self._memories = {track.id: self._memories.get(track.id) or _Memory(now_s) for track in tracks}
        seen = [track for track in tracks if not track.coasting]
        for track, row, flaw in zip(seen, probabilities, flaws, strict=True):
            self._memories[track.id].add(row, flaw, now_s, self._smooth_s, self._unsure_below)
        return tuple(self._memories[track.id].reading(track) for track in tracks if self._memories[track.id].begun)


class _Memory:
    """What one face looked like."""

    def __init__(self, now_s: float) -> None:
        self.begun = False
        self._latest = self._mean = np.zeros(len(LABELS), np.float32)
        self._weight = 0.0
        self._flaws: dict[str, float] = {}
        self._label = 0
        self._flaw = ""
        self._unclear = False
        self._at_s = now_s

    def add(self, row: NDArray[np.float32], flaw: str, now_s: float, smooth_s: float, unsure_below: float) -> None:
        step_s = now_s - self._at_s if self.begun else FIRST_STEP_S
        kept = math.exp(-step_s / smooth_s) if smooth_s else 0.0
        first = not self.begun
        self.begun, self._latest, self._at_s = True, row, now_s
        weight = (1 - kept) * (FLAWED_WEIGHT if flaw else 1.0)
        self._weight = kept * self._weight + weight
        self._mean = self._mean + np.float32(weight / self._weight) * (row - self._mean) if self._weight else row
        self._decide_flaw(flaw, 0.0 if first else kept)
        ahead = AHEAD if smooth_s and not first else 0.0
        best = int(self._mean.argmax())
        if self._mean[best] >= self._mean[self._label] + ahead:
            self._label = best
        slack = UNCLEAR_SLACK if smooth_s and not first and not self._unclear else 0.0
        self._unclear = bool(self._mean[self._label] < unsure_below - slack)

    def _decide_flaw(self, flaw: str, kept: float) -> None:
        shares = {name: kept * share for name, share in self._flaws.items()}
        shares[flaw] = shares.get(flaw, 0.0) + 1 - kept
        self._flaws = {name: share for name, share in shares.items() if name and share > 0.01}
        flawed = sum(self._flaws.values())
        if flawed > FLAW_SHARES[0 if self._flaw else 1]:
            self._flaw = max(self._flaws, key=self._flaws.__getitem__)
        else:
            self._flaw = ""

    def reading(self, track: Track) -> Reading:
        why = self._flaw or (UNCLEAR if self._unclear else "")
        label = UNSURE if why else LABELS[self._label]
        return Reading(track, self._latest, self._mean, label, why)
