"""A run on JAX, as a process of its own: Keras has one backend a process."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

USAGE = 2


def train(fer2013: Path, run: Path, *more: str, **environment: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "live_monitor", "train", str(fer2013), "--out", str(run), "--arch", "glimpse"]
    return subprocess.run(
        [*command, "--epochs", "1", "--batch-size", "7", *more],
        env=os.environ | environment,
        capture_output=True,
        text=True,
        check=False,
    )


def test_a_network_is_trained_on_jax_and_made_a_model_by_tensorflow(fer2013: Path, tmp_path: Path) -> None:
    pytest.importorskip("jax")
    on_jax = train(fer2013, tmp_path / "run", KERAS_BACKEND="jax")
    assert on_jax.returncode == USAGE, on_jax.stderr
    assert "epoch 1 of 1: " in on_jax.stderr
    assert "Error: trained on jax, but a model is made by TensorFlow; repeat the command with --resume" in on_jax.stderr
    assert "Traceback" not in on_jax.stderr
    on_tensorflow = train(fer2013, tmp_path / "run", "--resume")
    assert on_tensorflow.returncode == 0, on_tensorflow.stderr
    assert (tmp_path / "run" / "model" / "model.tflite").is_file()
