"""The command line in a process of its own, and small videos for it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import cv2
import pytest

from tests.conftest import Outcome, Run
from tests.fakes import drawn_portrait, write_clip


@pytest.fixture
def run_apart(tmp_path: Path) -> Run:
    """Runs it in a process of its own, in an empty folder."""

    def run_apart(*arguments: str | Path) -> Outcome:
        command = [sys.executable, "-m", "live_monitor", *map(str, arguments)]
        done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
        return Outcome(done.returncode, done.stdout, done.stderr)

    return run_apart


@pytest.fixture
def clip(tmp_path: Path) -> Path:
    return write_clip(tmp_path / "clip.avi", [20, 60, 100, 140, 180])


@pytest.fixture
def portrait_clip(tmp_path: Path) -> Path:
    """Five frames with a drawn face."""
    path = tmp_path / "portrait.avi"
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"MJPG"), 25, (320, 240))
    for _ in range(5):
        writer.write(drawn_portrait())
    writer.release()
    return path


def last_line(text: str) -> str:
    return text.rstrip("\n").splitlines()[-1]
