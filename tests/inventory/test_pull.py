"""Downloading a file: what is kept, refused and left behind, and what each error says."""

from __future__ import annotations

import hashlib
import os
import socket
import ssl
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from live_monitor.errors import LiveMonitorError, ModelError, OutputError, UsageError
from live_monitor.files.download import Download
from live_monitor.inventory import pull as module
from live_monitor.inventory.pull import CHUNK_BYTES, pull
from tests.file_server import FileServer

CONTENT = bytes(range(256)) * 1000
"""Longer than a chunk, and not text."""

OLD = b"the old file"
HELD_S = 30.0
"""A test that waits longer than this fails."""


@pytest.fixture
def weights(file_server: FileServer) -> Download:
    """A file that the server on this machine sends as it should."""
    return Download(
        "weights", "weights.onnx", file_server.give(CONTENT), hashlib.sha256(CONTENT).hexdigest(), len(CONTENT), "MIT"
    )


@pytest.fixture
def old(cache: Path, weights: Download) -> Path:
    """A file that is already in the cache."""
    cache.mkdir()
    (cache / weights.file).write_bytes(OLD)
    return cache / weights.file


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "STALL_S", 0.1)


def ignore(_size: int) -> None:
    """Ignores the progress."""


def refusal(download: Download, source: str | None = None) -> LiveMonitorError:
    with pytest.raises(LiveMonitorError) as caught:
        pull(download, source, ignore)
    assert "\n" not in str(caught.value)
    return caught.value


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


def test_only_the_file_is_in_the_cache(weights: Download, cache: Path) -> None:
    assert pull(weights, None, ignore) == cache / weights.file
    assert [path.name for path in cache.iterdir()] == [weights.file]
    assert (cache / weights.file).read_bytes() == CONTENT


def test_a_new_file_replaces_the_old_one(weights: Download, old: Path) -> None:
    pull(weights, None, ignore)
    assert old.read_bytes() == CONTENT


def test_progress_counts_every_byte_as_it_arrives(weights: Download) -> None:
    sizes: list[int] = []
    pull(weights, None, sizes.append)
    assert sum(sizes) == len(CONTENT)
    assert max(sizes) <= CHUNK_BYTES


def test_another_url_can_replace_that_of_the_publisher(weights: Download, file_server: FileServer, cache: Path) -> None:
    pull(weights, file_server.give(CONTENT, path="/mirror"), ignore)
    assert file_server.asked == ["/mirror"]
    assert (cache / weights.file).read_bytes() == CONTENT


def test_the_scheme_of_a_url_may_be_in_capitals(weights: Download, file_server: FileServer) -> None:
    pull(weights, file_server.url().replace("http", "HTTP"), ignore)
    assert file_server.asked == ["/file"]


def test_a_local_file_is_copied_and_no_server_is_asked(
    weights: Download, file_server: FileServer, cache: Path, tmp_path: Path
) -> None:
    (tmp_path / "brought").write_bytes(CONTENT)
    pull(weights, str(tmp_path / "brought"), ignore)
    assert file_server.asked == []
    assert (cache / weights.file).read_bytes() == CONTENT
    assert (tmp_path / "brought").exists()


def test_the_file_in_the_cache_can_be_pulled_from_itself(weights: Download) -> None:
    path = pull(weights, None, ignore)
    pull(weights, str(path), ignore)
    assert path.read_bytes() == CONTENT


def test_a_redirect_is_followed(weights: Download, file_server: FileServer, cache: Path) -> None:
    pull(weights, file_server.redirect("/moved", file_server.url()), ignore)
    assert file_server.asked == ["/moved", "/file"]
    assert (cache / weights.file).read_bytes() == CONTENT


def test_a_proxy_set_in_the_environment_is_used(
    weights: Download, file_server: FileServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("no_proxy", "")
    monkeypatch.setenv("http_proxy", file_server.url(""))
    url = "http://models.invalid/weights"
    file_server.give(CONTENT, path=url)
    pull(weights, url, ignore)
    assert file_server.asked == [url]


def test_two_pulls_at_the_same_time_do_not_disturb_each_other(weights: Download, cache: Path) -> None:
    both = threading.Barrier(2)

    def meet_once() -> Callable[[int], object]:
        chunks: list[int] = []

        def progress(size: int) -> None:
            chunks.append(size)
            if len(chunks) == 1:
                both.wait(HELD_S)

        return progress

    with ThreadPoolExecutor() as threads:
        pulls = [threads.submit(pull, weights, None, meet_once()) for _ in range(2)]
    assert [done.result() for done in pulls] == [cache / weights.file] * 2
    assert [path.read_bytes() for path in cache.iterdir()] == [CONTENT]


@pytest.mark.parametrize(
    ("body", "looks_like"),
    [
        (b"", "nothing at all: 0 bytes"),
        (b"\r\n<!DOCTYPE html><title>Log in</title>", "a web page (is a login or a proxy in between?): 38 bytes"),
        (b"<HTML>" + CONTENT + CONTENT, "a web page"),
        (b"version https://git-lfs.github.com/spec/v1\noid sha256:0\n", "a Git LFS pointer, which stands in for the file"),
        (b"Not today.\n", "a text file: 11 bytes"),
        (CONTENT[:-1], f"a shorter file (was it cut off on the way?): {len(CONTENT) - 1} bytes"),
        (CONTENT + b"\0", "a longer file (no more of it was read)"),
        (CONTENT[:-1] + b"\0", f"another file of that size: {len(CONTENT)} bytes"),
    ],
    ids=["empty", "web page", "long web page", "LFS pointer", "text", "shorter", "longer", "same size"],
)
@pytest.mark.parametrize("from_file", [False, True], ids=["server", "file"])
def test_another_file_is_refused_described_and_not_kept(
    weights: Download, file_server: FileServer, old: Path, tmp_path: Path, body: bytes, looks_like: str, from_file: bool
) -> None:
    (tmp_path / "brought").write_bytes(body)
    where = str(tmp_path / "brought") if from_file else file_server.give(body)
    error = refusal(weights, where)
    assert isinstance(error, ModelError)
    assert str(error).startswith(f"{where}: not weights but {looks_like}")
    assert f"instead of {len(CONTENT)} with {weights.sha256[:12]}…; get " in str(error)
    assert str(error).endswith("then run: live-monitor models pull weights --from FILE")
    assert old.read_bytes() == OLD
    assert list(old.parent.iterdir()) == [old]


def test_a_refused_file_leaves_an_empty_cache(weights: Download, file_server: FileServer, cache: Path) -> None:
    file_server.give(b"Not today.\n")
    refusal(weights)
    assert list(cache.iterdir()) == []


def test_an_endless_answer_is_not_read_to_the_end(weights: Download, file_server: FileServer) -> None:
    file_server.send(b"HTTP/1.1 200 OK\r\n\r\n" + CONTENT + CONTENT, then_hang=True)
    assert "a longer file" in str(refusal(weights))


def test_an_answer_shorter_than_it_claims_is_reported_as_cut_off(weights: Download, file_server: FileServer) -> None:
    file_server.give(CONTENT[:1000], claimed_bytes=len(CONTENT))
    assert "cut off on the way" in str(refusal(weights))


def test_a_chunked_answer_that_breaks_off_is_reported_as_cut_off(weights: Download, file_server: FileServer) -> None:
    file_server.send(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n100\r\nbegins")
    assert "cut off on the way" in str(refusal(weights))


@pytest.mark.usefixtures("impatient")
@pytest.mark.parametrize(
    "raw",
    [b"", b"HTTP/1.1 200 OK\r\nContent-", b"HTTP/1.1 200 OK\r\nContent-Length: 9999\r\n\r\n" + CONTENT[:1000]],
    ids=["before the answer", "in its header", "in the file"],
)
def test_a_server_that_falls_silent_is_given_up(weights: Download, file_server: FileServer, cache: Path, raw: bytes) -> None:
    file_server.send(raw, then_hang=True)
    error = refusal(weights)
    assert isinstance(error, ModelError)
    assert "cannot be downloaded: nothing arrived for 0.1 s; get it with a browser" in str(error)
    assert list(cache.iterdir()) == []


def test_an_error_status_is_reported(weights: Download, file_server: FileServer) -> None:
    error = refusal(weights, file_server.url("/gone"))
    assert isinstance(error, ModelError)
    assert str(error) == (
        f"{file_server.url('/gone')}: cannot be downloaded: the server answers 404 Not Found; get {weights.url} with a browser "
        "or on another machine, then run: live-monitor models pull weights --from FILE"
    )


def test_a_circular_redirect_is_refused(weights: Download, file_server: FileServer) -> None:
    assert "the server answers 302" in str(refusal(weights, file_server.redirect("/circle", file_server.url("/circle"))))


def test_a_redirect_to_a_local_file_is_not_followed(weights: Download, file_server: FileServer, tmp_path: Path) -> None:
    (tmp_path / "brought").write_bytes(CONTENT)
    where = file_server.redirect("/inside", (tmp_path / "brought").as_uri())
    assert "the server answers 302" in str(refusal(weights, where))


def test_an_address_where_nothing_listens_is_reported(weights: Download) -> None:
    error = refusal(weights, f"http://127.0.0.1:{free_port()}/file")
    assert isinstance(error, ModelError)
    assert "refused" in str(error)


def test_a_server_that_hangs_up_is_reported(weights: Download, file_server: FileServer) -> None:
    file_server.send(b"")
    error = refusal(weights)
    assert isinstance(error, ModelError)
    assert "cannot be downloaded: Remote end closed connection" in str(error)


def test_a_server_that_does_not_speak_http_is_reported(weights: Download, file_server: FileServer) -> None:
    file_server.send(b"SSH-2.0-OpenSSH_9.6\r\n")
    error = refusal(weights)
    assert isinstance(error, ModelError)
    assert "cannot be downloaded: not the answer of a web server" in str(error)


def test_the_error_for_an_unknown_host_asks_whether_the_machine_is_online(
    weights: Download, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unknown(*_: object, **__: object) -> None:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    error = refusal(weights, "http://models.invalid/weights")
    assert isinstance(error, ModelError)
    assert "no such server (Name or service not known; is this machine online?)" in str(error)


def test_a_server_without_tls_is_reported(weights: Download, file_server: FileServer) -> None:
    error = refusal(weights, file_server.url().replace("http://", "https://"))
    assert isinstance(error, ModelError)
    assert "cannot be downloaded: [SSL" in str(error)


def test_a_certificate_that_is_not_trusted_is_reported(weights: Download, monkeypatch: pytest.MonkeyPatch) -> None:
    distrust = ssl.SSLCertVerificationError(1, "certificate verify failed")
    distrust.verify_message = "self-signed certificate"

    def connect(*_: object, **__: object) -> None:
        raise distrust

    monkeypatch.setattr(socket, "create_connection", connect)
    error = refusal(weights, "https://models.invalid/weights")
    assert isinstance(error, ModelError)
    assert "certificate is not trusted (self-signed certificate; is a proxy in between?)" in str(error)


@pytest.mark.parametrize("kind", ["missing", "folder"])
def test_a_file_that_cannot_be_read_is_reported(weights: Download, tmp_path: Path, kind: str) -> None:
    path = tmp_path / "brought"
    if kind == "folder":
        path.mkdir()
    error = refusal(weights, str(path))
    assert isinstance(error, ModelError)
    assert str(error).startswith(f"{path}: cannot be read: ")


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("ftp://example.org/file", "--from ftp://example.org/file: only http://, https:// and files can be pulled from"),
        ("file:///file", "--from file:///file: only http://"),
        ("https://", "--from https://: not a URL to fetch from"),
        ("https:///file", "--from https:///file: not a URL to fetch from"),
        ("https://[::1/file", "--from https://[::1/file: not a URL to fetch from"),
        ("https://example.org:port/file", "not a URL to fetch from"),
        ("https://example.org:0/file", "not a URL to fetch from"),
        ("https://example.org/a file", "--from https://example.org/a file: not a URL to fetch from"),
        ("https://me:secret@example.org/file", "--from https://example.org/file: cannot log in there"),
        ("https://me:sec/ret@example.org/file", "--from https://example.org/file: not a URL to fetch from"),
    ],
)
def test_an_unusable_source_is_a_usage_error_without_the_password(
    weights: Download, cache: Path, source: str, message: str
) -> None:
    error = refusal(weights, source)
    assert isinstance(error, UsageError)
    assert message in str(error)
    assert "sec" not in str(error)
    assert not cache.exists()


@pytest.mark.parametrize("above", [0, 1], ids=["the cache", "the folder above"])
def test_a_cache_that_cannot_be_made_is_reported_before_anything_is_downloaded(
    weights: Download, file_server: FileServer, cache: Path, monkeypatch: pytest.MonkeyPatch, above: int
) -> None:
    cache.touch()
    folder = cache / "below" if above else cache
    monkeypatch.setattr(module, "cache_folder", lambda: folder)
    error = refusal(weights)
    assert isinstance(error, OutputError)
    assert str(error).startswith(f"{folder}: cannot be written: ")
    assert str(error).endswith("; allow writing or make room there")
    assert file_server.asked == []


def test_a_folder_in_place_of_the_file_is_an_output_error(weights: Download, cache: Path) -> None:
    (cache / weights.file).mkdir(parents=True)
    assert isinstance(refusal(weights), OutputError)
    assert [path.name for path in cache.iterdir()] == [weights.file]


def test_a_full_disk_is_reported(weights: Download, old: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "replace", full)
    error = refusal(weights)
    assert isinstance(error, OutputError)
    assert str(error) == f"{old.parent}: cannot be written: No space left on device; allow writing or make room there"
    assert list(old.parent.iterdir()) == [old]
    assert old.read_bytes() == OLD


@pytest.mark.parametrize("interruption", [KeyboardInterrupt, RuntimeError])
def test_an_interruption_leaves_the_old_file_and_nothing_else(
    weights: Download, old: Path, interruption: type[BaseException]
) -> None:
    def interrupt(_size: int) -> None:
        assert len(list(old.parent.iterdir())) == 2  # the new one is on its way
        raise interruption

    with pytest.raises(interruption):
        pull(weights, None, interrupt)
    assert list(old.parent.iterdir()) == [old]
    assert old.read_bytes() == OLD
