"""The README and the pages that it links to, compared with the program."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import click
import pytest

from live_monitor import app
from live_monitor.capture.capture import RECONNECT_DELAYS_S
from live_monitor.capture.screen import DEFAULT_FPS
from live_monitor.capture.web_video import READ_TIMEOUT_MS
from live_monitor.cli import cli
from live_monitor.evaluation.faces.evaluate import SMALLEST_PX
from live_monitor.overlay.panel import SPANS_S
from live_monitor.pulse.pulse import MEAN_S
from live_monitor.session.disk_thread import STUCK_S
from live_monitor.session.recording import LIVE_FPS, LONGEST_LIVE_STILL_S, LONGEST_STILL_S, MAX_FPS, MIN_FPS, MIN_FREE_BYTES
from live_monitor.settings import Settings
from live_monitor.track.tracker import HOME_S

ROOT = Path(__file__).parents[1]
README = ROOT / "README.md"
TRAINING = ROOT / "live_monitor" / "training" / "README.md"
PAGES = [README, ROOT / "models" / "README.md", ROOT / "cascades" / "README.md", *sorted(ROOT.glob("live_monitor/*/README.md"))]

every_page = pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT).parent))


def text(page: Path) -> str:
    return page.read_text(encoding="utf-8")


def test_ci_runs_the_readmes_test_command() -> None:
    in_ci = re.search(r"# test command\n(.+)\n# end", text(ROOT / ".ci" / "run"))
    assert in_ci is not None
    assert f"```sh\n{in_ci[1]}\n```" in text(README)


def real_options(command: click.Command) -> set[str]:
    return {name for param in command.params if isinstance(param, click.Option) for name in param.opts + param.secondary_opts}


def written_options(page: Path, heading: str) -> set[str]:
    """The options in the table under a heading."""
    section = re.split(r"^##", text(page).split(f"\n{heading}\n")[1], maxsplit=1, flags=re.MULTILINE)[0]
    rows = [line.split("|")[1].replace("\\", "") for line in section.replace("\\|", "/").splitlines() if line.startswith("| `-")]
    return {name for row in rows for name in re.findall(r"(?<!\w)-{1,2}[a-z][a-z-]*", row)}


def test_the_table_of_options_has_every_option_and_no_others() -> None:
    assert written_options(README, "## Use") == real_options(cli) | {"-h", "--help"}


@pytest.mark.parametrize(
    ("sentence", "numbers", "values"),
    [
        ("the run ends after 30 seconds of silence", (app.GIVE_UP_S,), (30,)),
        ("is reopened automatically, after 0.5 to 8 seconds", (RECONNECT_DELAYS_S[0], RECONNECT_DELAYS_S[-1]), (0.5, 8)),
        ("or nothing arrives for 15 seconds", (READ_TIMEOUT_MS,), (15_000,)),
        ("read the screen; at least 1 | the camera's own; 30 |", (DEFAULT_FPS,), (30,)),
        ("five times a second (`--read-every`), and the probabilities of each", (Settings().read_every_s,), (0.2,)),
        ("are averaged over half a second (`--smooth`)", (Settings().smooth,), (0.5,)),
        ("comes back to the same tile within a minute", (HOME_S,), (60,)),
        ("as means over ten seconds", (MEAN_S,), (10,)),
        ("the last 30 seconds at first, growing to five minutes", (SPANS_S[0], SPANS_S[-1]), (30, 300)),
        (
            "from 5 to 60; that of a live source, or with `--realtime`, has 30 frames",
            (MIN_FPS, MAX_FPS, LIVE_FPS),
            (5, 60, 30),
        ),
        ("more than ten seconds (two with a live source or `--realtime`)", (LONGEST_STILL_S, LONGEST_LIVE_STILL_S), (10, 2)),
        ("When less than 16 MB is left", (MIN_FREE_BYTES,), (16e6,)),
        ("A disk that does not answer for ten seconds", (STUCK_S,), (10,)),
        ("for faces of 20 px and up", (SMALLEST_PX,), (20,)),
    ],
)
def test_numbers_in_the_readme_are_those_of_the_program(
    sentence: str, numbers: tuple[float, ...], values: tuple[float, ...]
) -> None:
    assert sentence in " ".join(text(README).split())
    assert numbers == values


@pytest.mark.parametrize(
    ("heading", "command"), [("## Train an emotion model", "train"), ("## Train a detector", "train-detector")]
)
def test_the_options_for_training_exist(heading: str, command: str) -> None:
    written = written_options(TRAINING, heading)
    assert written
    assert written <= real_options(cli.commands[command])


def anchors(page: Path) -> set[str]:
    """The names by which links reach the headings of a page."""
    headings = re.findall(r"^#+ (.+)$", text(page), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", heading).lower().replace(" ", "-") for heading in headings}


@every_page
def test_every_picture_and_page_that_is_linked_exists(page: Path) -> None:
    for target in re.findall(r"\]\(([^)]+)\)", text(page)):
        name, _, anchor = target.partition("#")
        assert (page.parent / name).is_file(), target
        assert not anchor or anchor in anchors(page.parent / name), target


def test_the_readme_links_to_every_other_page() -> None:
    linked = {README, *((ROOT / name).resolve() for name in re.findall(r"\]\(([^)#]+\.md)", text(README)))}
    assert linked >= {page for page in PAGES if page.parent.name != "cascades"}


@every_page
def test_every_command_exists(page: Path) -> None:
    used = set(re.findall(r"^live-monitor ([a-z][a-z-]*)", text(page), re.MULTILINE))
    assert used <= set(cli.commands)


def test_the_readme_shows_every_command() -> None:
    shown = set(re.findall(r"live-monitor ([a-z][a-z-]*)", text(README)))
    assert shown >= set(cli.commands)


def written_commands() -> list[str]:
    """What follows the program's name in every line of a page that runs it, without comments."""
    lines = [line for page in PAGES for line in text(page).replace("\\\n", " ").splitlines()]
    runs = (re.fullmatch(r"(?:KERAS_BACKEND=jax )?live-monitor( [^#]*)?(#.*)?", line) for line in lines)
    return sorted({(run[1] or "").strip() for run in runs if run})


@pytest.mark.parametrize("written", written_commands())
def test_every_command_shown_has_valid_arguments(written: str) -> None:
    command: click.Command = cli
    arguments = shlex.split(written)
    while isinstance(command, click.Group) and arguments and arguments[0] in command.commands:
        command = command.commands[arguments.pop(0)]
    command.make_context("live-monitor", arguments)
