"""Views of faces that teachers answer only once, before training."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest
from numpy.typing import NDArray

from live_monitor.classify.preprocess import normalise
from live_monitor.errors import UsageError
from live_monitor.training.augment import NUDGE_PX
from live_monitor.training.objective import by_head
from live_monitor.training.views import ANSWERS_FILE, AnsweredViews, answered_views
from tests.fakes import drawn_faces
from tests.training.made import RECIPE, history, learnt, run_stopped_in_second_epoch, run_training

FACES = 20
VIEWS = replace(RECIPE, teacher_views=3)
TAUGHT = replace(RECIPE, teachers=2, teacher_arch="tiny", teacher_views=3, distillation=0.5)


@dataclass
class Teacher:
    """Answers only how bright the middle of each face is."""

    shown: list[NDArray[np.float32]] = field(default_factory=list)

    def predict_on_batch(self, faces: NDArray[np.float32]) -> NDArray[np.float32]:
        self.shown.append(faces)
        return answers_to(faces)


def answers_to(faces: NDArray[np.float32]) -> NDArray[np.float32]:
    return np.outer(faces[:, 20:28, 20:28].mean(axis=(1, 2, 3)), np.arange(7)).astype(np.float32)


def say_nothing(_line: str) -> None:
    pass


def made(teachers: Sequence[Teacher], run: Path, seed: int = 0) -> AnsweredViews:
    run.mkdir(exist_ok=True)
    return answered_views(drawn_faces(FACES), teachers, replace(VIEWS, seed=seed), run, say_nothing)


def of_all(views: AnsweredViews, seed: int = 0) -> tuple[NDArray[np.uint8], NDArray[np.float32]]:
    return views.of(np.arange(FACES), np.random.default_rng(seed))


def test_teachers_take_turns_and_answer_every_view_of_every_face_once(tmp_path: Path) -> None:
    one, other = Teacher(), Teacher()
    made([one, other], tmp_path)
    assert [sum(len(batch) for batch in teacher.shown) for teacher in (one, other)] == [2 * FACES, FACES]
    first, third = np.split(np.concatenate(one.shown), 2)
    assert (first != third).any()


def test_each_view_comes_with_its_own_answer() -> None:
    rng = np.random.default_rng(0)
    faces = rng.integers(0, 256, (3, FACES, 1, 1), np.uint8).repeat(48, axis=2).repeat(48, axis=3)
    answers = np.repeat(faces[:, :, 0, :1] / 256, 7, axis=2).astype(np.float16)
    shown, said = AnsweredViews(faces, answers).of(np.array([4, 2, 9]), rng)
    np.testing.assert_allclose(said, np.repeat(shown[:, 0, :1] / 256, 7, axis=1))
    for face, row in zip(shown, (4, 2, 9), strict=True):
        assert face[0, 0] in faces[:, row, 0, 0]


def test_answers_are_probabilities_for_the_view_that_was_shown(tmp_path: Path) -> None:
    teacher = Teacher()
    made([teacher], tmp_path)
    shown = np.concatenate(teacher.shown)
    answers = np.load(tmp_path / ANSWERS_FILE).reshape(len(shown), 7)
    np.testing.assert_allclose(answers, np.asarray(by_head(answers_to(shown))), atol=1e-3)


def test_all_views_are_shown_eventually(tmp_path: Path) -> None:
    views = made([Teacher()], tmp_path)
    said = {tuple(of_all(views, seed)[1][0]) for seed in range(30)}
    assert len(said) == 3


def test_views_are_mirrored_and_shifted_at_random() -> None:
    bright = np.zeros((1, 400, 48, 48), np.uint8)
    bright[:, :, :, 40] = 255
    shown, _ = AnsweredViews(bright, np.zeros((1, 400, 7), np.float16)).of(np.arange(400), np.random.default_rng(0))
    columns = shown[:, 24].argmax(axis=1)
    mirrored = 47 - 40
    assert set(columns.tolist()) == {place + shift for place in (40, mirrored) for shift in range(-NUDGE_PX, NUDGE_PX + 1)}
    assert 0.4 < (columns > 24).mean() < 0.6


def test_the_seed_decides_what_is_shown(tmp_path: Path) -> None:
    one, again, other = (of_all(made([Teacher()], tmp_path / name, seed))[0] for name, seed in (("a", 0), ("b", 0), ("c", 1)))
    np.testing.assert_array_equal(one, again)
    assert (one != other).any()


def test_teachers_are_not_asked_twice(tmp_path: Path) -> None:
    first = of_all(made([Teacher()], tmp_path))
    silent = Teacher()
    again = of_all(made([silent], tmp_path))
    assert not silent.shown
    for kept, loaded in zip(first, again, strict=True):
        np.testing.assert_array_equal(kept, loaded)


def test_teachers_are_asked_only_for_missing_views(tmp_path: Path) -> None:
    whole = made([Teacher(), Teacher()], tmp_path)
    np.save(tmp_path / ANSWERS_FILE, np.load(tmp_path / ANSWERS_FILE)[:1])
    one, other = Teacher(), Teacher()
    again = made([one, other], tmp_path)
    assert [sum(len(batch) for batch in teacher.shown) for teacher in (one, other)] == [FACES, FACES]
    np.testing.assert_array_equal(of_all(again)[1], of_all(whole)[1])


@pytest.mark.parametrize("content", [b"", b"no array"])
def test_damaged_answers_are_named(tmp_path: Path, content: bytes) -> None:
    (tmp_path / ANSWERS_FILE).write_bytes(content)
    with pytest.raises(UsageError, match=r"answers.npy: damaged: .*; delete it"):
        made([Teacher()], tmp_path)


def test_answers_of_other_faces_are_refused(tmp_path: Path) -> None:
    made([Teacher()], tmp_path)
    with pytest.raises(UsageError, match=r"answers.npy: of 20 faces, not of these 19; give the data that the run began with"):
        answered_views(drawn_faces(FACES - 1), [Teacher()], VIEWS, tmp_path, say_nothing)


def test_every_answered_view_is_announced(tmp_path: Path) -> None:
    lines: list[str] = []
    answered_views(drawn_faces(FACES), [Teacher()], VIEWS, tmp_path, lines.append)
    assert lines == [f"teachers have answered view {number} of 3" for number in (1, 2, 3)]


@pytest.mark.usefixtures("_tiny_network", "_same_precision_afterwards")
class TestTraining:
    """What a run does with the views."""

    def test_the_network_learns_from_saved_answers_and_labels_without_asking_teachers(
        self, fer2013: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        run_training(fer2013, tmp_path / "run", TAUGHT)
        answers = np.zeros_like(np.load(tmp_path / "run" / ANSWERS_FILE))
        answers[..., 3] = 1
        np.save(tmp_path / "run" / ANSWERS_FILE, answers)
        (tmp_path / "run" / "state.npz").unlink()
        learn, wanted_of_all = keras.Model.train_on_batch, []

        def spy(model: Any, faces: Any, wanted: Any) -> Any:
            wanted_of_all.extend(wanted)
            return learn(model, faces, wanted)

        monkeypatch.setattr(keras.Model, "train_on_batch", spy)
        monkeypatch.setattr(keras.Model, "predict_on_batch", None)
        run_training(fer2013, tmp_path / "run", TAUGHT, resume=True)
        wanted = np.stack(wanted_of_all)
        assert (wanted[:, 3] >= 0.5).all()
        np.testing.assert_allclose(wanted.sum(axis=1), 1)
        assert {int(label) for label in wanted.argsort(axis=1)[:, -2:].ravel()} == set(range(7))

    def test_a_resumed_run_ends_like_an_uninterrupted_one(self, fer2013: Path, tmp_path: Path) -> None:
        run_stopped_in_second_epoch(fer2013, tmp_path / "stopped", TAUGHT)
        run_training(fer2013, tmp_path / "stopped", TAUGHT, resume=True)
        run_training(fer2013, tmp_path / "whole", TAUGHT)
        assert len(history(tmp_path / "stopped")) == 2
        for stopped, whole in zip(learnt(tmp_path / "stopped"), learnt(tmp_path / "whole"), strict=True):
            assert {name: float(value) for name, value in stopped.items()} == pytest.approx(
                {name: float(value) for name, value in whole.items()}, rel=1e-5
            )

    def test_views_are_refused_on_jax(self, fer2013: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(keras.backend, "backend", lambda: "jax")
        with pytest.raises(UsageError, match="--teacher-views: not on JAX"):
            run_training(fer2013, tmp_path / "run", TAUGHT)
        assert not (tmp_path / "run").exists()


def test_teachers_see_normalised_faces(tmp_path: Path) -> None:
    teacher = Teacher()
    made([teacher], tmp_path)
    shown = np.concatenate(teacher.shown)
    assert shown.shape == (3 * FACES, 48, 48, 1)
    np.testing.assert_allclose(shown.mean(axis=(1, 2, 3)), normalise(drawn_faces(FACES)).mean(), atol=0.05)
