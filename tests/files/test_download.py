"""Where a file that does not ship is looked for, and how it is checked."""

from __future__ import annotations

import hashlib
from pathlib import Path

import platformdirs
import pytest

from live_monitor.detect.yunet_file import YUNET
from live_monitor.errors import ModelError
from live_monitor.files.download import Download, cache_folder, find, installed, verify

CONTENT = b"\x08\x09 weights"
WEIGHTS = Download("weights", "weights.onnx", "https://example.org/weights", hashlib.sha256(CONTENT).hexdigest(), 10, "MIT")


@pytest.fixture
def shipped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder that replaces models/."""
    folder = tmp_path / "shipped"
    folder.mkdir()
    monkeypatch.setattr("live_monitor.files.download.packaged_folder", {"models": folder}.__getitem__)
    return folder


def put(folder: Path, content: bytes = CONTENT) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / WEIGHTS.file).write_bytes(content)
    return folder / WEIGHTS.file


def test_the_cache_is_the_one_of_this_user_and_program(monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[object] = []
    monkeypatch.setattr(platformdirs, "user_cache_path", lambda *names, **how: calls.append((names, how)))
    cache_folder()
    assert calls == [(("live-monitor",), {"appauthor": False})]


@pytest.mark.usefixtures("shipped")
def test_a_missing_file_is_not_found() -> None:
    assert find(WEIGHTS) is None
    assert installed(WEIGHTS) is None


@pytest.mark.usefixtures("shipped")
def test_a_file_is_found_in_the_cache(cache: Path) -> None:
    path = put(cache)
    assert find(WEIGHTS) == path
    assert installed(WEIGHTS) == path


def test_a_file_is_found_among_the_shipped_models(shipped: Path) -> None:
    path = put(shipped)
    assert find(WEIGHTS) == path


def test_the_cache_comes_before_the_shipped_models(cache: Path, shipped: Path) -> None:
    put(shipped, b"damaged")
    path = put(cache)
    assert find(WEIGHTS) == path


@pytest.mark.usefixtures("shipped")
def test_nothing_is_found_in_a_cache_that_is_not_a_folder(cache: Path) -> None:
    cache.touch()
    assert find(WEIGHTS) is None


def test_the_right_file_passes(tmp_path: Path) -> None:
    verify(put(tmp_path), WEIGHTS)


@pytest.mark.usefixtures("shipped")
def test_a_damaged_file_is_found_but_not_installed(cache: Path) -> None:
    path = put(cache, b"damaged")
    assert find(WEIGHTS) == path
    assert installed(WEIGHTS) is None


def test_a_damaged_file_is_reported_with_both_checksums_and_what_to_run(tmp_path: Path) -> None:
    path = put(tmp_path, b"damaged")
    with pytest.raises(ModelError) as caught:
        verify(path, WEIGHTS)
    found = hashlib.sha256(b"damaged").hexdigest()
    assert str(caught.value) == (
        f"{path}: damaged, its SHA-256 is {found[:12]}… instead of {WEIGHTS.sha256[:12]}…; run: live-monitor models pull weights"
    )


@pytest.mark.parametrize("kind", ["missing", "folder"])
def test_an_unreadable_file_is_reported_in_one_line(tmp_path: Path, kind: str) -> None:
    path = tmp_path / WEIGHTS.file
    if kind == "folder":
        path.mkdir()
    with pytest.raises(ModelError, match=r"cannot be read: .+; run: live-monitor models pull weights$"):
        verify(path, WEIGHTS)


def test_the_real_yunet_is_the_pinned_file(shared_data: Path) -> None:
    path = shared_data / "detectors" / YUNET.file
    verify(path, YUNET)
    assert path.stat().st_size == YUNET.size_bytes
