"""Faces that occur more than once."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from live_monitor.dataset import duplicates
from live_monitor.dataset.duplicates import NEAR, Twins, find_duplicates, near_pairs
from live_monitor.dataset.fer2013 import Faces, Fer2013
from live_monitor.dataset.ferplus import SPLIT_ROWS

Picture = NDArray[np.uint8]
TRAINING, PUBLIC, PRIVATE = range(3)


def noise(seed: int) -> Picture:
    """A picture as smooth as a face, and different for each seed."""
    rng = np.random.default_rng(seed)
    coarse = rng.integers(0, 256, (9, 9)).astype(np.uint8)
    return cv2.resize(coarse, (48, 48), interpolation=cv2.INTER_CUBIC).astype(np.uint8)


def nearly(picture: Picture) -> Picture:
    """The picture, darker, with less contrast and a little noise."""
    disturbed = 0.5 * picture + 20 + np.random.default_rng(1).normal(0, 3, picture.shape)
    return disturbed.clip(0, 255).astype(np.uint8)


def split_of(*faces: tuple[Picture, int]) -> Faces:
    images = np.array([image for image, _ in faces], np.uint8).reshape(-1, 48, 48)
    return Faces(images, np.array([label for _, label in faces], np.int64), np.arange(len(faces)))


def fer2013(training: Faces, public: Faces | None = None) -> Fer2013:
    return Fer2013({"Training": training, "PublicTest": public or split_of(), "PrivateTest": split_of()}, ())


def twins(dataset: Fer2013) -> tuple[Twins, Twins]:
    return find_duplicates(dataset, lambda _pictures: None)


def test_equal_pictures_are_exact_twins_but_a_picture_is_not_its_own_twin() -> None:
    exact, near = twins(fer2013(split_of((noise(1), 0), (noise(2), 0), (noise(1), 0))))
    assert exact.within(TRAINING).tolist() == [True, False, True]
    assert not near.found.any()


def test_exact_twins_are_found_within_and_across_splits() -> None:
    exact, _ = twins(fer2013(split_of((noise(1), 0), (noise(2), 0)), split_of((noise(1), 0))))
    assert exact.splits.tolist() == [TRAINING, TRAINING, PUBLIC]
    assert exact.within(TRAINING).tolist() == [False, False, True]
    assert exact.within(PUBLIC).tolist() == [True, False, False]
    assert not exact.within(PRIVATE).any()


def test_twins_with_other_labels_disagree() -> None:
    exact, _ = twins(fer2013(split_of((noise(1), 4), (noise(2), 3), (noise(2), 3)), split_of((noise(1), 5))))
    assert exact.disagreeing().tolist() == [True, False, False, True]


def test_a_picture_in_other_light_is_a_near_twin_but_not_an_exact_one() -> None:
    exact, near = twins(fer2013(split_of((noise(1), 0), (noise(2), 0)), split_of((nearly(noise(1)), 6))))
    assert not exact.found.any()
    assert near.within(PUBLIC).tolist() == [True, False, False]
    assert near.within(TRAINING).tolist() == [False, False, True]
    assert near.disagreeing().tolist() == [True, False, True]


def test_pictures_that_are_only_similar_are_not_twins() -> None:
    alike = (0.6 * noise(1) + 0.4 * noise(2)).astype(np.uint8)
    assert 0.8 < np.corrcoef(noise(1).ravel(), alike.ravel())[0, 1] < 0.92
    _, near = twins(fer2013(split_of((noise(1), 0), (alike, 0))))
    assert not near.found.any()


def test_all_copies_of_a_picture_have_its_near_twin() -> None:
    _, near = twins(fer2013(split_of((noise(1), 0), (noise(1), 0), (nearly(noise(1)), 0))))
    assert near.within(TRAINING).tolist() == [True, True, True]


def test_evenly_grey_pictures_of_different_levels_are_not_twins() -> None:
    exact, near = twins(fer2013(split_of(*((np.full((48, 48), level, np.uint8), 0) for level in (0, 90)))))
    assert not exact.found.any()
    assert not near.found.any()


def test_every_near_pair_is_found_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Compared with all correlations, with more than one block and pairs on both sides of the limit."""
    monkeypatch.setattr(duplicates, "BLOCK", 16)
    rng = np.random.default_rng(3)
    disturbed = [
        noise(seed) + rng.normal(0, deviation, (48, 48)) for seed in range(6) for deviation in (0, 10, 20, 30, 40, 60, 80)
    ]
    images = np.array(disturbed).clip(0, 255).astype(np.uint8)
    correlations = np.corrcoef(images.reshape(len(images), -1))
    expected = {(one, other) for one, other in zip(*np.nonzero(correlations >= NEAR), strict=True) if one < other}
    found = [pair for pairs in near_pairs(images, lambda _pictures: None) for pair in zip(*pairs, strict=True)]
    assert set(found) == expected
    assert len(found) == len(expected) > 10


def test_progress_adds_up_to_all_distinct_pictures(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(duplicates, "BLOCK", 2)
    steps: list[int] = []
    find_duplicates(fer2013(split_of(*((noise(seed % 5), 0) for seed in range(7)))), steps.append)
    assert steps == [2, 2, 1]


def test_the_real_set_has_twins_in_all_splits(real_fer2013: Fer2013) -> None:
    """Only a few thousand rows: the whole set takes seconds."""
    parts = {
        split: Faces(faces.images[:1500], faces.labels[:1500], faces.rows[:1500]) for split, faces in real_fer2013.splits.items()
    }
    exact, near = twins(Fer2013(parts, ()))
    assert len(exact.labels) == 3 * 1500 < sum(SPLIT_ROWS.values())
    assert exact.within(TRAINING).sum() > 20
    assert near.within(TRAINING).sum() > 10
