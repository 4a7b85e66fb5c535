"""Network addresses that pictures are read from, and how long they may take to answer."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

STREAM_SCHEMES = ("rtsp", "rtsps", "rtmp", "rtmps", "http", "https", "tcp", "udp", "rtp", "srt")
WEB_SCHEMES = ("http", "https")
"""Those of STREAM_SCHEMES by which a file can be read too."""

OPEN_TIMEOUT_MS = 8000
OPEN_TIMEOUT_S = 9.0
"""The one in milliseconds is OpenCV's own and expires first, except while a host name is being looked up."""


def scheme(url: str) -> str:
    """The URL's scheme in lower case; "" if it has none, or if the address after it makes no sense."""
    try:
        return urlsplit(url.strip()).scheme if "://" in url else ""
    except ValueError:
        return ""


def is_address(text: str) -> bool:
    """Whether it is meant as a URL, even if its scheme is unknown or the rest makes no sense; a drive (C://) is not."""
    return re.match(r"\s*[a-z][a-z0-9+.-]+://", text, re.IGNORECASE) is not None


def tidied(url: str) -> str:
    """The URL as FFmpeg understands it: without blanks around it, and with its scheme in lower case."""
    before, separator, rest = url.strip().partition("://")
    return before.lower() + separator + rest if separator else before


def without_password(url: str) -> str:
    """The URL as it may be shown: without user name and password, even if these hold characters that a URL may not.

    What stands before the last "@" is taken for them if it holds a ":", or if an "@" comes before the first "/".
    Otherwise the "@" is part of a path. A port before such a path looks like a password, and is removed; a user name that
    holds a "/" and has no password looks like a path, and is kept.
    """
    before, separator, rest = url.partition("://")
    user, _, shown = rest.rpartition("@")
    secret = ":" in user or "@" in rest.partition("/")[0]
    return before + separator + (shown if secret else rest)
