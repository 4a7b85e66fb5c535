"""What a teacher finds beside the faces that people marked."""

from __future__ import annotations

import numpy as np

from live_monitor.training.faces.pictures import Picture
from live_monitor.training.faces.unmarked import with_unmarked
from live_monitor.types import Box, Detection, Image

MARKED = (20.0, 20.0, 40.0, 40.0)


class Teacher:
    """Finds the same boxes in every picture."""

    name, sure_score, smallest_px, picture_px, wants_coarse_look = "teacher", 0.5, 10, 10_000, False

    def __init__(self, *boxes: tuple[float, float, float, float]) -> None:
        self._boxes = boxes

    def find(self, picture: Image) -> list[Detection]:
        assert picture.shape == (60, 100, 3)
        return [Detection(Box(*box), 0.9) for box in self._boxes]


def picture(*, by_people: bool) -> Picture:
    boxes = np.array([MARKED], np.float32)
    return Picture("", "photo", np.zeros((60, 100), np.uint8), boxes, np.zeros((1, 5, 2), np.float32), by_people)


def test_a_face_that_only_the_teacher_finds_is_unmarked() -> None:
    beside = (60.0, 10.0, 80.0, 34.0)
    (known,) = with_unmarked([picture(by_people=True)], Teacher((22.0, 18.0, 41.0, 41.0), beside))
    assert known.unmarked.tolist() == [list(beside)]
    assert known.boxes.tolist() == [list(MARKED)]


def test_where_the_teacher_finds_what_is_marked_nothing_is_unmarked() -> None:
    (known,) = with_unmarked([picture(by_people=True)], Teacher(MARKED))
    assert known.unmarked.shape == (0, 4)


def test_a_picture_that_a_detector_labelled_stays_as_it_is() -> None:
    (known,) = with_unmarked([picture(by_people=False)], Teacher((60.0, 10.0, 80.0, 34.0)))
    assert len(known.unmarked) == 0
