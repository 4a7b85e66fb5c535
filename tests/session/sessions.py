"""Sessions made by hand, and their logs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from live_monitor.labels import LABELS
from live_monitor.session.log import Log
from live_monitor.types import Frame, FrameResult, Reading, Track
from tests.fakes import grey_picture, reading_of

MOSTLY_HAPPY = np.array([0.05, 0.0, 0.05, 0.7, 0.1, 0.06, 0.04], np.float32)


def result(
    pts_s: float, *readings: Reading, index: int = 0, arrived_s: float = 0.0, left_out: tuple[Track, ...] = ()
) -> FrameResult:
    return FrameResult(Frame(index, pts_s, arrived_s, grey_picture(0)), readings, {}, 0.0, 0, left_out)


def certain(label: str) -> NDArray[np.float32]:
    """Probabilities that leave no doubt."""
    return np.array([float(other == label) for other in LABELS], np.float32)


def face(label: str, number: int = 1, why: str = "", *, coasting: bool = False) -> Reading:
    return reading_of(certain(label), number=number, why=why, coasting=coasting)


def logged(
    path: Path,
    moments: Iterable[tuple[float, Iterable[Reading]]],
    markers: Mapping[float, int] | None = None,
    *,
    live: bool = False,
) -> Path:
    """A log of what was read at these seconds of media time, and of the markers set there."""
    with Log(path, 0.0, live=live) as log:
        for index, (pts_s, readings) in enumerate(moments):
            shown = result(pts_s, *readings, index=index, arrived_s=pts_s)
            log.add(shown)
            if markers and pts_s in markers:
                log.mark(markers[pts_s], shown)
    return path
