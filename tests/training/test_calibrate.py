"""Fitting one temperature."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from live_monitor.classify.probabilities import Calibration, softmax
from live_monitor.evaluation.emotions.labelled import LabelledFaces
from live_monitor.training.calibrate import HIGHEST, LOWEST, calibration_faces, fit_calibration, fit_temperature
from live_monitor.types import Box
from tests.fakes import FakeFinder, squares


def made(temperature: float, count: int = 100_000) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
    """Logits, and labels drawn from their softmax at that temperature."""
    rng = np.random.default_rng(3)
    logits = rng.normal(0, 3, (count, 7)).astype(np.float32)
    # The argmax of logits with Gumbel noise is a draw from their softmax.
    labels = (logits / temperature + rng.gumbel(size=logits.shape)).argmax(axis=1)
    return logits, labels


@pytest.mark.parametrize("temperature", [0.3, 1.0, 1.7, 6.0])
def test_a_known_temperature_is_recovered(temperature: float) -> None:
    assert fit_temperature(*made(temperature)) == pytest.approx(temperature, rel=0.03)


@pytest.mark.parametrize("share_right", [0.3, 0.6, 0.9])
def test_calibrated_confidence_matches_accuracy(share_right: float) -> None:
    rng = np.random.default_rng(5)
    logits = rng.normal(0, 2, (1000, 7)).astype(np.float32)
    right = rng.random(1000) < share_right
    labels = np.where(right, logits.argmax(axis=1), logits.argmin(axis=1))
    confidence = softmax(logits / np.float32(fit_temperature(logits, labels))).max(axis=1)
    assert confidence.mean() == pytest.approx(right.mean(), abs=1e-3)


def test_an_always_right_network_gets_the_lowest_temperature_and_an_always_wrong_one_the_highest() -> None:
    logits = np.eye(7, dtype=np.float32)
    assert fit_temperature(logits, np.arange(7)) == pytest.approx(LOWEST, rel=1e-3)
    assert fit_temperature(logits, (np.arange(7) + 1) % 7) == pytest.approx(HIGHEST, rel=1e-3)


def test_large_logits_do_not_overflow() -> None:
    assert fit_temperature(np.array([[1e4, 0]], np.float32), np.array([1])) == pytest.approx(HIGHEST, rel=1e-3)


def unequally_sure(count: int = 20_000) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
    """Logits of a network that is too sure of one label, not sure enough of another, and mistakes a third for a fourth."""
    rng = np.random.default_rng(7)
    logits = rng.normal(0, 2, (count, 7)).astype(np.float32)
    meant = logits * np.array([0.5, 1, 1, 1, 1, 1.5, 1])
    meant[:, 3] += 0.5 * logits[:, 2]
    return logits, (meant + rng.gumbel(size=meant.shape)).argmax(axis=1)


def log_likelihood(calibration: Calibration, logits: NDArray[np.float32], labels: NDArray[np.int64]) -> float:
    return float(np.log(softmax(calibration(logits))[np.arange(len(labels)), labels]).mean())


def test_a_network_unequally_sure_of_its_labels_is_calibrated_label_by_label() -> None:
    logits, labels = unequally_sure()
    fitted, by_temperature = fit_calibration(logits, labels), Calibration.of_temperature(fit_temperature(logits, labels))
    assert log_likelihood(fitted, logits, labels) > log_likelihood(by_temperature, logits, labels) + 0.02
    matrix = fitted.matrix
    assert matrix[0, 0] < 0.8 < 1.2 < matrix[5, 5]
    assert matrix[2, 3] == matrix[~np.eye(7, dtype=bool)].max() > 0.2
    said = softmax(fitted(logits))
    np.testing.assert_allclose(said.mean(axis=0), np.bincount(labels, minlength=7) / len(labels), atol=0.01)


def test_where_one_temperature_is_enough_the_calibration_is_close_to_it() -> None:
    fitted = fit_calibration(*made(1.7))
    np.testing.assert_allclose(fitted.matrix, np.eye(7) / 1.7, atol=0.03)
    np.testing.assert_allclose(fitted.offsets, 0.0, atol=0.03)


def test_a_handful_of_faces_changes_a_calibration_little() -> None:
    rng = np.random.default_rng(1)
    logits, labels = rng.normal(0, 3, (20, 7)).astype(np.float32), rng.integers(0, 7, 20)
    fitted, temperature = fit_calibration(logits, labels), fit_temperature(logits, labels)
    assert np.abs(fitted.matrix - np.eye(7) / temperature).max() < 2
    assert np.abs(fitted.offsets).max() < 2


def test_extreme_logits_give_a_finite_calibration() -> None:
    logits = np.array([[1e3, 0, 0, 0, 0, 0, -1e3], [0, 5, 0, 0, 0, 0, 0]], np.float32)
    fitted = fit_calibration(logits, np.array([0, 3]))
    assert np.isfinite(fitted.matrix).all()
    assert np.isfinite(fitted.offsets).all()


def test_calibration_faces_are_the_originals_the_detectors_crops_and_both_mirrored() -> None:
    picture = squares(Box(4, 8, 24, 28), width=48, height=48)[:, :, 0]
    picture[:, 14:] = np.minimum(picture[:, 14:], 200)
    labels = np.array([3, 5])
    faces = LabelledFaces("made", np.stack([picture, np.zeros_like(picture)]), labels)
    images, all_labels = calibration_faces(faces, FakeFinder(), 0.0)
    np.testing.assert_array_equal(all_labels, [3, 5, 3, 5, 3, 5, 3, 5])
    as_they_are, crops, mirrored, mirrored_crops = np.split(images, 4)
    np.testing.assert_array_equal(as_they_are, faces.images)
    np.testing.assert_array_equal(mirrored, faces.images[:, :, ::-1])
    assert crops[0].min() > 127  # nothing but the square, whose right half is darker
    assert crops[0, :, 0].min() > crops[0, :, -1].max()
    assert crops[1].max() == 0  # nothing is found, so it is the whole picture
    np.testing.assert_array_equal(mirrored_crops, crops[:, :, ::-1])
