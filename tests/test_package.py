"""The wheel: built, installed into an empty folder, and run from another one."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from tests.fakes import write_clip

ROOT = Path(__file__).parents[1]
SHIPPED = ("live_monitor", "models", "cascades", "setup.cfg", "pyproject.toml", "README.md", "LICENSE")

pytestmark = pytest.mark.timeout(300)


def pip(*arguments: str | Path) -> None:
    done = subprocess.run([sys.executable, "-m", "pip", "--quiet", *arguments], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Built from a copy, so that nothing is left in the checkout."""
    source = tmp_path_factory.mktemp("source")
    for name in SHIPPED:
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, source / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(ROOT / name, source)
    pip("wheel", "--no-deps", "--wheel-dir", source / "wheels", source)
    [wheel] = (source / "wheels").glob("live_monitor-*.whl")
    return wheel


@pytest.fixture(scope="module")
def contents(wheel: Path) -> set[str]:
    with zipfile.ZipFile(wheel) as archive:
        return set(archive.namelist())


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that holds the package and nothing else."""
    target = tmp_path_factory.mktemp("installed")
    pip("install", "--no-deps", "--target", target, wheel)
    return target


def test_the_wheel_holds_the_page_that_a_command_refers_to(contents: set[str]) -> None:
    assert "live_monitor/training/README.md" in contents


def test_the_wheel_holds_every_module(contents: set[str]) -> None:
    modules = {path.relative_to(ROOT).as_posix() for path in (ROOT / "live_monitor").rglob("*.py")}
    assert modules <= contents


@pytest.mark.parametrize("name", ["card.json", "model.tflite", "model.weights.h5"])
def test_the_wheel_holds_every_file_of_every_model(contents: set[str], name: str) -> None:
    files = {f"live_monitor/models/{file.parent.name}/{name}" for file in (ROOT / "models").glob(f"*/{name}")}
    assert files
    assert files <= contents


def test_the_wheel_holds_the_cascades(contents: set[str]) -> None:
    files = {
        f"live_monitor/cascades/{file.name}" for file in (ROOT / "cascades").iterdir() if file.suffix in (".py", ".md", ".xml")
    }
    assert files <= contents


def test_the_wheel_says_that_the_package_is_typed(contents: set[str]) -> None:
    assert "live_monitor/py.typed" in contents


def test_the_wheel_holds_nothing_but_the_package(contents: set[str]) -> None:
    assert {name.split("/")[0].split("-")[0] for name in contents} == {"live_monitor"}


def test_the_installed_package_works_from_an_empty_folder(installed: Path, tmp_path: Path) -> None:
    clip = write_clip(tmp_path / "clip.avi", [20, 60, 100])
    (tmp_path / "empty").mkdir()
    done = subprocess.run(
        [sys.executable, "-m", "live_monitor", "--no-display", "--device", "cpu", "--video", str(clip)],
        cwd=tmp_path / "empty",
        env={**os.environ, "PYTHONPATH": str(installed)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert "3 frames" in done.stdout


def test_the_installed_package_uses_its_own_model(installed: Path, tmp_path: Path) -> None:
    program = "from live_monitor.classify.card import load_card; print(load_card('custom-cnn').folder)"
    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(installed)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert Path(done.stdout.strip()) == installed / "live_monitor" / "models" / "custom-cnn"
