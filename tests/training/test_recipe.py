"""The ready recipes."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from live_monitor.errors import UsageError
from live_monitor.training.recipe import BRIEF, NETWORK_NAMES, STRONG, recipe_for


def test_the_briefs_recipe_is_the_one_of_its_own_networks() -> None:
    assert recipe_for("custom-cnn", None, votes=False) == BRIEF
    assert recipe_for("resnet50", None, votes=False) == replace(BRIEF, arch="resnet50")
    assert (BRIEF.optimiser, BRIEF.batch_size, BRIEF.epochs) == ("adam", 32, 50)


def test_networks_are_known_by_name_before_keras_is_loaded() -> None:
    from live_monitor.classify.networks import NETWORKS

    assert set(NETWORK_NAMES) == set(NETWORKS)


@pytest.mark.parametrize(("option", "changes"), [("--arch", {}), ("--teacher-arch", {"teacher_arch": "huge", "teachers": 1})])
def test_an_unknown_network_is_refused_by_the_option_that_named_it(option: str, changes: dict[str, Any]) -> None:
    with pytest.raises(UsageError, match=rf"^{option} huge: unknown network; choose from custom-cnn, "):
        recipe_for("glance" if changes else "huge", None, votes=False, **changes)


def test_glance_has_the_strong_one() -> None:
    assert recipe_for("glance", None, votes=True) == replace(STRONG, distillation=0.0)
    assert recipe_for("glance-wide", None, votes=True).optimiser == "sgd"
    assert recipe_for("stare", None, votes=True).optimiser == "sgd"


def test_another_can_be_asked_for_and_changed() -> None:
    recipe = recipe_for("custom-cnn", "strong", votes=False, epochs=3, seed=None)
    assert (recipe.arch, recipe.optimiser, recipe.epochs, recipe.seed) == ("custom-cnn", "sgd", 3, 0)


def test_without_votes_none_are_learnt() -> None:
    assert recipe_for("glance", None, votes=False).votes == 0


@pytest.mark.parametrize("softer", [{"label_smoothing": 0.1}, {"mixup": 0.2}, {"distillation": 0.5}])
def test_smoothed_blended_and_taught_answers_are_softer_than_labels(softer: dict[str, float]) -> None:
    assert not BRIEF.softened
    assert replace(BRIEF, **softer).softened  # type: ignore[arg-type]  # each is a number


def test_teachers_are_listened_to() -> None:
    assert recipe_for("glance", None, votes=True, teachers=3).distillation == STRONG.distillation > 0
    with pytest.raises(UsageError, match="go with --distillation above 0"):
        recipe_for("custom-cnn", None, votes=False, teachers=3)


def test_views_are_for_teachers() -> None:
    assert recipe_for("glance", None, votes=True, teachers=1, teacher_views=8).teacher_views == 8
    with pytest.raises(UsageError, match="--teacher-views: goes with --teachers or --teacher"):
        recipe_for("glance", None, votes=True, teacher_views=8)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"distillation": 0.5}, "--distillation: goes with --teachers or --teacher"),
        ({"teacher_arch": "stare"}, "--teacher-arch: goes with --teachers"),
        ({"teacher_epochs": 5}, "--teacher-epochs: goes with --teachers"),
        ({"teacher_arch": "stare", "teacher_models": ("a",)}, "--teacher-arch: goes with --teachers"),
        ({"teachers": 3, "teacher_views": 2}, "--teacher-views 2: .* 3 teachers; give at least 3"),
        ({"teachers": 1, "teacher_models": ("a",), "teacher_views": 1}, "--teacher-views 1: .* 2 teachers; give at least 2"),
    ],
)
def test_what_would_come_to_nothing_is_refused(changes: dict[str, Any], message: str) -> None:
    with pytest.raises(UsageError, match=message):
        recipe_for("glance", None, votes=True, **changes)


def test_new_teachers_may_have_a_network_and_a_length_of_their_own() -> None:
    recipe = recipe_for("glance-wide", None, votes=True, teachers=3, teacher_arch="stare", teacher_epochs=59, teacher_views=3)
    assert (recipe.teacher_arch, recipe.teacher_epochs, recipe.teacher_views) == ("stare", 59, 3)
