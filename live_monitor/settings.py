"""What a user can choose, checked once, before anything is opened."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from live_monitor.errors import UsageError

DEFAULT_MODEL = "custom-cnn"
DEVICES = ("auto", "cpu", "gpu")


@dataclass(frozen=True)
class Settings:
    """How pictures are read and analysed, whatever the source.

    Attributes:
        size: width and height to ask a camera for, in pixels.
        fps: frame rate to ask a camera for.
        realtime: treat a file as if it were live: late frames are dropped.
        min_face: side of the smallest face wanted, in pixels of the full frame; None: a fifteenth of its height.
        profile: look for faces seen from the side too.
        cascade: cascade file for frontal faces, in place of OpenCV's.
        model: name of a shipped model, or a folder with a card.
        device: "auto", "cpu" or "gpu".

    Raises:
        UsageError: a value is out of range.
    """

    size: tuple[int, int] | None = None
    fps: float | None = None
    realtime: bool = False
    min_face: int | None = None
    profile: bool = False
    cascade: Path | None = None
    model: str = DEFAULT_MODEL
    device: str = "auto"

    def __post_init__(self) -> None:
        if self.size is not None and (len(self.size) != 2 or min(self.size) < 1):
            raise UsageError(f"size {self.size}: is a width and a height of at least 1 pixel")
        if self.fps is not None and not 0 < self.fps <= 1000:
            raise UsageError(f"fps {self.fps}: is above 0 and at most 1000")
        if self.min_face is not None and self.min_face < 1:
            raise UsageError(f"min_face {self.min_face}: is at least 1 pixel")
        if self.device not in DEVICES:
            raise UsageError(f"device {self.device}: is one of {', '.join(DEVICES)}")
