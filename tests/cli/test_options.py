"""The options for analysis are written out, so that --help loads nothing heavy; here they are compared with the settings."""

from __future__ import annotations

import re
from dataclasses import fields
from typing import Any

import click
import pytest

from live_monitor.cli import cli
from live_monitor.settings import (
    DEFAULT_MODEL,
    DEFAULT_READ_EVERY_S,
    DEVICES,
    LONGEST_READ_EVERY_S,
    LONGEST_SMOOTH_S,
    MAX_FPS,
    MIN_FPS,
    Settings,
)
from tests.conftest import WITH_CASCADE, Run


def option(name: str) -> Any:
    [found] = (param for param in cli.params if param.name == name)
    assert isinstance(found, click.Option)
    return found


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--cascade", ""], "'--cascade': an empty text; it takes FILE"),
        (["--log", ""], "'--log': an empty text; it takes FILE"),
        (["--record", ""], "'--record': an empty text; it takes FILE"),
        (["--config", ""], "'--config': an empty text; it takes FILE"),
        (["--video", ""], "'--video': an empty text; it takes FILE|URL"),
        (["bench", ""], "'VIDEO': an empty text"),
        (["--detector-model", ""], "'--detector-model': an empty text; it takes DIR|FILE"),
        (["--model", ""], "'--model': an empty text; it takes NAME|DIR"),
        (["train", "data", "--out", ""], "'--out': an empty text; it takes DIR"),
        (["train-detector", "data", "--out", "run", "--leave-out", ""], "'--leave-out': an empty text; it takes DIR"),
        (["data", ""], "'DATA': an empty text"),
        (["models", "--verify", "--data", ""], "'--data': an empty text; it takes FER2013"),
        (["models", "pull", "yunet", "--from", ""], "'--from': an empty text; it takes FILE|URL"),
        (["evaluate-unsure", "data", "--out", "run", "--faces", ""], "'--faces': an empty text; it takes NPZ"),
        (["--min-face", "abc"], "'--min-face': 'abc' is not a valid whole number."),
        (["--smooth", "abc"], "'--smooth': 'abc' is not a valid number."),
        (["train", "data", "--out", "run", "--epochs", "2.5"], "'--epochs': '2.5' is not a valid whole number."),
    ],
)
def test_a_value_of_the_wrong_kind_is_refused_with_the_expected_kind(run: Run, arguments: list[str], message: str) -> None:
    code, out, err = run(*arguments)
    assert (code, out) == (2, "")
    words = arguments[: 2 if "pull" in arguments else 1 if arguments[0] in cli.commands else 0]
    command = " ".join(["live-monitor", *words])
    assert err == f"Error: Invalid value for {message} (see {command} --help)\n"


def test_every_setting_has_an_option_with_the_same_default(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in WITH_CASCADE:
        monkeypatch.delenv(name)
    values = cli.make_context("live-monitor", []).params
    chosen = {field.name: values[field.name] for field in fields(Settings)}
    assert Settings(**{name: value for name, value in chosen.items() if value is not None}) == Settings()


def test_the_devices_are_those_of_the_settings() -> None:
    assert tuple(option("device").type.choices) == DEVICES


@pytest.mark.parametrize(
    ("name", "least", "most"),
    [("read_every", 0, LONGEST_READ_EVERY_S), ("smooth", 0, LONGEST_SMOOTH_S), ("fps", MIN_FPS, MAX_FPS)],
)
def test_an_option_has_the_limits_of_its_setting(name: str, least: float, most: float) -> None:
    assert (option(name).type.min, option(name).type.max) == (least, most)


@pytest.mark.parametrize(("name", "default"), [("model", DEFAULT_MODEL), ("read_every", f"{DEFAULT_READ_EVERY_S:g}")])
def test_a_default_in_a_help_text_is_that_of_the_settings(name: str, default: str) -> None:
    assert re.search(rf"\[default: {re.escape(default)}[],]", option(name).help)
