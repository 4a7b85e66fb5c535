"""Options kept in a TOML file under their own names, those of a command in a table with its name."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from os.path import expanduser
from pathlib import Path
from typing import Any

import click

from live_monitor.cli.variables import naming_variables, remember_config
from live_monitor.errors import UsageError

Values = dict[str, Any]


def use_config(ctx: click.Context, param: click.Parameter, path: Path | None) -> None:
    """Takes from a file the options that neither the command line nor the environment sets.

    Raises:
        UsageError: the file cannot be read, or names something that is not an option.
    """
    if path is not None:
        with naming_variables(ctx, str(param.name)):
            remember_config(ctx, path)
            ctx.default_map = _of_command(path, ctx.command, _read(path), ())


def _read(path: Path) -> Values:
    if sys.version_info >= (3, 11):
        import tomllib
    else:
        import tomli as tomllib
    try:
        return tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except FileNotFoundError as error:
        raise UsageError(f"{path}: no such file; --config takes a file of options, such as: min-face = 30") from error
    except OSError as error:
        raise UsageError(f"{path}: cannot be read: {error.strerror}") from error
    except ValueError as error:  # not UTF-8, or not TOML
        raise UsageError(f"{path}: not TOML: {error}") from error


def _of_command(path: Path, command: click.Command, values: Mapping[str, Any], tables: tuple[str, ...]) -> Values:
    """The defaults of a command as click takes them, with those of its subcommands inside."""
    commands = command.commands if isinstance(command, click.Group) else {}
    options = {
        option[2:]: param
        for param in command.params
        for option in (*param.opts, *param.secondary_opts)
        if option.startswith("--")
    }
    defaults: Values = {}
    for name, value in values.items():
        if isinstance(value, dict) and name in commands:
            defaults[name] = _of_command(path, commands[name], value, (*tables, name))
            continue
        where = f"{path}: {name}" + (f" in [{'.'.join(tables)}]" if tables else "")
        param = options.get(name)
        if param is None or param.name is None or not param.expose_value:
            raise UsageError(f"{where}: no such option; write it as on the command line, without the leading dashes")
        written = _as_written(where, param, value)
        defaults[param.name] = not written if f"--{name}" in param.secondary_opts else written
    return defaults


def _as_written(where: str, param: click.Parameter, value: Any) -> Any:
    """A value as click gets it from a command line."""
    if isinstance(param, click.Option) and param.is_flag:
        if not isinstance(value, bool):
            raise UsageError(f"{where}: must be true or false, not {value!r}")
        return value
    values = value if isinstance(value, list) else [value]
    if any(isinstance(one, bool) or not isinstance(one, str | int | float) for one in values):
        raise UsageError(f"{where}: must be a text or a number, not {value!r}")
    if not param.multiple and isinstance(value, list):
        raise UsageError(f"{where}: takes one value, not a list")
    # As a shell would; a Path would drop one of the two slashes of an address.
    written = [expanduser(str(one)) for one in values]  # noqa: PTH111
    if any("\0" in one for one in written):
        raise UsageError(f"{where}: holds a null byte, which no option takes")
    return written if param.multiple else written[0]
