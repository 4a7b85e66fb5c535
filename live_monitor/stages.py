"""What happens to one frame on the analysis thread: its faces are found or carried, told apart, classified and smoothed."""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from live_monitor.classify.classifier import EmotionClassifier
from live_monitor.classify.quality import EVERY_FACE, QualityGate
from live_monitor.classify.smoothing import Smoother
from live_monitor.detect.cadence import Cadence, EveryNth
from live_monitor.detect.detector import FaceDetector, Look
from live_monitor.detect.zones import Zone, by_zones, without_zones
from live_monitor.media_steps import MediaSteps
from live_monitor.track.flow import BoxCarrier
from live_monitor.track.large_enough import LargeEnough
from live_monitor.track.scene import Scene
from live_monitor.track.tracker import Tracker
from live_monitor.types import Box, Detection, Frame, Reading, Track
from live_monitor.wishes import Wishes


class Analysed(NamedTuple):
    """What the stages make of a frame.

    Attributes:
        readings: one a face, ordered from left to right.
        left_out: the faces that the user left out, about which nothing else is known.
        newcomers: where there may be somebody about whom nothing is said: faces that do not count yet or have not been read,
            are smaller than wanted or belong to a zone, and whatever is hardly taken for a face.
        stages_ms: milliseconds by stage, see `live_monitor.types.FrameResult`.
    """

    readings: tuple[Reading, ...]
    left_out: tuple[Track, ...]
    newcomers: tuple[Box, ...]
    stages_ms: Mapping[str, float]


@dataclass(eq=False)
class Stages:
    """The stages, in the order in which a frame goes through them. Only the analysis thread calls them.

    Attributes:
        detector: finds the faces of a frame.
        classifier: labels them.
        cadence: says which frames the detector sees.
        scene: says which frames begin a new scene; the detector sees these too.
        carrier: moves the boxes through the other frames.
        tracker: says which face is which.
        large_enough: says which faces are reported when smaller ones than wanted are followed too, to be hidden.
        reading_times: says in which frames faces are classified: an average over half a second gains little from more.
        gate: says which faces can be read.
        smoother: steadies what is said about each.
        zones: parts of the picture that no stage gets to see.
    """

    detector: FaceDetector
    classifier: EmotionClassifier
    cadence: Cadence = field(default_factory=EveryNth)
    scene: Scene = field(init=False)
    carrier: BoxCarrier = field(default_factory=BoxCarrier)
    tracker: Tracker = field(default_factory=Tracker)
    large_enough: LargeEnough = field(default_factory=LargeEnough)
    reading_times: MediaSteps = field(default_factory=MediaSteps)
    gate: QualityGate = field(default_factory=lambda: QualityGate(EVERY_FACE))
    smoother: Smoother = field(default_factory=Smoother)
    zones: tuple[Zone, ...] = ()
    _in_zones: list[Box] = field(default_factory=list, init=False)
    """The faces that the last search of the whole frame found there: a face may reach far out of its zone."""

    def __post_init__(self) -> None:
        self.scene = Scene(self.zones)

    def analyse(self, frame: Frame, wishes: Wishes = Wishes()) -> Analysed:  # noqa: B008, it is frozen
        """Analyses the frames of a source, one after the other.

        Args:
            frame: the next one.
            wishes: how the user wants it analysed.
        """
        watch = _StopWatch()
        self.detector.set_min_face(wishes.min_face, smaller_too=wishes.hides)
        seen = dataclasses.replace(frame, image=without_zones(frame.image, self.zones))
        cut = self.scene.cut(seen.image)
        looks = self.cadence.look_due(frame) or cut or not self.carrier.can_carry(frame.image)
        faces, everywhere = self._look(seen, cut=cut) if looks else self._carry(seen)
        watch.lap("detect" if looks else "carry")
        tracks = sorted(self.tracker.follow(frame, faces, looked=everywhere, cut=cut), key=lambda track: track.box)
        watch.lap("track")
        wanted = others = [track for track in tracks if track.id not in wishes.left_out]
        if wishes.hides and wishes.min_face:
            wanted = self.large_enough.of(others, wishes.min_face, frame.pts_s)
        reads = self.reading_times.due(frame.pts_s)
        # The box as it was found, or carried since: a smoothed one would also depend on the frames before that search.
        found = {track: track.found for track in wanted if track.found and reads}
        crops = self.classifier.crop(seen.image, list(found.values()))
        probabilities = self.classifier.label(crops)
        if reads:
            watch.lap("classify")
        readings = self.smoother.read(
            wanted, list(found), probabilities, self.gate.flaws(crops, list(found.values())), frame.pts_s
        )
        watch.lap("steady")
        self.cadence.spent(watch.total_s, looked=looks)
        left_out = tuple(track for track in tracks if track.id in wishes.left_out)
        return Analysed(readings, left_out, self._newcomers(frame, others, readings), watch.laps_ms)

    def _newcomers(self, frame: Frame, others: Sequence[Track], readings: Sequence[Reading]) -> tuple[Box, ...]:
        said = {reading.track.id for reading in readings}
        unread = (track.box for track in others if track.id not in said)
        return (*self.tracker.newcomers(frame.pts_s), *unread, *self._in_zones)

    def _look(self, frame: Frame, *, cut: bool) -> Look:
        look = self.detector.detect(frame, None if cut else self.tracker.expected(frame))
        faces, in_zones = self._by_zones(frame, look.faces)
        if look.everywhere:
            self._in_zones = [face.box for face in in_zones]
        if self.cadence.carries:
            self.carrier.start(frame.image, faces)
        else:
            self.carrier.forget()
        return Look(faces, look.everywhere)

    def _carry(self, frame: Frame) -> Look:
        outside, _ = self._by_zones(frame, self.carrier.carry(frame.image))
        return Look(outside, everywhere=False)

    def _by_zones(self, frame: Frame, detections: Sequence[Detection]) -> tuple[list[Detection], list[Detection]]:
        return by_zones(detections, self.zones, frame.width, frame.height)


class _StopWatch:
    """Milliseconds from one lap to the next, by name."""

    def __init__(self) -> None:
        self.laps_ms: dict[str, float] = {}
        self._started = self._last = time.perf_counter()

    @property
    def total_s(self) -> float:
        return self._last - self._started

    def lap(self, name: str) -> None:
        now = time.perf_counter()
        self.laps_ms[name] = 1e3 * (now - self._last)
        self._last = now
