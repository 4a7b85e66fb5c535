"""The pulse of a class: what its readable faces look like together, as means over ten seconds, and whether that is unusual.

In these means each frame is weighted by the time until the next one, see `live_monitor.pulse.held`.

People agree best on clips of ten seconds, and the mean over a clip's frames predicts what they say (Whitehill et al., "The
Faces of Engagement", IEEE Transactions on Affective Computing 5, 2014). It is an index of expressions, not of minds.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from live_monitor.labels import LABELS
from live_monitor.pulse.held import held_s
from live_monitor.pulse.indexes import concentration, expressiveness, valence
from live_monitor.types import FrameResult, Reading

MEAN_S = 10
"""Seconds of media time over which a point is the mean."""

SHOWN_S = 300
"""How long points are kept for the chart, in seconds."""

LONGEST_GAP_S = 2.5
"""Points further apart are not joined in a chart: nothing was readable in between."""

BASELINE_S = 7200
"""Longest memory of what is usual in this session, in seconds."""

BASELINE_FROM_S = 60
"""Nothing is unusual before this many seconds were well covered."""

MIN_COVERAGE = 0.5
"""Share of the faces that must be readable for a point to count for or against the usual."""

UNUSUAL_FOR_S = 20
"""Seconds for which the pulse must have been unusual before that is reported."""

MIN_CHANGE, SPREADS = 0.1, 2.0
"""An index is unusual when it is further from the session's median than this, and than this many times the usual spread."""

INDEXES = ("valence", "expressiveness", "concentration")


@dataclass(frozen=True, eq=False)
class Point:
    """Means of the MEAN_S seconds before a moment.

    Attributes:
        at_s: media time at its end, a whole number of seconds.
        shares: how many of the readable faces had each label, float64 (7,), sum 1.
        indexes: means of INDEXES, by name.
        coverage: share of the faces seen that were readable, 0..1.
    """

    at_s: float
    shares: NDArray[np.float64]
    indexes: dict[str, float]
    coverage: float


class Pulse:
    """Adds up the results of one source. Belongs to one thread."""

    def __init__(self, *, live: bool = False) -> None:
        """Begins before the first result.

        Args:
            live: whether frames arrive as they happen, so that there may be times between them when nobody looked.
        """
        self.points: deque[Point] = deque()
        """Those of the last SHOWN_S: one for each second with a readable face in the MEAN_S before it, the newest last."""

        self.latest: Point | None = None
        """The point of the last second that is over; None: nobody was readable in its MEAN_S."""

        self.now_s = 0.0
        """When that second was over, in seconds of media time."""

        self.moment: NDArray[np.float64] = np.zeros(len(LABELS))
        """How many readable faces have each label now, (7,)."""

        self.markers: list[float] = []
        """Media times that the user marked, in seconds."""

        self.unusual = ""
        """What is unusual for this session, such as "valence is lower", or ""."""

        self._seconds: deque[tuple[int, NDArray[np.float64]]] = deque()
        self._usual = np.empty((len(INDEXES), BASELINE_S))
        self._covered_s = 0
        self._session, self._open = _empty(), _empty()
        self._live = live
        self._second = 0
        self._last_s: float | None = None
        self._held = _empty()
        self._unusual_since_s: dict[str, float] = {}

    def add(self, result: FrameResult) -> None:
        """Takes the next result of the source."""
        now_s = result.frame.pts_s
        if self._last_s is not None and held_s(self._last_s, now_s, live=self._live):
            self._hold(self._last_s, now_s)
        elif int(now_s) != self._second:
            self._close_second(int(now_s))
        self._last_s = now_s
        self.moment, self._held = _sums(result.seen)

    def _hold(self, from_s: float, until_s: float) -> None:
        """Counts what the last frame said for the time until the next, second by second."""
        for end_s in range(self._second + 1, int(until_s) + 1):
            self._open += (end_s - from_s) * self._held
            self._close_second(end_s)
            from_s = end_s
        self._open += (until_s - from_s) * self._held

    def session_means(self) -> dict[str, float] | None:
        """Means of INDEXES over all readable faces so far, each second of each face counting the same; None without any."""
        readable_s, _, *sums = self._session + self._open
        return {name: round(total / readable_s, 4) for name, total in zip(INDEXES, sums, strict=False)} if readable_s else None

    def mark(self) -> float:
        """Marks the present moment; returns its media time in seconds."""
        self.markers.append(self._last_s or 0.0)
        return self.markers[-1]

    def _close_second(self, now_s: int) -> None:
        """Counts the seconds that are over, and makes the point of the MEAN_S before the one that begins."""
        self.now_s = float(now_s)
        self._seconds.append((self._second, self._open))
        self._second = now_s
        self._session = self._session + self._open
        self._open = _empty()
        while self._seconds and self._seconds[0][0] < now_s - MEAN_S:
            self._seconds.popleft()
        while self.points and self.points[0].at_s < now_s - SHOWN_S:
            self.points.popleft()
        readable_s, faces_s, *sums = sum((sums for _, sums in self._seconds), _empty())
        if not readable_s:
            self.latest = None
            self._unusual_since_s, self.unusual = {}, ""
            return
        means = np.array(sums) / readable_s
        indexes = dict(zip(INDEXES, means[: len(INDEXES)].tolist(), strict=True))
        self.latest = Point(self.now_s, means[len(INDEXES) :], indexes, float(readable_s / faces_s))
        self.points.append(self.latest)
        self._compare(self.latest)

    def _compare(self, point: Point) -> None:
        """Checks whether a point is unusual, then adds it to those that define the usual."""
        if point.coverage < MIN_COVERAGE:
            self._unusual_since_s, self.unusual = {}, ""
            return
        usual = self._usual[:, : self._covered_s]
        changes = _changes(point, usual) if self._covered_s >= BASELINE_FROM_S else []
        self._unusual_since_s = {change: self._unusual_since_s.get(change, point.at_s) for change in changes}
        lasting = [change for change, since_s in self._unusual_since_s.items() if point.at_s - since_s >= UNUSUAL_FOR_S]
        self.unusual = lasting[0] if lasting else ""
        self._usual[:, self._covered_s % BASELINE_S] = list(point.indexes.values())
        self._covered_s += 1


def _empty() -> NDArray[np.float64]:
    return np.zeros(2 + len(INDEXES) + len(LABELS))


def _sums(seen: Sequence[Reading]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Readable faces by label, and what `_empty` has room for: readable faces, faces seen, sums of INDEXES, faces by label."""
    readable = [reading for reading in seen if reading.readable]
    labels = np.zeros(len(LABELS))
    if not readable:
        return labels, np.array([0.0, len(seen), *np.zeros(len(INDEXES)), *labels])
    for reading in readable:
        labels[LABELS.index(reading.label)] += 1
    rows = np.stack([reading.smoothed for reading in readable])
    indexes = [float(index(rows).sum()) for index in (valence, expressiveness, concentration)]
    return labels, np.array([len(readable), len(seen), *indexes, *labels])


def _changes(point: Point, usual: NDArray[np.float64]) -> list[str]:
    """What in a point is far from the median of the others, (len(INDEXES), n), such as "valence is lower"."""
    median = np.median(usual, axis=1)
    # 1.4826 makes the median deviation a standard deviation where the values are normally distributed.
    spread = 1.4826 * np.median(np.abs(usual - median[:, np.newaxis]), axis=1)
    limits = np.maximum(MIN_CHANGE, SPREADS * spread)
    off = np.array(list(point.indexes.values())) - median
    return [
        f"{name} is {'higher' if change > 0 else 'lower'}"
        for name, change, limit in zip(INDEXES, off.tolist(), limits.tolist(), strict=True)
        if abs(change) > limit
    ]
