"""Training on JAX, which has its own training step."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from live_monitor.cli.entry import _run
from tests.training.made import history

USAGE = 2


@dataclass(frozen=True)
class OnJax:
    """What `on_jax` reported, what libraries printed meanwhile, and the folder of its runs."""

    report: dict[str, Any]
    chatter: str
    folder: Path

    def learnt(self, run: str) -> list[dict[str, float]]:
        return [{name: float(value) for name, value in line.items()} for line in self.report[run]]


@pytest.fixture(scope="module")
def on_jax(fer2013: Path, tmp_path_factory: pytest.TempPathFactory) -> OnJax:
    pytest.importorskip("jax")
    folder = tmp_path_factory.mktemp("on-jax")
    command = [sys.executable, "-m", "tests.training.on_jax", str(fer2013), str(folder)]
    # Most of the time goes into compiling, and most runs share one program.
    compiled_once = {"JAX_COMPILATION_CACHE_DIR": str(folder / "compiled"), "JAX_PERSISTENT_CACHE_MIN_COMPILE_TIME_SECS": "0"}
    environment = os.environ | {"KERAS_BACKEND": "jax"} | compiled_once
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=110, check=False)
    assert done.returncode == 0, done.stderr
    return OnJax(json.loads(done.stdout), done.stderr, folder)


def test_equal_recipes_give_equal_runs(on_jax: OnJax) -> None:
    assert on_jax.learnt("again") == on_jax.learnt("whole")


def test_a_resumed_run_ends_like_an_uninterrupted_one(on_jax: OnJax) -> None:
    for stopped, whole in zip(on_jax.learnt("stopped"), on_jax.learnt("whole"), strict=True):
        assert stopped == pytest.approx(whole, rel=1e-5)


def test_a_network_learns(on_jax: OnJax) -> None:
    first, *_, last = on_jax.learnt("long")
    assert last["loss"] < 0.9 * first["loss"]
    assert last["val_loss"] < first["val_loss"]


def test_the_rate_follows_the_recipe(on_jax: OnJax) -> None:
    rates = [line["rate"] for line in on_jax.learnt("long")]
    assert max(rates) == pytest.approx(0.02, rel=0.05)
    assert rates[-1] < 0.001


def test_teachers_are_trained_for_their_own_epochs_and_change_the_result(on_jax: OnJax) -> None:
    assert len(history(on_jax.folder / "taught" / "teacher-2")) == 1
    assert on_jax.learnt("taught")[-1]["loss"] != on_jax.learnt("whole")[-1]["loss"]


def test_each_teacher_has_its_share_and_sees_the_same_faces_as_the_network(on_jax: OnJax) -> None:
    left, right = on_jax.report["by_side"]
    assert [*left[:4:2], *right[1:4:2]] == pytest.approx([0.5] * 4, abs=0.1)


def test_tensorflow_which_keras_imports_late_prints_nothing(on_jax: OnJax) -> None:
    assert on_jax.chatter == ""


@pytest.mark.usefixtures("_tiny_network", "_same_precision_afterwards")
def test_tensorflow_turns_a_network_trained_on_jax_into_a_model(
    on_jax: OnJax, fer2013: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert on_jax.report["code"] == USAGE, on_jax.report["errors"]
    assert "epoch 1 of 1: " in on_jax.report["errors"]
    assert "Error: trained on jax, but a model is made by TensorFlow; repeat the command with --resume" in on_jax.report["errors"]
    run = on_jax.folder / "command"
    options = ("--arch", "tiny", "--epochs", "1", "--batch-size", "7", "--resume")
    assert _run(["train", str(fer2013), "--out", str(run), *options]) == 0, capsys.readouterr().err
    assert (run / "model" / "model.tflite").is_file()
