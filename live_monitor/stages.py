"""What happens to one frame on the analysis thread: its faces are found or carried, then classified in one call."""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from live_monitor.classify.classifier import EmotionClassifier
from live_monitor.detect.cadence import Cadence, EveryNth
from live_monitor.detect.detector import FaceDetector
from live_monitor.detect.zones import Zone, outside_zones, without_zones
from live_monitor.track.flow import BoxCarrier
from live_monitor.types import Detection, Frame, Reading


class Analysed(NamedTuple):
    """What the stages make of a frame.

    Attributes:
        readings: one a face, ordered from left to right.
        stages_ms: milliseconds by stage: "detect" or "carry", and "classify".
    """

    readings: tuple[Reading, ...]
    stages_ms: Mapping[str, float]


@dataclass(frozen=True)
class Stages:
    """The stages, in the order in which a frame goes through them. Only the analysis thread calls them.

    Attributes:
        detector: finds the faces of a frame.
        classifier: labels them.
        cadence: says which frames the detector sees.
        carrier: moves the boxes through the others.
        zones: what no stage gets to see.
    """

    detector: FaceDetector
    classifier: EmotionClassifier
    cadence: Cadence = field(default_factory=EveryNth)
    carrier: BoxCarrier = field(default_factory=BoxCarrier)
    zones: tuple[Zone, ...] = ()

    def analyse(self, frame: Frame) -> Analysed:
        """Takes the frames of a source, one after the other."""
        start = time.perf_counter()
        looks = self.cadence.look_due(frame) or not self.carrier.can_carry(frame.image)
        seen = dataclasses.replace(frame, image=without_zones(frame.image, self.zones))
        faces = self._look(seen) if looks else self._carry(seen)
        found = time.perf_counter()
        probabilities = self.classifier.classify(seen.image, faces)
        classified = time.perf_counter()
        self.cadence.spent(classified - start, looked=looks)
        return Analysed(
            readings=tuple(map(Reading, faces, probabilities)),
            stages_ms={"detect" if looks else "carry": 1e3 * (found - start), "classify": 1e3 * (classified - found)},
        )

    def _look(self, frame: Frame) -> list[Detection]:
        faces = self._in_order(frame, self.detector.detect(frame))
        if self.cadence.carries:
            self.carrier.start(frame.image, faces)
        else:
            self.carrier.forget()
        return faces

    def _carry(self, frame: Frame) -> list[Detection]:
        return self._in_order(frame, self.carrier.carry(frame.image))

    def _in_order(self, frame: Frame, detections: Sequence[Detection]) -> list[Detection]:
        wanted = outside_zones(detections, self.zones, frame.width, frame.height) if self.zones else detections
        return sorted(wanted, key=lambda detection: detection.box)
