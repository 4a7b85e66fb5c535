"""Which face is drawn next."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from live_monitor.classify.quality import turn
from live_monitor.training.faces import choosing
from live_monitor.training.faces.choosing import ASIDE, ASIDE_TURN, FAINT, FaceChooser
from live_monitor.training.faces.pictures import CUTOUT, SINGLE, Picture, load_pictures

DRAWS = 2000


@pytest.fixture(scope="module")
def training(detector_data: Path) -> list[Picture]:
    return list(load_pictures(detector_data).training)


@pytest.fixture(scope="module")
def scene(training: list[Picture]) -> Picture:
    """One face that looks straight ahead."""
    return next(one for one in training if one.kind == "photo" and len(one.boxes))


def looking_aside(scene: Picture, kind: str, share: float) -> Picture:
    """The scene with the nose moved aside, by this share of the distance between the eyes."""
    landmarks = scene.landmarks.copy()
    eyes = landmarks[0, :2, 0]
    landmarks[0, 2, 0] = eyes.mean() + share * (eyes[1] - eyes[0])
    return replace(scene, kind=kind, landmarks=landmarks)


def shares(pictures: list[Picture], *, singles: float = 0.0) -> dict[str, float]:
    """How often each kind is drawn."""
    chooser, rng = FaceChooser(pictures), np.random.default_rng(0)
    counts = Counter(chooser.face(rng, singles=singles)[0].kind for _ in range(DRAWS))
    return {kind: count / DRAWS for kind, count in counts.items()}


def test_middle_and_side_are_those_of_a_face_in_the_picture(training: list[Picture]) -> None:
    chooser, rng = FaceChooser(training), np.random.default_rng(0)
    for _ in range(50):
        picture, middle, side = chooser.face(rng)
        x1, y1, x2, y2 = next(box for box in picture.boxes if np.allclose((box[:2] + box[2:]) / 2, middle))
        assert side == pytest.approx(np.sqrt((x2 - x1) * (y2 - y1)), rel=1e-5)


def test_a_kind_with_sixteen_times_the_faces_is_drawn_four_times_as_often(scene: Picture) -> None:
    drawn = shares([replace(scene, kind=kind) for kind in ["many"] * 16 + ["few"]])
    assert drawn["many"] / drawn["few"] == pytest.approx(4, rel=0.2)


def test_a_crowd_counts_no_more_than_ten_pictures_of_one_face(scene: Picture) -> None:
    crowd = replace(scene, kind="crowd", boxes=np.repeat(scene.boxes, 400, axis=0), landmarks=np.repeat(scene.landmarks, 400, 0))
    drawn = shares([crowd, *[replace(scene, kind="ten")] * 10])
    assert drawn["crowd"] / drawn["ten"] == pytest.approx(1, rel=0.2)


def test_single_faces_are_drawn_only_on_request(training: list[Picture]) -> None:
    assert shares(training, singles=0.5)[SINGLE] == pytest.approx(0.5, abs=0.05)
    assert SINGLE not in shares(training)


def test_half_of_the_single_faces_drawn_are_cutouts_if_there_are_any(scene: Picture) -> None:
    pictures = [scene, replace(scene, kind=SINGLE), *[replace(scene, kind=CUTOUT)] * 9]
    drawn = shares(pictures, singles=0.5)
    assert drawn[SINGLE] == pytest.approx(0.25, abs=0.05)
    assert drawn[CUTOUT] == pytest.approx(0.25, abs=0.05)
    assert CUTOUT not in shares(pictures)
    assert shares([scene, pictures[-1]], singles=0.5)[CUTOUT] == pytest.approx(0.5, abs=0.05)


def test_a_cutout_is_not_drawn_for_being_turned_or_faint(scene: Picture) -> None:
    assert CUTOUT not in shares([scene, replace(looking_aside(scene, CUTOUT, 0.6), faint=np.array([0]))])


def test_faces_turned_aside_are_drawn_often_even_where_they_are_rare(scene: Picture) -> None:
    aside = looking_aside(scene, "aside", 0.6)
    assert turn(aside.landmarks[0].tolist()) > ASIDE_TURN > turn(scene.landmarks[0].tolist())
    assert shares([*[scene] * 999, aside])["aside"] == pytest.approx(ASIDE, abs=0.05)


def test_the_further_a_face_is_turned_the_more_often_it_is_drawn(scene: Picture, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(choosing, "ASIDE", 1.0)
    little, far = looking_aside(scene, "little", 0.4), looking_aside(scene, "far", 0.9)
    ratio = turn(far.landmarks[0].tolist()) / turn(little.landmarks[0].tolist())
    drawn = shares([little, far])
    assert ratio > 2
    assert drawn["far"] / drawn["little"] == pytest.approx(ratio, rel=0.2)


def test_landmarks_in_one_spot_count_as_a_face_turned_far(scene: Picture, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(choosing, "ASIDE", 1.0)
    aside = looking_aside(scene, "aside", 1.5)
    spot = replace(scene, kind="spot", landmarks=np.zeros_like(scene.landmarks))
    assert shares([aside, spot])["spot"] == pytest.approx(0.5, abs=0.05)


def test_faint_faces_are_drawn_more_often_if_there_are_any(scene: Picture) -> None:
    faint = replace(scene, kind="faint", faint=np.array([0]))
    assert shares([*[scene] * 999, faint])["faint"] > FAINT - 0.05
    assert shares([scene])["photo"] == 1


def test_single_faces_alone_are_not_scenes(training: list[Picture]) -> None:
    assert FaceChooser(training).has_scenes
    assert not FaceChooser([one for one in training if one.kind == SINGLE]).has_scenes
