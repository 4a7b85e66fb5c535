"""Why a web address cannot be read: OpenCV does not tell, so its server is asked once more."""

from __future__ import annotations

import time
from urllib.parse import quote

from live_monitor.capture.network import OPEN_TIMEOUT_MS, OPEN_TIMEOUT_S, WEB_SCHEMES, scheme, without_password

UNQUOTED = ":/?#[]@!$&'()*+,;=%~"
"""What may stand in an address as it is; FFmpeg sends every other character too."""

LONGEST_S, SHORTEST_S = 3.0, 1.0
"""How long the server is waited for, and the time below which it is not asked any more."""


def refusal(url: str, since_s: float) -> str | None:
    """What keeps FFmpeg from reading there, one line for people.

    Args:
        url: as FFmpeg was given it.
        since_s: when that was, by `time.monotonic`; all together takes no longer than OPEN_TIMEOUT_S.

    Returns:
        None where the server gives something, so that it is no video; and where nobody can be asked: by another scheme than
        http, or with a password in the address, which is FFmpeg's to send.
    """
    if scheme(url) not in WEB_SCHEMES or without_password(url) != url:
        return None
    left_s = min(LONGEST_S, OPEN_TIMEOUT_S - (time.monotonic() - since_s))
    if left_s <= SHORTEST_S:
        return f"nothing arrives for {OPEN_TIMEOUT_MS / 1000:g} s"
    # They take 8 MB, and hardly anybody needs them.
    import http.client
    from urllib.error import HTTPError
    from urllib.request import Request, build_opener

    from live_monitor.files.web_reason import web_reason

    try:
        request = Request(quote(url, UNQUOTED), headers={"User-Agent": "live-monitor"})
        build_opener().open(request, timeout=left_s).close()
    except (ValueError, http.client.InvalidURL):  # no address at all
        return None
    except (OSError, http.client.HTTPException) as error:
        if isinstance(error, HTTPError):
            error.close()
        return web_reason(error, left_s)
    return None
