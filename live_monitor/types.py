"""The values that travel through the pipeline, one type for each step: Frame, Detection, Track, Reading, FrameResult.

All are frozen: a stage hands on something new and never changes what it was given.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from live_monitor.labels import LABELS

Image = NDArray[np.uint8]
"""uint8 (H, W, 3), blue-green-red, 0..255."""


class Box(NamedTuple):
    """A rectangle in pixels of the full frame; x2 and y2 are exclusive."""

    x1: float
    y1: float
    x2: float
    y2: float

    @property
    def width(self) -> float:
        return self.x2 - self.x1

    @property
    def height(self) -> float:
        return self.y2 - self.y1

    @property
    def centre(self) -> tuple[float, float]:
        return (self.x1 + self.x2) / 2, (self.y1 + self.y2) / 2

    @property
    def area(self) -> float:
        return max(0.0, self.width) * max(0.0, self.height)

    def intersection(self, other: Box) -> float:
        """Area that both cover, in square pixels."""
        width = min(self.x2, other.x2) - max(self.x1, other.x1)
        if width <= 0:  # most pairs
            return 0.0
        return width * max(0.0, min(self.y2, other.y2) - max(self.y1, other.y1))


@dataclass(frozen=True, eq=False, slots=True)
class Frame:
    """One picture of a source.

    Attributes:
        index: 0 for the first picture delivered, counting dropped ones too.
        pts_s: media time in seconds; 0 at the start, never goes back.
        arrived_s: when it was read, in seconds of the monotonic clock; for a file that plays at its own speed, when it was due.
        image: read-only.
    """

    index: int
    pts_s: float
    arrived_s: float
    image: Image

    @property
    def height(self) -> int:
        return int(self.image.shape[0])

    @property
    def width(self) -> int:
        return int(self.image.shape[1])


@dataclass(frozen=True, slots=True)
class Detection:
    """A face: its box, the detector's score 0..1 and five landmarks (x, y); score and landmarks are None if it gives none."""

    box: Box
    score: float | None = None
    landmarks: tuple[tuple[float, float], ...] | None = None


@dataclass(frozen=True, slots=True)
class Track:
    """A face over time.

    Attributes:
        id: its number, from 1, the same as long as it is followed; none is given twice in a session.
        detection: where it is, with its box smoothed; score and landmarks are the detector's, None while coasting.
        found: where it is seen in this frame, found by the detector or carried there since; None while coasting.
        age_s: seconds of media time since it was first seen.
    """

    id: int
    detection: Detection
    found: Detection | None
    age_s: float = 0.0

    @property
    def box(self) -> Box:
        return self.detection.box

    @property
    def coasting(self) -> bool:
        """True when it is not seen in this frame; the box is where it should be."""
        return self.found is None


@dataclass(frozen=True, eq=False, slots=True)
class Reading:
    """What is said about one face.

    Attributes:
        track: which face it is, and where.
        probabilities: what the classifier said when the face was read last, float32 (7,) in the order of LABELS, sum 1.
        smoothed: the same, averaged over the last moments of this face.
        label: one of LABELS, from `smoothed`; it changes when another is clearly ahead. UNSURE when `why` gives a reason.
        why: what makes it unsure, such as "too small", or "".
    """

    track: Track
    probabilities: NDArray[np.float32]
    smoothed: NDArray[np.float32]
    label: str
    why: str = ""

    @property
    def detection(self) -> Detection:
        return self.track.detection

    @property
    def readable(self) -> bool:
        """True when it is seen and has a label."""
        return not self.why and not self.track.coasting

    @property
    def confidence(self) -> float:
        """Smoothed probability of `label`, 0..1; of the most probable one when it is unsure."""
        return float(self.smoothed.max() if self.why else self.smoothed[LABELS.index(self.label)])


@dataclass(frozen=True, eq=False, slots=True)
class FrameResult:
    """All that windows, logs and callers ever see of a frame.

    Attributes:
        frame: the picture that was analysed.
        readings: one a face, ordered from left to right; those that the user left out are not among them.
        stages_ms: milliseconds by stage: "detect" or "carry" (the faces of the frame before, moved), "track", "classify"
            where faces were read, and "steady" (quality and smoothing).
        finished_s: when the analysis ended, in seconds of the monotonic clock.
        dropped: frames of the source so far that were not analysed, or whose result a newer one replaced.
        left_out: the faces that the user left out: where they are, and nothing else.
        newcomers: where there may be somebody about whom nothing is said, see `live_monitor.stages.Analysed`.
    """

    frame: Frame
    readings: tuple[Reading, ...]
    stages_ms: Mapping[str, float]
    finished_s: float
    dropped: int
    left_out: tuple[Track, ...] = ()
    newcomers: tuple[Box, ...] = ()

    @property
    def seen(self) -> tuple[Reading, ...]:
        """The readings of faces that are seen in it, not only thought to be there."""
        return tuple(reading for reading in self.readings if not reading.track.coasting)

    @property
    def age_s(self) -> float:
        """Seconds from the picture's arrival to its result."""
        return self.finished_s - self.frame.arrived_s
