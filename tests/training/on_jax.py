"""Trains a tiny network on JAX, as a process of its own: Keras has one backend a process. Prints as JSON what came of it."""

from __future__ import annotations

import contextlib
import io
import json
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

from live_monitor.classify.networks import NETWORKS
from live_monitor.cli.entry import _run
from live_monitor.training.recipe import STRONG
from tests.training.made import learnt, run_stopped_in_second_epoch, run_training, tiny

RECIPE = replace(
    STRONG, arch="tiny", epochs=3, batch_size=7, learning_rate=0.02, augmentation="light", mixup=0.3, precision="float32"
)


def main(data: Path, folder: Path) -> dict[str, Any]:
    """What each run has learnt, and how the command ends."""
    NETWORKS["tiny"] = tiny
    run_training(data, folder / "whole", RECIPE)
    run_training(data, folder / "again", RECIPE)
    run_stopped_in_second_epoch(data, folder / "stopped", RECIPE)
    run_training(data, folder / "stopped", RECIPE, resume=True)
    run_training(data, folder / "taught", replace(RECIPE, teachers=2, teacher_arch="tiny", teacher_epochs=1, distillation=0.8))
    run_training(data, folder / "long", replace(RECIPE, epochs=25))
    errors = io.StringIO()
    with contextlib.redirect_stderr(errors):
        options = ("--arch", "tiny", "--epochs", "1", "--batch-size", "7")
        code = _run(["train", str(data), "--out", str(folder / "command"), *options])
    runs = ("whole", "again", "stopped", "taught", "long")
    return {name: learnt(folder / name) for name in runs} | {"code": code, "errors": errors.getvalue()}


if __name__ == "__main__":
    json.dump(main(*map(Path, sys.argv[1:])), sys.stdout)
