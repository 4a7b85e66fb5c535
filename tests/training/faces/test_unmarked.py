"""What a teacher finds beside the faces that are marked."""

from __future__ import annotations

import numpy as np
import pytest

from live_monitor.training.faces.pictures import Picture
from live_monitor.training.faces.unmarked import with_unmarked
from live_monitor.types import Box, Detection, Image

WIDTH, HEIGHT = 100, 60
MARKED = (20.0, 20.0, 40.0, 40.0)
BESIDE = (60.0, 10.0, 80.0, 34.0)
Corners = tuple[float, float, float, float]


class Teacher:
    """Finds the same boxes in every picture of one width, nothing in others."""

    name, sure_score, smallest_px, picture_px, wants_coarse_look = "teacher", 0.5, 10, 10_000, False

    def __init__(self, *boxes: Corners, score: float | None = 0.9, width: int = WIDTH) -> None:
        self._boxes, self._score, self._width = boxes, score, width

    def find(self, picture: Image) -> list[Detection]:
        assert picture.shape in {(HEIGHT, WIDTH, 3), (2 * HEIGHT, 2 * WIDTH, 3)}
        return [Detection(Box(*box), self._score) for box in self._boxes if picture.shape[1] == self._width]


def picture(kind: str = "photo", *, by_people: bool = True) -> Picture:
    boxes = np.array([MARKED] if kind != "negative" else np.zeros((0, 4)), np.float32)
    image = np.zeros((HEIGHT, WIDTH, 3), np.uint8)
    return Picture("", kind, image, boxes, np.zeros((len(boxes), 5, 2), np.float32), by_people)


@pytest.mark.parametrize("by_people", [True, False])
def test_a_face_that_only_the_teacher_finds_is_unmarked_whoever_marked_the_others(by_people: bool) -> None:
    (known,) = with_unmarked([picture(by_people=by_people)], Teacher((22.0, 18.0, 41.0, 41.0), BESIDE, score=0.3))
    assert known.unmarked.tolist() == [list(BESIDE)]
    assert known.boxes.tolist() == [list(MARKED)]


def test_where_the_teacher_finds_what_is_marked_nothing_is_unmarked() -> None:
    (known,) = with_unmarked([picture()], Teacher(MARKED))
    assert known.unmarked.shape == (0, 4)


def test_what_the_teacher_finds_in_the_picture_made_twice_as_large_is_unmarked_where_it_lies() -> None:
    (known,) = with_unmarked([picture()], Teacher((120.0, 20.0, 160.0, 68.0), width=2 * WIDTH))
    assert known.unmarked.tolist() == [list(BESIDE)]


@pytest.mark.parametrize("score", [0.79, None])
def test_in_a_scene_of_nobody_a_doubtful_thing_stays_background(score: float | None) -> None:
    (known,) = with_unmarked([picture("negative")], Teacher(BESIDE, score=score))
    assert len(known.unmarked) == 0


@pytest.mark.parametrize("width", [WIDTH, 2 * WIDTH])
def test_a_scene_of_nobody_where_the_teacher_is_sure_of_somebody_is_left_out(width: int) -> None:
    scenes = [picture(), picture("negative")]
    assert [known.kind for known in with_unmarked(scenes, Teacher(BESIDE, score=0.8, width=width))] == ["photo"]
