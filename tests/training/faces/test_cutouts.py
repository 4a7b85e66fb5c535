"""FER2013's faces as single faces to paste."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from live_monitor.dataset.fer2013 import load_fer2013
from live_monitor.detect.facegrid import FaceGrid
from live_monitor.training.faces.colours import is_coloured
from live_monitor.training.faces.cutouts import BORDER_PX, ENLARGED, cutouts
from live_monitor.training.faces.pictures import CUTOUT, Picture
from live_monitor.types import Box, Detection, Image

FACES = np.random.default_rng(0).integers(0, 256, (6, 48, 48), np.uint8)
BOX = (5.0, 2.0, 43.0, 47.0)
POINTS = ((15.0, 18.0), (33.0, 18.0), (24.0, 27.0), (17.0, 36.0), (31.0, 36.0))


def enlarged(*values: float) -> tuple[float, ...]:
    """Coordinates in the face's picture, in pixels of what the teacher sees."""
    return tuple((value + BORDER_PX) * ENLARGED for value in values)


class Teacher:
    """Finds BOX and POINTS, listed between two worse boxes, but nothing in a dark picture."""

    name, sure_score, smallest_px, picture_px, copies, doubts = "teacher", 0.5, 10, 10_000, (), None

    def __init__(self, *, landmarks: bool = True) -> None:
        self.seen: list[Image] = []
        self._landmarks = tuple((x, y) for x, y in (enlarged(*point) for point in POINTS)) if landmarks else None

    def find(self, picture: Image) -> list[Detection]:
        self.seen.append(picture)
        worse = Detection(Box(0.0, 0.0, 10.0, 10.0), 0.3)
        right = Detection(Box(*enlarged(*BOX)), 0.9, self._landmarks)
        return [worse, right, worse] if picture.max() > 100 else []


def test_box_and_landmarks_are_the_teachers_best_in_pixels_of_the_face() -> None:
    for number, picture in enumerate(cutouts(FACES, Teacher())):
        np.testing.assert_allclose(picture.boxes, [BOX])
        np.testing.assert_allclose(picture.landmarks, [POINTS])
        assert (picture.kind, picture.by_people) == (CUTOUT, False)
        assert picture.image.shape == (48, 48, 3)
        assert picture.image.dtype == np.uint8
        if number % 2 == 0:
            assert (picture.image == FACES[number][..., None]).all()


def test_landmarks_are_unknown_if_the_teacher_gives_none() -> None:
    assert all(np.isnan(picture.landmarks).all() for picture in cutouts(FACES, Teacher(landmarks=False)))


def test_every_second_cutout_is_in_colour() -> None:
    assert [is_coloured(picture.image) for picture in cutouts(FACES, Teacher())] == [False, True] * 3


def test_the_same_faces_give_the_same_pictures() -> None:
    first, second = (list(cutouts(FACES, Teacher())) for _ in range(2))
    assert all((one.image == other.image).all() for one, other in zip(first, second, strict=True))


def test_a_face_that_the_teacher_does_not_find_is_left_out() -> None:
    dark = FACES // 4
    assert [picture.name for picture in cutouts(np.stack([dark[0], FACES[1], dark[2], FACES[3]]), Teacher())] == ["1", "3"]


def test_the_teacher_sees_the_face_larger_and_with_something_around_it() -> None:
    teacher = Teacher()
    list(cutouts(FACES[:1], teacher))
    (seen,) = teacher.seen
    assert seen.shape == ((48 + 2 * BORDER_PX) * ENLARGED,) * 2 + (3,)
    assert (seen[: 2 * BORDER_PX - 2] == seen[0, 0]).all()


@pytest.mark.parametrize("first", [0, 500])
def test_real_faces_are_found_near_the_middle_of_their_pictures(shared_data: Path, first: int) -> None:
    faces = load_fer2013(shared_data / "fer2013" / "fer2013.zip", "Training").images[first : first + 60]
    found: list[Picture] = list(cutouts(faces, FaceGrid(threshold=0.25)))
    assert len(found) >= 57
    boxes = np.concatenate([picture.boxes for picture in found])
    middles = (boxes[:, :2] + boxes[:, 2:]) / 2
    assert np.abs(np.median(middles, axis=0) - 24).max() < 3
    assert 25 < np.median(boxes[:, 2:] - boxes[:, :2]) < 50
