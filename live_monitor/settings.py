"""What a user can choose, checked once, before anything is opened."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from live_monitor.detect.names import CHOICES
from live_monitor.detect.zones import Zone
from live_monitor.errors import UsageError

DEFAULT_MODEL = "glance-plus"
DEFAULT_SMOOTH_S = 0.5
DEFAULT_READ_EVERY_S = 0.2
LONGEST_SMOOTH_S = 60.0
LONGEST_READ_EVERY_S = 10.0
DEVICES = ("auto", "cpu", "gpu")


@dataclass(frozen=True)
class Settings:
    """How pictures are read and analysed, whatever the source.

    Attributes:
        size: width and height to ask a camera for, in pixels.
        fps: frame rate to ask a camera for, or at which to read the screen.
        realtime: treat a file as if it were live: late frames are dropped.
        detector: "facegrid" (this project's own network), "yunet" (OpenCV's, see `live-monitor models pull`), "haar" (a
            cascade), or "auto": facegrid, unless another setting is for another.
        detector_model: facegrid's folder, in place of the shipped one, or YuNet's file, in place of the pulled one.
        detect_every: look for faces in every frame that this number divides, and carry the boxes between; None: in every
            frame, unless the source delivers them faster than that.
        min_face: longer side of the smallest face wanted, in pixels of the full frame; None: what can be found in a
            picture of moderate size, see `live_monitor.detect.size_to_fit`.
        ignore: parts of the picture that are not analysed; plain tuples of four numbers become zones.
        profile: look for faces seen from the side too; for the cascade.
        cascade: cascade file for frontal faces, in place of OpenCV's.
        model: name of a shipped model, or a folder with a card.
        device: "auto", "cpu" or "gpu".
        smooth: time constant, in seconds, over which what is said of a face is averaged; 0: every frame speaks for itself.
        read_every: how often each face is read, in seconds of media time; 0: in every frame. None: DEFAULT_READ_EVERY_S, or
            in every frame where each speaks for itself.

    Raises:
        UsageError: a value is out of range.
    """

    size: tuple[int, int] | None = None
    fps: float | None = None
    realtime: bool = False
    detector: str = "auto"
    detector_model: Path | None = None
    detect_every: int | None = None
    min_face: int | None = None
    ignore: tuple[Zone, ...] = ()
    profile: bool = False
    cascade: Path | None = None
    model: str = DEFAULT_MODEL
    device: str = "auto"
    smooth: float = DEFAULT_SMOOTH_S
    read_every: float | None = None

    def __post_init__(self) -> None:
        if self.size is not None and (len(self.size) != 2 or min(self.size) < 1):
            raise UsageError(f"size {self.size}: is a width and a height of at least 1 pixel")
        if self.fps is not None and not 0 < self.fps <= 1000:
            raise UsageError(f"fps {self.fps}: is above 0 and at most 1000")
        if self.min_face is not None and self.min_face < 1:
            raise UsageError(f"min_face {self.min_face}: is at least 1 pixel")
        if self.device not in DEVICES:
            raise UsageError(f"device {self.device}: is one of {', '.join(DEVICES)}")
        if self.read_every is not None and not 0 <= self.read_every <= LONGEST_READ_EVERY_S:
            raise UsageError(f"read_every {self.read_every}: is from 0 to {LONGEST_READ_EVERY_S:g} seconds")
        if not 0 <= self.smooth <= LONGEST_SMOOTH_S:
            raise UsageError(f"smooth {self.smooth}: is from 0 to {LONGEST_SMOOTH_S:g} seconds")
        if self.detect_every is not None and self.detect_every < 1:
            raise UsageError(f"detect_every {self.detect_every}: is at least 1")
        object.__setattr__(self, "ignore", tuple(map(_zone, self.ignore)))  # the class is frozen
        self._check_detector()

    @property
    def read_every_s(self) -> float:
        """How often each face is read, in seconds of media time; 0: in every frame."""
        if self.read_every is not None:
            return self.read_every
        return DEFAULT_READ_EVERY_S if self.smooth else 0.0

    def _check_detector(self) -> None:
        if self.detector not in CHOICES:
            raise UsageError(f"detector {self.detector}: is one of {', '.join(CHOICES)}")
        of_cascade = [name for name in ("profile", "cascade") if getattr(self, name)]
        if of_cascade and (self.detector not in ("auto", "haar") or self.detector_model):
            raise UsageError(f"{of_cascade[0]} is for the detector haar, not for a network")
        if self.detector_model and self.detector == "haar":
            raise UsageError(f"detector_model {self.detector_model}: is for a network, not for haar")


def _zone(values: Iterable[float]) -> Zone:
    try:
        zone = Zone(*map(float, values))
    except (TypeError, ValueError):
        parts = "x, y, width and height in fractions of the picture"
        raise UsageError(f"ignore {values}: is {parts}, such as (0, 0, 0.25, 1)") from None
    zone.check()
    return zone
