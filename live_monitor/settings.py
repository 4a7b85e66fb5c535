"""What a user can choose, checked once, before anything is opened."""

from __future__ import annotations

import math
import operator
import os
from collections.abc import Callable, Iterable
from dataclasses import dataclass, fields
from numbers import Real
from pathlib import Path
from typing import Any

from live_monitor.detect.names import CHOICES
from live_monitor.detect.zones import Zone
from live_monitor.errors import UsageError

DEFAULT_MODEL = "glance-plus"
DEFAULT_SMOOTH_S = 0.5
DEFAULT_READ_EVERY_S = 0.2
LONGEST_SMOOTH_S = 60.0
SHORTEST_READ_EVERY_S, LONGEST_READ_EVERY_S = 0.001, 10.0
MIN_FPS, MAX_FPS = 1.0, 1000.0
MAX_PX = 1 << 20
"""OpenCV's own limit for the sides of a picture."""

DEVICES = ("auto", "cpu", "gpu")


@dataclass(frozen=True)
class Settings:
    """How pictures are read and analysed, whatever the source.

    Attributes:
        size: width and height to ask a camera for, in pixels.
        fps: frame rate to ask a camera for, or at which to read the screen.
        realtime: treat a file as if it were live: late frames are dropped.
        detector: "facegrid" (this project's own network), "yunet" (OpenCV's, see `live-monitor models pull`), "haar" (a
            cascade), or "auto": facegrid, unless another setting is for another detector.
        detector_model: facegrid's folder, in place of the shipped one, or YuNet's file, in place of the pulled one; a path
            may be text, here and below.
        detect_every: N, to look for faces in every N-th frame analysed and carry the boxes in between; None: in every frame,
            unless the source delivers frames faster than they can be searched. A new scene is searched in any case.
        min_face: longer side of the smallest face wanted, in pixels of the full frame; None: what can be found in a
            picture of moderate size, see `live_monitor.detect.size_to_fit`.
        ignore: parts of the picture that are not analysed; plain tuples of four numbers become zones.
        profile: look for faces seen from the side too; for the cascade.
        cascade: cascade file for frontal faces, in place of OpenCV's.
        model: name of a shipped model, or a folder with a card.
        device: "auto", "cpu" or "gpu".
        smooth: time constant, in seconds, over which a face's probabilities are averaged; 0: each frame counts on its own.
        read_every: each face is read once in so many seconds of media time; 0: in every frame. None: DEFAULT_READ_EVERY_S, or
            every frame if `smooth` is 0.

    Raises:
        UsageError: a value is of the wrong type or out of range.
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
        for field in fields(self):
            value = getattr(self, field.name)
            if value is None and field.default is None:
                continue
            convert, what_it_takes = _FIELDS[field.name]
            try:
                converted = convert(value)
            except (TypeError, ValueError, OverflowError):
                raise UsageError(f"{field.name} {value!r}: must be {what_it_takes}") from None
            object.__setattr__(self, field.name, converted)  # the class is frozen
        self._check_detector()

    @property
    def read_every_s(self) -> float:
        """Each face is read once in so many seconds of media time; 0: in every frame."""
        if self.read_every is not None:
            return self.read_every
        return DEFAULT_READ_EVERY_S if self.smooth else 0.0

    def _check_detector(self) -> None:
        haar_only = [name for name in ("profile", "cascade") if getattr(self, name)]
        if haar_only and (self.detector not in ("auto", "haar") or self.detector_model):
            raise UsageError(f"{haar_only[0]} is for the detector haar, not for a network")
        if self.detector_model and self.detector == "haar":
            raise UsageError(f"detector_model {self.detector_model}: is for a network, not for haar")


def _zones(values: Iterable[Iterable[float]]) -> tuple[Zone, ...]:
    return tuple(map(_zone, values))


def _zone(values: Iterable[float]) -> Zone:
    try:
        zone = Zone(*map(float, values))
    except (TypeError, ValueError, OverflowError):
        parts = "x, y, width and height in fractions of the picture"
        raise UsageError(f"ignore {values!r}: must be {parts}, such as (0, 0, 0.25, 1)") from None
    zone.check()
    return zone


def _size(values: Iterable[int]) -> tuple[int, int]:
    width, height = map(_pixels, values)
    return width, height


def _within(least: float, most: float, number_of: Callable[[Any], Any]) -> Callable[[Any], Any]:
    def convert(value: Any) -> Any:
        number = number_of(value)
        if not least <= number <= most:
            raise ValueError
        return number

    return convert


def _real(value: Any) -> float:
    if not isinstance(value, Real):  # float() would take text too
        raise TypeError
    return float(value)


_pixels = _within(1, MAX_PX, operator.index)


def _read_every(value: Any) -> Any:
    return 0.0 if value == 0 else _within(SHORTEST_READ_EVERY_S, LONGEST_READ_EVERY_S, _real)(value)


def _one_of(choices: tuple[Any, ...]) -> Callable[[Any], Any]:
    # Returns the choice, not the value that equals it: Python's True for NumPy's.
    return lambda value: choices[choices.index(value)]


_SWITCH = _one_of((False, True)), "True or False"
_PATH = Path, "a path"
_FIELDS: dict[str, tuple[Callable[[Any], Any], str]] = {
    "size": (_size, f"a width and a height in whole pixels, each from 1 to {MAX_PX}"),
    "fps": (_within(MIN_FPS, MAX_FPS, _real), f"from {MIN_FPS:g} to {MAX_FPS:g}"),
    "realtime": _SWITCH,
    "detector": (_one_of(CHOICES), f"one of {', '.join(CHOICES)}"),
    "detector_model": _PATH,
    "detect_every": (_within(1, math.inf, operator.index), "a whole number of at least 1"),
    "min_face": (_pixels, f"a whole number of pixels, from 1 to {MAX_PX}"),
    "ignore": (_zones, "a list of parts of the picture, such as [(0, 0, 0.25, 1)]"),
    "profile": _SWITCH,
    "cascade": _PATH,
    "model": (os.fsdecode, "a model's name or a folder"),
    "device": (_one_of(DEVICES), f"one of {', '.join(DEVICES)}"),
    "smooth": (_within(0, LONGEST_SMOOTH_S, _real), f"from 0 to {LONGEST_SMOOTH_S:g} seconds"),
    "read_every": (_read_every, f"0, or from {SHORTEST_READ_EVERY_S:g} to {LONGEST_READ_EVERY_S:g} seconds"),
}
"""By field: what converts a value, or raises TypeError, ValueError or OverflowError, and a message's words for what it takes."""
