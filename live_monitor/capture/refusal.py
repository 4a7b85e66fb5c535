"""Why a web address cannot be read: OpenCV does not say, so the server is asked once more."""

from __future__ import annotations

import time
from urllib.parse import quote

from live_monitor.capture.network import OPEN_TIMEOUT_MS, OPEN_TIMEOUT_S, WEB_SCHEMES, scheme, without_password

UNQUOTED = ":/?#[]@!$&'()*+,;=%~"
"""What needs no quoting in an address; FFmpeg sends all other characters unquoted too."""

LONGEST_S, SHORTEST_S = 3.0, 1.0
"""How long to wait for the server, and how much time must be left for it to be asked at all."""


def refusal(url: str, since_s: float) -> str | None:
    """What keeps FFmpeg from reading there, as one line for people.

    Args:
        url: as it was given to FFmpeg.
        since_s: when that was, by `time.monotonic`; all together takes no longer than OPEN_TIMEOUT_S.

    Returns:
        None if the server sends something, which then is not a video; and if it cannot be asked: over a scheme other than
        those of the web, or with a password in the address, which only FFmpeg is to send.
    """
    if scheme(url) not in WEB_SCHEMES or without_password(url) != url:
        return None
    left_s = min(LONGEST_S, OPEN_TIMEOUT_S - (time.monotonic() - since_s))
    if left_s <= SHORTEST_S:
        return f"nothing arrived for {OPEN_TIMEOUT_MS / 1000:g} s"
    # Imported only here: they take 8 MB, and hardly anybody needs them.
    import http.client
    from urllib.error import HTTPError
    from urllib.request import Request, build_opener

    from live_monitor.files.web_reason import web_reason

    try:
        request = Request(quote(url, UNQUOTED), headers={"User-Agent": "live-monitor"})
        build_opener().open(request, timeout=left_s).close()
    except (ValueError, http.client.InvalidURL):  # not an address at all
        return None
    except (OSError, http.client.HTTPException) as error:
        if isinstance(error, HTTPError):
            error.close()
        return web_reason(error, left_s)
    return None
