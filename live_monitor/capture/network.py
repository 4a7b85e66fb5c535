"""Network addresses that pictures are read from, and how long they may take to answer."""

from __future__ import annotations

from urllib.parse import urlsplit

STREAM_SCHEMES = ("rtsp", "rtsps", "rtmp", "rtmps", "http", "https", "tcp", "udp", "rtp", "srt")
WEB_SCHEMES = ("http", "https")
"""Of STREAM_SCHEMES those by which a file can be had too."""

OPEN_TIMEOUT_MS = 8000
OPEN_TIMEOUT_S = 9.0
"""The one in milliseconds is OpenCV's own and comes first, except while a name is being looked up."""


def scheme(url: str) -> str:
    """The URL's scheme in small letters; "" where it has none, or the address after it makes no sense."""
    try:
        return urlsplit(url).scheme if "://" in url else ""
    except ValueError:
        return ""


def without_password(url: str) -> str:
    """The URL as it may be shown: without user name and password, also where these hold characters that a URL may not."""
    before, separator, rest = url.partition("://")
    return before + separator + rest.rpartition("@")[2]
