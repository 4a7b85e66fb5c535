"""The picture of a run."""

from __future__ import annotations

import math
from pathlib import Path

import cv2
import numpy as np

from live_monitor.training.faces.plot import HEIGHT, WIDTH, plot_progress


def lines(*losses: float) -> list[dict[str, float]]:
    return [
        {"step": 100.0 * (number + 1), "loss": loss, "average_precision": math.nan if number % 2 else 0.5}
        for number, loss in enumerate(losses)
    ]


def drawn(file: Path) -> np.ndarray:
    image = cv2.imread(str(file))
    assert image is not None
    return np.asarray(image)


def test_two_panels_are_drawn_one_above_the_other(tmp_path: Path) -> None:
    plot_progress(lines(3.0, 2.0, 1.0), tmp_path / "progress.png")
    image = drawn(tmp_path / "progress.png")
    assert image.shape == (2 * HEIGHT, WIDTH, 3)
    assert (image[:HEIGHT] != 255).any()
    assert (image[HEIGHT:] != 255).any()


def test_another_run_looks_different(tmp_path: Path) -> None:
    plot_progress(lines(3.0, 2.0, 1.0), tmp_path / "falling.png")
    plot_progress(lines(1.0, 2.0, 3.0), tmp_path / "rising.png")
    assert (drawn(tmp_path / "falling.png") != drawn(tmp_path / "rising.png")).any()


def test_the_first_line_can_be_drawn_and_nothing_else_is_left_behind(tmp_path: Path) -> None:
    plot_progress(lines(3.0)[:1], tmp_path / "progress.png")
    assert [file.name for file in tmp_path.iterdir()] == ["progress.png"]
