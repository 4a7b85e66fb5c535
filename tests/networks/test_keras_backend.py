"""Keras with a backend that is missing, or that cannot do what is asked."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest


def failed(backend: str, *arguments: str, cwd: Path) -> str:
    """What a command that ends in 2 writes to stderr."""
    command = [sys.executable, "-m", "live_monitor", *arguments]
    environment = os.environ | {"KERAS_BACKEND": backend}
    done = subprocess.run(command, env=environment, cwd=cwd, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (2, "")
    return done.stderr


@pytest.mark.parametrize("backend", ["nope", "torch"])
def test_the_error_for_a_missing_backend_is_one_line(backend: str, fer2013: Path, tmp_path: Path) -> None:
    message = failed(backend, "train", str(fer2013), "--out", "run", "--batch-size", "7", cwd=tmp_path)
    assert message.startswith(f"Error: KERAS_BACKEND={backend}: cannot be used: ")
    assert message.endswith("; set it to jax, or leave it out\n")
    assert message.count("\n") == 1


def test_the_error_for_work_that_needs_tensorflow_says_so(fer2013: Path, tmp_path: Path) -> None:
    pytest.importorskip("jax")
    message = failed("jax", "evaluate", "custom-cnn", "--float", "--data", str(fer2013), cwd=tmp_path)
    assert message == "Error: KERAS_BACKEND=jax: is for training only; this runs on TensorFlow, so leave it out\n"
