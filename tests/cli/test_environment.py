"""Options set in the environment."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from live_monitor.cli import cli
from live_monitor.cli.variables import unknown_variables
from live_monitor.files.opencv_path import printable
from tests.cli.conftest import last_line
from tests.conftest import Run

pytestmark = pytest.mark.usefixtures("plain_environment")


def test_options_can_be_set_in_the_environment(run: Run, clip: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LIVE_MONITOR_VIDEO", str(clip))
    monkeypatch.setenv("LIVE_MONITOR_NO_DISPLAY", "1")
    code, out, err = run()
    assert (code, err) == (0, "")
    assert "5 frames" in out


def test_json_can_be_set_in_the_environment(run: Run, clip: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LIVE_MONITOR_JSON", "1")
    assert json.loads(run("--no-display", "--video", clip).out)["frames"] == 5


def test_options_of_a_command_can_be_set_in_the_environment(run: Run, clip: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LIVE_MONITOR_BENCH_MODEL", "no-such")
    assert run("bench", clip).code == 3


def test_the_command_line_overrides_the_environment(run: Run, clip: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LIVE_MONITOR_MODEL", "no-such")
    assert run("--no-display", "--video", clip).code == 3
    assert run("--no-display", "--video", clip, "--model", "custom-cnn").code == 0


def test_an_invalid_value_in_the_environment_ends_in_2(run: Run, clip: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LIVE_MONITOR_MIN_FACE", "small")
    code, out, err = run("--no-display", "--video", clip)
    assert (code, out) == (2, "")
    assert "'small'" in last_line(err)


@pytest.mark.parametrize(
    ("variable", "value", "arguments"),
    [
        ("LIVE_MONITOR_MIN_FACE", "small", []),
        ("LIVE_MONITOR_SIZE", "0x480", []),
        ("LIVE_MONITOR_BLUR", "perhaps", []),
        ("LIVE_MONITOR_BENCH_MIN_FACE", "0", ["bench", "x"]),
        ("LIVE_MONITOR_BENCH_JSON", "perhaps", ["bench", "x"]),
        ("LIVE_MONITOR_IGNORE", "0,0,1", []),
        ("LIVE_MONITOR_STREAM", "lecture", ["--no-display"]),
        ("LIVE_MONITOR_CONFIG", "nowhere.toml", []),
        ("LIVE_MONITOR_DETECTOR", "yunet", ["--no-display", "--profile"]),
        ("LIVE_MONITOR_VIDEO", "x", ["--size", "640x480"]),
        ("LIVE_MONITOR_NO_DISPLAY", "1", ["--fullscreen"]),
    ],
)
def test_a_variable_with_an_invalid_value_is_named(
    run: Run, monkeypatch: pytest.MonkeyPatch, variable: str, value: str, arguments: list[str]
) -> None:
    monkeypatch.setenv(variable, value)
    code, out, err = run(*arguments)
    assert (code, out) == (2, "")
    assert variable in last_line(err)


def test_an_invalid_value_on_the_command_line_is_named_without_the_variable(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LIVE_MONITOR_MIN_FACE", "30")
    err = run("--min-face", "small").err
    assert "'--min-face'" in last_line(err)
    assert "LIVE_MONITOR" not in err


def test_two_sources_in_the_environment_are_named_by_their_variables(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LIVE_MONITOR_CAMERA", "0")
    monkeypatch.setenv("LIVE_MONITOR_VIDEO", "x")
    err = run().err
    assert err == (
        "Error: --camera 0 and --video x: choose one source (set in the environment: LIVE_MONITOR_CAMERA, LIVE_MONITOR_VIDEO)\n"
    )


@pytest.mark.parametrize(
    ("variable", "hint"),
    [
        ("LIVE_MONITOR_MINFACE", "; did you mean LIVE_MONITOR_MIN_FACE?"),
        ("LIVE_MONITOR_BENCH_MINFACE", "; did you mean LIVE_MONITOR_BENCH_MIN_FACE?"),
        ("LIVE_MONITOR_XYZZY", ""),
        ("LIVE_MONITOR_BENCH", ""),
        ("LIVE_MONITOR_TRAIN_DETECTOR", ""),
        ("LIVE_MONITOR_TWO\nLINES", ""),
    ],
)
def test_a_variable_that_is_not_a_setting_causes_a_warning(
    run: Run, clip: Path, monkeypatch: pytest.MonkeyPatch, variable: str, hint: str
) -> None:
    monkeypatch.setenv(variable, "1")
    code, out, err = run("--no-display", "--video", clip)
    assert (code, err) == (0, f"{printable(variable)}: no such setting{hint}\n")
    assert "5 frames" in out


@pytest.mark.skipif(sys.platform == "win32", reason="variables have no case there")
def test_the_warning_about_a_variable_in_lower_case_suggests_the_right_one(
    run: Run, clip: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LIVE_MONITOR_min_face", "3")
    err = run("--no-display", "--video", clip).err
    assert err == "LIVE_MONITOR_min_face: no such setting; did you mean LIVE_MONITOR_MIN_FACE?\n"


def test_a_variable_with_the_internal_name_of_an_option_is_not_a_setting(
    run: Run, clip: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LIVE_MONITOR_AS_JSON", "1")
    code, out, err = run("--no-display", "--video", clip)
    assert (code, err.count("no such setting")) == (0, 1)
    assert not out.startswith("{")


def test_a_command_gives_the_warning_only_once(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LIVE_MONITOR_MINFACE", "1")
    assert run("models").err.count("no such setting") == 1


def test_a_variable_for_the_version_does_not_show_the_version(run: Run, clip: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LIVE_MONITOR_VERSION", "0.1.0")
    code, out, err = run("--no-display", "--video", clip)
    assert code == 0
    assert "5 frames" in out
    assert err == "LIVE_MONITOR_VERSION: no such setting\n"


def test_the_variable_of_an_option_causes_no_warning(monkeypatch: pytest.MonkeyPatch) -> None:
    for each in OPTIONS:
        monkeypatch.setenv(documented(*each), "1")
    monkeypatch.setenv("_LIVE_MONITOR_COMPLETE", "bash_source")
    monkeypatch.setenv("LIVE_MONITOR", "1")
    assert not list(unknown_variables(cli))


def with_their_commands(ctx: click.Context) -> Iterator[tuple[click.Context, click.Option]]:
    """Every option of a command and its subcommands that can be set, so not --version."""
    options = (param for param in ctx.command.params if isinstance(param, click.Option) and param.name != "version")
    yield from ((ctx, option) for option in options)
    for name, command in ctx.command.commands.items() if isinstance(ctx.command, click.Group) else ():
        yield from with_their_commands(click.Context(command, parent=ctx, info_name=name))


OPTIONS = list(with_their_commands(click.Context(cli, info_name="live-monitor")))


def documented(ctx: click.Context, option: click.Option) -> str:
    """LIVE_MONITOR_<COMMAND>_<OPTION>, as the README says; for a switch with two names, the first."""
    words = [*ctx.command_path.split()[1:], next(name for name in option.opts if name.startswith("--")).lstrip("-")]
    return "_".join(["live-monitor", *words]).replace("-", "_").upper()


@pytest.mark.parametrize("name", [documented(*each) for each in OPTIONS])
def test_a_documented_variable_sets_its_option_and_no_other(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(name, "1")
    set_options = [documented(ctx, option) for ctx, option in OPTIONS if option.resolve_envvar_value(ctx) == "1"]
    assert set_options == [name]


def test_several_paths_in_one_variable_are_separated_by_spaces(
    run: Run, fer2013: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LIVE_MONITOR_EVALUATE_UNSURE_FACES", f"{tmp_path / 'a.npz'} {tmp_path / 'b.npz'}")
    code, _, err = run("evaluate-unsure", fer2013, "--out", tmp_path / "out")
    assert code == 2
    assert last_line(err).startswith(f"Error: {tmp_path / 'a.npz'}: ")


@pytest.mark.parametrize(
    ("variables", "arguments", "message"),
    [
        ({"LIVE_MONITOR_EVALUATE_FACES": "a.npz"}, ["evaluate", "custom-cnn", "--data", "nowhere"], "nowhere: no such file"),
        ({"LIVE_MONITOR_EVALUATE_FACES": "a.npz", "LIVE_MONITOR_EVALUATE_DATA": "x"}, ["evaluate", "custom-cnn"], "(set in the"),
        ({"LIVE_MONITOR_TRAIN_ARCH": "huge"}, ["train", "x", "--out", "y"], "(set in the environment: LIVE_MONITOR_TRAIN_ARCH)"),
        ({"LIVE_MONITOR_TRAIN_FERPLUS_SHARE": "0.5"}, ["train", "x", "--out", "y"], "LIVE_MONITOR_TRAIN_FERPLUS_SHARE)"),
        (
            {"LIVE_MONITOR_EVALUATE_DETECTOR_DETECTOR": "hare"},
            ["evaluate-detector", "x"],
            "(set in the environment: LIVE_MONITOR_EVALUATE_DETECTOR_DETECTOR)",
        ),
    ],
)
def test_an_error_names_the_variable_unless_the_command_line_overrides_it(
    run: Run, monkeypatch: pytest.MonkeyPatch, variables: dict[str, str], arguments: list[str], message: str
) -> None:
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    code, _, err = run(*arguments)
    assert code == 2
    assert message in last_line(err)


def test_models_are_listed_even_if_a_variable_names_data(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LIVE_MONITOR_MODELS_DATA", "fer2013.zip")
    assert run("models").code == 0
