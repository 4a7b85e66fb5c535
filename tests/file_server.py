"""A web server on this machine that serves files, and serves them badly on request."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

Answer = Callable[[BaseHTTPRequestHandler], None]
"""Writes the whole answer to one request."""


class FileServer:
    """Answers each path as `answers` says, and any other with 404. `asked` are the paths requested so far, in order."""

    def __init__(self, *, keep_connections: bool = False) -> None:
        """Starts to serve.

        Args:
            keep_connections: speak HTTP/1.1, where a connection is kept, or closed silently if the client asks for that.
        """
        self.answers: dict[str, Answer] = {}
        self.asked: list[str] = []
        self._closing = threading.Event()
        self._server = _serving(self._answer, "HTTP/1.1" if keep_connections else "HTTP/1.0")
        self.port: int = self._server.server_address[1]
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,))
        self._thread.start()

    def url(self, path: str = "/file") -> str:
        return f"http://127.0.0.1:{self.port}{path}"

    def give(self, body: bytes, *, claimed_bytes: int | None = None, path: str = "/file") -> str:
        """Answers with these bytes, claiming to send `claimed_bytes`; returns the URL."""

        def answer(request: BaseHTTPRequestHandler) -> None:
            request.send_response(200)
            request.send_header("Content-Length", str(len(body) if claimed_bytes is None else claimed_bytes))
            request.end_headers()
            request.wfile.write(body)

        self.answers[path] = answer
        return self.url(path)

    def give_parts(self, body: bytes, *, stop_at: int | None = None, times: int = 1, then_hang: bool = False) -> str:
        """Answers with the requested part, the first `times` times only up to `stop_at`, then hangs up or falls silent."""
        stops_left = times

        def answer(request: BaseHTTPRequestHandler) -> None:
            nonlocal stops_left
            first = int(request.headers.get("Range", "bytes=0-").removeprefix("bytes=").split("-")[0])
            stops = stop_at is not None and first <= stop_at and stops_left > 0
            stops_left -= stops
            request.send_response(206)
            request.send_header("Content-Length", str(len(body) - first))
            request.send_header("Content-Range", f"bytes {first}-{len(body) - 1}/{len(body)}")
            request.end_headers()
            request.wfile.write(body[first : stop_at if stops else None])
            request.close_connection |= stops
            if stops and then_hang:
                self._closing.wait()

        self.answers["/file"] = answer
        return self.url()

    def send(self, raw: bytes, *, then_hang: bool = False) -> str:
        """Answers with these bytes in place of HTTP, then hangs up or falls silent; returns the URL."""

        def answer(request: BaseHTTPRequestHandler) -> None:
            request.wfile.write(raw)
            if then_hang:
                self._closing.wait()

        self.answers["/file"] = answer
        return self.url()

    def redirect(self, path: str, target: str) -> str:
        """Redirects requests for this path to the target; returns the URL."""

        def answer(request: BaseHTTPRequestHandler) -> None:
            request.send_response(302)
            request.send_header("Location", target)
            request.end_headers()

        self.answers[path] = answer
        return self.url(path)

    def close(self) -> None:
        """Ends every answer and takes no new request."""
        self._closing.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def _answer(self, request: BaseHTTPRequestHandler) -> None:
        self.asked.append(request.path)
        if request.path not in self.answers:
            request.send_error(404)
            return
        with contextlib.suppress(OSError):  # the client may have hung up
            self.answers[request.path](request)


def _serving(answer: Answer, protocol: str) -> ThreadingHTTPServer:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = protocol

        def do_GET(self) -> None:
            answer(self)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name of the standard library
            """Says nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = False  # so that closing waits for them
    return server
