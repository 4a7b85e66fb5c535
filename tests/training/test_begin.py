"""What a run starts from: teachers, earlier models, and pretrained weights that may be unavailable."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest

from live_monitor.classify.card import load_card
from live_monitor.classify.networks import NETWORKS, WIDER
from live_monitor.classify.preprocess import normalise
from live_monitor.classify.probabilities import softmax
from live_monitor.dataset.fer2013 import load_fer2013
from live_monitor.errors import ModelError, UsageError
from live_monitor.training.begin import first_network
from live_monitor.training.material import load_material
from live_monitor.training.run_folder import BEST_FILE, SETTINGS_FILE, STATE_FILE, Line
from live_monitor.training.train import Listener, TrainedNetwork, train
from tests.training.made import ALL_SURPRISED, RECIPE, learnt, run_training, tiny

pytestmark = pytest.mark.usefixtures("_tiny_network", "_same_precision_afterwards")


def as_model(trained: TrainedNetwork, folder: Path) -> str:
    """A model's folder as --model takes it: a card and Keras weights only."""
    folder.mkdir()
    shutil.copy(trained.best, folder / "model.weights.h5")
    facts = dict(load_card("custom-cnn").facts) | {"name": "mine", "network": trained.recipe.arch, "ferplus": trained.outputs > 7}
    sha256 = hashlib.sha256(trained.best.read_bytes()).hexdigest()
    facts["files"] = {"keras": {"name": "model.weights.h5", "sha256": sha256}}
    (folder / "card.json").write_text(json.dumps(facts), encoding="utf-8")
    return str(folder)


@pytest.mark.parametrize(("precision", "arithmetic"), [("float32", "float32"), ("bfloat16", "bfloat16")])
def test_a_network_computes_in_the_precision_of_its_recipe(precision: str, arithmetic: str) -> None:
    network = first_network(replace(RECIPE, arch="glimpse", precision=precision), 7, goes_on=False)
    assert {layer.compute_dtype for layer in network.layers if isinstance(layer, keras.layers.Conv2D)} == {arithmetic}


def test_teachers_are_trained_first_each_with_its_own_network_and_seed(
    fer2013: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(NETWORKS, "teacher", tiny)
    trained: list[tuple[str, str, int]] = []

    def note(run: Path, _line: Line) -> None:
        settings = json.loads((run / SETTINGS_FILE).read_text(encoding="utf-8"))
        trained.append((run.name, settings["arch"], settings["seed"]))

    recipe = replace(RECIPE, epochs=1, teachers=2, teacher_arch="teacher", distillation=0.5)
    train(load_material(fer2013), tmp_path / "run", recipe, listener=Listener(scalars=note))
    assert trained == [("teacher-1", "teacher", 1), ("teacher-2", "teacher", 2), ("run", "tiny", 0)]


def test_a_network_learns_from_its_teachers(fer2013: Path, tmp_path: Path) -> None:
    alone = replace(RECIPE, epochs=1)
    run_training(fer2013, tmp_path / "alone", alone)
    run_training(fer2013, tmp_path / "taught", replace(alone, teachers=1, teacher_arch="tiny", distillation=0.5))
    assert learnt(tmp_path / "taught") != learnt(tmp_path / "alone")


def test_teachers_take_turns_and_see_the_same_faces_as_the_network(
    fer2013: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[tuple[int, Any]] = []
    shown: list[Any] = []
    answer, learn = keras.Model.predict_on_batch, keras.Model.train_on_batch

    def spy_on_teacher(model: Any, faces: Any) -> Any:
        asked.append((id(model), faces))
        return answer(model, faces)

    def spy_on_network(model: Any, faces: Any, wanted: Any) -> Any:
        shown.append(faces)
        return learn(model, faces, wanted)

    recipe = replace(RECIPE, epochs=1, teachers=2, teacher_arch="tiny", distillation=0.5)
    run_training(fer2013, tmp_path / "run", recipe)
    (tmp_path / "run" / STATE_FILE).unlink()
    monkeypatch.setattr(keras.Model, "predict_on_batch", spy_on_teacher)
    monkeypatch.setattr(keras.Model, "train_on_batch", spy_on_network)
    run_training(fer2013, tmp_path / "run", recipe, resume=True)
    for (_teacher, faces), learnt_from in zip(asked, shown, strict=True):
        np.testing.assert_array_equal(faces, learnt_from)
    one, other, *more = [teacher for teacher, _faces in asked]
    assert one != other
    assert more == [one, other]


def test_teachers_are_trained_for_the_requested_epochs(fer2013: Path, tmp_path: Path) -> None:
    recipe = replace(RECIPE, epochs=1, teachers=1, teacher_arch="tiny", teacher_epochs=2, distillation=0.5)
    assert len(run_training(fer2013, tmp_path / "run", recipe).history) == 1
    assert len(learnt(tmp_path / "run" / "teacher-1")) == 2


def test_an_existing_model_can_be_a_teacher(fer2013: Path, tmp_path: Path) -> None:
    trained = run_training(fer2013, tmp_path / "before", replace(RECIPE, learning_rate=0.05))
    recipe = replace(
        RECIPE, teacher_models=(as_model(trained, tmp_path / "model"),), distillation=1.0, epochs=20, learning_rate=0.05, seed=1
    )
    run_training(fer2013, tmp_path / "taught", recipe)
    run_training(fer2013, tmp_path / "alone", replace(recipe, teacher_models=(), distillation=0.0))
    faces = normalise(load_fer2013(fer2013, "Training").images)
    networks = {
        name: TrainedNetwork(recipe, tmp_path / name / BEST_FILE, 7, ()).network() for name in ("before", "taught", "alone")
    }
    said = {name: softmax(np.asarray(network(faces))) for name, network in networks.items()}
    off = {name: float(np.abs(said[name] - said["before"]).mean()) for name in ("taught", "alone")}
    assert off["taught"] < 0.8 * off["alone"]


def test_a_run_can_start_from_a_model_of_the_same_network(fer2013: Path, tmp_path: Path) -> None:
    trained = run_training(fer2013, tmp_path / "before", replace(RECIPE, epochs=30, learning_rate=0.05))
    recipe = replace(RECIPE, weights=as_model(trained, tmp_path / "model"), epochs=1, learning_rate=1e-9)
    begun = run_training(fer2013, tmp_path / "begun", recipe).network()
    for kept, weight in zip(trained.network().get_weights(), begun.get_weights(), strict=True):
        np.testing.assert_allclose(weight, kept, atol=1e-4)


def test_a_narrow_network_can_start_from_a_model_of_its_wide_counterpart(
    fer2013: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(NETWORKS, "smaller", tiny)
    monkeypatch.setitem(WIDER, "smaller", "tiny")
    trained = run_training(fer2013, tmp_path / "before", replace(RECIPE, epochs=30, learning_rate=0.05))
    model = as_model(trained, tmp_path / "model")
    begun = run_training(
        fer2013, tmp_path / "begun", replace(RECIPE, arch="smaller", weights=model, epochs=1, learning_rate=1e-9)
    ).network()
    for kept, weight in zip(trained.network().get_weights(), begun.get_weights(), strict=True):
        np.testing.assert_allclose(weight, kept, atol=1e-4)


def test_a_model_of_another_network_or_with_other_outputs_is_refused(fer2013: Path, tmp_path: Path) -> None:
    model = as_model(run_training(fer2013, tmp_path / "before"), tmp_path / "model")
    with pytest.raises(UsageError, match="is a tiny, not a custom-cnn; add --arch tiny"):
        run_training(fer2013, tmp_path / "run", replace(RECIPE, arch="custom-cnn", weights=model))
    with_votes = replace(load_material(fer2013), votes=ALL_SURPRISED)
    with pytest.raises(UsageError, match="has 7 outputs, but 15 are learnt here"):
        train(with_votes, tmp_path / "votes", replace(RECIPE, votes=1.0, weights=model))


@pytest.mark.parametrize("missing", [{"weights": "nowhere"}, {"teacher_models": ("nowhere",), "distillation": 0.5}])
def test_a_missing_model_leaves_no_run_behind(fer2013: Path, tmp_path: Path, missing: dict[str, Any]) -> None:
    with pytest.raises(ModelError, match="nowhere: no such model"):
        run_training(fer2013, tmp_path / "run", replace(RECIPE, **missing))
    assert not (tmp_path / "run").exists()


def failing_download(*_outputs: int, weights: str) -> Any:
    assert weights == "nowhere.h5"
    raise Exception("URL fetch failure on https://example.org:\nNone -- no network")


@pytest.mark.parametrize("build", [failing_download, NETWORKS["resnet50"]])
def test_unavailable_weights_give_a_one_line_error_and_leave_no_run_behind(
    fer2013: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, build: Callable[..., Any]
) -> None:
    monkeypatch.setitem(NETWORKS, "resnet50", build)
    with pytest.raises(ModelError, match=r"--weights nowhere\.h5: cannot be used: .*; give a file") as raised:
        run_training(fer2013, tmp_path / "run", replace(RECIPE, arch="resnet50", weights="nowhere.h5"))
    assert "\n" not in str(raised.value)
    assert not (tmp_path / "run").exists()
