"""Help, version, and the commands other than the analysis."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from live_monitor.training.recipe import OWN
from tests.cli.test_environment import OPTIONS, documented
from tests.conftest import Run

pytestmark = pytest.mark.usefixtures("plain_environment")


def test_help_names_every_command(run: Run) -> None:
    code, out, err = run("--help")
    assert (code, err) == (0, "")
    assert all(
        f"\n  {command} " in out
        for command in ("bench", "cameras", "data", "evaluate-detector", "models", "report", "screens", "train", "train-detector")
    )


def test_version_shows_that_of_the_installed_package(run: Run) -> None:
    from importlib.metadata import version

    assert run("--version") == (0, f"live-monitor, version {version('live-monitor')}\n", "")


def test_cameras_lists_cameras_or_says_that_there_are_none(run: Run) -> None:
    code, out, err = run("cameras")
    assert (code, err) == (0, "")
    assert all(line.startswith(("--camera ", "No camera found")) for line in out.splitlines())
    assert out


def test_bench_prints_a_table_and_nothing_on_stderr(run_apart: Run, clip: Path) -> None:
    code, out, err = run_apart("bench", clip)
    assert (code, err) == (0, "")
    assert "decoding alone" in out


def test_bench_prints_json(run: Run, clip: Path) -> None:
    assert json.loads(run("bench", "--json", clip).out)["frames"] == 5


def test_training_without_data_ends_in_2_with_one_line(run_apart: Run) -> None:
    code, out, err = run_apart("train", "nowhere", "--out", "run")
    assert (code, out) == (2, "")
    assert err.startswith("Error: nowhere: no such file or folder")
    assert err.count("\n") == 1


def test_every_option_has_a_help_text() -> None:
    assert not [documented(*each) for each in OPTIONS if not each[1].help or each[1].help.startswith("[")]


def test_help_names_the_networks_with_the_strong_recipe(run: Run) -> None:
    assert f"strong for {', '.join(OWN)}; else brief" in " ".join(run("train", "--help").out.split())
