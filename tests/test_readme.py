"""What the README says is so."""

from __future__ import annotations

import re
from pathlib import Path

import click

from live_monitor.cli import cli

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def test_ci_runs_the_readmes_test_command() -> None:
    in_ci = re.search(r"# test command\n(.+)\n# end", (ROOT / ".ci" / "run").read_text(encoding="utf-8"))
    assert in_ci is not None
    assert f"```sh\n{in_ci[1]}\n```" in README


def real_options(command: click.Command) -> set[str]:
    return {name for param in command.params if isinstance(param, click.Option) for name in param.opts + param.secondary_opts}


def written_options(heading: str) -> set[str]:
    """The options in the table under a heading."""
    section = re.split(r"^##", README.split(f"\n{heading}\n")[1], maxsplit=1, flags=re.MULTILINE)[0]
    rows = [line.split("|")[1].replace("\\", "") for line in section.replace("\\|", "/").splitlines() if line.startswith("| `-")]
    return {name for row in rows for name in re.findall(r"(?<!\w)-{1,2}[a-z][a-z-]*", row)}


def test_the_table_of_options_is_complete_and_has_no_other() -> None:
    assert written_options("## Use") == real_options(cli) | {"-h", "--help"}


def test_the_options_for_training_a_detector_exist() -> None:
    written = written_options("### Train a detector")
    assert written
    assert written <= real_options(cli.commands["train-detector"])


def test_every_picture_of_the_readme_is_there() -> None:
    pictures = re.findall(r"!\[[^]]*\]\(([^)]+)\)", README)
    assert pictures
    assert all((ROOT / picture).is_file() for picture in pictures)


def test_every_command_of_the_readme_exists() -> None:
    used = set(re.findall(r"^live-monitor ([a-z][a-z-]*)", README, re.MULTILINE))
    assert used
    assert used <= set(cli.commands)
