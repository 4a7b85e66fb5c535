"""A real network stream on this machine that can be cut at will."""

from __future__ import annotations

import contextlib
import socket
import threading

import cv2

from tests.fakes import grey_picture

LEVEL = 100
PICTURES_PER_S = 50


class StreamServer:
    """Sends uniformly grey pictures as an HTTP stream (MJPEG) to every client, until told otherwise."""

    def __init__(self) -> None:
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}/live"
        self.sent = 0
        self.refused = 0
        self._refusing = False
        self._connections: list[socket.socket] = []
        self._threads: list[threading.Thread] = []
        self._sending = threading.Event()
        self._sending.set()
        self._closed = threading.Event()
        self._start(threading.Thread(target=self._accept))

    def fall_silent(self) -> None:
        """Keeps every connection and sends nothing more."""
        self._sending.clear()

    def refuse(self) -> None:
        """Hangs up on every client, now and in future."""
        self._refusing = True
        self.cut()

    def cut(self) -> None:
        """Breaks every connection; new ones are served."""
        connections, self._connections = self._connections, []
        for connection in connections:
            with contextlib.suppress(OSError):  # the receiver may have hung up first
                connection.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        """Breaks every connection and takes no new one."""
        self._closed.set()
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._sending.set()
        for thread in self._threads:
            thread.join(5)

    def _start(self, thread: threading.Thread) -> None:
        self._threads.append(thread)
        thread.start()

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            if self._refusing:
                connection.close()
                self.refused += 1
                continue
            self._connections.append(connection)
            self._start(threading.Thread(target=self._serve, args=(connection,)))

    def _serve(self, connection: socket.socket) -> None:
        _, jpeg = cv2.imencode(".jpg", grey_picture(LEVEL))
        part = b"--frame\r\nContent-Type: image/jpeg\r\nContent-Length: %d\r\n\r\n%b\r\n" % (len(jpeg), jpeg.tobytes())
        with connection:
            try:
                connection.recv(4096)
                connection.sendall(b"HTTP/1.0 200 OK\r\nContent-Type: multipart/x-mixed-replace; boundary=frame\r\n\r\n")
                while not self._closed.wait(1 / PICTURES_PER_S):
                    self._sending.wait()
                    connection.sendall(part)
                    self.sent += 1
            except OSError:  # hung up
                return
