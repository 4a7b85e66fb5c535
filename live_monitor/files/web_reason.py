"""Why something could not be had from the web, in words for people."""

from __future__ import annotations

import http.client
import socket
import ssl
from urllib.error import HTTPError, URLError


def web_reason(error: Exception, timeout_s: float) -> str:
    """One line without the address.

    Args:
        error: what `urllib.request`, or reading its answer, raised.
        timeout_s: how long an answer was waited for, in seconds.
    """
    return " ".join(_reason(error, timeout_s).split())  # what a server says may have line breaks


def _reason(error: Exception, timeout_s: float) -> str:
    if isinstance(error, HTTPError):
        return f"the server answers {error.code} {error.reason}"
    cause = error.reason if isinstance(error, URLError) else error
    match cause:
        case TimeoutError():
            return f"nothing arrived for {round(timeout_s, 1):g} s"
        case ssl.SSLCertVerificationError():
            return f"the server's certificate is not trusted ({cause.verify_message}; is a proxy in between?)"
        case socket.gaierror():
            return f"no such server ({cause.strerror}; is this machine online?)"
        case http.client.IncompleteRead():
            return "cut off on the way"
        case OSError():
            return cause.strerror or str(cause)
        case http.client.HTTPException():
            return f"not the answer of a web server ({type(cause).__name__})"
    return str(cause)
