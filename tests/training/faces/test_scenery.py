"""Scenery of drawn faces."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from live_monitor.errors import UsageError
from live_monitor.training.faces import scenery
from live_monitor.training.faces.choosing import FaceChooser
from live_monitor.training.faces.pictures import NEGATIVE, SINGLE, Picture, load_pictures
from live_monitor.training.faces.placing import SAMPLE_PX, Canvas, Pose, Pyramids
from live_monitor.training.faces.scenery import Scenery

SAMPLES = 10


@pytest.fixture(scope="module")
def training(detector_data: Path) -> list[Picture]:
    return list(load_pictures(detector_data).training)


def drawn(draw: Callable[[np.random.Generator], Canvas]) -> list[Canvas]:
    return [draw(np.random.default_rng(number)) for number in range(SAMPLES)]


def one_scene(training: list[Picture]) -> list[Picture]:
    return [one for one in training if one.kind == "photo" and len(one.boxes)][:1]


def test_a_gallery_has_tiles_with_faces(training: list[Picture]) -> None:
    assert max(int((canvas.weights > 0).sum()) for canvas in drawn(Scenery(training, Pyramids()).gallery)) >= 4


def test_pasted_faces_do_not_lie_on_each_other(training: list[Picture], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scenery, "TURNED", 0.0)
    pictures = [one for one in training if one.kind in (SINGLE, NEGATIVE)] + one_scene(training)
    samples = drawn(Scenery(pictures, Pyramids()).paste)
    assert max(len(sample.boxes) for sample in samples) > 2
    for sample in samples:
        low, high = np.split(sample.boxes, 2, axis=1)
        apart = (low[:, None] >= high).any(axis=2)
        assert (apart | apart.T | np.eye(len(low), dtype=bool)).all()


def test_pasted_pieces_are_faces_or_decoys(training: list[Picture], monkeypatch: pytest.MonkeyPatch) -> None:
    paste = Scenery(training, Pyramids()).paste
    faces = []
    for share in (0.0, 1.0):
        monkeypatch.setattr(scenery, "DECOYS", share)
        faces.append(sum(len(canvas.boxes) for canvas in drawn(paste)))
    assert faces[0] > SAMPLES
    assert faces[1] == 0


def test_decoys_are_pieces_of_scenes_without_a_face(training: list[Picture], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scenery, "DECOYS", 1.0)
    empty = [replace(one, image=np.full_like(one.image, 255)) for one in training if one.kind == NEGATIVE]
    pasting = Scenery([*one_scene(training), *empty], Pyramids())
    monkeypatch.setattr(pasting, "background", lambda _, **__: Canvas(np.zeros((SAMPLE_PX, SAMPLE_PX, 3), np.uint8)))
    shown = [canvas.image for canvas in drawn(pasting.paste)]
    assert all(image.any() for image in shown)
    assert all((np.ptp(image, axis=2) == 0).all() for image in shown)


def test_scenes_behind_the_focus_are_blurred(training: list[Picture], monkeypatch: pytest.MonkeyPatch) -> None:
    noise = np.random.default_rng(0).integers(0, 256, (SAMPLE_PX, SAMPLE_PX, 3), np.uint8)
    scenes = [replace(one, image=noise) for one in training if one.kind == NEGATIVE]
    background = Scenery([*one_scene(training), *scenes], Pyramids()).background

    def detail(share: float) -> float:
        monkeypatch.setattr(scenery, "OUT_OF_FOCUS", share)
        return float(np.mean([np.abs(np.diff(canvas.image.astype(float), axis=1)).mean() for canvas in drawn(background)]))

    assert detail(1.0) < detail(0.0) / 2


def test_faces_in_front_of_a_blurred_room_are_sharp(training: list[Picture], monkeypatch: pytest.MonkeyPatch) -> None:
    for share, value in {"OUT_OF_FOCUS": 1.0, "SOFT_EDGES": 0.0}.items():
        monkeypatch.setattr(scenery, share, value)
    monkeypatch.setattr(cv2, "GaussianBlur", lambda image, *_: np.zeros_like(image))
    sample = Scenery(training, Pyramids()).paste(np.random.default_rng(3))
    x1, y1, x2, y2 = sample.boxes[0].round().astype(int)
    assert sample.image[y1:y2, x1:x2].any()


def test_a_scene_is_cropped_around_a_face(training: list[Picture]) -> None:
    assert all(len(canvas.boxes) for canvas in drawn(Scenery(training, Pyramids()).crop))


@pytest.mark.parametrize("mistaken_at", [1.0, 0.5])
def test_a_mistake_is_shown_at_about_its_original_size_with_the_marked_faces_around_it(
    training: list[Picture], monkeypatch: pytest.MonkeyPatch, mistaken_at: float
) -> None:
    monkeypatch.setattr(scenery, "FORESHORTENED", 0.0)
    scene = one_scene(training)[0]
    mistaken = replace(
        scene,
        image=np.zeros_like(scene.image),
        mistakes=np.array([(40, 40, 72, 80)], np.float32),
        mistaken_at=np.array([mistaken_at], np.float32),
    )
    mistaken.image[40:80, 40:72] = (0, 0, 255)
    white = [replace(one, image=np.full_like(one.image, 255)) for one in training if one.kind == NEGATIVE]
    samples = drawn(Scenery([mistaken, *white], Pyramids()).mistake)
    heights = [int((sample.image @ (-1, -1, 2) > 200).any(axis=1).sum()) for sample in samples]
    assert 20 * mistaken_at < min(heights) < 36 * mistaken_at < 44 * mistaken_at < max(heights) < 70 * mistaken_at
    assert any(len(sample.boxes) for sample in samples)


def test_a_large_mistake_fits_into_the_sample(training: list[Picture]) -> None:
    scene = one_scene(training)[0]
    mistaken = replace(
        scene,
        image=np.full((600, 600, 3), (0, 0, 255), np.uint8),
        mistakes=np.array([(0, 0, 600, 600)], np.float32),
        mistaken_at=np.ones(1, np.float32),
    )
    black = [replace(one, image=np.zeros_like(one.image)) for one in training if one.kind == NEGATIVE]
    for sample in drawn(Scenery([mistaken, *black], Pyramids()).mistake):
        assert not sample.image.all(axis=2).all()


def heads_in_front(training: list[Picture], monkeypatch: pytest.MonkeyPatch, **limits: float) -> list[Canvas]:
    """Crops of a white face of 60 pixels, with a red head or something green in front of it."""
    for name, limit in {"IN_FRONT": 1.0, "TURNED": 0.0, "OUT_OF_FOCUS": 0.0, "FORESHORTENED": 0.0, **limits}.items():
        monkeypatch.setattr(scenery, name, limit)
    monkeypatch.setattr(scenery, "STRETCH", 0.0)
    monkeypatch.setattr(scenery, "_face_size", lambda _: 60.0)
    monkeypatch.setattr(scenery, "CLOSE_UPS", 0.0)
    white, red, green = (
        replace(one, image=np.full((400, 400, 3), colour, np.uint8))
        for one, colour in zip(
            [
                one_scene(training)[0],
                next(one for one in training if one.kind == SINGLE),
                next(one for one in training if one.kind == NEGATIVE),
            ],
            [(255, 255, 255), (0, 0, 255), (0, 255, 0)],
            strict=True,
        )
    )
    boxes, unknown = np.array([(170, 170, 230, 230)], np.float32), np.full((1, 5, 2), np.nan, np.float32)
    white, red = (replace(one, boxes=boxes, landmarks=unknown) for one in (white, red))
    crops = Scenery([white, red, green], Pyramids())
    canvases = []
    for number in range(40):
        first_white_then_red = itertools.chain([[white]], itertools.repeat([red]))
        monkeypatch.setattr(FaceChooser, "_scenes_of_a_kind", lambda *_, kinds=first_white_then_red: next(kinds))
        canvases.append(crops.crop(np.random.default_rng(number)))
    return canvases


def hidden_shares(canvases: list[Canvas]) -> NDArray[np.float64]:
    """What share of the first face of each sample is not white, as far as the sample shows it."""
    shares = []
    for canvas in canvases:
        x1, y1, x2, y2 = np.clip(canvas.boxes[0].round().astype(int), 0, SAMPLE_PX)
        shares.append((canvas.image[y1:y2, x1:x2, 0] < 128).mean())
    return np.array(shares)


def test_a_head_or_something_else_hides_part_of_a_face(training: list[Picture], monkeypatch: pytest.MonkeyPatch) -> None:
    shares = hidden_shares(heads_in_front(training, monkeypatch))
    assert 0.1 < np.median(shares) < 0.6
    assert shares.max() < 0.95
    assert not hidden_shares(heads_in_front(training, monkeypatch, IN_FRONT=0.0)).any()


def test_some_crops_have_something_in_front(training: list[Picture], monkeypatch: pytest.MonkeyPatch) -> None:
    share = (hidden_shares(heads_in_front(training, monkeypatch, IN_FRONT=scenery.IN_FRONT)) > 0).mean()
    assert 0.08 < share < 0.45


def test_a_hidden_face_counts_unless_hardly_anything_of_it_shows(
    training: list[Picture], monkeypatch: pytest.MonkeyPatch
) -> None:
    canvases = heads_in_front(training, monkeypatch, DECOYS=0.0, MIN_NEAR=0.1)
    counted = np.array([canvas.weights[0] > 0 for canvas in canvases])
    shares = hidden_shares(canvases)
    assert counted[shares < scenery.MAX_HIDDEN - 0.15].all()
    assert not counted[shares > scenery.MAX_HIDDEN + 0.15].any()
    assert 0 < counted.sum() < len(counted)


def test_a_head_in_front_is_marked_and_anything_else_is_not(training: list[Picture], monkeypatch: pytest.MonkeyPatch) -> None:
    for share, faces in [(0.0, 2), (1.0, 1)]:
        canvases = heads_in_front(training, monkeypatch, DECOYS=share)
        assert {len(canvas.boxes) for canvas in canvases} == {faces}


def test_a_face_that_is_too_small_is_not_hidden(training: list[Picture], monkeypatch: pytest.MonkeyPatch) -> None:
    canvases = heads_in_front(training, monkeypatch, SMALLEST_HIDDEN_PX=61.0)
    assert not hidden_shares(canvases).any()


def test_some_pictures_are_foreshortened(training: list[Picture], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scenery, "TURNED", 0.0)
    stretches: list[float] = []

    def noted(_: Canvas, picture: Picture, pose: Pose, *__: object) -> None:
        if picture.kind != NEGATIVE:
            stretches.append(float(np.log(abs(pose.linear[0, 0] / pose.linear[1, 1]))))

    monkeypatch.setattr(scenery, "draw", noted)

    def spread(share: float) -> float:
        monkeypatch.setattr(scenery, "FORESHORTENED", share)
        stretches.clear()
        for number in range(60):
            Scenery(training, Pyramids()).crop(np.random.default_rng(number))
        return float(np.std(stretches))

    assert spread(1.0) > 2 * spread(0.0)


@pytest.mark.parametrize("missing", ["scenes", "negatives"])
def test_without_scenes_or_without_background_nothing_can_be_drawn(training: list[Picture], missing: str) -> None:
    def wanted(one: Picture) -> bool:
        return one.kind in (SINGLE, NEGATIVE) if missing == "scenes" else one.kind != NEGATIVE

    with pytest.raises(UsageError, match="no scene with a face, or none of the kind negative"):
        Scenery([one for one in training if wanted(one)], Pyramids())
