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


def test_the_table_of_options_is_complete_and_has_no_other() -> None:
    real = {name for param in cli.params if isinstance(param, click.Option) for name in param.opts + param.secondary_opts} | {
        "-h",
        "--help",
    }
    rows = [line.split("|")[1].replace("\\", "") for line in README.replace("\\|", "/").splitlines() if line.startswith("| `-")]
    written = {name for row in rows for name in re.findall(r"(?<!\w)-{1,2}[a-z][a-z-]*", row)}
    assert written == real


def test_every_picture_of_the_readme_is_there() -> None:
    pictures = re.findall(r"!\[[^]]*\]\(([^)]+)\)", README)
    assert pictures
    assert all((ROOT / picture).is_file() for picture in pictures)


def test_every_command_of_the_readme_exists() -> None:
    used = set(re.findall(r"^live-monitor ([a-z][a-z-]*)", README, re.MULTILINE))
    assert used
    assert used <= set(cli.commands)
