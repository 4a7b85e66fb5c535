"""Faces that nobody marked though two detectors see them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from live_monitor.training.faces.agreed import DETECTOR_SURE, TEACHER_SURE, with_agreed
from live_monitor.training.faces.pictures import NEGATIVE, SINGLE
from live_monitor.types import Detection, Image
from tests.training.faces.finder import BESIDE, MARKED, WIDTH, Finder, picture

ABOUT_BESIDE = (61.0, 11.0, 80.0, 35.0)
BESIDE_DOUBLED = (120.0, 20.0, 160.0, 68.0)
ELSEWHERE = (5.0, 2.0, 15.0, 14.0)
POINTS = ((63.0, 16.0), (70.0, 16.0), (66.0, 20.0), (63.0, 27.0), (70.0, 27.0))


class WithLandmarks(Finder):
    def find(self, picture: Image) -> list[Detection]:
        return [replace(found, landmarks=POINTS) for found in super().find(picture)]


class TwiceAsLargeToo(Finder):
    """Sees the same face once more, and better, in the picture twice as large."""

    def find(self, picture: Image) -> list[Detection]:
        return [*super().find(picture), *Finder(BESIDE_DOUBLED, score=0.95, width=2 * WIDTH).find(picture)]


def test_what_both_see_is_marked_as_the_teacher_sees_it() -> None:
    (known,) = with_agreed([picture()], WithLandmarks(BESIDE), Finder(ABOUT_BESIDE))
    assert known.boxes.tolist() == [list(MARKED), list(BESIDE)]
    assert known.landmarks[1].tolist() == [list(point) for point in POINTS]
    assert known.boxes.dtype == known.landmarks.dtype == np.float32


def test_a_face_without_landmarks_has_unknown_ones() -> None:
    (known,) = with_agreed([picture()], Finder(BESIDE), Finder(BESIDE))
    assert known.landmarks.shape == (2, 5, 2)
    assert np.isnan(known.landmarks[1]).all()


@pytest.mark.parametrize(
    ("teacher", "detector", "marked"),
    [
        (Finder(BESIDE, score=TEACHER_SURE), Finder(BESIDE, score=DETECTOR_SURE), 2),
        (Finder(BESIDE, score=TEACHER_SURE - 0.01), Finder(BESIDE), 1),
        (Finder(BESIDE), Finder(BESIDE, score=DETECTOR_SURE - 0.01), 1),
        (Finder(BESIDE), Finder(ELSEWHERE), 1),
        (Finder(), Finder(BESIDE), 1),
    ],
    ids=["just sure enough", "teacher unsure", "detector unsure", "elsewhere", "detector alone"],
)
def test_they_must_agree(teacher: Finder, detector: Finder, marked: int) -> None:
    (known,) = with_agreed([picture()], teacher, detector)
    assert len(known.boxes) == len(known.landmarks) == marked


def test_a_face_that_is_marked_is_marked_once() -> None:
    (known,) = with_agreed([picture()], Finder(MARKED), Finder(MARKED))
    assert known.boxes.tolist() == [list(MARKED)]


def test_a_face_that_is_seen_at_two_sizes_is_marked_once() -> None:
    (known,) = with_agreed([picture()], TwiceAsLargeToo(ABOUT_BESIDE), TwiceAsLargeToo(ABOUT_BESIDE))
    assert known.boxes.tolist() == [list(MARKED), list(BESIDE)]


@pytest.mark.parametrize("kind", [SINGLE, NEGATIVE])
def test_single_faces_and_scenes_of_nobody_stay_as_they_are(kind: str) -> None:
    before = picture(kind)
    assert with_agreed([before], Finder(BESIDE), Finder(BESIDE)) == [before]
