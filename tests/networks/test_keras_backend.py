"""Keras on a backend that there is not, or that does not do what is asked."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest


def failed(backend: str, *arguments: str, cwd: Path) -> str:
    """What a command says that ends in 2."""
    command = [sys.executable, "-m", "live_monitor", *arguments]
    environment = os.environ | {"KERAS_BACKEND": backend}
    done = subprocess.run(command, env=environment, cwd=cwd, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (2, "")
    return done.stderr


@pytest.mark.parametrize("backend", ["nope", "torch"])
def test_a_backend_that_is_not_there_is_one_line(backend: str, fer2013: Path, tmp_path: Path) -> None:
    said = failed(backend, "train", str(fer2013), "--out", "run", "--batch-size", "7", cwd=tmp_path)
    assert said.startswith(f"Error: KERAS_BACKEND={backend}: cannot be used: ")
    assert said.endswith("; set it to jax, or leave it out\n")
    assert said.count("\n") == 1


def test_what_runs_on_tensorflow_says_so(fer2013: Path, tmp_path: Path) -> None:
    pytest.importorskip("jax")
    said = failed("jax", "evaluate", "custom-cnn", "--float", "--data", str(fer2013), cwd=tmp_path)
    assert said == "Error: KERAS_BACKEND=jax: is for training only; this runs on TensorFlow, so leave it out\n"
