"""Fitting one temperature."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from live_monitor.classify.probabilities import softmax
from live_monitor.evaluation.emotions.labelled import LabelledFaces
from live_monitor.training.calibrate import HIGHEST, LOWEST, calibration_faces, fit_temperature
from live_monitor.types import Box
from tests.fakes import FakeFinder, squares


def made(temperature: float, count: int = 100_000) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
    """Logits, and labels drawn by what they say at that temperature."""
    rng = np.random.default_rng(3)
    logits = rng.normal(0, 3, (count, 7)).astype(np.float32)
    # The largest of logits with Gumbel noise is drawn by their softmax.
    labels = (logits / temperature + rng.gumbel(size=logits.shape)).argmax(axis=1)
    return logits, labels


@pytest.mark.parametrize("temperature", [0.3, 1.0, 1.7, 6.0])
def test_a_known_temperature_is_found_again(temperature: float) -> None:
    assert fit_temperature(*made(temperature)) == pytest.approx(temperature, rel=0.03)


@pytest.mark.parametrize("share_right", [0.3, 0.6, 0.9])
def test_a_network_becomes_as_sure_as_it_is_right(share_right: float) -> None:
    rng = np.random.default_rng(5)
    logits = rng.normal(0, 2, (1000, 7)).astype(np.float32)
    right = rng.random(1000) < share_right
    labels = np.where(right, logits.argmax(axis=1), logits.argmin(axis=1))
    confidence = softmax(logits / np.float32(fit_temperature(logits, labels))).max(axis=1)
    assert confidence.mean() == pytest.approx(right.mean(), abs=1e-3)


def test_a_network_that_is_always_right_is_given_the_lowest_temperature_and_one_always_wrong_the_highest() -> None:
    logits = np.eye(7, dtype=np.float32)
    assert fit_temperature(logits, np.arange(7)) == pytest.approx(LOWEST, rel=1e-3)
    assert fit_temperature(logits, (np.arange(7) + 1) % 7) == pytest.approx(HIGHEST, rel=1e-3)


def test_large_logits_do_not_overflow() -> None:
    assert fit_temperature(np.array([[1e4, 0]], np.float32), np.array([1])) == pytest.approx(HIGHEST, rel=1e-3)


def test_a_temperature_is_fitted_on_faces_as_they_are_as_a_detector_crops_them_and_mirrored() -> None:
    picture = squares(Box(4, 8, 24, 28), width=48, height=48)[:, :, 0]
    labels = np.array([3, 5])
    faces = LabelledFaces("made", np.stack([picture, np.zeros_like(picture)]), labels)
    images, all_labels = calibration_faces(faces, FakeFinder(), 0.0)
    np.testing.assert_array_equal(all_labels, [3, 5, 3, 5, 3, 5, 3, 5])
    as_they_are, crops, mirrored, mirrored_crops = np.split(images, 4)
    np.testing.assert_array_equal(as_they_are, faces.images)
    np.testing.assert_array_equal(mirrored, faces.images[:, :, ::-1])
    assert crops[0].min() > 127  # nothing but the square
    assert crops[1].max() == 0  # nothing is found, so it is the whole picture
    np.testing.assert_array_equal(mirrored_crops, crops[:, :, ::-1])
