"""New faces from old ones."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from live_monitor.training.augment import augment
from tests.fakes import drawn_faces


def rng(seed: int = 0) -> np.random.Generator:
    return np.random.default_rng(seed)


def horizontal_balance(face: NDArray[np.uint8]) -> float:
    """Above 0 when the right half is brighter."""
    half = face.shape[1] // 2
    return float(face[:, half:].mean() - face[:, :half].mean())


def test_the_same_generator_gives_the_same_faces() -> None:
    faces = drawn_faces(8)
    np.testing.assert_array_equal(augment(faces, rng(3)), augment(faces, rng(3)))


def test_another_generator_gives_other_faces() -> None:
    faces = drawn_faces(8)
    assert (augment(faces, rng(3)) != augment(faces, rng(4))).any()


def test_equal_faces_of_a_batch_become_different() -> None:
    one, other = augment(np.repeat(drawn_faces(1), 2, axis=0), rng())
    assert (one != other).any()


def test_shape_and_type_stay() -> None:
    faces = augment(drawn_faces(5), rng())
    assert faces.shape == (5, 48, 48)
    assert faces.dtype == np.uint8


def test_the_faces_given_stay_as_they_are() -> None:
    faces = drawn_faces(5)
    before = faces.copy()
    augment(faces, rng())
    np.testing.assert_array_equal(faces, before)


def test_an_even_face_stays_even_to_its_edges() -> None:
    assert (augment(np.full((20, 48, 48), 133, np.uint8), rng()) == 133).all()


def test_about_half_of_the_faces_are_mirrored() -> None:
    bright_right = np.zeros((400, 48, 48), np.uint8)
    bright_right[:, :, 24:] = 200
    mirrored = sum(horizontal_balance(face) < 0 for face in augment(bright_right, rng()))
    assert 150 <= mirrored <= 250


def test_a_face_moves_by_a_tenth_of_the_picture_and_a_little_more_by_turning_at_most() -> None:
    dots = np.zeros((300, 48, 48), np.uint8)
    dots[:, 23:25, 23:25] = 255
    centres = [np.argwhere(face > 60).mean(axis=0) for face in augment(dots, rng())]
    offsets = np.abs(np.array(centres) - 23.5)
    assert offsets.max() <= 0.1 * 48 + 1
    assert offsets.max() > 0.08 * 48


@pytest.mark.parametrize("seed", range(3))
def test_a_face_stays_recognisable(seed: int) -> None:
    faces = drawn_faces(20)
    changed = augment(faces, rng(seed))
    for face, new in zip(faces, changed, strict=True):
        assert abs(float(face.mean()) - float(new.mean())) < 25
