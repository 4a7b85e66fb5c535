"""What a teacher finds besides the marked faces."""

from __future__ import annotations

import dataclasses

import pytest

from live_monitor.training.faces.judged import with_more_faces
from live_monitor.training.faces.pictures import NEGATIVE
from live_monitor.training.faces.unmarked import with_unmarked
from live_monitor.types import Box
from tests.training.faces.finder import BESIDE, MARKED, WIDTH, Finder, picture


@pytest.mark.parametrize("by_people", [True, False])
def test_a_face_that_only_the_teacher_finds_is_unmarked_no_matter_who_marked_the_others(by_people: bool) -> None:
    (known,) = with_unmarked([picture(by_people=by_people)], Finder((22.0, 18.0, 41.0, 41.0), BESIDE, score=0.3))
    assert known.unmarked.tolist() == [list(BESIDE)]
    assert known.boxes.tolist() == [list(MARKED)]


def test_a_marked_face_that_the_teacher_finds_is_not_unmarked() -> None:
    (known,) = with_unmarked([picture()], Finder(MARKED))
    assert known.unmarked.shape == (0, 4)


def test_what_the_teacher_finds_at_twice_the_size_is_unmarked_at_its_place_in_the_picture() -> None:
    (known,) = with_unmarked([picture()], Finder((120.0, 20.0, 160.0, 68.0), width=2 * WIDTH))
    assert known.unmarked.tolist() == [list(BESIDE)]


@pytest.mark.parametrize("score", [0.79, None])
def test_a_doubtful_detection_in_an_empty_scene_stays_background(score: float | None) -> None:
    (known,) = with_unmarked([picture(NEGATIVE)], Finder(BESIDE, score=score))
    assert len(known.unmarked) == 0


@pytest.mark.parametrize("width", [WIDTH, 2 * WIDTH])
def test_an_empty_scene_in_which_the_teacher_is_sure_of_a_face_is_left_out(width: int) -> None:
    scenes = [picture(), picture(NEGATIVE)]
    assert [known.kind for known in with_unmarked(scenes, Finder(BESIDE, score=0.8, width=width))] == ["photo"]


@pytest.mark.parametrize(("score", "seen", "is_unmarked"), [(0.49, False, False), (0.49, True, True), (0.5, False, True)])
def test_what_the_teacher_hardly_sees_and_a_second_detector_does_not_see_is_background(
    score: float, seen: bool, is_unmarked: bool
) -> None:
    second = Finder(*([BESIDE] if seen else []), MARKED)
    (known,) = with_unmarked([picture()], Finder(BESIDE, score=score), second)
    assert known.unmarked.tolist() == ([list(BESIDE)] if is_unmarked else [])


def test_a_marked_face_confirms_nothing_beside_it() -> None:
    reaching_over = Finder((8.0, 20.0, 40.0, 40.0))
    (known,) = with_unmarked([picture()], Finder((5.0, 20.0, 25.0, 40.0), score=0.3), reaching_over)
    assert len(known.unmarked) == 0


def test_an_empty_scene_in_which_people_marked_a_face_is_a_scene_like_any_other() -> None:
    (scene,) = with_more_faces([dataclasses.replace(picture(NEGATIVE), name="one.jpg")], {"one.jpg": [Box(*MARKED)]})
    (known,) = with_unmarked([scene], Finder(MARKED, BESIDE))
    assert known.boxes.tolist() == [list(MARKED)]
    assert known.unmarked.tolist() == [list(BESIDE)]
