"""Who is who: gives every face a number and keeps it while the face moves, is missed for a moment, or is hidden.

Boxes found are paired with boxes expected: first by overlap, the sure ones before the faint ones (Zhang et al., "ByteTrack",
ECCV 2022), then by distance. Nothing about a face but its place is considered, so a number means a place and a movement, not a
person who could be recognised. All limits are seconds of media time, so that the frame rate changes nothing.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Iterable, Sequence

from live_monitor.detect.detector import Expected
from live_monitor.track.motion import Motion
from live_monitor.track.pairing import by_distance, by_overlap
from live_monitor.types import Box, Detection, Frame, Track

CONFIRM_S = 0.1
"""A newcomer with the best score counts when it is still seen after this long; one whose score is half as far above that of a
sure face, after twice as long; in the very first search everybody counts at once. False faces last up to 0.4 s, but score hardly
more than a sure face must, and people score 0.8 to 0.9."""

COAST_S = 0.5
"""A face that is missed stays in the result for this long, where it should be."""

LOST_S = 1.5
"""A face that moves is waited for this long..."""

HOME_S = 60.0
"""...and one that keeps to its place, as in a tile of a call, this long."""

MIN_OVERLAP = 0.3
"""Intersection over union from which a box is the one expected."""

SAME_PLACE_OVERLAP = 0.6
"""The same across a cut, where only a face in the same place is the same face; also for one that comes back with its scene, as in
a call after a screen was shared."""

REACH, REACH_GROWS_PER_S = 0.6, 1.2
"""How far from the expected place a face may be, in widths, and how much further with each second since it was seen."""

HOME_REACH = 0.6
"""How far from its home a face that was gone may come back, in widths."""

SETTLED_WANDER = 0.5
SETTLED_AFTER_S = 1.0
"""A face keeps to its place when it is on average no further from it than the first, in widths, and was seen for the second."""


class Tracker:
    """Follows the faces of one source. Belongs to one thread."""

    def __init__(self, sure_score: float = 0.0) -> None:
        """Starts with nobody.

        Args:
            sure_score: a detection below it can only be a face that is known already, 0..1; one without a score is sure.
        """
        self._sure_score = sure_score
        self._numbers = itertools.count(1)
        self._people: list[_Person] = []
        self._faint: list[Detection] = []
        self._size: tuple[int, int] | None = None
        self._cut_s = -math.inf

    def follow(self, frame: Frame, detections: Sequence[Detection], *, looked: bool, cut: bool = False) -> list[Track]:
        """Takes the faces of the next frame.

        Args:
            frame: one of another size than the last starts anew; numbers go on.
            detections: the faces found in it, or carried into it; none twice.
            looked: True when they were looked for everywhere; otherwise they say nothing about newcomers or who left.
            cut: the frame shows another scene than the one before.

        Returns:
            Faces that count: those of `detections`, and those missed a moment ago. Any order.
        """
        first_look = self._size != (frame.width, frame.height)
        if first_look:
            self._people, self._faint, self._size = [], [], (frame.width, frame.height)
        if cut:
            self._cut_s = frame.pts_s
        newcomers, faint = self._recognise(detections, frame.pts_s, cut=cut)
        if cut:
            for person in self._people:
                person.in_other_scene |= person.found is None
        self._people = [person for person in self._people if not person.gone(frame, looked=looked, cut=cut)]
        if looked:
            self._faint = faint
            self._people += [_Person(found, frame.pts_s) for found in sorted(newcomers, key=lambda found: found.box)]
            self._number(at_once=first_look)
        return [person.track(frame.pts_s) for person in self._people if person.shown(frame.pts_s)]

    def expected(self, frame: Frame) -> list[Expected] | None:
        """Who should be in the next frame: newcomers too, and for COAST_S those who are missed.

        Returns:
            None when nothing is known about frames of its size.
        """
        if self._size != (frame.width, frame.height):
            return None
        return [
            Expected(person.motion.predicted(frame.pts_s), known=person.number > 0 and person.found is not None)
            for person in self._people
            if person.found is not None or person.coasts(frame.pts_s)
        ]

    def newcomers(self, now_s: float) -> list[Box]:
        """Where those are who do not count yet, and what the last search of the whole frame took for a face, but not surely."""
        people = [person for person in self._people if not person.number and now_s - person.seen_s <= COAST_S]
        return [*(person.track(now_s).box for person in people), *(found.box for found in self._faint)]

    def _recognise(self, detections: Sequence[Detection], now_s: float, *, cut: bool) -> tuple[list[Detection], list[Detection]]:
        """Gives those who are known their detections.

        Returns:
            The detections that belong to nobody, the sure ones and the faint ones.
        """
        sure = [found for found in detections if self._sure(found)]
        faint = [found for found in detections if not self._sure(found)]
        for person in self._people:
            person.found = None
        here = [person for person in self._people if not person.in_other_scene]
        waited_for = [person for person in here if now_s - person.seen_s <= LOST_S]
        away = [person for person in here if now_s - person.seen_s > LOST_S]
        elsewhere = [person for person in self._people if person.in_other_scene]
        least = SAME_PLACE_OVERLAP if cut else MIN_OVERLAP

        def overlapping(people: Sequence[_Person], boxes: Sequence[Box]) -> _Pairs:
            return by_overlap(_expected(people, now_s), boxes, least)

        def near(people: Sequence[_Person], boxes: Sequence[Box]) -> _Pairs:
            return by_distance(_expected(people, now_s), boxes, _reach(people, now_s))

        def in_place(people: Sequence[_Person], boxes: Sequence[Box]) -> _Pairs:
            return by_overlap([person.motion.home for person in people], boxes, SAME_PLACE_OVERLAP)

        def at_home(people: Sequence[_Person], boxes: Sequence[Box]) -> _Pairs:
            return by_distance([person.motion.home for person in people], boxes, [HOME_REACH] * len(people))

        sure = _give(sure, waited_for, overlapping)
        # A false face is often seen well once and then faintly, so only those who have a number may go on faintly.
        faint = _give(faint, [person for person in waited_for if person.number], overlapping)
        if not cut:
            sure = _give(_give(sure, waited_for, near), away, at_home)
        if now_s - self._cut_s <= LOST_S:  # whoever comes to that place later is somebody else
            sure = _give(sure, elsewhere, in_place)
        for person in self._people:
            person.note(now_s, self._sureness(person.found))
        return sure, faint

    def _number(self, *, at_once: bool) -> None:
        for person in self._people:
            if not person.number and (at_once or person.seen_well_s >= CONFIRM_S):
                person.number = next(self._numbers)

    def _sure(self, found: Detection) -> bool:
        return self._sureness(found) >= 0

    def _sureness(self, found: Detection | None) -> float:
        """How far its score is on the way from the least of a sure face, 0, to the best there is, 1."""
        if found is None:
            return 0.0
        return 1.0 if found.score is None else (found.score - self._sure_score) / (1 - self._sure_score)


class _Person:
    """One face, from when it is first found until it is given up. Its number is 0 until it counts."""

    def __init__(self, found: Detection, now_s: float) -> None:
        self.number = 0
        self.since_s = self.seen_s = now_s
        self.seen_well_s = 0.0
        self.found: Detection | None = found
        self.in_other_scene = False
        self.motion = Motion(found.box, now_s)

    def note(self, now_s: float, sureness: float) -> None:
        """Takes note of whether it was found, and how surely, 0..1."""
        if self.found is not None:
            self.seen_well_s += sureness * (now_s - self.seen_s)
            if self.in_other_scene or now_s - self.seen_s > LOST_S:
                self.motion = Motion(self.found.box, now_s)  # or it would go on at the pace at which it left
            else:
                self.motion.correct(self.found.box, now_s)
            self.seen_s, self.in_other_scene = now_s, False

    def gone(self, frame: Frame, *, looked: bool, cut: bool) -> bool:
        """Whether it is given up."""
        if self.found is not None:
            return False
        unseen_s = frame.pts_s - self.seen_s
        if not self.number and (looked or cut):
            return True
        if unseen_s <= LOST_S and not self.in_other_scene:
            x, y = self.motion.predicted(frame.pts_s).centre
            return not (0 <= x < frame.width and 0 <= y < frame.height)
        settled = self.motion.wander <= SETTLED_WANDER and self.seen_s - self.since_s >= SETTLED_AFTER_S
        return unseen_s > HOME_S or not settled

    def shown(self, now_s: float) -> bool:
        return self.number > 0 and self.coasts(now_s)

    def coasts(self, now_s: float) -> bool:
        """Whether it is assumed to be there still if it is not found."""
        return not self.in_other_scene and now_s - self.seen_s <= COAST_S

    def track(self, now_s: float) -> Track:
        if self.found is not None:
            detection = Detection(self.motion.box, self.found.score, self.found.landmarks)
        else:
            detection = Detection(self.motion.predicted(now_s))
        return Track(self.number, detection, self.found, age_s=now_s - self.since_s)


_Pairs = list[tuple[int, int]]
_Pairing = Callable[[Sequence[_Person], Sequence[Box]], _Pairs]


def _give(detections: Sequence[Detection], people: Sequence[_Person], pairing: _Pairing) -> list[Detection]:
    """Gives detections to those people who have none yet; returns the detections that are left."""
    waiting = [person for person in people if person.found is None]
    pairs = pairing(waiting, [found.box for found in detections])
    for person, found in pairs:
        waiting[person].found = detections[found]
    given = {found for _, found in pairs}
    return [found for index, found in enumerate(detections) if index not in given]


def _expected(people: Iterable[_Person], now_s: float) -> list[Box]:
    return [person.motion.predicted(now_s) for person in people]


def _reach(people: Iterable[_Person], now_s: float) -> list[float]:
    return [REACH + REACH_GROWS_PER_S * (now_s - person.seen_s) for person in people]
