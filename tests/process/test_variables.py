"""Environment variables that are set for libraries."""

from __future__ import annotations

import ctypes
import os
from types import SimpleNamespace

import pytest

from live_monitor.process.variables import set_variable

NAME = "LIVE_MONITOR_TEST_OF_VARIABLES"


def test_a_variable_is_set_and_removed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(NAME, raising=False)
    set_variable(NAME, "a;1|b;2")
    assert os.environ[NAME] == "a;1|b;2"
    set_variable(NAME, None)
    assert NAME not in os.environ


def test_on_windows_the_c_runtime_of_ffmpeg_gets_the_variable_too(monkeypatch: pytest.MonkeyPatch) -> None:
    passed: list[bytes] = []
    monkeypatch.delenv(NAME, raising=False)
    monkeypatch.setattr("sys.platform", "win32")
    monkeypatch.setattr(ctypes, "cdll", SimpleNamespace(msvcrt=SimpleNamespace(_putenv=passed.append)))
    set_variable(NAME, "a;1|b;2")
    set_variable(NAME, None)
    assert passed == [f"{NAME}=a;1|b;2".encode(), f"{NAME}=".encode()]
