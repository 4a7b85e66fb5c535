"""Where options come from, for what is said of them: their variable, or the config file; and variables that are no option's."""

from __future__ import annotations

import contextlib
import difflib
import os
from collections.abc import Iterator
from pathlib import Path

import click

from live_monitor.errors import UsageError
from live_monitor.files.opencv_path import printable

PREFIX = "LIVE_MONITOR_"

CLOSE = 0.8
"""How alike two names must be for one to be taken for a slip of the other: the ratio of `difflib`, from 0 to 1."""

_CONFIG = f"{__name__}.config"
"""Where a context keeps the config file."""


def keep_to_own_variables(command: click.Command) -> None:
    """Has options that say which variable they come from, of a command and those below it, come from that one alone.

    Click takes the variable that it would make of the parameter's name as well, such as LIVE_MONITOR_AS_JSON of --json.
    """
    for param in command.params:
        if isinstance(param, click.Option) and param.envvar:
            param.allow_from_autoenv = False
    for below in command.commands.values() if isinstance(command, click.Group) else ():
        keep_to_own_variables(below)


def remember_config(ctx: click.Context, path: Path) -> None:
    """Keeps which file the options of a command and those below it come from, for `message_of` and `naming_variables`."""
    ctx.meta[_CONFIG] = path


def message_of(error: click.ClickException) -> str:
    """What click says of a mistake, and where a wrong value comes from that is not on the command line."""
    if isinstance(error, click.BadParameter) and error.ctx is not None and error.param is not None:
        if _is_from(error.ctx, error.param, "ENVIRONMENT"):
            error.param_hint = _variable(error.ctx, error.param)
        elif _is_from(error.ctx, error.param, "DEFAULT_MAP"):
            error.param_hint = f"{error.param.get_error_hint(error.ctx)} in {error.ctx.meta.get(_CONFIG)}"
    return error.format_message()


@contextlib.contextmanager
def naming_variables(ctx: click.Context, *names: str) -> Iterator[None]:
    """Adds to what a UsageError says which of the parameters of these names come from the environment or the config file."""
    try:
        yield
    except UsageError as error:
        params = [param for param in ctx.command.params if param.name in names]
        variables = [_variable(ctx, param) for param in params if _is_from(ctx, param, "ENVIRONMENT")]
        options = [param.opts[-1].lstrip("-") for param in params if _is_from(ctx, param, "DEFAULT_MAP")]
        places = {"the environment": variables, str(ctx.meta.get(_CONFIG)): options}
        told = " and ".join(f"in {place}: {', '.join(there)}" for place, there in places.items() if there)
        if not told:
            raise
        raise UsageError(f"{error} (set {told})") from error


def unknown_variables(root: click.Context) -> Iterator[str]:
    """A line on every variable that begins as an option's of the program or its commands does, and is none."""
    given = sorted(name.removeprefix(PREFIX) for name in os.environ if name.startswith(PREFIX))
    # To go through all commands takes some milliseconds of every start, so not where nothing is set.
    known = sorted(name.removeprefix(PREFIX) for name in _variables(root)) if given else []
    for name in given:
        if name not in known:
            # One that only lacks its end is a command's own name, which says nothing of which option was meant.
            whole = [one for one in known if not one.startswith(f"{name}_".upper())]
            meant = "".join(
                f"; did you mean {PREFIX}{close}?" for close in difflib.get_close_matches(name.upper(), whole, 1, CLOSE)
            )
            yield printable(f"{PREFIX}{name}: no such setting{meant}")


def _is_from(ctx: click.Context, param: click.Parameter, place: str) -> bool:
    """Whether a parameter was set in a place, by the name that click's ParameterSource has for it."""
    return bool(param.name) and ctx.get_parameter_source(str(param.name)) is click.core.ParameterSource[place]


def _variable(ctx: click.Context, param: click.Parameter) -> str:
    return str(param.envvar or f"{ctx.auto_envvar_prefix}_{param.name}".upper())


def _variables(ctx: click.Context) -> Iterator[str]:
    """Of every option of a command and of the commands below it."""
    options = (param for param in ctx.command.get_params(ctx) if isinstance(param, click.Option))
    yield from (_variable(ctx, option) for option in options if option.envvar or option.allow_from_autoenv)
    for name, command in ctx.command.commands.items() if isinstance(ctx.command, click.Group) else ():
        yield from _variables(click.Context(command, parent=ctx, info_name=name))
