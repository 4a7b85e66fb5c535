"""Options that are set in the environment."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from live_monitor.cli import cli
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


def with_their_commands(ctx: click.Context) -> Iterator[tuple[click.Context, click.Option]]:
    """Every option of a command and of the commands below it."""
    yield from ((ctx, param) for param in ctx.command.params if isinstance(param, click.Option))
    for name, command in ctx.command.commands.items() if isinstance(ctx.command, click.Group) else ():
        yield from with_their_commands(click.Context(command, parent=ctx, info_name=name))


OPTIONS = list(with_their_commands(click.Context(cli, info_name="live-monitor", **cli.context_settings)))


def documented(ctx: click.Context, option: click.Option) -> str:
    """LIVE_MONITOR_<COMMAND>_<OPTION>, as the README says; of a switch with two names, the first."""
    words = [*ctx.command_path.split()[1:], next(name for name in option.opts if name.startswith("--")).lstrip("-")]
    return "_".join(["live-monitor", *words]).replace("-", "_").upper()


@pytest.mark.parametrize("name", [documented(*each) for each in OPTIONS])
def test_the_name_that_the_readme_gives_is_that_options_and_no_others(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(name, "1")
    listening = [documented(ctx, option) for ctx, option in OPTIONS if option.resolve_envvar_value(ctx) == "1"]
    assert listening == [name]
