"""The signals that end a session."""

from __future__ import annotations

import runpy
import signal

import pytest

from live_monitor.process import stop_signals


def test_ctrl_break_ends_a_session_where_it_exists(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(signal, "SIGBREAK", 21, raising=False)
    assert 21 in runpy.run_path(stop_signals.__file__)["STOP_SIGNALS"]
