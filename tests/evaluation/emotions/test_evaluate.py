"""Running models over faces."""

from __future__ import annotations

import numpy as np
import pytest

from live_monitor.evaluation.emotions.answers import Answers
from live_monitor.evaluation.emotions.evaluate import BATCH, PASSES, TIMED_BATCHES, evaluate, time_batches
from live_monitor.evaluation.emotions.harder import HARDER, dark
from live_monitor.evaluation.emotions.labelled import LabelledFaces
from live_monitor.labels import LABELS
from tests.evaluation.emotions.made import SEEN, ByLevel, plain_faces, some_faces


def test_every_model_has_a_run_on_every_set() -> None:
    runs = evaluate([ByLevel("one"), ByLevel("other")], [some_faces(margin=0.0), some_faces(margin=0.1)])
    assert [(run.candidate.name, run.faces.margin) for run in runs] == [
        ("one", 0.0),
        ("one", 0.1),
        ("other", 0.0),
        ("other", 0.1),
    ]


def test_answers_are_in_the_order_of_the_faces_across_batches() -> None:
    labels = np.arange(BATCH + 9) % 7
    [run] = evaluate([ByLevel()], [LabelledFaces("made", plain_faces(labels.tolist()), labels)])
    np.testing.assert_array_equal(run.answers.probabilities.argmax(axis=1), labels)


def test_the_flip_average_is_the_mean_of_a_face_and_its_mirror_image() -> None:
    class BrighterHalf(ByLevel):
        """Sure of happy where the right half is the brighter one, otherwise half happy and half sad."""

        def answer(self, faces: np.typing.NDArray[np.uint8]) -> Answers:
            probabilities = np.zeros((len(faces), 7), np.float32)
            mirrored = faces[:, 0, 0] > faces[:, 0, -1]
            probabilities[:, LABELS.index("happy")] = np.where(mirrored, 0.5, 1.0)
            probabilities[:, LABELS.index("sad")] = np.where(mirrored, 0.5, 0.0)
            return Answers(probabilities)

    [run] = evaluate([BrighterHalf()], [some_faces()])
    assert run.flipped[0, LABELS.index("happy")] == pytest.approx(0.75)
    assert run.flipped[0, LABELS.index("sad")] == pytest.approx(0.25)


def test_every_kind_of_harder_faces_is_evaluated() -> None:
    model = ByLevel()
    [run] = evaluate([model], [some_faces()])
    assert list(run.harder) == list(HARDER)
    assert any(np.array_equal(batch, dark(plain_faces(SEEN))) for batch in model.batches)


def test_answers_for_ferplus_are_kept() -> None:
    [run] = evaluate([ByLevel(ferplus=4)], [some_faces()])
    assert run.answers.ferplus is not None
    assert run.answers.ferplus.argmax(axis=1).tolist() == [4] * 10


def test_faces_of_any_size_are_shown_at_48_pixels() -> None:
    model = ByLevel()
    evaluate([model], [LabelledFaces("large", plain_faces(SEEN, 96), np.array(SEEN))])
    assert {batch.shape[1:] for batch in model.batches} == {(48, 48)}


def test_progress_counts_every_pass_over_a_face() -> None:
    done: list[int] = []
    evaluate([ByLevel(), ByLevel()], [some_faces()], done.append)
    assert sum(done) == PASSES * 2 * 10


def test_batches_of_1_8_and_32_faces_are_timed_even_with_fewer_faces() -> None:
    model = ByLevel()
    [times] = time_batches([model], plain_faces([1, 2]))
    assert list(times) == list(TIMED_BATCHES) == [1, 8, 32]
    assert {len(batch) for batch in model.batches} == {1, 8, 32}
    assert all(milliseconds > 0 for milliseconds in times.values())


def test_models_take_turns_while_being_timed() -> None:
    turns: list[str] = []

    class Recorder(ByLevel):
        def answer(self, faces: np.typing.NDArray[np.uint8]) -> Answers:
            turns.append(self.name)
            return super().answer(faces)

    time_batches([Recorder("a"), Recorder("b")], plain_faces([1]))
    assert turns == ["a", "b"] * (len(turns) // 2)
