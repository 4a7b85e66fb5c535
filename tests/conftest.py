"""Fixtures that every test may use."""

from __future__ import annotations

import logging
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from live_monitor.cli.entry import _run
from live_monitor.process.quiet import silence_libraries
from tests.file_server import FileServer

silence_libraries()

WITH_CASCADE = {"LIVE_MONITOR_DETECTOR": "haar", "LIVE_MONITOR_BENCH_DETECTOR": "haar"}
"""The detector that finds the faces that tests draw: the networks expect real ones."""

os.environ.update(WITH_CASCADE)

SHARED_DATA = Path(__file__).parents[2] / "shared" / "data"


class Outcome(NamedTuple):
    """How a run of the command line ended and what it printed."""

    code: int
    out: str
    err: str


Run = Callable[..., Outcome]


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of real videos, photos and faces; a test that needs it is skipped if it is absent."""
    if not SHARED_DATA.is_dir():
        pytest.skip(f"no real data at {SHARED_DATA}")
    return SHARED_DATA


@pytest.fixture(scope="session")
def fer2013(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A tiny FER2013 as a folder; read it, never write to it."""
    from tests.dataset.made import rows, write_folder  # needs OpenCV, which must find the libraries silenced

    return write_folder(tmp_path_factory.mktemp("fer2013"), rows())


@pytest.fixture(scope="session", autouse=True)
def _cache_of_processes(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The cache of processes that tests start, and of fixtures that serve more than one test."""
    folder = tmp_path_factory.mktemp("cache")
    with pytest.MonkeyPatch.context() as monkeypatch:
        monkeypatch.setattr("platformdirs.user_cache_path", lambda _name, **_how: folder)
        yield folder


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, _cache_of_processes: Path) -> Path:
    """An empty cache for every test, not created yet: no test sees or touches the user's own."""
    folder = tmp_path / "own-cache"
    monkeypatch.setattr("platformdirs.user_cache_path", lambda _name, **_how: folder)
    # Processes that a test starts read this, on Linux.
    monkeypatch.setenv("XDG_CACHE_HOME", str(_cache_of_processes))
    return folder


@pytest.fixture
def plain_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """No settings of this program in the environment except WITH_CASCADE, and no display."""
    for name in [name for name in os.environ if name.startswith("LIVE_MONITOR_")]:
        monkeypatch.delenv(name)
    for name, value in WITH_CASCADE.items():
        monkeypatch.setenv(name, value)
    monkeypatch.delenv("DISPLAY", raising=False)


@pytest.fixture
def run(capfd: pytest.CaptureFixture[str]) -> Iterator[Run]:
    """Runs the command line in this process."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level

    def run(*arguments: str | Path) -> Outcome:
        code = _run([str(argument) for argument in arguments])
        return Outcome(code, *capfd.readouterr())

    yield run
    root.handlers[:] = handlers
    root.setLevel(level)


@pytest.fixture
def file_server(monkeypatch: pytest.MonkeyPatch) -> Iterator[FileServer]:
    """A web server on this machine, reached without the proxy that may be set here."""
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    server = FileServer()
    yield server
    server.close()


@pytest.fixture
def _same_precision_afterwards() -> Iterator[None]:
    """Keras keeps the precision of networks in one place for the whole process."""
    import keras

    before = keras.config.dtype_policy()
    yield
    keras.config.set_dtype_policy(before)
