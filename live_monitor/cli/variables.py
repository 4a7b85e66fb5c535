"""Where an option's value comes from, for messages: its variable or the config file; and variables that belong to no option."""

from __future__ import annotations

import contextlib
import difflib
import os
from collections.abc import Iterable, Iterator
from pathlib import Path

import click

from live_monitor.errors import UsageError
from live_monitor.files.opencv_path import printable

PREFIX = "LIVE_MONITOR_"

CLOSE = 0.8
"""How alike two names must be for one to be taken for a misspelling of the other: the ratio of `difflib`, from 0 to 1."""

_CONFIG = f"{__name__}.config"
"""Key under which a context keeps the path of the config file."""


def name_variables(command: click.Command, prefix: str = PREFIX) -> None:
    """Names the variable of each option of a command and its subcommands: LIVE_MONITOR_, the command's name, the option's."""
    for option in _options(command):
        long_name = next(name for name in option.opts if name.startswith("--"))
        option.envvar = prefix + _in_capitals(long_name.lstrip("-"))
    for name, below in _commands(command):
        name_variables(below, f"{prefix}{_in_capitals(name)}_")


def remember_config(ctx: click.Context, path: Path) -> None:
    """Remembers which file the options of a command and its subcommands come from, for `message_of` and `naming_variables`."""
    ctx.meta[_CONFIG] = path


def message_of(error: click.ClickException) -> str:
    """What click says about a mistake, and where a wrong value comes from if not from the command line."""
    if isinstance(error, click.BadParameter) and error.ctx is not None and error.param is not None:
        if _is_from(error.ctx, error.param, "ENVIRONMENT"):
            error.param_hint = str(error.param.envvar)
        elif _is_from(error.ctx, error.param, "DEFAULT_MAP"):
            error.param_hint = f"{error.param.get_error_hint(error.ctx)} in {error.ctx.meta.get(_CONFIG)}"
    return error.format_message()


@contextlib.contextmanager
def naming_variables(ctx: click.Context, *names: str) -> Iterator[None]:
    """Adds to a UsageError which of the parameters of these names come from the environment or the config file."""
    try:
        yield
    except UsageError as error:
        params = [param for param in ctx.command.params if param.name in names]
        variables = [str(param.envvar) for param in params if _is_from(ctx, param, "ENVIRONMENT")]
        options = [param.opts[-1].lstrip("-") for param in params if _is_from(ctx, param, "DEFAULT_MAP")]
        places = {"the environment": variables, str(ctx.meta.get(_CONFIG)): options}
        origins = " and ".join(f"in {place}: {', '.join(there)}" for place, there in places.items() if there)
        if not origins:
            raise
        raise UsageError(f"{error} (set {origins})") from error


def unknown_variables(root: click.Command) -> Iterator[str]:
    """A line about every variable that begins like those of the program's options but belongs to none of them."""
    given = sorted(name.removeprefix(PREFIX) for name in os.environ if name.startswith(PREFIX))
    # Going through all commands would cost every start some milliseconds, so it is done only where something is set.
    known = sorted(name.removeprefix(PREFIX) for name in _variables(root)) if given else []
    for name in given:
        if name not in known:
            # No longer names that begin with it: it may be a command's own, which does not say which option was meant.
            whole = [one for one in known if not one.startswith(f"{name}_".upper())]
            meant = "".join(
                f"; did you mean {PREFIX}{close}?" for close in difflib.get_close_matches(name.upper(), whole, 1, CLOSE)
            )
            yield printable(f"{PREFIX}{name}: no such setting{meant}")


def _is_from(ctx: click.Context, param: click.Parameter, place: str) -> bool:
    """Whether a parameter was set in a place, by the name that click's ParameterSource has for it."""
    return bool(param.name) and ctx.get_parameter_source(str(param.name)) is click.core.ParameterSource[place]


def _variables(command: click.Command) -> Iterator[str]:
    """The variables of all options of a command and its subcommands."""
    yield from (str(option.envvar) for option in _options(command))
    for _, below in _commands(command):
        yield from _variables(below)


def _options(command: click.Command) -> list[click.Option]:
    """The options that can be set: one that only asks something, such as --version, has no variable."""
    return [param for param in command.params if isinstance(param, click.Option) and param.allow_from_autoenv]


def _commands(command: click.Command) -> Iterable[tuple[str, click.Command]]:
    return command.commands.items() if isinstance(command, click.Group) else ()


def _in_capitals(name: str) -> str:
    return name.replace("-", "_").upper()
