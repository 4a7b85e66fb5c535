"""What the command line does not load."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

HEAVY = {"cv2", "numpy", "tensorflow", "keras", "ai_edge_litert", "urllib.request"}

pytestmark = pytest.mark.usefixtures("plain_environment")


def modules_after(*arguments: str, cwd: Path, code: int = 0) -> set[str]:
    """The heavy modules loaded by a run that ends with this exit code."""
    program = (
        f"import sys; from live_monitor.cli.entry import _run; assert _run({list(arguments)!r}) == {code}; "
        "print(*sys.modules, sep='\\n')"
    )
    done = subprocess.run([sys.executable, "-c", program], cwd=cwd, capture_output=True, text=True, check=True)
    return HEAVY & set(done.stdout.splitlines())


@pytest.mark.parametrize(
    "arguments",
    [
        ["--help"],
        ["-h"],
        ["--version"],
        ["bench", "--help"],
        ["train", "--help"],
        ["data", "--help"],
        ["models", "pull", "--help"],
        ["evaluate-detector", "--help"],
        ["report", "--help"],
    ],
    ids=" ".join,
)
def test_help_and_version_load_nothing_heavy(tmp_path: Path, arguments: list[str]) -> None:
    assert modules_after(*arguments, cwd=tmp_path) == set()


def test_analysis_on_the_cpu_does_not_load_tensorflow(portrait_clip: Path) -> None:
    loaded = modules_after("--no-display", "--video", str(portrait_clip), "--device", "cpu", cwd=portrait_clip.parent)
    assert loaded == {"cv2", "numpy", "ai_edge_litert"}


@pytest.mark.parametrize("command", ["train", "train-detector"])
@pytest.mark.parametrize("run", ["used", "free"])
def test_training_without_data_or_in_a_used_folder_ends_before_tensorflow_is_loaded(
    tmp_path: Path, command: str, run: str
) -> None:
    (tmp_path / "used").mkdir()
    (tmp_path / "used" / "settings.json").touch()
    loaded = modules_after(command, "nowhere", "--out", run, cwd=tmp_path, code=2)
    assert not loaded & {"tensorflow", "keras"}


def test_a_batch_size_larger_than_the_data_ends_before_tensorflow_is_loaded(tmp_path: Path, fer2013: Path) -> None:
    loaded = modules_after("train", str(fer2013), "--out", "run", "--batch-size", "999", cwd=tmp_path, code=2)
    assert not loaded & {"tensorflow", "keras"}


@pytest.mark.parametrize("command", ["train", "train-detector"])
def test_resuming_with_other_settings_ends_before_tensorflow_is_loaded(tmp_path: Path, fer2013: Path, command: str) -> None:
    (tmp_path / "run").mkdir()
    (tmp_path / "run" / "settings.json").write_text('{"seed": 1}', encoding="utf-8")
    loaded = modules_after(command, str(fer2013), "--out", "run", "--resume", cwd=tmp_path, code=2)
    assert not loaded & {"tensorflow", "keras"}
