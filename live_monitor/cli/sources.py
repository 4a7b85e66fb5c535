"""Which source is wanted, and which options go with it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from live_monitor.errors import UsageError

if TYPE_CHECKING:
    from live_monitor.capture.source import Source
    from live_monitor.settings import Settings

SOURCES = ("camera", "video", "stream", "screen")
"""The options that name a source."""


def refuse_what_other_sources_take(written: set[str], chosen: str) -> None:
    """Refuses options that were given but belong to another source than the chosen one.

    Raises:
        UsageError: there is one.
    """
    asked = sorted({"--size", "--fps"} & written)
    if asked and (chosen in ("video", "stream") or (chosen == "screen" and "--size" in asked)):
        raise UsageError(f"{' and '.join(asked)}: only for a camera (--fps for the screen too); a {chosen} has its own")
    if chosen != "video" and "--realtime" in written:
        raise UsageError("--realtime is for --video; a camera, stream or screen is always live")


def source_of(kind: str, value: Any, settings: Settings) -> Source:
    """The source that a value of one of SOURCES names; nothing is opened yet.

    Raises:
        UsageError: the value names none of its kind.
    """
    if kind == "screen":
        from live_monitor.capture.screen import Screen

        return Screen(value, settings.fps)
    if kind == "video":
        return _video(value)
    from live_monitor.capture.live import Camera, Stream

    return Stream(value) if kind == "stream" else Camera(value, settings.size, settings.fps)


def _video(address: str) -> Source:
    from live_monitor.capture.network import STREAM_SCHEMES, WEB_SCHEMES, is_address, scheme, without_password
    from live_monitor.capture.video_file import VideoFile
    from live_monitor.capture.web_video import WebVideo

    if scheme(address) in WEB_SCHEMES:
        return WebVideo(address)
    if scheme(address) in STREAM_SCHEMES:
        raise UsageError(f"--video {without_password(address)}: is the address of a stream; give it to --stream")
    if is_address(address):
        raise UsageError(f"--video {without_password(address)}: is neither the path of a file nor the http(s) address of one")
    return VideoFile(Path(address))
