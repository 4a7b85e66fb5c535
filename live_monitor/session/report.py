"""What a logged session was like, in numbers: when, how many faces, which expressions, and what stood out.

The pulse is the one that the window shows, computed anew from the log. It is an index of expressions, not of minds.
"""

from __future__ import annotations

import datetime
import itertools
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from live_monitor.labels import LABELS, UNSURE
from live_monitor.pulse.held import held_s
from live_monitor.pulse.pulse import MEAN_S, Point, Pulse
from live_monitor.session.replay import Moment, replay
from live_monitor.types import FrameResult, Reading

SLACK_S = 2.0
"""A point further than this from where it should be says nothing about a marker: nobody was readable, or the log ends."""

Json = dict[str, Any]


@dataclass
class Look:
    """Seconds of media time in which one face had one label, or was unsure for one reason."""

    from_s: float
    to_s: float
    label: str
    why: str

    @property
    def seconds(self) -> float:
        return self.to_s - self.from_s


def report(log: Path, advance: Callable[[int], object] = lambda _characters: None) -> Json:
    """What a log says, summed up.

    Args:
        log: see `live_monitor.session.replay`.
        advance: see there.

    Returns:
        log: its name; started: time of day at media time 0 as ISO 8601, None for a file; from_s, to_s: media time of the first
        and the last moment; moments: how many; watched_s: seconds between them, without pauses; nobody: share of these without a
        face; faces_at_once: {mean, most}; readable: share of the faces' seconds with a label; emotions: share of each label in
        those; unsure: share of the faces' seconds by what makes them unsure, largest first; pulse: means of the indexes in
        `live_monitor.pulse.indexes` over the readable faces; unusual: [{what, from_s, to_s}], where the pulse differed from what
        had been usual until then; markers: [{number, at_s, clock, before, after}], with the indexes' means over ten seconds on
        either side; faces: [{id, seconds: {label: s}, looks: [{from_s, to_s, label, why}]}]; points: [{at_s, readable, emotions,
        pulse}], one a second, each with the means over the ten seconds before it. Seconds are those of `live_monitor.pulse.held`;
        shares are 0..1; a share or mean of nothing is None.

    Raises:
        UsageError: see `live_monitor.session.replay`.
    """
    moments = replay(log, advance)
    first = list(itertools.islice(moments, 1))
    session = _Session(live=any(moment.clock for moment in first))
    for moment in itertools.chain(first, moments):
        session.add(moment)
    return {"log": log.name, **session.as_json()}


class _Session:
    """Adds up the moments of a log."""

    def __init__(self, *, live: bool) -> None:
        self._live = live
        self._pulse = Pulse(live=live)
        self._points: list[Point] = []
        self._looks: dict[int, list[Look]] = {}
        self._marked: list[Moment] = []
        self._unusual: list[Json] = []
        self._first: Moment | None = None
        self._last: FrameResult | None = None
        self._moments = self._most = 0
        self._watched_s = self._nobody_s = 0.0

    def add(self, moment: Moment) -> None:
        now_s = moment.result.frame.pts_s
        if self._last is not None:
            self._hold(self._last, now_s)
        seen = moment.result.seen
        for reading in seen:
            self._begin(reading, now_s)
        self._add_to_pulse(moment.result)
        if moment.markers:
            self._marked.append(moment)
        self._first, self._last = self._first or moment, moment.result
        self._moments, self._most = self._moments + 1, max(self._most, len(seen))

    def _hold(self, before: FrameResult, now_s: float) -> None:
        """What was said at the moment before held until now."""
        step_s = held_s(before.frame.pts_s, now_s, live=self._live)
        if not step_s:
            return
        self._watched_s += step_s
        self._nobody_s += 0.0 if before.seen else step_s
        for reading in before.seen:
            self._looks[reading.track.id][-1].to_s = now_s

    def _begin(self, reading: Reading, now_s: float) -> None:
        looks = self._looks.setdefault(reading.track.id, [])
        if not looks or looks[-1].to_s != now_s or (looks[-1].label, looks[-1].why) != (reading.label, reading.why):
            looks.append(Look(now_s, now_s, reading.label, reading.why))

    def _add_to_pulse(self, result: FrameResult) -> None:
        self._pulse.add(result)
        last_s = self._points[-1].at_s if self._points else 0.0
        new = list(itertools.takewhile(lambda point: point.at_s > last_s, reversed(self._pulse.points)))
        self._points += reversed(new)
        what, now_s = self._pulse.unusual, result.frame.pts_s
        if not what:
            return
        latest = self._unusual[-1] if self._unusual else None
        if latest is None or self._last is None or (latest["what"], latest["to_s"]) != (what, self._last.frame.pts_s):
            self._unusual.append({"what": what, "from_s": now_s, "to_s": now_s})
        else:
            latest["to_s"] = now_s

    def as_json(self) -> Json:
        looks = [look for of_face in self._looks.values() for look in of_face]
        labels = _seconds((look.label, look.seconds) for look in looks)
        whys = _seconds((look.why, look.seconds) for look in looks if look.why)
        faces_s = sum(labels.values())
        readable_s = faces_s - labels.get(UNSURE, 0.0)
        first = self._first
        started = first.clock - datetime.timedelta(seconds=first.result.frame.pts_s) if first and first.clock else None
        return {
            "started": started and started.isoformat(timespec="seconds"),
            "from_s": first.result.frame.pts_s if first else None,
            "to_s": self._last.frame.pts_s if self._last else None,
            "moments": self._moments,
            "watched_s": round(self._watched_s, 3),
            "nobody": _share(self._nobody_s, self._watched_s),
            "faces_at_once": {"mean": _share(faces_s, self._watched_s), "most": self._most},
            "readable": _share(readable_s, faces_s),
            "emotions": {label: _share(labels.get(label, 0.0), readable_s) for label in LABELS},
            "unsure": {why: _share(s, faces_s) for why, s in sorted(whys.items(), key=lambda item: -item[1])},
            "pulse": self._pulse.session_means(),
            "unusual": self._unusual,
            "markers": [self._marker(moment, number) for moment in self._marked for number in moment.markers],
            "faces": [_face(number, of_face) for number, of_face in sorted(self._looks.items())],
            "points": [_point(point) for point in self._points],
        }

    def _marker(self, moment: Moment, number: int) -> Json:
        at_s = moment.result.frame.pts_s
        return {
            "number": number,
            "at_s": at_s,
            "clock": moment.clock and moment.clock.isoformat(timespec="seconds"),
            "before": _indexes_at(at_s, [point for point in self._points if point.at_s <= at_s]),
            "after": _indexes_at(at_s + MEAN_S, self._points),
        }


def _seconds(parts: Iterable[tuple[str, float]]) -> dict[str, float]:
    """Sums by name."""
    sums: dict[str, float] = {}
    for name, seconds in parts:
        sums[name] = sums.get(name, 0.0) + seconds
    return sums


def _share(part: float, whole: float) -> float | None:
    return round(part / whole, 4) if whole else None


def _indexes_at(at_s: float, points: Sequence[Point]) -> Mapping[str, float] | None:
    nearest = min(points, key=lambda point: abs(point.at_s - at_s), default=None)
    if nearest is None or abs(nearest.at_s - at_s) > SLACK_S:
        return None
    return _rounded(nearest.indexes)


def _rounded(indexes: Mapping[str, float]) -> dict[str, float]:
    return {name: round(value, 4) for name, value in indexes.items()}


def _face(number: int, looks: Sequence[Look]) -> Json:
    seconds = _seconds((look.label, look.seconds) for look in looks)
    return {
        "id": number,
        "seconds": {label: round(seconds[label], 3) for label in (*LABELS, UNSURE) if label in seconds},
        "looks": [dict(vars(look)) for look in looks],
    }


def _point(point: Point) -> Json:
    return {
        "at_s": round(point.at_s, 3),
        "readable": round(point.coverage, 4),
        "emotions": {label: round(share, 4) for label, share in zip(LABELS, point.shares.tolist(), strict=True)},
        "pulse": _rounded(point.indexes),
    }
