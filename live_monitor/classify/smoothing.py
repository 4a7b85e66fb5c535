"""Steady labels: what each face looks like over the last half second, independently of the others.

Probabilities are averaged with weights that fall off exponentially with media time, and are taken to change evenly between two
frames, so that the frame rate matters as little as it can: nothing brings back what happened between two frames. A label stays
until another is clearly ahead. It is given as soon as its average probability is high enough, and becomes unsure when neither
that average nor a second, slower average of it is, or when the first is far too low.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from live_monitor.labels import LABELS, UNSURE
from live_monitor.settings import DEFAULT_SMOOTH_S
from live_monitor.types import Reading, Track

AHEAD = 0.07
"""A new label must be ahead of the old one by this probability."""

UNCLEAR = "unclear"
"""The reason when a face is unsure because its best label is not probable enough."""

UNCLEAR_SLACK = 0.04
"""A label becomes unsure when it is this much less probable than a new one must be to be given."""

UNCLEAR_AT_ONCE = 0.14
"""A label is unsure at once when it is this much less probable, however probable it was on average: nobody should read one that
is hardly likelier than others. On the clips mentioned below, one label change in eighty is due to that."""

AGAIN = 1.4
"""Time constant of the second average, in multiples of the first one's. Without a second average the slack would have to be wide,
0.16, and a label that a few frames brought, or took away, would stay, or stay away, for seconds.

This, AHEAD and UNCLEAR_SLACK were chosen on twelve clips of one to ten people: nearly every change of expression shows within
a second, labels change seldom, and those at 30, 10 and 5 frames a second agree."""

FLAWED_WEIGHT = 0.05
"""Weight of what the classifier says about a face that cannot be read well: it counts as long as there is nothing better."""

FLAW_SHARES = (0.4, 0.6)
"""A face becomes unsure when it could not be read for more than the larger share of the time, and readable again below the
smaller."""

FIRST_STEP_S = 0.1
"""How long the first frame of a face counts, in seconds."""


class _Shares(NamedTuple):
    """What makes up a mean at the next frame: shares of the mean so far, the frame before, and this frame. Their sum is 1."""

    kept: float
    before: float
    now: float


def _shares(step_s: float, constant_s: float) -> _Shares:
    """Shares in an exponential mean after a step in which the value changes evenly; step and time constant are in seconds.

    With x = step_s / constant_s, the integral of exp((t - step_s) / constant_s) / constant_s times the line from the value before
    to the value now is (1 - (1 - exp(-x)) / x) of now and ((1 - exp(-x)) / x - exp(-x)) of before. If the value now stood for
    the whole step, it would come half a step early, and at five frames a second one noisy frame would be a third of the mean.
    """
    if not constant_s:
        return _Shares(0.0, 0.0, 1.0)
    if not step_s:
        return _Shares(1.0, 0.0, 0.0)
    kept = math.exp(-step_s / constant_s)
    before = (1 - kept) * constant_s / step_s - kept
    return _Shares(kept, before, 1 - kept - before)


class Smoother:
    """Remembers what the faces of one source looked like. Belongs to one thread."""

    def __init__(self, smooth_s: float = DEFAULT_SMOOTH_S, unsure_below: float = 0.0) -> None:
        """Starts with no memory.

        Args:
            smooth_s: time constant in seconds; 0: each frame counts on its own.
            unsure_below: a label less probable than this, 0..1, is unsure.
        """
        self._smooth_s = smooth_s
        self._unsure_below = unsure_below
        self._memories: dict[int, _Memory] = {}

    def read(
        self,
        tracks: Sequence[Track],
        read: Sequence[Track],
        probabilities: NDArray[np.float32],
        flaws: Sequence[str],
        now_s: float,
    ) -> tuple[Reading, ...]:
        """Readings of a frame, one for each track about which something is known, in the order of `tracks`.

        Args:
            tracks: all faces of the frame; others are forgotten.
            read: the n of them that were read in it.
            probabilities: float32 (n, 7) of these.
            flaws: why each of these cannot be read well, or "".
            now_s: media time of the frame, never less than that of the frame before.
        """
        self._memories = {track.id: self._memories.get(track.id) or _Memory() for track in tracks}
        weighted = _weighted(probabilities, flaws)
        for track, row, weighted_row, flaw in zip(read, probabilities, weighted, flaws, strict=True):
            self._memories[track.id].add(row, weighted_row, flaw, now_s, self._smooth_s, self._unsure_below)
        return tuple(self._memories[track.id].reading(track) for track in tracks if self._memories[track.id].begun)


class _Memory:
    """What one face looked like."""

    def __init__(self) -> None:
        self.begun = False
        self._latest = self._mean = np.zeros(len(LABELS), np.float32)
        self._label = 0
        self._flaw = self._latest_flaw = ""
        self._unclear = False
        self._at_s = 0.0

    def add(
        self,
        row: NDArray[np.float32],
        weighted: NDArray[np.float32],
        flaw: str,
        now_s: float,
        smooth_s: float,
        unsure_below: float,
    ) -> None:
        steady = self.begun and smooth_s > 0
        if self.begun:
            self._go_on(weighted, flaw, now_s - self._at_s, smooth_s)
        else:
            self._begin(row, weighted, flaw, smooth_s)
        self.begun, self._seen, self._latest, self._at_s, self._latest_flaw = True, weighted, row, now_s, flaw
        self._latest.flags.writeable = self._mean.flags.writeable = False  # later frames' readings share them
        self._decide(steady, unsure_below)

    def _begin(self, row: NDArray[np.float32], weighted: NDArray[np.float32], flaw: str, smooth_s: float) -> None:
        self._sum = weighted * (1 - _shares(FIRST_STEP_S, smooth_s).kept)
        self._mean = row
        self._certainty = self._highest = float(row.max())
        self._flaws = {flaw: 1.0}

    def _go_on(self, seen: NDArray[np.float32], flaw: str, step_s: float, smooth_s: float) -> None:
        shares, again = _shares(step_s, smooth_s), _shares(step_s, AGAIN * smooth_s)
        before = self._highest
        self._sum = shares.kept * self._sum + shares.before * self._seen + shares.now * seen
        self._mean = self._sum[:-1] / self._sum[-1]
        self._highest = float(self._mean.max())
        self._certainty = again.kept * self._certainty + again.before * before + again.now * self._highest
        self._flaws = {name: shares.kept * share for name, share in self._flaws.items()}
        for name, share in ((self._latest_flaw, shares.before), (flaw, shares.now)):
            self._flaws[name] = self._flaws.get(name, 0.0) + share

    def _decide(self, steady: bool, unsure_below: float) -> None:
        flawed = sum(share for name, share in self._flaws.items() if name)
        if flawed > FLAW_SHARES[0 if self._flaw else 1]:
            self._flaw = max(filter(None, self._flaws), key=self._flaws.__getitem__)
        else:
            self._flaw = ""
        if self._highest >= self._mean[self._label] + (AHEAD if steady else 0.0):
            self._label = int(self._mean.argmax())
        if steady and not self._unclear:
            fallen = self._mean[self._label] < unsure_below - UNCLEAR_AT_ONCE
            self._unclear = fallen or max(self._highest, self._certainty) < unsure_below - UNCLEAR_SLACK
        else:
            self._unclear = self._highest < unsure_below

    def reading(self, track: Track) -> Reading:
        why = self._flaw or (UNCLEAR if self._unclear else "")
        label = UNSURE if why else LABELS[self._label]
        return Reading(track, self._latest, self._mean, label, why)


def _weighted(rows: NDArray[np.float32], flaws: Sequence[str]) -> NDArray[np.float32]:
    """The probabilities of n faces times their weights, followed by the weights, float32 (n, 8)."""
    weights = np.array([FLAWED_WEIGHT if flaw else 1.0 for flaw in flaws], np.float32)[:, np.newaxis]
    return np.hstack([rows * weights, weights])
