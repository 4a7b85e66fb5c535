"""What a network is trained to answer."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from live_monitor.dataset.fer2013 import Faces
from live_monitor.training.objective import accuracy, emotion_loss, wanted_probabilities, with_answers
from live_monitor.training.recipe import BRIEF
from tests.fakes import drawn_faces

HAPPY, NEUTRAL = 3, 6
FACES = Faces(drawn_faces(2), np.array([HAPPY, NEUTRAL]), np.array([0, 1]))
UNREADABLE = np.array([[0, 0, 0, 0, 0, 0, 0, 0, 10, 0]], np.uint8)
HALF_NEUTRAL_HALF_HAPPY = np.array([[5, 5, 0, 0, 0, 0, 0, 0, 0, 0]], np.uint8)
VOTES = np.concatenate([HALF_NEUTRAL_HALF_HAPPY, UNREADABLE])


def test_a_label_is_the_whole_target() -> None:
    np.testing.assert_array_equal(wanted_probabilities(FACES, BRIEF, None), np.eye(7)[[HAPPY, NEUTRAL]])


def test_smoothing_spreads_a_share_over_all_labels() -> None:
    [wanted, _] = wanted_probabilities(FACES, replace(BRIEF, label_smoothing=0.7), None)
    np.testing.assert_allclose(wanted, [0.1, 0.1, 0.1, 0.4, 0.1, 0.1, 0.1], rtol=1e-6)


def test_votes_are_a_second_distribution_and_zeros_for_an_unreadable_face() -> None:
    wanted = wanted_probabilities(FACES, BRIEF, VOTES)
    np.testing.assert_allclose(wanted[:, 7:], [[0.5, 0.5, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0], [0.0] * 8])


def test_a_face_gets_the_votes_of_its_own_row() -> None:
    votes = np.concatenate([UNREADABLE, UNREADABLE, HALF_NEUTRAL_HALF_HAPPY, UNREADABLE])
    wanted = wanted_probabilities(replace(FACES, rows=np.array([2, 3])), BRIEF, votes)
    np.testing.assert_allclose(wanted[:, 7:], [[0.5, 0.5, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0], [0.0] * 8])


def test_teachers_have_their_share_except_where_annotators_could_not_read_the_face() -> None:
    answers = np.concatenate([np.full((2, 7), 1 / 7), np.full((2, 8), 1 / 8)], axis=1).astype(np.float32)
    asked = np.asarray(with_answers(wanted_probabilities(FACES, BRIEF, VOTES), answers, 0.7))
    np.testing.assert_allclose(asked[0, :7], [0.1, 0.1, 0.1, 0.4, 0.1, 0.1, 0.1], rtol=1e-5)
    np.testing.assert_allclose(asked[0, 7:], 0.7 / 8 + 0.3 * np.array([0.5, 0.5, 0, 0, 0, 0, 0, 0]), rtol=1e-5)
    np.testing.assert_array_equal(asked[1, 7:], np.zeros(8))


def test_teachers_count_only_for_the_readable_part_of_a_blended_face() -> None:
    wanted = wanted_probabilities(FACES, BRIEF, VOTES)
    blended = 0.25 * wanted[:1] + 0.75 * wanted[1:]
    answers = np.concatenate([np.full((1, 7), 1 / 7), np.full((1, 8), 1 / 8)], axis=1).astype(np.float32)
    asked = np.asarray(with_answers(blended, answers, 1.0))
    np.testing.assert_allclose(asked[0, 7:], np.full(8, 0.25 / 8), rtol=1e-5)


def test_without_votes_teachers_have_their_share_of_the_labels() -> None:
    asked = np.asarray(with_answers(wanted_probabilities(FACES, BRIEF, None), np.full((2, 7), 1 / 7, np.float32), 0.7))
    np.testing.assert_allclose(asked[1], [0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.4], rtol=1e-5)


@pytest.mark.parametrize(("votes_weight", "expected"), [(0.0, np.log(7)), (2.0, np.log(7) + 2 * np.log(8))])
def test_the_loss_of_equal_logits_is_the_entropy_of_both_heads(votes_weight: float, expected: float) -> None:
    wanted = np.eye(15, dtype=np.float32)[[HAPPY]] + np.eye(15, dtype=np.float32)[[9]]
    loss = emotion_loss(votes_weight)(wanted, np.zeros((1, 15), np.float32))
    assert float(loss[0]) == pytest.approx(expected, rel=1e-5)


def test_a_face_without_votes_costs_nothing_in_the_second_head() -> None:
    wanted = np.eye(15, dtype=np.float32)[[HAPPY]]
    assert float(emotion_loss(5.0)(wanted, np.zeros((1, 15), np.float32))[0]) == pytest.approx(np.log(7), rel=1e-5)


def test_accuracy_considers_only_the_seven_labels() -> None:
    wanted = np.eye(15, dtype=np.float32)[[HAPPY, HAPPY]]
    logits = np.zeros((2, 15), np.float32)
    logits[:, HAPPY], logits[:, 9] = (2, -2), 9
    np.testing.assert_array_equal(np.asarray(accuracy(wanted, logits)), [1.0, 0.0])
