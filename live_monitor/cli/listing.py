"""Commands that say what there is: cameras, models and detectors; and that fetch one which does not ship."""

from __future__ import annotations

import click

from live_monitor.cli.monitor import cli
from live_monitor.cli.options import given, set_up_logging
from live_monitor.cli.progress import bytes_bar


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
    set_up_logging(verbose)
    if ctx.invoked_subcommand is None:
        from live_monitor.inventory import as_table, inventory

        click.echo(as_table(inventory()))
    elif given(ctx):
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
    set_up_logging(verbose)
    from live_monitor.download import installed
    from live_monitor.pull import named_download
    from live_monitor.pull import pull as pull_file

    download = named_download(name)
    if source is None and (path := installed(download)):
        click.echo(f"{path}: already there, and its checksum is right")
        return
    with bytes_bar(f"Pulling {name}", download.size_bytes) as advance:
        path = pull_file(download, source, advance)
    click.echo(f"{path}: checked, used from now on ({download.licence} licence)")
