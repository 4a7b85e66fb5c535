"""Which cameras this machine has."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path

import cv2

from live_monitor.capture.live import open_camera

MAX_CAMERAS = 10
"""Where the system does not list its cameras, indexes below this one are tried."""


@dataclass(frozen=True)
class CameraInfo:
    """A camera that can be opened: what --camera takes, its name if the system gives one, pixels and frames per second."""

    device: str
    name: str
    width: int
    height: int
    fps: float

    def __str__(self) -> str:
        rate = f" at {self.fps:g} fps" if self.fps > 0 else ""
        name = f" {self.name}," if self.name else ""
        return f"--camera {self.device}:{name} {self.width}x{self.height}{rate}"


def list_cameras(sysfs: Path = Path("/sys/class/video4linux")) -> list[CameraInfo]:
    """Opens every camera once, in order of index; one that is in use by another program is left out."""
    if sys.platform == "linux":
        nodes = sorted(sysfs.glob("video*"), key=lambda node: int(node.name.removeprefix("video")))
        candidates = [(node.name.removeprefix("video"), _sysfs_name(node)) for node in nodes]
    else:
        candidates = [(str(index), "") for index in range(MAX_CAMERAS)]
    return [info for device, name in candidates if (info := _probe(device, name)) is not None]


def _sysfs_name(node: Path) -> str:
    try:
        return (node / "name").read_text(encoding="utf-8", errors="replace").strip()
    except OSError:
        return ""


def _probe(device: str, name: str) -> CameraInfo | None:
    capture = open_camera(device)
    if capture is None:
        return None
    try:
        width, height = (int(capture.get(prop)) for prop in (cv2.CAP_PROP_FRAME_WIDTH, cv2.CAP_PROP_FRAME_HEIGHT))
        return CameraInfo(device, name, width, height, round(capture.get(cv2.CAP_PROP_FPS), 2))
    finally:
        capture.release()
