"""New faces from old ones on JAX: the same changes as `live_monitor.training.augment` makes."""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from live_monitor.classify.crop import resize_face
from live_monitor.training.augment import AUGMENTATIONS, LIGHT_MOVES, SMALLEST_PX, Moves
from tests.fakes import drawn_faces

jax = pytest.importorskip("jax")
from live_monitor.training import jax_augment  # noqa: E402 - only where JAX is there

STILL = Moves(0.0, 0.0, 0.0, cv2.BORDER_REFLECT_101)


def key(seed: int = 0) -> Any:
    return jax.random.key(seed)


COMPILED = {name: jax.jit(augment) for name, augment in jax_augment.JAX_AUGMENTATIONS.items()}


def augmented(name: str, faces: NDArray[np.uint8], seed: int = 0) -> NDArray[np.float32]:
    """Takes 50 faces, so that each augmentation is compiled only once."""
    assert len(faces) == 50
    return np.asarray(COMPILED[name](faces, key(seed)))


@pytest.mark.parametrize("name", AUGMENTATIONS)
class TestEvery:
    """Light and strong augmentation alike."""

    def test_the_same_key_gives_the_same_faces_and_another_key_different_ones(self, name: str) -> None:
        faces = drawn_faces(50)
        np.testing.assert_array_equal(augmented(name, faces, 3), augmented(name, faces, 3))
        assert (augmented(name, faces, 3) != augmented(name, faces, 4)).any()

    def test_equal_faces_in_a_batch_become_different(self, name: str) -> None:
        one, other, *_ = augmented(name, np.repeat(drawn_faces(1), 50, axis=0))
        assert (one != other).any()

    def test_results_are_grey_levels(self, name: str) -> None:
        faces = augmented(name, drawn_faces(50))
        assert faces.shape == (50, 48, 48)
        assert 0 <= faces.min() <= faces.max() <= 255

    def test_faces_change_as_much_as_in_numpy(self, name: str) -> None:
        faces = np.repeat(drawn_faces(1), 50, axis=0)
        here = np.concatenate([augmented(name, faces, seed) for seed in range(40)]).astype(np.float64)
        there = AUGMENTATIONS[name](faces.repeat(40, axis=0), np.random.default_rng(0)).astype(np.float64)
        np.testing.assert_allclose(here.mean(axis=0), there.mean(axis=0), atol=8)
        np.testing.assert_allclose(here.std(axis=0), there.std(axis=0), atol=8)


def test_an_unmoved_face_is_itself_or_its_mirror_image() -> None:
    faces = drawn_faces(40)
    moved = np.asarray(jax_augment._moved(faces.astype(np.float32), key(), STILL))
    same = [np.allclose(new, old, atol=0.1) for new, old in zip(moved, faces, strict=True)]
    mirrored = [np.allclose(new, old[:, ::-1], atol=0.1) for new, old in zip(moved, faces, strict=True)]
    assert all(one or other for one, other in zip(same, mirrored, strict=True))
    assert 10 < sum(mirrored) < 30


def test_a_uniform_face_stays_uniform_up_to_its_edges() -> None:
    faces = np.full((20, 48, 48), 133, np.float32)
    np.testing.assert_allclose(np.asarray(jax_augment._moved(faces, key(), LIGHT_MOVES)), 133, atol=0.01)


def test_a_face_reduced_and_enlarged_again_matches_resizing() -> None:
    [face] = drawn_faces(1)
    for small, matrix in zip(range(SMALLEST_PX, 48), jax_augment._small_and_back(48), strict=True):
        resized = resize_face(resize_face(face, small), 48)
        np.testing.assert_allclose(matrix @ face @ matrix.T, resized, atol=3)


def test_a_blur_is_gaussian() -> None:
    [face] = drawn_faces(1)
    [matrix] = np.asarray(jax_augment._blur(np.full((1, 1, 1), 1.2, np.float32), 48))
    blurred = cv2.GaussianBlur(face, (0, 0), 1.2)
    np.testing.assert_allclose((matrix @ face @ matrix.T)[6:-6, 6:-6], blurred[6:-6, 6:-6], atol=3)


def test_a_face_is_covered_by_a_rectangle_of_one_grey_level() -> None:
    faces = np.zeros((400, 48, 48), np.float32)
    covered = [face for face in np.asarray(jax_augment._erased(faces, key())) if face.any()]
    assert 80 < len(covered) < 160
    for face in covered:
        rows, columns = face.any(axis=1), face.any(axis=0)
        np.testing.assert_array_equal(face != 0, rows[:, None] & columns)
        assert len(np.unique(face)) == 2
        assert 7 <= rows.sum() <= 21
        assert 7 <= columns.sum() <= 21
