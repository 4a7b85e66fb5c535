"""Options that commands share, and how their values are read."""

from __future__ import annotations

import logging
import math
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from live_monitor.cli.variables import naming_variables
from live_monitor.detect.names import CHOICES
from live_monitor.errors import UsageError

if TYPE_CHECKING:
    from live_monitor.detect.zones import Zone
    from live_monitor.settings import Settings

F = TypeVar("F", bound=Callable[..., Any])


class PathType(click.Path):
    """Click's own path, but not an empty text, which click takes for the current folder."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        _refuse_empty(value, param, ctx)
        return super().convert(value, param, ctx)

    def split_envvar_value(self, rv: str) -> list[str]:
        """Several in one variable are separated by spaces, like the values of any option, not by the system's path separator."""
        return rv.split()


class TextType(click.types.StringParamType):
    """Click's own text, but not an empty one, which names no model and no address."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        _refuse_empty(value, param, ctx)
        return super().convert(value, param, ctx)


PATH, TEXT = PathType(path_type=Path), TextType()

VERBOSE = click.option("-v", "--verbose", is_flag=True, help="Show full tracebacks.")
"""For commands in which it only shows tracebacks."""


def _refuse_empty(value: Any, param: click.Parameter | None, ctx: click.Context | None) -> None:
    if value == "":
        takes = f"; it takes {param.metavar}" if param is not None and param.metavar else ""
        raise click.BadParameter(f"an empty text{takes}", ctx, param)


class WholeNumberRange(click.IntRange):
    """Click's own range, under the name that the message about a wrong value should show."""

    name = "whole number"


class NumberRange(click.FloatRange):
    """Click's own range, but without "nan", which click lets pass: it is neither too small nor too large."""

    name = "number"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        number = super().convert(value, param, ctx)
        if math.isnan(number):
            self.fail(f"{value!r} is not a number", param, ctx)
        return number


def parse_size(_ctx: click.Context, _param: click.Parameter, value: str | None) -> tuple[int, int] | None:
    """WIDTHxHEIGHT in pixels, as in 1280x720."""
    if value is None:
        return None
    width, _, height = value.lower().partition("x")
    if not (width.isdecimal() and height.isdecimal() and int(width) and int(height)):
        raise click.BadParameter(f"{value!r} is not WIDTHxHEIGHT of at least 1 pixel, such as 1280x720")
    return int(width), int(height)


def parse_every(_ctx: click.Context, _param: click.Parameter, value: str) -> int | None:
    """A whole number of at least 1; None for "auto"."""
    if value == "auto":
        return None
    if not value.isdecimal() or int(value) < 1:
        raise click.BadParameter(f"{value!r} is neither auto nor a whole number of at least 1")
    return int(value)


def parse_zones(ctx: click.Context, param: click.Parameter, values: tuple[str, ...]) -> tuple[Zone, ...]:
    """Zones from texts, each x,y,w,h in fractions of the picture."""
    if not values:
        return ()
    from live_monitor.detect.zones import Zone

    with naming_variables(ctx, str(param.name)):
        return tuple(map(Zone.parse, values))


def analysis_options(command: F) -> F:
    """The options shared by all commands that analyse pictures."""
    options = (
        click.option(
            "--detector", type=click.Choice(CHOICES), default="auto", show_default=True,
            help="facegrid: our network; yunet: OpenCV's (get it with: live-monitor models pull yunet); haar: a cascade; "
            "auto: facegrid, unless another option needs another one.",
        ),
        click.option(
            "--detector-model", type=PATH, metavar="DIR|FILE",
            help="A network of your own: a folder that train-detector made, or a YuNet as ONNX."
        ),
        click.option(
            "--detect-every", callback=parse_every, default="auto", show_default=True, metavar="N|auto",
            help="Look for faces in every N-th frame and follow them in between; auto: as often as the source leaves time for.",
        ),
        click.option(
            "--min-face", type=WholeNumberRange(min=1), metavar="PX",
            help="Smallest face to find, in pixels of the full frame; smaller is slower. [default: chosen to fit the picture]",
        ),
        click.option(
            "--ignore", multiple=True, callback=parse_zones, metavar="X,Y,W,H",
            help="A part of the picture to leave out, in fractions of its width and height; may be repeated.",
        ),
        click.option("--profile", is_flag=True, help="Find faces seen from the side too, with the cascade (slower)."),
        click.option(
            "--cascade", type=PATH, metavar="FILE", help="A cascade of your own for frontal faces."
        ),
        click.option(
            "--model", type=TEXT, metavar="NAME|DIR",
            help="Emotion model: a shipped one or a folder with a card. [default: glance-plus]"
        ),
        click.option(
            "--device", type=click.Choice(("auto", "cpu", "gpu")), default="auto", show_default=True,
            help="cpu: LiteRT; gpu: TensorFlow, for facegrid too, on Windows in WSL2 only; auto: the GPU if there is one, but "
            "facegrid stays on the CPU.",
        ),
        click.option(
            "--read-every", type=NumberRange(0, 10), metavar="SECONDS",
            help="Classify each face once in so many seconds; 0: in every frame. [default: 0.2, with --smooth 0 every frame]",
        ),
        click.option(
            "--smooth", type=NumberRange(0, 60), default=0.5, show_default=True, metavar="SECONDS",
            help="Time over which a face's probabilities are averaged; 0: each frame counts on its own.",
        ),
        click.option("-v", "--verbose", is_flag=True, help="Say what is used, and show full tracebacks."),
    )  # fmt: skip
    for option in reversed(options):
        command = option(command)
    return command


def set_up_logging(verbose: bool) -> None:
    """Sends warnings to stderr, and with --verbose also which model and engine are used."""
    logging.basicConfig(level=logging.INFO if verbose else logging.WARNING, format="%(message)s", stream=sys.stderr, force=True)
    # On its first start, which is slow, it says that it is looking for fonts.
    logging.getLogger("matplotlib.font_manager").setLevel(logging.ERROR)


def given(ctx: click.Context) -> set[str]:
    """The options given on the command line itself, not in the environment or the config file."""
    source = click.core.ParameterSource.COMMANDLINE
    return {param.opts[-1] for param in ctx.command.params if param.name and ctx.get_parameter_source(param.name) is source}


def one_of(ctx: click.Context, names: Sequence[str], choose: str) -> str | None:
    """Name of the option that counts: the one on the command line, else in the environment, else in the config file.

    Args:
        ctx: the command's context.
        names: of options that exclude each other.
        choose: what to do about two of them in one place.

    Raises:
        UsageError: there are two in one place.
    """
    source = click.core.ParameterSource
    with naming_variables(ctx, *names):
        for place in (source.COMMANDLINE, source.ENVIRONMENT, source.DEFAULT_MAP):
            there = [name for name in names if ctx.get_parameter_source(name) is place]
            if len(there) > 1:
                from live_monitor.capture.network import without_password

                shown = (f"--{name} {without_password(str(ctx.params[name]))}" for name in there)
                raise UsageError(f"{' and '.join(shown)}: {choose}")
            if there:
                return there[0]
    return None


def settings_of(**options: Any) -> Settings:
    """Settings from the options that have a value; the others keep their defaults."""
    from live_monitor.settings import Settings

    with naming_variables(click.get_current_context(), *options):
        return Settings(**{name: value for name, value in options.items() if value is not None})
