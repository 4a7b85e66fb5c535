"""Recipes as cards record them."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import pytest

from live_monitor.training.faces import recipe as of_faces
from live_monitor.training.recipe import STRONG
from live_monitor.training.recipe_facts import recipe_facts


def test_numbers_precision_and_missing_weights_are_recorded() -> None:
    facts = recipe_facts(STRONG)
    assert facts["batch_size"] == STRONG.batch_size
    assert facts["weights"] is None
    assert facts["precision"] == "bfloat16"


def test_only_the_name_of_a_path_is_recorded(tmp_path: Path) -> None:
    taught = replace(STRONG, weights="glance", teacher_models=("glance", str(tmp_path / "wide")))
    assert recipe_facts(taught)["weights"] == "glance"
    assert recipe_facts(taught)["teacher_models"] == ["glance", "wide"]
    assert recipe_facts(of_faces.Recipe(teacher=str(tmp_path / "yunet.onnx")))["teacher"] == "yunet.onnx"


def test_on_windows_paths_may_have_either_slash(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "sep", "\\")
    monkeypatch.setattr(os, "altsep", "/")
    assert recipe_facts(replace(STRONG, weights="C:/Users/ada/runs/first"))["weights"] == "first"
