"""Options that are set in the environment."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.conftest import last_line
from tests.conftest import Run

pytestmark = pytest.mark.usefixtures("plain_environment")


def test_options_can_be_set_in_the_environment(run: Run, clip: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LIVE_MONITOR_VIDEO", str(clip))
    monkeypatch.setenv("LIVE_MONITOR_NO_DISPLAY", "1")
    code, out, err = run()
    assert (code, err) == (0, "")
    assert "5 frames" in out


def test_json_can_be_asked_for_in_the_environment(run: Run, clip: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LIVE_MONITOR_JSON", "1")
    assert json.loads(run("--no-display", "--video", clip).out)["frames"] == 5


def test_options_of_a_command_can_be_set_in_the_environment(run: Run, clip: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LIVE_MONITOR_BENCH_MODEL", "no-such")
    assert run("bench", clip).code == 3


def test_an_option_is_stronger_than_the_environment(run: Run, clip: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LIVE_MONITOR_MODEL", "no-such")
    assert run("--no-display", "--video", clip).code == 3
    assert run("--no-display", "--video", clip, "--model", "custom-cnn").code == 0


def test_a_wrong_value_in_the_environment_ends_in_2(run: Run, clip: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LIVE_MONITOR_MIN_FACE", "small")
    code, out, err = run("--no-display", "--video", clip)
    assert (code, out) == (2, "")
    assert "'small'" in last_line(err)
