"""The predefined recipes."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from live_monitor.errors import UsageError
from live_monitor.training.recipe import BRIEF, NETWORK_NAMES, STRONG, recipe_for


def test_custom_cnn_and_resnet50_use_the_brief_recipe() -> None:
    assert recipe_for("custom-cnn", None, votes=False) == BRIEF
    assert recipe_for("resnet50", None, votes=False) == replace(BRIEF, arch="resnet50")
    assert (BRIEF.optimiser, BRIEF.batch_size, BRIEF.epochs) == ("adam", 32, 50)


def test_every_network_is_known_by_name_without_keras() -> None:
    from live_monitor.classify.networks import NETWORKS

    assert set(NETWORK_NAMES) == set(NETWORKS)


@pytest.mark.parametrize(("option", "changes"), [("--arch", {}), ("--teacher-arch", {"teacher_arch": "huge", "teachers": 1})])
def test_an_unknown_network_is_refused_with_the_option_that_named_it(option: str, changes: dict[str, Any]) -> None:
    with pytest.raises(UsageError, match=rf"^{option} huge: unknown network; choose from custom-cnn, "):
        recipe_for("glance" if changes else "huge", None, votes=False, **changes)


def test_glance_glance_wide_and_stare_use_the_strong_recipe() -> None:
    assert recipe_for("glance", None, votes=True) == replace(STRONG, distillation=0.0)
    assert recipe_for("glance-wide", None, votes=True).optimiser == "sgd"
    assert recipe_for("stare", None, votes=True).optimiser == "sgd"


def test_another_recipe_can_be_chosen_and_changed() -> None:
    recipe = recipe_for("custom-cnn", "strong", votes=False, epochs=3, seed=None)
    assert (recipe.arch, recipe.optimiser, recipe.epochs, recipe.seed) == ("custom-cnn", "sgd", 3, 0)


def test_without_votes_none_are_learnt() -> None:
    assert recipe_for("glance", None, votes=False).votes == 0


@pytest.mark.parametrize("softer", [{"label_smoothing": 0.1}, {"mixup": 0.2}, {"distillation": 0.5}])
def test_smoothing_blending_and_distillation_soften_the_targets(softer: dict[str, float]) -> None:
    assert not BRIEF.softened
    assert replace(BRIEF, **softer).softened  # type: ignore[arg-type]  # each is a number


def test_teachers_need_distillation() -> None:
    assert recipe_for("glance", None, votes=True, teachers=3).distillation == STRONG.distillation > 0
    with pytest.raises(UsageError, match="go with --distillation above 0"):
        recipe_for("custom-cnn", None, votes=False, teachers=3)


def test_teacher_views_need_teachers() -> None:
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
def test_options_without_effect_are_refused(changes: dict[str, Any], message: str) -> None:
    with pytest.raises(UsageError, match=message):
        recipe_for("glance", None, votes=True, **changes)


def test_new_teachers_may_have_their_own_network_and_number_of_epochs() -> None:
    recipe = recipe_for("glance-wide", None, votes=True, teachers=3, teacher_arch="stare", teacher_epochs=59, teacher_views=3)
    assert (recipe.teacher_arch, recipe.teacher_epochs, recipe.teacher_views) == ("stare", 59, 3)
