"""What a card says about accuracy, measured and verified."""

from __future__ import annotations

import dataclasses
import re
from pathlib import Path
from typing import Any

import pytest

from live_monitor.classify.card import ModelCard, load_card
from live_monitor.errors import ModelError, UsageError
from live_monitor.evaluation.emotions.facts import looks, measured_facts, verify_facts


@pytest.fixture(scope="module")
def facts(numbered: Path, votes: Path) -> dict[str, Any]:
    """Measured on both splits."""
    return measured_facts(load_card("custom-cnn").folder, numbered, votes, ("PublicTest", "PrivateTest"))


@pytest.fixture
def public_test(facts: dict[str, Any]) -> dict[str, Any]:
    """A copy of what was measured on PublicTest, to be changed."""
    return dict(facts["measured"]["PublicTest"])


def card_with(measured: dict[str, Any]) -> ModelCard:
    return dataclasses.replace(load_card("custom-cnn"), facts={"measured": measured})


def test_facts_are_the_figures_for_each_split_and_the_times(facts: dict[str, Any]) -> None:
    assert facts.keys() == {"measured", "ms_per_batch"}
    assert list(facts["measured"]) == ["PublicTest", "PrivateTest"]
    assert list(facts["measured"]["PublicTest"]) == [
        "n", "accuracy", "interval", "accuracy_flip", "balanced_accuracy", "ece", "ferplus_accuracy",
        "ferplus_label_accuracy",
    ]  # fmt: skip
    assert facts["measured"]["PrivateTest"]["n"] == 7
    assert facts["ms_per_batch"].keys() == {"1", "8", "32"}


def test_only_the_requested_splits_are_measured_and_votes_are_optional(fer2013: Path) -> None:
    measured = measured_facts(load_card("custom-cnn").folder, fer2013, None, ["PublicTest"])["measured"]
    assert list(measured) == ["PublicTest"]
    assert measured["PublicTest"]["ferplus_accuracy"] is None


def test_measured_figures_pass_verification(facts: dict[str, Any], numbered: Path, votes: Path) -> None:
    card = card_with(facts["measured"])
    done: list[int] = []
    assert verify_facts(card, numbered, votes, done.append) == ["PublicTest", "PrivateTest"]
    assert sum(done) == looks(card) == 2 * (14 + 7)


@pytest.mark.parametrize("key", ["accuracy", "accuracy_flip", "balanced_accuracy", "ferplus_accuracy", "ferplus_label_accuracy"])
def test_a_figure_that_differs_is_refused_in_one_line(public_test: dict[str, Any], numbered: Path, votes: Path, key: str) -> None:
    here, there = public_test[key], public_test[key] + 0.0015
    message = f"model custom-cnn: PublicTest {key} is {100 * here:.2f} % here, its card says {100 * there:.2f} %; "
    with pytest.raises(ModelError, match=re.escape(message)):
        verify_facts(card_with({"PublicTest": {**public_test, key: there}}), numbered, votes)


def test_a_tenth_of_a_point_is_not_a_difference(public_test: dict[str, Any], numbered: Path) -> None:
    public_test["accuracy"] += 0.0009
    assert verify_facts(card_with({"PublicTest": public_test}), numbered, None) == ["PublicTest"]


def test_figures_missing_from_the_card_are_not_verified(public_test: dict[str, Any], numbered: Path) -> None:
    listed = {key: public_test[key] for key in ("n", "accuracy")}
    assert verify_facts(card_with({"PublicTest": listed}), numbered, None) == ["PublicTest"]
    assert verify_facts(card_with({}), numbered, None) == []


def test_a_different_number_of_faces_is_a_usage_error(numbered: Path) -> None:
    with pytest.raises(UsageError, match=r"has 14 PublicTest faces, custom-cnn was measured on 3589; give all of FER2013"):
        verify_facts(card_with({"PublicTest": {"n": 3589, "accuracy": 0.66}}), numbered, None)
