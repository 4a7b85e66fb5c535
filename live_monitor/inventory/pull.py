"""Fetches a pinned file into the user's cache, for `models pull`."""

from __future__ import annotations

import contextlib
import hashlib
import http.client
import os
import tempfile
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Protocol
from urllib.error import HTTPError
from urllib.parse import urlsplit
from urllib.request import Request, build_opener

from live_monitor.detect.yunet_file import YUNET
from live_monitor.errors import ModelError, OutputError, UsageError
from live_monitor.files.download import Download, cache_folder
from live_monitor.files.web_reason import web_reason

DOWNLOADS: Mapping[str, Download] = {download.name: download for download in (YUNET,)}
"""All that can be pulled, by name."""

STALL_S = 20.0
"""A server that sends nothing for so long is given up on."""

CHUNK_BYTES = 1 << 16
HEAD_BYTES = 256
"""Enough of the beginning to tell what arrived in place of the file."""

Progress = Callable[[int], object]
"""Called with the number of bytes that arrived since the last call."""


def named_download(name: str) -> Download:
    """The download of this name.

    Raises:
        UsageError: there is none.
    """
    if name not in DOWNLOADS:
        raise UsageError(f"models pull {name}: nothing to pull by this name; there is: {', '.join(DOWNLOADS)}")
    return DOWNLOADS[name]


class _Readable(Protocol):
    def read1(self, size: int, /) -> bytes:
        """What has arrived, at most `size` bytes; empty at the end."""


class _Arrived:
    """What is known of the bytes that have arrived."""

    def __init__(self) -> None:
        self.size = 0
        self.head = b""
        self._hash = hashlib.sha256()

    @property
    def sha256(self) -> str:
        return self._hash.hexdigest()

    def add(self, chunk: bytes) -> None:
        self.head += chunk[: HEAD_BYTES - len(self.head)]
        self.size += len(chunk)
        self._hash.update(chunk)


def pull(download: Download, source: str | None, progress: Progress) -> Path:
    """Fetches the file into the user's cache, in place of one that is there.

    The old file stays until the new one has arrived whole and its checksum is right; nothing else is left behind, even
    when `progress` raises. Several pulls at the same time do each other no harm.

    Args:
        download: what to fetch.
        source: an http or https URL or a file to take it from; None: its own URL.
        progress: see Progress.

    Returns:
        Where it lies now.

    Raises:
        UsageError: `source` is neither a file nor such a URL.
        ModelError: it cannot be had from there, or what is there is another file.
        OutputError: the cache cannot be written.
    """
    where = download.url if source is None else _checked(source)
    target = cache_folder() / download.file
    with _writing(target.parent):
        target.parent.mkdir(parents=True, exist_ok=True)
        # Inside the cache, so that the last step is a rename on one file system.
        with tempfile.TemporaryDirectory(prefix=".pull-", dir=target.parent, ignore_cleanup_errors=True) as scratch:
            part = Path(scratch) / download.file
            _fetch(where, part, download, progress)
            os.replace(part, target)
    return target


def _checked(source: str) -> str:
    """A file's path as it is, and a URL if something can be fetched from it."""
    scheme, separator, rest = source.partition("://")
    if not separator:
        return source
    shown = f"--from {scheme}://{rest.rpartition('@')[2]}"  # without a password
    if scheme.lower() not in ("http", "https"):
        raise UsageError(f"{shown}: only http://, https:// and files can be pulled from")
    try:
        url = urlsplit(source)
        usable = bool(url.hostname) and url.port != 0 and " " not in source  # an impossible port raises when asked for
    except ValueError:
        usable = False
    if not usable:
        raise UsageError(f"{shown}: not a URL to fetch from; give one such as https://example.org/model.onnx")
    if url.username is not None:
        raise UsageError(f"{shown}: cannot log in there; download the file yourself and give its path")
    return source


def _fetch(where: str, part: Path, download: Download, progress: Progress) -> None:
    """Writes to `part` what is at `where`, at most a little more than the file's size."""
    advice = _advice(where, download)
    arrived = _Arrived()
    with _open(where, advice) as stream, part.open("wb") as file:
        while arrived.size <= download.size_bytes:
            with _reading(where, advice):
                chunk = stream.read1(CHUNK_BYTES)
            if not chunk:
                break
            arrived.add(chunk)
            file.write(chunk)
            progress(len(chunk))
    if arrived.sha256 != download.sha256:
        raise ModelError(
            f"{where}: not {download.name} but {_looks_like(arrived, download)}: {arrived.size} bytes with SHA-256 "
            f"{arrived.sha256[:12]}… instead of {download.size_bytes} with {download.sha256[:12]}…; {advice}"
        )


def _open(where: str, advice: str) -> contextlib.AbstractContextManager[_Readable]:
    with _reading(where, advice):
        if not _is_url(where):
            return open(where, "rb")
        request = Request(where, headers={"User-Agent": "live-monitor"})
        stream: contextlib.AbstractContextManager[_Readable] = build_opener().open(request, timeout=STALL_S)
        return stream


def _is_url(where: str) -> bool:
    return "://" in where


def _advice(where: str, download: Download) -> str:
    it = "it" if where == download.url else download.url
    return f"get {it} with a browser or on another machine, then run: live-monitor models pull {download.name} --from FILE"


def _looks_like(arrived: _Arrived, download: Download) -> str:
    """What came in place of the file."""
    head = arrived.head.lstrip(b"\xef\xbb\xbf\r\n\t ").lower()
    if not arrived.size:
        return "nothing at all"
    if head.startswith((b"<!doctype html", b"<html")):
        return "a web page (is a login or a proxy in between?)"
    if head.startswith(b"version https://git-lfs"):
        return "a Git LFS pointer, which stands in for the file"
    if min(head, default=0) >= ord("\t"):
        return "a text file"
    if arrived.size < download.size_bytes:
        return "a shorter file (was it cut off on the way?)"
    return "a longer file (no more of it was read)" if arrived.size > download.size_bytes else "another file of that size"


@contextlib.contextmanager
def _reading(where: str, advice: str) -> Iterator[None]:
    try:
        yield
    except (OSError, http.client.HTTPException, ValueError) as error:
        if isinstance(error, HTTPError):
            error.close()
        doing = "downloaded" if _is_url(where) else "read"
        raise ModelError(f"{where}: cannot be {doing}: {web_reason(error, STALL_S)}; {advice}") from error


@contextlib.contextmanager
def _writing(folder: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise OutputError(f"{folder}: cannot be written: {error.strerror or error}; allow writing or make room there") from error
