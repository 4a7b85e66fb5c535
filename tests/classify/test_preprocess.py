"""From a face to a network's input."""

from __future__ import annotations

import numpy as np
import pytest

from live_monitor.classify.preprocess import normalise
from tests.fakes import drawn_faces


def test_every_face_has_mean_0_and_standard_deviation_1() -> None:
    faces = normalise(drawn_faces(9))
    np.testing.assert_allclose(faces.mean(axis=(1, 2, 3)), 0.0, atol=1e-5)
    np.testing.assert_allclose(faces.std(axis=(1, 2, 3)), 1.0, atol=1e-5)


def test_the_result_has_the_layout_of_a_network_input() -> None:
    faces = normalise(drawn_faces(3))
    assert faces.shape == (3, 48, 48, 1)
    assert faces.dtype == np.float32


def test_light_and_contrast_are_removed() -> None:
    faces = drawn_faces(5) // 4
    np.testing.assert_allclose(normalise(faces * 3 + 20), normalise(faces), atol=1e-5)


@pytest.mark.parametrize("level", [0, 127, 255])
def test_a_uniformly_grey_face_becomes_zeros(level: int) -> None:
    assert not normalise(np.full((1, 48, 48), level, np.uint8)).any()


def test_faint_noise_on_a_uniform_face_is_not_amplified() -> None:
    noise = np.random.default_rng(3).random((1, 48, 48)) < 0.01
    assert np.abs(normalise(noise.astype(np.uint8))).max() <= 1.0


def test_a_face_does_not_depend_on_the_others_in_its_batch() -> None:
    faces = drawn_faces(4)
    one_by_one = np.concatenate([normalise(face[np.newaxis]) for face in faces])
    np.testing.assert_array_equal(normalise(faces), one_by_one)


def test_no_faces_give_an_empty_batch() -> None:
    assert normalise(np.empty((0, 48, 48), np.uint8)).shape == (0, 48, 48, 1)


def test_the_given_faces_are_not_modified() -> None:
    faces = drawn_faces(2)
    before = faces.copy()
    normalise(faces)
    np.testing.assert_array_equal(faces, before)
