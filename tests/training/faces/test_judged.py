"""What people have judged to be a face, or not."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping, Sequence

import numpy as np
import pytest

from live_monitor.training.faces.judged import with_more_faces, with_no_faces
from live_monitor.training.faces.mistakes import SCALES
from live_monitor.training.faces.pictures import SINGLE, Picture
from live_monitor.types import Box
from tests.training.faces.finder import BESIDE, MARKED, picture

Judge = Callable[[Sequence[Picture], Mapping[str, Sequence[Box]]], list[Picture]]

HAND = (61.0, 11.0, 79.0, 35.0)
ELSEWHERE = (0.0, 0.0, 10.0, 10.0)


def test_a_box_judged_not_a_face_is_a_mistake_and_no_longer_unmarked() -> None:
    seen = dataclasses.replace(picture(), name="one.jpg", unmarked=np.array([BESIDE, ELSEWHERE], np.float32))
    (known,) = with_no_faces([seen], {"one.jpg": [Box(*HAND)]})
    assert known.mistakes.tolist() == [list(HAND)] * len(SCALES)
    assert known.mistaken_at.tolist() == [np.float32(scale) for scale in SCALES]
    assert known.unmarked.tolist() == [list(ELSEWHERE)]
    assert known.boxes.tolist() == [list(MARKED)]


def test_mistakes_of_a_detector_are_kept() -> None:
    made, made_at = np.array([ELSEWHERE], np.float32), np.array([0.5], np.float32)
    seen = dataclasses.replace(picture(), name="one.jpg", mistakes=made, mistaken_at=made_at)
    (known,) = with_no_faces([seen], {"one.jpg": [Box(*HAND)]})
    assert known.mistakes[:2].tolist() == [list(ELSEWHERE), list(HAND)]
    assert known.mistaken_at[:2].tolist() == [0.5, SCALES[0]]


def test_each_of_several_mistakes_is_listed_at_every_size() -> None:
    (known,) = with_no_faces([dataclasses.replace(picture(), name="one.jpg")], {"one.jpg": [Box(*HAND), Box(*ELSEWHERE)]})
    shown = {(tuple(box), scale) for box, scale in zip(known.mistakes.tolist(), known.mistaken_at.tolist(), strict=True)}
    assert shown == {(box, float(np.float32(scale))) for box in (HAND, ELSEWHERE) for scale in SCALES}


def test_an_added_face_has_unknown_landmarks() -> None:
    (known,) = with_more_faces([dataclasses.replace(picture(), name="one.jpg")], {"one.jpg": [Box(*BESIDE)]})
    assert known.boxes.tolist() == [list(MARKED), list(BESIDE)]
    assert known.landmarks.shape == (2, 5, 2)
    assert not np.isnan(known.landmarks[0]).any()
    assert np.isnan(known.landmarks[1]).all()


def test_boxes_from_the_file_are_scaled_with_a_reduced_picture() -> None:
    reduced = dataclasses.replace(picture(), name="one.jpg", scale=0.5)
    boxes = {"one.jpg": [Box(120, 20, 160, 68)]}
    assert with_more_faces([reduced], boxes)[0].boxes.tolist() == [list(MARKED), list(BESIDE)]
    assert with_no_faces([reduced], boxes)[0].mistakes[0].tolist() == list(BESIDE)


@pytest.mark.parametrize("judge", [with_more_faces, with_no_faces])
def test_other_pictures_and_single_faces_of_the_same_name_are_left_unchanged(judge: Judge) -> None:
    others = [picture(), dataclasses.replace(picture(SINGLE), name="one.jpg")]
    assert judge(others, {"one.jpg": [Box(*HAND)]}) == others
