"""Composed samples, of drawn faces and, where they are, of the real pictures."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest

from live_monitor.classify.quality import turn
from live_monitor.errors import UsageError
from live_monitor.training.faces import compose
from live_monitor.training.faces.compose import ASIDE_TURN, LARGEST_FACE_PX, SAMPLE_PX, SMALLEST_FACE_PX, Composer
from live_monitor.training.faces.degrade import LEAST_BLURRED_PX, degrade, light
from live_monitor.training.faces.pictures import NEGATIVE, SINGLE, Picture, load_pictures
from live_monitor.training.faces.placing import Canvas, sides

SAMPLES = 60


@pytest.fixture(scope="module")
def training(detector_data: Path) -> list[Picture]:
    return list(load_pictures(detector_data).training)


@pytest.fixture(scope="module")
def samples(training: list[Picture]) -> list[Canvas]:
    composer = Composer(training)
    return [composer.compose(np.random.default_rng(number)) for number in range(SAMPLES)]


def only(monkeypatch: pytest.MonkeyPatch, **shares: float) -> None:
    for share in ("CROPS", "GALLERIES", "PASTES"):
        monkeypatch.setattr(compose, share, shares.get(share, 0.0))


def test_the_same_generator_gives_the_same_sample(training: list[Picture]) -> None:
    first, second = (Composer(training).compose(np.random.default_rng(5)) for _ in range(2))
    np.testing.assert_array_equal(first.grey, second.grey)
    np.testing.assert_array_equal(first.boxes, second.boxes)


def test_a_sample_does_not_depend_on_those_before(training: list[Picture], samples: list[Canvas]) -> None:
    np.testing.assert_array_equal(Composer(training).compose(np.random.default_rng(SAMPLES - 1)).grey, samples[-1].grey)


def test_samples_have_one_size_and_a_weight_and_landmarks_for_every_box(samples: list[Canvas]) -> None:
    for sample in samples:
        assert sample.grey.shape == (SAMPLE_PX, SAMPLE_PX)
        assert sample.grey.dtype == np.uint8
        assert len(sample.boxes) == len(sample.landmarks) == len(sample.weights)


def test_faces_of_all_sizes_occur(samples: list[Canvas]) -> None:
    size = np.concatenate([sides(sample.boxes)[sample.weights > 0] for sample in samples])
    assert size.min() < 2 * SMALLEST_FACE_PX
    assert size.max() > LARGEST_FACE_PX / 2


def test_some_samples_hold_no_face_and_some_many(samples: list[Canvas]) -> None:
    faces = [len(sample.boxes) for sample in samples]
    assert min(faces) == 0
    assert max(faces) > 5


def test_a_gallery_has_tiles_with_faces(training: list[Picture], monkeypatch: pytest.MonkeyPatch) -> None:
    only(monkeypatch, GALLERIES=1.0)
    composer = Composer(training)
    faces = [int((composer.compose(np.random.default_rng(number)).weights > 0).sum()) for number in range(10)]
    assert max(faces) >= 4


def test_pasted_faces_do_not_lie_on_each_other(training: list[Picture], monkeypatch: pytest.MonkeyPatch) -> None:
    only(monkeypatch, PASTES=1.0)
    monkeypatch.setattr(compose, "TURNED", 0.0)
    composer = Composer([one for one in training if one.kind in (SINGLE, NEGATIVE)] + _one_scene(training))
    samples = [composer.compose(np.random.default_rng(number)) for number in range(10)]
    assert max(len(sample.boxes) for sample in samples) > 2
    for sample in samples:
        low, high = np.split(sample.boxes, 2, axis=1)
        apart = (low[:, None] >= high).any(axis=2)
        assert (apart | apart.T | np.eye(len(low), dtype=bool)).all()


def test_a_kind_with_sixteen_times_the_faces_is_drawn_four_times_as_often(
    training: list[Picture], monkeypatch: pytest.MonkeyPatch
) -> None:
    only(monkeypatch, CROPS=1.0)
    (scene,) = _one_scene(training)
    kinds = [replace(scene, kind=kind, boxes=scene.boxes[:1]) for kind in ["many"] * 16 + ["few"]]
    names: list[str] = []
    monkeypatch.setattr(compose, "draw", lambda _, picture, *__: names.append(picture.kind))
    composer = Composer([*kinds, *(one for one in training if one.kind == NEGATIVE)])
    for number in range(300):
        composer.compose(np.random.default_rng(number))
    assert 3 < names.count("many") / names.count("few") < 5.5


def test_scenes_behind_the_focus_are_blurred(training: list[Picture], monkeypatch: pytest.MonkeyPatch) -> None:
    only(monkeypatch)
    noise = np.random.default_rng(0).integers(0, 256, (SAMPLE_PX, SAMPLE_PX), np.uint8)
    scenes = [replace(one, grey=noise) for one in training if one.kind == NEGATIVE]
    composer = Composer([*_one_scene(training), *scenes])
    for worsened in ("DISTRACTED", "OCCLUDED"):
        monkeypatch.setattr(compose, worsened, 0.0)
    monkeypatch.setattr(compose, "UNTOUCHED", 1.0)

    def detail(share: float) -> float:
        monkeypatch.setattr(compose, "OUT_OF_FOCUS", share)
        composed = [composer.compose(np.random.default_rng(number)).grey.astype(float) for number in range(10)]
        return float(np.mean([np.abs(np.diff(grey)).mean() for grey in composed]))

    assert detail(1.0) < detail(0.0) / 2


def test_faces_in_front_of_a_blurred_room_are_sharp(training: list[Picture], monkeypatch: pytest.MonkeyPatch) -> None:
    only(monkeypatch, PASTES=1.0)
    for share, value in {"OUT_OF_FOCUS": 1.0, "UNTOUCHED": 1.0, "SOFT_EDGES": 0.0}.items():
        monkeypatch.setattr(compose, share, value)
    monkeypatch.setattr(cv2, "GaussianBlur", lambda grey, *_: np.zeros_like(grey))
    sample = Composer(training).compose(np.random.default_rng(3))
    x1, y1, x2, y2 = sample.boxes[0].round().astype(int)
    assert sample.grey[y1:y2, x1:x2].any()


def _one_scene(training: list[Picture]) -> list[Picture]:
    return [one for one in training if one.kind == "photo" and len(one.boxes)][:1]


def test_a_scene_is_cropped_around_a_face(training: list[Picture], monkeypatch: pytest.MonkeyPatch) -> None:
    only(monkeypatch, CROPS=1.0)
    composer = Composer(training)
    assert sum(len(composer.compose(np.random.default_rng(number)).boxes) > 0 for number in range(10)) == 10


def test_some_of_the_faces_drawn_are_turned_to_the_side_where_few_are(
    training: list[Picture], monkeypatch: pytest.MonkeyPatch
) -> None:
    only(monkeypatch, CROPS=1.0)
    monkeypatch.setattr(compose, "ASIDE", 1.0)
    scene = _one_scene(training)[0]
    aside = replace(scene, landmarks=scene.landmarks + np.array([[0, 0], [0, 0], [15, 0], [0, 0], [0, 0]], np.float32))
    composer = Composer([*training, aside])
    for number in range(10):
        assert turn(composer.compose(np.random.default_rng(number)).landmarks[0].tolist()) > ASIDE_TURN


@pytest.mark.parametrize(("evenly", "levels"), [(1.0, 1), (0.0, 2)])
def test_a_part_of_a_face_is_covered_by_a_grey_level_or_by_another_part_of_the_picture(
    evenly: float, levels: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(compose, "OCCLUDED", 1.0)
    monkeypatch.setattr(compose, "COVERED_EVENLY", evenly)
    ramp = np.tile(np.arange(SAMPLE_PX, dtype=np.uint8), (SAMPLE_PX, 1))
    face = np.array([[100, 100, 160, 160]], np.float32)
    canvas = Canvas(ramp.copy(), face, np.zeros((1, 5, 2), np.float32), np.ones(1, np.float32))
    compose.occlude(canvas, np.random.default_rng(0))
    changed = canvas.grey != ramp
    assert 0 < changed[100:160, 100:160].mean() < 0.6
    assert changed.sum() == changed[100:160, 100:160].sum()
    assert min(len(np.unique(canvas.grey[changed])), 2) == levels


@pytest.mark.parametrize("missing", ["scenes", "negatives"])
def test_without_scenes_or_without_background_nothing_can_be_composed(training: list[Picture], missing: str) -> None:
    def wanted(one: Picture) -> bool:
        return one.kind in (SINGLE, NEGATIVE) if missing == "scenes" else one.kind != NEGATIVE

    with pytest.raises(UsageError, match="no scene with a face, or none of the kind negative"):
        Composer([one for one in training if wanted(one)])


def test_degrading_keeps_size_and_type_and_changes_the_picture() -> None:
    grey = np.tile(np.arange(256, dtype=np.uint8), (64, 1))
    worse = [degrade(grey, np.random.default_rng(number), smallest_px=np.inf) for number in range(60)]
    assert {one.shape for one in worse} == {grey.shape}
    assert {one.dtype for one in worse} == {np.dtype(np.uint8)}
    assert not any(np.array_equal(one, grey) for one in worse)


def test_a_picture_of_a_face_of_few_pixels_loses_none_of_them_to_blur() -> None:
    columns = np.arange(64)
    grey = np.tile((96 + 64 * (columns % 2) + columns // 32 * 32).astype(np.uint8), (64, 1))

    def blurred(smallest_px: float) -> int:
        worse = [degrade(grey, np.random.default_rng(number), smallest_px=smallest_px).astype(float) for number in range(200)]
        return sum(np.abs(np.diff(one)).mean() < 8 for one in worse)

    # What is left is compression and darkness, which cost detail too.
    assert blurred(LEAST_BLURRED_PX - 1) < blurred(LEAST_BLURRED_PX) / 3


def test_some_samples_stay_as_the_pictures_are(training: list[Picture], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compose, "distract", lambda *_: None)
    monkeypatch.setattr(compose, "occlude", lambda *_: None)
    monkeypatch.setattr(compose, "degrade", lambda grey, *_, **__: np.zeros_like(grey))
    composer = Composer(training)
    untouched = [composer.compose(np.random.default_rng(number)).grey.any() for number in range(SAMPLES)]
    assert 0.1 < np.mean(untouched) < 0.5


def test_light_never_inverts() -> None:
    grey = np.arange(256, dtype=np.uint8)[None]
    for number in range(30):
        assert (np.diff(light(grey, np.random.default_rng(number)).astype(int)) >= 0).all()


def test_real_pictures_can_be_composed(shared_data: Path) -> None:
    composer = Composer(load_pictures(shared_data).training)
    faces = [int((composer.compose(np.random.default_rng(number)).weights > 0).sum()) for number in range(20)]
    assert 1 < np.mean(faces) < 20
