"""The options for analysis, written out so that --help loads nothing heavy, say what the settings say that they stand for."""

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
    MOST_FPS,
    Settings,
)


def option(name: str) -> Any:
    [found] = (param for param in cli.params if param.name == name)
    assert isinstance(found, click.Option)
    return found


def test_every_setting_has_an_option_with_the_same_default() -> None:
    values = cli.make_context("live-monitor", [], auto_envvar_prefix=None).params
    chosen = {field.name: values[field.name] for field in fields(Settings)}
    assert Settings(**{name: value for name, value in chosen.items() if value is not None}) == Settings()


def test_the_devices_are_those_of_the_settings() -> None:
    assert tuple(option("device").type.choices) == DEVICES


@pytest.mark.parametrize(
    ("name", "most"), [("read_every", LONGEST_READ_EVERY_S), ("smooth", LONGEST_SMOOTH_S), ("fps", MOST_FPS)]
)
def test_a_number_may_be_as_large_as_in_the_settings(name: str, most: float) -> None:
    assert (option(name).type.min, option(name).type.max) == (0, most)


@pytest.mark.parametrize(("name", "default"), [("model", DEFAULT_MODEL), ("read_every", f"{DEFAULT_READ_EVERY_S:g}")])
def test_a_default_that_is_written_out_is_that_of_the_settings(name: str, default: str) -> None:
    assert re.search(rf"\[default: {re.escape(default)}[],]", option(name).help)
