"""What a detector mistakes for a face."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from live_monitor.training.faces.mistakes import with_mistakes
from live_monitor.training.faces.pictures import NEGATIVE, SINGLE
from tests.training.faces.finder import BESIDE, MARKED, WIDTH, Finder, picture


@pytest.mark.parametrize("kind", ["photo", NEGATIVE])
def test_an_unmarked_detection_is_a_mistake(kind: str) -> None:
    (known,) = with_mistakes([picture(kind)], Finder(BESIDE))
    assert known.mistakes.tolist() == [list(BESIDE)]
    assert known.mistaken_at.tolist() == [1.0]


def test_a_marked_face_is_not_a_mistake() -> None:
    (known,) = with_mistakes([picture()], Finder(MARKED))
    assert known.mistakes.shape == (0, 4)


def test_what_a_teacher_sees_too_is_not_a_mistake() -> None:
    (known,) = with_mistakes([replace(picture(), unmarked=np.array([BESIDE], np.float32))], Finder(BESIDE))
    assert len(known.mistakes) == 0


@pytest.mark.parametrize("part", [2, 4])
def test_a_mistake_in_a_smaller_copy_is_noted_in_picture_pixels_with_the_scale_of_the_copy(part: int) -> None:
    x1, y1, x2, y2 = (pixel / part for pixel in BESIDE)
    (known,) = with_mistakes([picture()], Finder((x1, y1, x2, y2), width=WIDTH // part))
    assert known.mistakes.tolist() == [list(BESIDE)]
    assert known.mistaken_at.tolist() == [1 / part]


def test_single_faces_are_not_searched() -> None:
    (known,) = with_mistakes([picture(SINGLE)], Finder(BESIDE))
    assert len(known.mistakes) == 0
