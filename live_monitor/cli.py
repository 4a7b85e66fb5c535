"""The command line. Only this module prints and exits, and it imports what a command needs inside that command."""

from __future__ import annotations

import contextlib
import json
import logging
import os
import signal
import sys
import threading
import traceback
from collections.abc import Callable, Iterator
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Any, NoReturn, TypeVar

import click

from live_monitor.errors import LiveMonitorError, OutputError, UsageError
from live_monitor.quiet import silence_libraries, silent_stderr

if TYPE_CHECKING:
    from live_monitor.capture.source import Source
    from live_monitor.detect.zones import Zone
    from live_monitor.settings import Settings

F = TypeVar("F", bound=Callable[..., Any])

EXIT_UNEXPECTED = 1
EXIT_SIGNAL = 128
"""Plus the number of the signal: 130 for Ctrl-C, 143 for SIGTERM."""


class Stopped(BaseException):
    """SIGINT or SIGTERM arrived; raised on the main thread, so that everything open is closed on the way out.

    Not a KeyboardInterrupt: click would make 130 of every one.
    """

    def __init__(self, signal_number: int) -> None:
        super().__init__(signal_number)
        self.exit_code = EXIT_SIGNAL + signal_number


def parse_size(_ctx: click.Context, _param: click.Parameter, value: str | None) -> tuple[int, int] | None:
    """WIDTHxHEIGHT in pixels, as in 1280x720."""
    if value is None:
        return None
    width, _, height = value.lower().partition("x")
    if not (width.isdecimal() and height.isdecimal()):
        raise click.BadParameter(f"{value!r} is not WIDTHxHEIGHT, such as 1280x720")
    return int(width), int(height)


def parse_every(_ctx: click.Context, _param: click.Parameter, value: str) -> int | None:
    """A number from 1, or "auto", which is None."""
    if value == "auto":
        return None
    if not value.isdecimal() or int(value) < 1:
        raise click.BadParameter(f"{value!r} is neither auto nor a number from 1")
    return int(value)


def parse_zones(_ctx: click.Context, _param: click.Parameter, values: tuple[str, ...]) -> tuple[Zone, ...]:
    """Each x,y,w,h in fractions of the picture."""
    if not values:
        return ()
    from live_monitor.detect.zones import Zone

    return tuple(map(Zone.parse, values))


def analysis_options(command: F) -> F:
    """The options that every command which analyses pictures shares."""
    options = (
        click.option(
            "--detector", type=click.Choice(("auto", "facegrid", "yunet", "haar")), default="auto", show_default=True,
            help="facegrid: our network; yunet: a better one (get it with: live-monitor models pull yunet); haar: a cascade; "
            "auto: yunet if it is there, else facegrid.",
        ),
        click.option(
            "--detector-model", type=click.Path(path_type=Path), metavar="DIR|FILE",
            help="A network of your own: a folder that train-detector made, or a YuNet as ONNX."
        ),
        click.option(
            "--detect-every", callback=parse_every, default="auto", show_default=True, metavar="N|auto",
            help="Look for faces in every N-th frame and follow them between; auto: as often as the source leaves time for.",
        ),
        click.option(
            "--min-face", type=click.IntRange(min=1), metavar="PX",
            help="Smallest face to find, in pixels of the full frame; a smaller one is slower. [default: chosen by the picture]",
        ),
        click.option(
            "--ignore", multiple=True, callback=parse_zones, metavar="X,Y,W,H",
            help="A part of the picture to leave out, in fractions of its width and height; may be repeated.",
        ),
        click.option("--profile", is_flag=True, help="Find faces seen from the side too, with the cascade (slower)."),
        click.option(
            "--cascade", type=click.Path(path_type=Path), metavar="FILE", help="A cascade of your own for frontal faces."
        ),
        click.option(
            "--model", metavar="NAME|DIR", help="Emotion model: a shipped one or a folder with a card. [default: custom-cnn]"
        ),
        click.option(
            "--device", type=click.Choice(("auto", "cpu", "gpu")), default="auto", show_default=True,
            help="cpu: LiteRT; gpu: TensorFlow; auto: the GPU if there is one.",
        ),
        click.option("-v", "--verbose", is_flag=True, help="Say what is used, and show full tracebacks."),
    )  # fmt: skip
    for option in reversed(options):
        command = option(command)
    return command


@click.group(
    invoke_without_command=True,
    context_settings={"help_option_names": ["-h", "--help"], "auto_envvar_prefix": "LIVE_MONITOR", "max_content_width": 110},
)
@click.version_option(package_name="live-monitor", prog_name="live-monitor")
@click.option("--camera", metavar="N|PATH", help="Camera by number or device path. [default: 0]")
@click.option("--video", type=click.Path(path_type=Path), metavar="FILE", help="Video file.")
@click.option("--stream", metavar="URL", help="Network stream (RTSP, HTTP, TCP, ...).")
@click.option("--size", callback=parse_size, metavar="WxH", help="Picture size to ask the camera for.")
@click.option(
    "--fps", type=click.FloatRange(min=0, max=1000, min_open=True), metavar="N", help="Frame rate to ask the camera for."
)
@click.option("--realtime", is_flag=True, help="Drop late frames of a video, as of a live source, instead of slowing down.")
@click.option("--no-display", is_flag=True, help="No window: analyse as fast as possible and print a summary.")
@click.option(
    "--json", "as_json", is_flag=True, envvar="LIVE_MONITOR_JSON", help="Print the summary as JSON (with --no-display)."
)
@analysis_options
@click.pass_context
def cli(ctx: click.Context, /, **options: Any) -> None:
    """Find every face in a video, label its emotion, and show both live.

    Without options it opens camera 0. In the window, q or Esc quits.
    """
    _set_up_logging(options.pop("verbose"))
    if ctx.invoked_subcommand is None:
        _monitor(ctx, **options)
    elif _given(ctx):
        raise click.UsageError(f"{', '.join(sorted(_given(ctx)))}: goes after the command's name, or without a command")


@cli.command()
@click.argument("video", type=click.Path(path_type=Path))
@click.option("--realtime", is_flag=True, help="Play the file as a live source; adds the age of results and dropped frames.")
@click.option("--json", "as_json", is_flag=True, envvar="LIVE_MONITOR_BENCH_JSON", help="Print the report as JSON.")
@analysis_options
def bench(video: Path, as_json: bool, verbose: bool, **options: Any) -> None:
    """Measure decoding, analysis, memory and start-up on a VIDEO, without a window."""
    _set_up_logging(verbose)
    from live_monitor import bench as benchmark
    from live_monitor.capture.video_file import VideoFile

    settings, file = _settings(**options), VideoFile(video)
    with _progress("Measuring", file, passes=2) as advance:
        report = benchmark.bench(file, settings, advance)
    click.echo(json.dumps(report, indent=2) if as_json else benchmark.as_table(report))


@cli.command("evaluate-detector")
@click.argument("faces", type=click.Path(path_type=Path))
@click.option("--detector", "names", multiple=True, metavar="NAME", help="Detector to evaluate, again for more. [default: all]")
@click.option(
    "--detector-model",
    "model",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="A YuNet of your own, as ONNX. [default: the pulled one]",
)
@click.option(
    "--pictures", type=click.Path(path_type=Path), metavar="DIR", help="Folder of the pictures. [default: that of FACES]"
)
@click.option(
    "--side",
    type=click.IntRange(32, 8192),
    metavar="PX",
    help="Longest side of the picture that is searched, enlarged or reduced. [default: as live view would choose]",
)
@click.option(
    "--smallest",
    "smallest_px",
    type=click.IntRange(min=1),
    default=20,
    show_default=True,
    metavar="PX",
    help="Shorter side of the smallest face that counts.",
)
@click.option(
    "--misses",
    type=click.Path(path_type=Path),
    metavar="DIR",
    help="Write pictures of what was missed and what was false: of each detector the 100 worst.",
)
@click.option("--json", "as_json", is_flag=True, envvar="LIVE_MONITOR_EVALUATE_DETECTOR_JSON", help="Print the report as JSON.")
@click.option("-v", "--verbose", is_flag=True, help="Show full tracebacks.")
def evaluate_detector(
    faces: Path,
    names: tuple[str, ...],
    model: Path | None,
    pictures: Path | None,
    side: int | None,
    smallest_px: int,
    misses: Path | None,
    as_json: bool,
    verbose: bool,
) -> None:
    """Measure how well detectors find the faces that people marked (FACES: a JSON list, or a file of WIDER FACE)."""
    _set_up_logging(verbose)
    from live_monitor.evaluation import report
    from live_monitor.evaluation.annotations import load_annotations
    from live_monitor.evaluation.detectors import candidates
    from live_monitor.evaluation.evaluate import evaluate
    from live_monitor.evaluation.misses import make_folders, write_misses

    marked, detectors = load_annotations(faces, pictures), candidates(names, side, model)
    if misses is not None:
        make_folders(misses, [detector.name for detector in detectors])
    with _progress("Evaluating", len(marked)) as advance:
        evaluation = evaluate(detectors, marked, advance, smallest_px)
    result = report.as_json(evaluation)
    click.echo(json.dumps(result, indent=2) if as_json else report.as_table(result))
    if evaluation.skipped:
        click.echo(report.skipped(evaluation), err=True)
    if misses is not None:
        write_misses(evaluation, misses)


@cli.command()
@click.argument("data", type=click.Path(path_type=Path))
@click.option(
    "--out", type=click.Path(path_type=Path), required=True, metavar="DIR", help="Folder of the run; its model/ is a model."
)
@click.option("--arch", default="custom-cnn", show_default=True, help="Network to train.")
@click.option("--epochs", type=click.IntRange(min=1), default=50, show_default=True)
@click.option("--batch-size", type=click.IntRange(min=1), default=32, show_default=True)
@click.option("--learning-rate", type=click.FloatRange(min=0, min_open=True), default=1e-3, show_default=True)
@click.option("--precision", type=click.Choice(("float32", "bfloat16")), default="float32", show_default=True)
@click.option("--seed", type=int, default=0, show_default=True)
@click.option("--resume", is_flag=True, help="Go on with a run that was stopped.")
@click.option("--private-test", is_flag=True, help="Measure PrivateTest too: once, when every choice is made.")
@click.option("-v", "--verbose", is_flag=True, help="Show full tracebacks.")
def train(data: Path, out: Path, resume: bool, private_test: bool, verbose: bool, **recipe: Any) -> None:
    """Train a network on FER2013 (DATA: its folder, its zip or fer2013.csv) and make a model of it."""
    _set_up_logging(verbose)
    with silent_stderr():  # TensorFlow greets on import
        from live_monitor.training.export import export
        from live_monitor.training.train import Recipe
        from live_monitor.training.train import train as train_network

    try:
        trained = train_network(data, out, Recipe(**recipe), resume=resume)
    except Stopped:
        click.echo(f"{out}: stopped; the same command with --resume goes on", err=True)
        raise
    card = export(trained, data, out / "model", private_test=private_test)
    click.echo(json.dumps(card["accuracy"], indent=2))
    click.echo(f"{out / 'model'}: ready, try it with --model {out / 'model'}")


@cli.command("train-detector")
@click.argument("data", type=click.Path(path_type=Path))
@click.option(
    "--out", type=click.Path(path_type=Path), required=True, metavar="DIR", help="Folder of the run; its model/ is a detector."
)
@click.option("--steps", type=click.IntRange(min=1), default=20000, show_default=True, help="Batches to train on.")
@click.option("--minutes", type=click.FloatRange(min=0, min_open=True), help="End after so long, even if that is fewer steps.")
@click.option("--batch-size", type=click.IntRange(min=1), default=16, show_default=True)
@click.option("--learning-rate", type=click.FloatRange(min=0, min_open=True), default=2e-3, show_default=True)
@click.option("--precision", type=click.Choice(("float32", "bfloat16")), default="bfloat16", show_default=True)
@click.option("--seed", type=int, default=0, show_default=True)
@click.option("--resume", is_flag=True, help="Go on with a run that was stopped.")
@click.option("-v", "--verbose", is_flag=True, help="Show full tracebacks.")
def train_detector(data: Path, out: Path, resume: bool, verbose: bool, **recipe: Any) -> None:
    """Train the face detector facegrid on pictures with boxes (DATA: a folder laid out as the README says)."""
    _set_up_logging(verbose)
    with silent_stderr():  # TensorFlow greets on import
        from live_monitor.training.faces.export import export
        from live_monitor.training.faces.run import Recipe
        from live_monitor.training.faces.train import train as train_network

    try:
        trained = train_network(data, out, Recipe(**recipe), resume=resume, say=_tell)
    except Stopped:
        click.echo(f"{out}: stopped; the same command with --resume goes on", err=True)
        raise
    card = export(trained, data, out / "model")
    click.echo(json.dumps({key: card[key] for key in ("threshold", "measured")}, indent=2))
    click.echo(f"{out / 'model'}: ready, try it with --detector-model {out / 'model'}")


def _tell(line: str) -> None:
    """Says how it goes, to people: what a command is asked for goes to stdout."""
    click.echo(line, err=True)


@cli.command()
def cameras() -> None:
    """List the cameras of this machine, with resolution and frame rate."""
    from live_monitor.capture.cameras import list_cameras

    found = list_cameras()
    for camera in found:
        click.echo(str(camera))
    if not found:
        click.echo("No camera found: plug one in, close programs that use it, or check the camera permission.")


@cli.group(invoke_without_command=True)
@click.option("-v", "--verbose", is_flag=True, help="Show full tracebacks.")
@click.pass_context
def models(ctx: click.Context, verbose: bool) -> None:
    """List the emotion models and detectors there are, or pull one that does not ship with the program."""
    _set_up_logging(verbose)
    if ctx.invoked_subcommand is None:
        from live_monitor.inventory import as_table, inventory

        click.echo(as_table(inventory()))
    elif _given(ctx):
        raise click.UsageError("--verbose: goes after the command's name, or without a command")


@models.command()
@click.argument("name")
@click.option(
    "--from", "source", envvar="LIVE_MONITOR_MODELS_PULL_FROM", metavar="FILE|URL",
    help="Take it from here: a file that you brought, or a mirror. [default: its publisher's URL]",
)  # fmt: skip
@click.option("-v", "--verbose", is_flag=True, help="Show full tracebacks.")
def pull(name: str, source: str | None, verbose: bool) -> None:
    """Fetch NAME once from the network, check it, and keep it in your cache."""
    _set_up_logging(verbose)
    from live_monitor.download import installed
    from live_monitor.pull import named_download
    from live_monitor.pull import pull as pull_file

    download = named_download(name)
    if source is None and (path := installed(download)):
        click.echo(f"{path}: already there, and its checksum is right")
        return
    with _bytes_bar(f"Pulling {name}", download.size_bytes) as advance:
        path = pull_file(download, source, advance)
    click.echo(f"{path}: checked, used from now on ({download.licence} licence)")


@contextlib.contextmanager
def _bytes_bar(label: str, size_bytes: int) -> Iterator[Callable[[int], object]]:
    """A progress bar for people, on stderr; yields what is told of every piece that arrived."""
    if not sys.stderr.isatty():
        yield lambda _size: None
        return
    with click.progressbar(length=size_bytes, label=label, file=sys.stderr) as bar:
        yield bar.update


def main() -> NoReturn:
    """The entry point: runs the command line and exits with a code of the table in `live_monitor.errors`."""
    silence_libraries()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, _stop)
    _exit(_run(sys.argv[1:]))


def _run(arguments: list[str]) -> int:
    """Runs the command line; every way out ends here in an exit code, and every error in one line."""
    try:
        return cli.main(arguments, prog_name="live-monitor", standalone_mode=False) or 0
    except Stopped as stopped:
        return stopped.exit_code
    except click.exceptions.Abort:
        return EXIT_SIGNAL + signal.SIGINT
    except click.ClickException as error:
        return _report(f"{error.format_message()} (see live-monitor --help)", error.exit_code)
    except BrokenPipeError:
        return OutputError.exit_code
    except LiveMonitorError as error:
        return _report(str(error), error.exit_code)
    except ImportError as error:
        return _report(
            f"a package cannot be loaded: {error}; install live-monitor again, in a new virtual environment "
            "(libGL is in the system package libgl1)",
            UsageError.exit_code,
        )
    except Exception as error:  # a bug: still one line, and the way to learn more
        return _report(f"unexpected {type(error).__name__}: {error} (-v shows where)", EXIT_UNEXPECTED)


def _report(message: str, exit_code: int) -> int:
    if logging.getLogger().isEnabledFor(logging.INFO):
        traceback.print_exc()
    click.echo(f"Error: {message}", err=True)
    return exit_code


def _stop(signal_number: int, _frame: FrameType | None) -> None:
    # The second signal must not interrupt the closing that the first one began.
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)
    raise Stopped(signal_number)


def _exit(code: int) -> NoReturn:
    """Ends the process, also when a thread hangs in a read that never returns."""
    try:
        for stream in filter(None, (sys.stdout, sys.stderr)):  # there are none under pythonw
            stream.flush()
    except (BrokenPipeError, ValueError):
        os._exit(OutputError.exit_code)
    if threading.active_count() > 1:
        # The interpreter would unload OpenCV under the feet of a thread that is still inside it.
        os._exit(code)
    sys.exit(code)


def _set_up_logging(verbose: bool) -> None:
    logging.basicConfig(level=logging.INFO if verbose else logging.WARNING, format="%(message)s", stream=sys.stderr, force=True)


def _given(ctx: click.Context) -> set[str]:
    """The options that stand on the command line, as against those from the environment."""
    source = click.core.ParameterSource.COMMANDLINE
    return {param.opts[-1] for param in ctx.command.params if param.name and ctx.get_parameter_source(param.name) is source}


def _monitor(
    ctx: click.Context,
    camera: str | None,
    video: Path | None,
    stream: str | None,
    no_display: bool,
    as_json: bool,
    **options: Any,
) -> None:
    given = _given(ctx)
    values = {"--camera": camera, "--video": video, "--stream": stream}
    sources = [f"{option} {value}" for option, value in values.items() if option in given]
    if len(sources) > 1:
        raise UsageError(f"{' and '.join(sources)}: choose one source")
    if sources:  # one of the command line is stronger than another of the environment
        camera = camera if "--camera" in given else None
        video = video if "--video" in given else None
        stream = stream if "--stream" in given else None
    if (video or stream) and not given.isdisjoint(("--size", "--fps")):
        raise UsageError("--size and --fps are asked of a camera; a video or stream has its own")
    if video is None and "--realtime" in given:
        raise UsageError("--realtime is for --video; a camera or stream is always live")
    if "--json" in given and not no_display:
        raise UsageError("--json goes with --no-display")
    settings = _settings(**options)
    source = _source(camera or "0", video, stream, settings)
    if no_display:
        _analyse_without_window(source, settings, as_json)
    else:
        _watch(source, settings, title=video.name if video is not None else source.name)


def _source(camera: str, video: Path | None, stream: str | None, settings: Settings) -> Source:
    from live_monitor.capture.live import Camera, Stream
    from live_monitor.capture.video_file import VideoFile

    if video is not None:
        return VideoFile(video)
    return Stream(stream) if stream is not None else Camera(camera, settings.size, settings.fps)


def _watch(source: Source, settings: Settings, title: str) -> None:
    from live_monitor.app import make_pipeline
    from live_monitor.monitor import Monitor
    from live_monitor.overlay.window import Window

    Monitor(make_pipeline(source, settings, shown=True), Window(f"Live Monitor - {title}"), settings.ignore).run()


def _analyse_without_window(source: Source, settings: Settings, as_json: bool) -> None:
    from live_monitor.app import make_pipeline, results
    from live_monitor.summary import Summary

    summary = Summary(source.name)
    try:
        with _progress("Analysing", source) as advance:
            for result in results(make_pipeline(source, settings, shown=False), source.name):
                summary.add(result)
                advance(1)
    finally:
        # Also after Ctrl-C or a lost signal: what was analysed until then is told.
        if summary.frames:
            click.echo(json.dumps(summary.as_json(), indent=2) if as_json else summary.as_text())


@contextlib.contextmanager
def _progress(label: str, work: Source | int, passes: int = 1) -> Iterator[Callable[[int], object]]:
    """A progress bar for people, on stderr; yields what is told of every frame done.

    The work is a source, or a number of pictures. The bar appears with the first: only then a file has said how many it has.
    """
    from live_monitor.capture.video_file import VideoFile

    with contextlib.ExitStack() as stack:
        bar: Any = None

        def advance(frames: int) -> None:
            nonlocal bar
            total = work.claimed_frames if isinstance(work, VideoFile) else work if isinstance(work, int) else None
            if bar is None and total and sys.stderr.isatty():
                bar = stack.enter_context(click.progressbar(length=passes * total, label=label, file=sys.stderr))
            if bar is not None:
                bar.update(frames)

        yield advance


def _settings(**options: Any) -> Settings:
    from live_monitor.settings import Settings

    return Settings(**{name: value for name, value in options.items() if value is not None})
