"""Commands that list cameras, screens, models and detectors, or fetch a detector that does not ship."""

from __future__ import annotations

from pathlib import Path

import click

from live_monitor.cli.monitor import cli
from live_monitor.cli.options import PATH, TEXT, VERBOSE, given, set_up_logging
from live_monitor.cli.progress import bytes_bar, progress_bar


@cli.command()
@VERBOSE
def cameras(verbose: bool) -> None:
    """List the cameras of this machine, with resolution and frame rate."""
    set_up_logging(verbose)
    from live_monitor.capture.cameras import list_cameras

    found = list_cameras()
    for camera in found:
        click.echo(str(camera))
    if not found:
        click.echo("No camera found: plug one in, close programs that use it, or check the camera permission.")


@cli.command()
@VERBOSE
def screens(verbose: bool) -> None:
    """List the screens of this machine, as --screen takes them."""
    set_up_logging(verbose)
    from live_monitor.capture.screen import list_screens

    for number, area in enumerate(list_screens()):
        where = f"at {area.left},{area.top}" if number else "all together"
        click.echo(f"--screen {number}: {area.width}x{area.height}, {where}")


@cli.group(invoke_without_command=True)
@click.option("--verify", is_flag=True, help="Compare every file with its checksum, and every card's labels with the program's.")
@click.option(
    "--data",
    type=PATH,
    metavar="FER2013",
    help="With --verify: measure again the accuracy that the cards give.",
)
@click.option("--votes", type=PATH, metavar="FILE", help="With --data: FER+'s fer2013new.csv, for the agreement too.")
@VERBOSE
@click.pass_context
def models(ctx: click.Context, verify: bool, data: Path | None, votes: Path | None, verbose: bool) -> None:
    """List the emotion models and detectors there are, or pull one that does not ship with the program."""
    set_up_logging(verbose)
    if ctx.invoked_subcommand is not None:
        if given(ctx):
            raise click.UsageError(f"{', '.join(sorted(given(ctx)))}: must follow the command's name, or stand without a command")
    elif verify:
        _verify(data, votes)
    elif given(ctx) & {"--data", "--votes"}:
        raise click.UsageError("--data and --votes go with --verify")
    else:
        from live_monitor.inventory.inventory import as_table, inventory

        click.echo(as_table(inventory()))


def _verify(data: Path | None, votes: Path | None) -> None:
    from live_monitor.classify.card import load_card, shipped_models
    from live_monitor.inventory.inventory import verify_files

    if votes is not None and data is None:
        raise click.UsageError("--votes goes with --data")
    for name in verify_files():
        click.echo(f"{name}: checksums are right")
    if data is None:
        return
    from live_monitor.evaluation.emotions.facts import looks, verify_facts

    cards = [load_card(name) for name in shipped_models()]
    with progress_bar("Measuring", sum(looks(card) for card in cards)) as advance:
        for card in cards:
            splits = " and ".join(verify_facts(card, data, votes, advance))
            click.echo(f"{card.name}: {f'accuracy on {splits} is right' if splits else 'its card gives no accuracy'}")


@models.command()
@click.argument("name")
@click.option(
    "--from", "source", type=TEXT, metavar="FILE|URL",
    help="Take it from here: a file that you brought, or a mirror. [default: its publisher's URL]",
)  # fmt: skip
@VERBOSE
def pull(name: str, source: str | None, verbose: bool) -> None:
    """Fetch NAME once from the network, check it, and keep it in your cache."""
    set_up_logging(verbose)
    from live_monitor.files.download import installed
    from live_monitor.inventory.pull import named_download
    from live_monitor.inventory.pull import pull as pull_file

    download = named_download(name)
    if source is None and (path := installed(download)):
        click.echo(f"{path}: already there, and its checksum is right")
        return
    with bytes_bar(f"Pulling {name}", download.size_bytes) as advance:
        path = pull_file(download, source, advance)
    click.echo(f"{path}: checked; use it with --detector {download.name} ({download.licence} licence)")
