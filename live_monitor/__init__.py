"""Live Monitor: finds every face in a video, labels all of them with one call, and shows what it found.

import live_monitor

for result in live_monitor.analyze("lecture.mp4"):
    for reading in result.readings:
        print(result.frame.pts_s, reading.detection.box, reading.label, reading.confidence)
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from live_monitor.app import analyze
    from live_monitor.errors import LiveMonitorError
    from live_monitor.labels import LABELS
    from live_monitor.settings import Settings
    from live_monitor.types import Box, Detection, Frame, FrameResult, Reading, Track

__all__ = ["LABELS", "Box", "Detection", "Frame", "FrameResult", "LiveMonitorError", "Reading", "Settings", "Track", "analyze"]

_HOMES = {"analyze": "app", "LiveMonitorError": "errors", "LABELS": "labels", "Settings": "settings"}


def __getattr__(name: str) -> Any:
    # Imported when asked for, so that `live-monitor --help` loads neither OpenCV nor NumPy.
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"live_monitor.{_HOMES.get(name, 'types')}"), name)
