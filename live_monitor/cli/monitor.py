"""`live-monitor` itself: the monitor in a window, or the same analysis without one."""

from __future__ import annotations

import contextlib
import functools
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from live_monitor.cli.config import use_config
from live_monitor.cli.ending import end_without_display, print_summary, warn_if_short
from live_monitor.cli.options import (
    PATH,
    TEXT,
    NumberRange,
    analysis_options,
    given,
    one_of,
    parse_size,
    set_up_logging,
    settings_of,
)
from live_monitor.cli.progress import progress_bar
from live_monitor.cli.sources import SOURCES, refuse_what_other_sources_take, source_of
from live_monitor.cli.variables import naming_variables, unknown_variables
from live_monitor.errors import OutputError, UsageError

if TYPE_CHECKING:
    from live_monitor.capture.source import Source
    from live_monitor.overlay.view import View
    from live_monitor.session.log import Log
    from live_monitor.session.outputs import Outputs
    from live_monitor.session.recording import Recording
    from live_monitor.settings import Settings
    from live_monitor.types import FrameResult


class _Group(click.Group):
    """Names the right option to somebody who gives a video as an argument."""

    def resolve_command(self, ctx: click.Context, args: list[str]) -> tuple[str | None, click.Command | None, list[str]]:
        from live_monitor.capture.network import STREAM_SCHEMES, WEB_SCHEMES, is_address, scheme, without_password
        from live_monitor.files.path_kind import is_file

        given = args[0]
        if self.get_command(ctx, given) is None and (is_address(given) or Path(given).suffix or is_file(Path(given))):
            shown = without_password(given)
            kind = "stream" if scheme(given) in STREAM_SCHEMES and scheme(given) not in WEB_SCHEMES else "video"
            raise click.UsageError(f"no such command {shown!r}; a {kind} is given as --{kind} {shown}", ctx)
        return super().resolve_command(ctx, args)


@click.group(
    cls=_Group,
    invoke_without_command=True,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110},
)
@click.version_option(package_name="live-monitor", prog_name="live-monitor", allow_from_autoenv=False)
@click.option("--camera", type=TEXT, metavar="N|PATH", help="Camera by number or device path. [default: 0]")
@click.option("--video", type=TEXT, metavar="FILE|URL", help="Video file, or the http(s) address of one.")
@click.option("--stream", type=TEXT, metavar="URL", help="Network stream (RTSP, HTTP, TCP, ...).")
@click.option(
    "--screen",
    type=TEXT,
    metavar="N|X,Y,W,H",
    help="What the screen shows, such as a call: a screen by number (0: all of them), or a part of them in pixels.",
)
@click.option("--size", callback=parse_size, metavar="WxH", help="Picture size to ask the camera for.")
@click.option(
    "--fps",
    type=NumberRange(1, 1000),
    metavar="N",
    help="Frame rate to ask the camera for, or at which to read the screen (30).",
)
@click.option("--realtime", is_flag=True, help="Drop late frames of a video, as for a live source, instead of slowing down.")
@click.option("--no-display", is_flag=True, help="No window: analyse as fast as possible and print a summary.")
@click.option("--json", "as_json", is_flag=True, help="Print the summary as JSON (with --no-display).")
@click.option("--panel/--no-panel", default=True, show_default=True, help="Show the pulse of the class beside the picture.")
@click.option("--blur", is_flag=True, help="Make faces unrecognisable, in what is recorded too.")
@click.option("--details", is_flag=True, help="Show all seven emotions of each face, and how long everything takes.")
@click.option("--mirror", is_flag=True, help="Show the picture as in a mirror.")
@click.option("--fullscreen", is_flag=True, help="Fill the screen.")
@click.option(
    "--snapshots",
    type=PATH,
    default=Path(),
    metavar="DIR",
    help="Folder for snapshots. [default: .]",
)
@click.option(
    "--log",
    type=PATH,
    metavar="FILE",
    help="Write a new CSV file as it goes: time, place, label and probabilities of each face, whenever faces are read.",
)
@click.option(
    "--record",
    type=PATH,
    metavar="FILE",
    help="Write a new video (.mp4, .mkv or .avi) of what the window shows, or would show, without sound.",
)
@click.option(
    "--config",
    type=PATH,
    callback=use_config,
    is_eager=True,
    expose_value=False,
    metavar="FILE",
    help="Options from a TOML file, where neither the command line nor the environment has them.",
)
@analysis_options
@click.pass_context
def cli(ctx: click.Context, /, **options: Any) -> None:
    """Find every face in a video, label its emotion, and show both live.

    Without options it opens camera 0. In the window, h shows what the keys do, q or Esc quits.
    """
    set_up_logging(options.pop("verbose"))
    for line in unknown_variables(ctx.command):
        click.echo(line, err=True)
    if ctx.invoked_subcommand is None:
        _monitor(ctx, **options)
    elif misplaced := given(ctx) - {"--config"}:
        raise click.UsageError(f"{', '.join(sorted(misplaced))}: must follow the command's name, or stand without a command")


def _monitor(
    ctx: click.Context,
    camera: str | None,
    video: str | None,
    stream: str | None,
    screen: str | None,
    no_display: bool,
    as_json: bool,
    panel: bool,
    blur: bool,
    details: bool,
    mirror: bool,
    fullscreen: bool,
    snapshots: Path,
    log: Path | None,
    record: Path | None,
    **options: Any,
) -> None:
    written = given(ctx)
    chosen = one_of(ctx, SOURCES, "choose one source") or "camera"
    with naming_variables(ctx, *SOURCES):
        refuse_what_other_sources_take(written, chosen)
    with naming_variables(ctx, "no_display"):
        _refuse_what_other_outputs_take(written, no_display=no_display, recorded=record is not None)
    from live_monitor.overlay.view import View

    settings = settings_of(**options)
    with naming_variables(ctx, chosen):
        values = {"camera": camera or "0", "video": video, "stream": stream, "screen": screen}
        source = source_of(chosen, values[chosen], settings)
    if log is not None and record is not None and log.absolute() == record.absolute():
        raise UsageError(f"--log and --record: both name {log}; give each a file of its own")
    view = View(panel=panel, blur=blur, details=details, mirror=mirror)
    live = source.live or settings.realtime
    with _log(log, settings.read_every_s, live=live) as opened_log, _recording(record, live=live) as recording:
        if no_display:
            _analyse_without_window(source, settings, view, opened_log, recording, as_json)
        else:
            from live_monitor.session.outputs import Outputs

            title = Path(source.name).name if chosen == "video" else source.name
            _watch(source, settings, view, Outputs(opened_log, recording), title, snapshots, fullscreen=fullscreen)


def _refuse_what_other_outputs_take(written: set[str], *, no_display: bool, recorded: bool) -> None:
    if not no_display:
        if "--json" in written:
            raise UsageError("--json goes with --no-display")
        return
    if shown := sorted({"--fullscreen", "--snapshots"} & written):
        raise UsageError(f"{' and '.join(shown)}: for the window, which --no-display leaves out")
    if not recorded and (drawn := sorted({"--blur", "--details", "--mirror"} & written)):
        raise UsageError(f"{' and '.join(drawn)}: for a picture, and --no-display shows none; record one with --record FILE")


def _log(path: Path | None, every_s: float, *, live: bool) -> contextlib.AbstractContextManager[Log | None]:
    if path is None:
        return contextlib.nullcontext()
    from live_monitor.session.log import Log

    return Log(path, every_s, live=live)


def _recording(path: Path | None, *, live: bool) -> contextlib.AbstractContextManager[Recording | None]:
    if path is None:
        return contextlib.nullcontext()
    from live_monitor.session.recording import Recording

    return Recording(path, live=live)


def _watch(
    source: Source,
    settings: Settings,
    view: View,
    outputs: Outputs,
    title: str,
    snapshots: Path,
    *,
    fullscreen: bool,
) -> None:
    from live_monitor.app import make_pipeline
    from live_monitor.files.opencv_path import printable
    from live_monitor.monitor.monitor import Monitor
    from live_monitor.overlay.display import when_display_goes
    from live_monitor.overlay.window import Window
    from live_monitor.session.summary import Summary

    window = Window(printable(f"Live Monitor - {title}"))
    pipeline = make_pipeline(source, settings, shown=True, blur=view.blur)
    summary = Summary(source.name, live=pipeline.newest_wins)
    monitor = Monitor(
        pipeline,
        window,
        settings.ignore,
        view=view,
        snapshots=snapshots,
        outputs=outputs,
        summary=summary,
        fullscreen=fullscreen,
    )
    try:
        with when_display_goes(functools.partial(end_without_display, outputs, summary)):
            monitor.run()
    except BaseException:
        if outputs.failure:
            click.echo(printable(outputs.failure), err=True)
        raise
    finally:
        print_summary(summary, as_json=False)
    if outputs.failure:
        raise OutputError(outputs.failure)


def _recorder(recording: Recording, settings: Settings, view: View, *, live: bool) -> Callable[[FrameResult], None]:
    from live_monitor.overlay.live_view import LiveView
    from live_monitor.session.recording import LiveViewRecorder

    return LiveViewRecorder(recording, LiveView(settings.ignore, live=live), view).add


def _analyse_without_window(
    source: Source, settings: Settings, view: View, log: Log | None, recording: Recording | None, as_json: bool
) -> None:
    from live_monitor.app import make_pipeline, results
    from live_monitor.session.summary import Summary

    pipeline = make_pipeline(source, settings, shown=False, blur=view.blur)
    summary = Summary(source.name, live=pipeline.newest_wins)
    sinks: list[Callable[[FrameResult], None]] = [summary.add]
    if log is not None:
        sinks.append(log.add)
    if recording is not None:
        sinks.append(_recorder(recording, settings, view, live=pipeline.newest_wins))
    try:
        analysed = results(pipeline, source.name)
        with progress_bar("Analysing", source) as advance, contextlib.closing(analysed):
            for result in analysed:
                for add in sinks:
                    add(result)
                advance(1)
    finally:
        print_summary(summary, as_json=as_json)
    warn_if_short(source)
