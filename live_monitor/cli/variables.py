"""Options from the environment: which variable one comes from, and variables that are no option's."""

from __future__ import annotations

import contextlib
import difflib
import os
from collections.abc import Iterator

import click

from live_monitor.errors import UsageError

PREFIX = "LIVE_MONITOR_"


def message_of(error: click.ClickException) -> str:
    """What click says of a mistake, with the variable in place of the option that a wrong value did not come from."""
    if isinstance(error, click.BadParameter) and error.ctx is not None and error.param is not None:
        error.param_hint = _comes_from(error.ctx, error.param) or error.param_hint
    return error.format_message()


@contextlib.contextmanager
def naming_variables(ctx: click.Context, *names: str) -> Iterator[None]:
    """Adds to what a UsageError says which of the parameters of these names come from the environment."""
    try:
        yield
    except UsageError as error:
        variables = [_comes_from(ctx, param) for param in ctx.command.params if param.name in names]
        if not any(variables):
            raise
        raise UsageError(f"{error} (set in the environment: {', '.join(filter(None, variables))})") from error


def unknown_variables(root: click.Context) -> Iterator[str]:
    """A line on every variable that begins as an option's of the program or its commands does, and is none."""
    given = sorted(name.removeprefix(PREFIX) for name in os.environ if name.startswith(PREFIX))
    # To go through all commands takes some milliseconds of every start, so not where nothing is set.
    known = sorted(name.removeprefix(PREFIX) for name in _variables(root)) if given else []
    for name in given:
        if name not in known:
            meant = "".join(f"; did you mean {PREFIX}{close}?" for close in difflib.get_close_matches(name, known, 1))
            yield f"{PREFIX}{name}: no such setting{meant}"


def _comes_from(ctx: click.Context, param: click.Parameter) -> str | None:
    """The variable that a parameter was set by; None if it was set elsewhere, or not at all."""
    from_environment = param.name and ctx.get_parameter_source(param.name) is click.core.ParameterSource.ENVIRONMENT
    return _variable(ctx, param) if from_environment else None


def _variable(ctx: click.Context, param: click.Parameter) -> str:
    return str(param.envvar or f"{ctx.auto_envvar_prefix}_{param.name}".upper())


def _variables(ctx: click.Context) -> Iterator[str]:
    """Of every option of a command and of the commands below it."""
    yield from (_variable(ctx, param) for param in ctx.command.get_params(ctx) if isinstance(param, click.Option))
    for name, command in ctx.command.commands.items() if isinstance(ctx.command, click.Group) else ():
        yield from _variables(click.Context(command, parent=ctx, info_name=name))
