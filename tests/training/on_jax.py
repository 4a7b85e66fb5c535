"""Trains a tiny network on JAX in a process of its own, as Keras has one backend per process. Prints the results as JSON."""

from __future__ import annotations

import contextlib
import io
import json
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import keras
import numpy as np

from live_monitor.classify.networks import NETWORKS
from live_monitor.classify.preprocess import normalise
from live_monitor.classify.probabilities import softmax
from live_monitor.cli.entry import _run
from live_monitor.process.quiet import keep_own_stderr
from live_monitor.training import recipe
from live_monitor.training.average import WeightAverage
from live_monitor.training.jax_epochs import JaxEpochs
from live_monitor.training.lesson import Lesson
from live_monitor.training.recipe import STRONG
from tests.training.made import learnt, run_stopped_in_second_epoch, run_training, tiny

RECIPE = replace(
    STRONG, arch="tiny", epochs=3, batch_size=7, learning_rate=0.02, augmentation="light", mixup=0.3, precision="float32"
)


def taught_by_side() -> list[list[float]]:
    """A network's probabilities, (2, 7), for a face that is bright on its left and for one that is bright on its right.

    It learnt from two teachers only: depending on the side, one answers the first label or the second, the other the third or
    fourth.
    """
    faces = np.zeros((2, 48, 48), np.uint8)
    faces[0, :, :24] = faces[1, :, 24:] = 255
    teachers = [tiny(), tiny()]
    for teacher, (of_left, of_right) in zip(teachers, ((0, 1), (2, 3)), strict=True):
        kernel = np.zeros((6, 6, 7))
        kernel[:, :3, of_left] = kernel[:, 3:, of_right] = 1
        teacher.set_weights([kernel.reshape(-1, 7), np.zeros(7)])
    recipe = replace(RECIPE, mixup=0.0, distillation=1.0)
    lesson = Lesson(faces.repeat(70, axis=0), np.zeros((140, 7), np.float32), teachers, None, recipe)
    network = tiny()
    network.compile(keras.optimizers.SGD())
    network.optimizer.build(network.trainable_variables)
    epochs = JaxEpochs(network, lesson, WeightAverage(network.get_weights()))
    for epoch, rate in enumerate(np.linspace(0.03, 0.001, 20)):
        epochs.train(epoch, [float(rate)] * lesson.steps, lambda _step: None)
    return [[float(share) for share in shares] for shares in softmax(np.asarray(network(normalise(faces))))]


def main(data: Path, folder: Path) -> dict[str, Any]:
    """The history of each run, and how the command ended."""
    keep_own_stderr()  # as the command does
    NETWORKS["tiny"] = tiny
    recipe.NETWORK_NAMES += ("tiny",)
    errors = io.StringIO()
    with contextlib.redirect_stderr(errors):
        options = ("--arch", "tiny", "--epochs", "1", "--batch-size", "7")
        code = _run(["train", str(data), "--out", str(folder / "command"), *options])
    run_training(data, folder / "whole", RECIPE)
    run_training(data, folder / "again", RECIPE)
    run_stopped_in_second_epoch(data, folder / "stopped", RECIPE)
    run_training(data, folder / "stopped", RECIPE, resume=True)
    run_training(data, folder / "taught", replace(RECIPE, teachers=2, teacher_arch="tiny", teacher_epochs=1, distillation=0.8))
    run_training(data, folder / "long", replace(RECIPE, epochs=25))
    runs = ("whole", "again", "stopped", "taught", "long")
    report = {"code": code, "errors": errors.getvalue(), "by_side": taught_by_side()}
    return {name: learnt(folder / name) for name in runs} | report


if __name__ == "__main__":
    json.dump(main(*map(Path, sys.argv[1:])), sys.stdout)
