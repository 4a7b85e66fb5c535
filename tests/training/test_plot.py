"""The plot of a run."""

from __future__ import annotations

import math
from pathlib import Path

import cv2
import numpy as np

from live_monitor.training.plot import plot_curves

PANELS = {"loss": ("loss", "val_loss"), "accuracy": ("val_accuracy",)}


def lines(*losses: float) -> list[dict[str, float]]:
    return [
        {"epoch": number, "loss": loss, "val_loss": loss + 0.1, "val_accuracy": math.nan if number % 2 else 0.5}
        for number, loss in enumerate(losses, start=1)
    ]


def drawn(file: Path) -> np.ndarray:
    image = cv2.imread(str(file))
    assert image is not None
    return np.asarray(image)


def test_panels_are_drawn_side_by_side(tmp_path: Path) -> None:
    plot_curves(lines(3.0, 2.0, 1.0), PANELS, tmp_path / "curves.png")
    image = drawn(tmp_path / "curves.png")
    assert image.shape[1] > 1.5 * image.shape[0]
    half = image.shape[1] // 2
    assert (image[:, :half] != 255).any()
    assert (image[:, half:] != 255).any()


def test_another_run_looks_different(tmp_path: Path) -> None:
    plot_curves(lines(3.0, 2.0, 1.0), PANELS, tmp_path / "falling.png")
    plot_curves(lines(1.0, 2.0, 3.0), PANELS, tmp_path / "rising.png")
    assert (drawn(tmp_path / "falling.png") != drawn(tmp_path / "rising.png")).any()


def test_a_single_epoch_can_be_drawn_and_no_other_file_is_left(tmp_path: Path) -> None:
    plot_curves(lines(3.0), PANELS, tmp_path / "curves.png")
    assert [file.name for file in tmp_path.iterdir()] == ["curves.png"]
