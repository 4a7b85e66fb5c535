"""Why a web address cannot be read, by asking its server."""

from __future__ import annotations

import time

import pytest

from live_monitor.capture import refusal as module
from live_monitor.capture.network import OPEN_TIMEOUT_S
from live_monitor.capture.refusal import refusal
from tests.file_server import FileServer


def asked(url: str) -> str | None:
    return refusal(url, time.monotonic())


def test_the_answer_of_the_server_is_reported_in_one_line(file_server: FileServer) -> None:
    assert asked(file_server.url()) == "the server answers 404 Not Found"
    file_server.send(b"HTTP/1.0 403 Not\tfor  you\r\n\r\n")
    assert asked(file_server.url()) == "the server answers 403 Not for you"


@pytest.mark.parametrize("path", ["/Übung 3.mp4", "/a%20b.mp4?x=1&y=[2]"])
def test_an_address_need_not_be_quoted(file_server: FileServer, path: str) -> None:
    assert asked(file_server.url(path)) == "the server answers 404 Not Found"


@pytest.mark.parametrize("url", ["http://h:port/x", "http://h/\udcff"])
def test_there_is_no_reason_for_an_invalid_address(url: str) -> None:
    assert asked(url) is None


def test_there_is_no_reason_if_the_server_sends_something(file_server: FileServer) -> None:
    assert asked(file_server.give(b"<html></html>")) is None


def test_a_server_that_does_not_speak_http_is_reported(file_server: FileServer) -> None:
    assert asked(file_server.send(b"RTSP/1.0 200 OK\r\n\r\n")) == "not the answer of a web server (BadStatusLine)"


def test_an_unknown_host_is_reported() -> None:
    reason = asked("http://nobody.invalid/lesson.mp4")
    assert reason is not None
    assert reason.startswith("no such server (")


def test_a_silent_server_is_reported(file_server: FileServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "LONGEST_S", 1.1234)
    assert asked(file_server.send(b"", then_hang=True)) == "nothing arrived for 1.1 s"


def test_the_server_is_not_asked_if_opening_used_up_the_time(file_server: FileServer) -> None:
    assert refusal(file_server.url(), time.monotonic() - OPEN_TIMEOUT_S) == "nothing arrived for 8 s"
    assert file_server.asked == []


@pytest.mark.parametrize("address", ["//me:secret@", "//me:sec/ret@", "//me@"])
def test_the_server_is_not_asked_if_the_address_has_a_password(file_server: FileServer, address: str) -> None:
    assert asked(file_server.url().replace("//", address)) is None
    assert file_server.asked == []


def test_only_web_servers_are_asked() -> None:
    assert asked("rtsp://camera.local/live") is None
