"""What people have found to be no face."""

from __future__ import annotations

import dataclasses

import numpy as np

from live_monitor.training.faces.mistakes import SCALES
from live_monitor.training.faces.no_faces import with_no_faces
from live_monitor.training.faces.pictures import SINGLE
from live_monitor.types import Box
from tests.training.faces.finder import BESIDE, MARKED, picture

HAND = (61.0, 11.0, 79.0, 35.0)
ELSEWHERE = (0.0, 0.0, 10.0, 10.0)


def test_it_is_a_mistake_and_what_the_teacher_sees_there_counts_as_background() -> None:
    seen = dataclasses.replace(picture(), name="one.jpg", unmarked=np.array([BESIDE, ELSEWHERE], np.float32))
    (known,) = with_no_faces([seen], {"one.jpg": [Box(*HAND)]})
    assert known.mistakes.tolist() == [list(HAND)] * len(SCALES)
    assert known.mistaken_at.tolist() == [np.float32(scale) for scale in SCALES]
    assert known.unmarked.tolist() == [list(ELSEWHERE)]
    assert known.boxes.tolist() == [list(MARKED)]


def test_mistakes_of_a_detector_stay() -> None:
    made, made_at = np.array([ELSEWHERE], np.float32), np.array([0.5], np.float32)
    seen = dataclasses.replace(picture(), name="one.jpg", mistakes=made, mistaken_at=made_at)
    (known,) = with_no_faces([seen], {"one.jpg": [Box(*HAND)]})
    assert known.mistakes[:2].tolist() == [list(ELSEWHERE), list(HAND)]
    assert known.mistaken_at[:2].tolist() == [0.5, SCALES[0]]


def test_each_of_several_is_shown_at_every_size() -> None:
    (known,) = with_no_faces([dataclasses.replace(picture(), name="one.jpg")], {"one.jpg": [Box(*HAND), Box(*ELSEWHERE)]})
    shown = {(tuple(box), scale) for box, scale in zip(known.mistakes.tolist(), known.mistaken_at.tolist(), strict=True)}
    assert shown == {(box, float(np.float32(scale))) for box in (HAND, ELSEWHERE) for scale in SCALES}


def test_other_pictures_and_single_faces_of_the_same_name_stay_as_they_are() -> None:
    others = [picture(), dataclasses.replace(picture(SINGLE), name="one.jpg")]
    assert with_no_faces(others, {"one.jpg": [Box(*HAND)]}) == others
