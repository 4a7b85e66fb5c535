"""Samples composed of drawn faces and, where available, of the real pictures."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from live_monitor.training.faces import compose, placing, scenery
from live_monitor.training.faces.colours import in_grey, is_coloured
from live_monitor.training.faces.compose import Composer
from live_monitor.training.faces.pictures import Picture, load_pictures
from live_monitor.training.faces.placing import SAMPLE_PX, Canvas, sides
from live_monitor.training.faces.scenery import LARGEST_FACE_PX, SMALLEST_FACE_PX, Scenery

SAMPLES = 60


@pytest.fixture(scope="module")
def training(detector_data: Path) -> list[Picture]:
    return list(load_pictures(detector_data).training)


@pytest.fixture(scope="module")
def samples(training: list[Picture]) -> list[Canvas]:
    composer = Composer(training)
    return [composer.compose(np.random.default_rng(number)) for number in range(SAMPLES)]


def test_the_same_generator_gives_the_same_sample(training: list[Picture]) -> None:
    first, second = (Composer(training).compose(np.random.default_rng(5)) for _ in range(2))
    np.testing.assert_array_equal(first.image, second.image)
    np.testing.assert_array_equal(first.boxes, second.boxes)


def test_a_sample_does_not_depend_on_those_before(training: list[Picture], samples: list[Canvas]) -> None:
    np.testing.assert_array_equal(Composer(training).compose(np.random.default_rng(SAMPLES - 1)).image, samples[-1].image)


def test_samples_have_one_size_and_a_weight_and_landmarks_for_every_box(samples: list[Canvas]) -> None:
    for sample in samples:
        assert sample.image.shape == (SAMPLE_PX, SAMPLE_PX, 3)
        assert sample.image.dtype == np.uint8
        assert len(sample.boxes) == len(sample.landmarks) == len(sample.weights)


def test_some_samples_are_in_colour_and_some_in_grey(samples: list[Canvas]) -> None:
    in_colour = [bool(np.ptp(sample.image, axis=2).any()) for sample in samples]
    assert 0.4 < np.mean(in_colour) < 0.9


def test_some_samples_show_a_mistake_if_there_are_any(training: list[Picture], monkeypatch: pytest.MonkeyPatch) -> None:
    shown: list[Canvas] = []

    def noted(scenery: Scenery, rng: np.random.Generator) -> Canvas:
        shown.append(scenery.background(rng))
        return shown[-1]

    monkeypatch.setattr(Scenery, "mistake", noted)
    for pictures in (
        training,
        [replace(training[0], mistakes=np.ones((1, 4), np.float32), mistaken_at=np.ones(1, np.float32)), *training[1:]],
    ):
        assert not shown
        composer = Composer(pictures)
        for number in range(SAMPLES):
            composer.compose(np.random.default_rng(number))
    assert 0.04 < len(shown) / SAMPLES < 0.25


def test_samples_in_colour_are_made_only_of_pictures_in_colour(training: list[Picture], monkeypatch: pytest.MonkeyPatch) -> None:
    grey = [replace(picture, image=in_grey(picture.image)) for picture in training]
    drawn: list[Picture] = []
    draw = placing.draw

    def noted(canvas: Canvas, picture: Picture, *where: Any) -> None:
        drawn.append(picture)
        draw(canvas, picture, *where)

    monkeypatch.setattr(scenery, "draw", noted)
    monkeypatch.setattr(compose, "COLOURED", 1.0)
    composer = Composer([*training, *grey])
    for number in range(10):
        composer.compose(np.random.default_rng(number))
    assert len(drawn) >= 10
    assert all(is_coloured(picture.image) for picture in drawn)


def test_samples_can_be_made_of_grey_pictures_alone(training: list[Picture]) -> None:
    composer = Composer([replace(picture, image=in_grey(picture.image)) for picture in training])
    assert any(len(composer.compose(np.random.default_rng(number)).boxes) for number in range(10))


def test_faces_of_all_sizes_occur(samples: list[Canvas]) -> None:
    size = np.concatenate([sides(sample.boxes)[sample.weights > 0] for sample in samples])
    assert size.min() < 2 * SMALLEST_FACE_PX
    assert size.max() > LARGEST_FACE_PX / 2


def test_some_samples_hold_no_face_and_some_many(samples: list[Canvas]) -> None:
    faces = [len(sample.boxes) for sample in samples]
    assert min(faces) == 0
    assert max(faces) > 5


def test_a_soft_shadow_lies_on_part_of_a_face(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compose, "SHADED", 1.0)
    face = np.array([[100, 100, 160, 160]], np.float32)
    for number in range(SAMPLES):
        canvas = Canvas(
            np.full((SAMPLE_PX, SAMPLE_PX, 3), 200, np.uint8), face, np.zeros((1, 5, 2), np.float32), np.ones(1, np.float32)
        )
        compose.shade(canvas, np.random.default_rng(number))
        levels = canvas.image[..., 0].astype(int)
        assert levels[100:160, 100:160].min() < 160
        assert levels.min() >= 200 * (1 - compose.MAX_SHADE) - 1
        assert levels[0, 0] == levels[-1, -1] == 200
        assert max(np.abs(np.diff(levels, axis=axis)).max() for axis in (0, 1)) < 30


def test_a_face_without_weight_gets_no_shadow(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compose, "SHADED", 1.0)
    plain = np.full((SAMPLE_PX, SAMPLE_PX, 3), 200, np.uint8)
    face = np.array([[100, 100, 160, 160]], np.float32)
    canvas = Canvas(plain.copy(), face, np.zeros((1, 5, 2), np.float32), np.zeros(1, np.float32))
    compose.shade(canvas, np.random.default_rng(0))
    assert (canvas.image == plain).all()


@pytest.mark.parametrize(("evenly", "levels"), [(1.0, 1), (0.0, 2)])
def test_part_of_a_face_is_covered_by_one_colour_or_by_another_part_of_the_picture(
    evenly: float, levels: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(compose, "OCCLUDED", 1.0)
    monkeypatch.setattr(compose, "COVERED_EVENLY", evenly)
    ramp = np.repeat(np.tile(np.arange(SAMPLE_PX, dtype=np.uint8), (SAMPLE_PX, 1))[..., None], 3, axis=2)
    face = np.array([[100, 100, 160, 160]], np.float32)
    canvas = Canvas(ramp.copy(), face, np.zeros((1, 5, 2), np.float32), np.ones(1, np.float32))
    compose.occlude(canvas, np.random.default_rng(0))
    changed = (canvas.image != ramp).any(axis=2)
    assert 0 < changed[100:160, 100:160].mean() < 0.6
    assert changed.sum() == changed[100:160, 100:160].sum()
    assert min(len(np.unique(canvas.image[changed], axis=0)), 2) == levels


def test_most_samples_are_shaded(training: list[Picture], monkeypatch: pytest.MonkeyPatch) -> None:
    shaded: list[Canvas] = []
    monkeypatch.setattr(compose, "shade", lambda canvas, _: shaded.append(canvas))
    composer = Composer(training)
    for number in range(SAMPLES):
        composer.compose(np.random.default_rng(number))
    assert 0.5 < len(shaded) / SAMPLES < 0.9


def test_some_samples_are_left_unchanged(training: list[Picture], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compose, "distract", lambda *_: None)
    monkeypatch.setattr(compose, "occlude", lambda *_: None)
    monkeypatch.setattr(compose, "degrade", lambda image, *_, **__: np.zeros_like(image))
    composer = Composer(training)
    untouched = [composer.compose(np.random.default_rng(number)).image.any() for number in range(SAMPLES)]
    assert 0.1 < np.mean(untouched) < 0.5


def test_real_pictures_can_be_composed(shared_data: Path) -> None:
    composer = Composer(load_pictures(shared_data).training)
    faces = [int((composer.compose(np.random.default_rng(number)).weights > 0).sum()) for number in range(20)]
    assert 1 < np.mean(faces) < 20
