"""New faces from old ones."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray

from live_monitor.training.augment import AUGMENTATIONS, augment_lightly, augment_strongly
from tests.fakes import drawn_faces

Augment = Callable[[NDArray[np.uint8], np.random.Generator], NDArray[np.uint8]]


def rng(seed: int = 0) -> np.random.Generator:
    return np.random.default_rng(seed)


def horizontal_balance(face: NDArray[np.uint8]) -> float:
    """Above 0 when the right half is brighter."""
    half = face.shape[1] // 2
    return float(face[:, half:].mean() - face[:, :half].mean())


@pytest.mark.parametrize("augment", AUGMENTATIONS.values(), ids=AUGMENTATIONS)
class TestEvery:
    """Light and strong augmentation alike."""

    def test_the_same_generator_gives_the_same_faces(self, augment: Augment) -> None:
        faces = drawn_faces(8)
        np.testing.assert_array_equal(augment(faces, rng(3)), augment(faces, rng(3)))

    def test_another_generator_gives_different_faces(self, augment: Augment) -> None:
        faces = drawn_faces(8)
        assert (augment(faces, rng(3)) != augment(faces, rng(4))).any()

    def test_equal_faces_in_a_batch_become_different(self, augment: Augment) -> None:
        one, other = augment(np.repeat(drawn_faces(1), 2, axis=0), rng())
        assert (one != other).any()

    def test_shape_and_type_are_kept(self, augment: Augment) -> None:
        faces = augment(drawn_faces(50), rng())
        assert faces.shape == (50, 48, 48)
        assert faces.dtype == np.uint8

    def test_the_given_faces_are_not_modified(self, augment: Augment) -> None:
        faces = drawn_faces(50)
        before = faces.copy()
        augment(faces, rng())
        np.testing.assert_array_equal(faces, before)


def test_a_uniform_face_stays_uniform_up_to_its_edges() -> None:
    assert (augment_lightly(np.full((20, 48, 48), 133, np.uint8), rng()) == 133).all()


def test_about_half_of_the_faces_are_mirrored() -> None:
    bright_right = np.zeros((400, 48, 48), np.uint8)
    bright_right[:, :, 24:] = 200
    mirrored = sum(horizontal_balance(face) < 0 for face in augment_lightly(bright_right, rng()))
    assert 150 <= mirrored <= 250


def test_a_face_moves_by_at_most_a_tenth_of_the_picture_plus_a_little_from_turning() -> None:
    dots = np.zeros((300, 48, 48), np.uint8)
    dots[:, 23:25, 23:25] = 255
    centres = [np.argwhere(face > 60).mean(axis=0) for face in augment_lightly(dots, rng())]
    offsets = np.abs(np.array(centres) - 23.5)
    assert offsets.max() <= 0.1 * 48 + 1
    assert offsets.max() > 0.08 * 48


@pytest.mark.parametrize("seed", range(3))
def test_a_face_stays_recognisable(seed: int) -> None:
    faces = drawn_faces(20)
    changed = augment_lightly(faces, rng(seed))
    for face, new in zip(faces, changed, strict=True):
        assert abs(float(face.mean()) - float(new.mean())) < 25


def test_strong_augmentation_changes_light_covers_parts_and_removes_detail() -> None:
    even = augment_strongly(np.full((400, 48, 48), 120, np.uint8), rng())
    lit = np.median(even, axis=(1, 2))
    assert lit.min() < 95 < 145 < lit.max()
    covered = [(face != level).mean() for face, level in zip(even, lit, strict=True)]
    assert 0.2 < np.mean([0.02 < share < 0.25 for share in covered]) < 0.4
    noise = np.random.default_rng(0).integers(0, 256, (400, 48, 48), dtype=np.uint8)
    detail = [float(np.abs(np.diff(face.astype(int), axis=1)).mean()) for face in augment_strongly(noise, rng())]
    assert min(detail) < 0.4 * np.median(detail)
