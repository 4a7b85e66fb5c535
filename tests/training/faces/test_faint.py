"""Marked faces that a detector hardly sees."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from live_monitor.training.faces.faint import SEEN, with_faint
from live_monitor.training.faces.pictures import SINGLE
from live_monitor.types import Detection, Image
from tests.training.faces.finder import BESIDE, MARKED, WIDTH, Finder, picture

WELL = SEEN + 0.01
HALF = (10.0, 10.0, 20.0, 20.0)


class AtEverySize(Finder):
    """Finds the marked face with one score in the picture, and with another in a copy half as large."""

    def __init__(self, score: float, score_at_half: float) -> None:
        super().__init__()
        self._sights = Finder(MARKED, score=score), Finder(HALF, score=score_at_half, width=WIDTH // 2)

    def find(self, picture: Image) -> list[Detection]:
        return [found for sight in self._sights for found in sight.find(picture)]


@pytest.mark.parametrize(("score", "score_at_half", "faint"), [(WELL, WELL, []), (0.5, WELL, [0]), (WELL, 0.5, [0])])
def test_a_face_hardly_seen_at_some_size_is_faint(score: float, score_at_half: float, faint: list[int]) -> None:
    (known,) = with_faint([picture()], AtEverySize(score, score_at_half))
    assert known.faint.tolist() == faint


def test_an_overlooked_face_is_faint_and_the_others_are_not() -> None:
    two = replace(picture(), boxes=np.array([BESIDE, MARKED], np.float32), landmarks=np.zeros((2, 5, 2), np.float32))
    (known,) = with_faint([two], AtEverySize(WELL, WELL))
    assert known.faint.tolist() == [0]


def test_a_face_too_small_to_be_seen_is_not_faint() -> None:
    tiny = (20.0, 20.0, 32.0, 32.0)
    (known,) = with_faint([replace(picture(), boxes=np.array([tiny], np.float32))], Finder(tiny))
    assert len(known.faint) == 0


def test_single_faces_are_not_searched() -> None:
    (known,) = with_faint([picture(SINGLE)], Finder())
    assert len(known.faint) == 0
