"""Training, on a tiny network and a few dozen made-up faces."""

from __future__ import annotations

import csv
import hashlib
import itertools
import json
import shutil
import zipfile
from collections.abc import Callable
from dataclasses import asdict, replace
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
from live_monitor.errors import ModelError, OutputError, UsageError
from live_monitor.labels import FERPLUS_LABELS
from live_monitor.training.material import load_material
from live_monitor.training.precision import precision_here
from live_monitor.training.recipe import STRONG, Recipe
from live_monitor.training.run_folder import BEST_FILE, HISTORY_FILE, SETTINGS_FILE, STATE_FILE
from live_monitor.training.train import CONFUSION_FILE, CURVES_FILE, Listener, TrainedNetwork, train
from tests.dataset.made import rows, write_folder
from tests.fakes import drawn_faces

RECIPE = Recipe(arch="tiny", epochs=2, batch_size=7)
STRONG_RECIPE = replace(STRONG, arch="tiny", epochs=3, batch_size=7, mixup=0.3, precision="float32")
ALL_SURPRISED = np.tile(np.array([0, 0, 10, 0, 0, 0, 0, 0, 0, 0], np.uint8), (35887, 1))
GETTING_WORSE = replace(RECIPE, epochs=4, learning_rate=0.5, seed=2)
"""Steps so large that the last epoch is not the best."""

pytestmark = pytest.mark.usefixtures("_tiny_network", "_same_precision_afterwards")


def tiny(outputs: int = 7) -> Any:
    layers = keras.layers
    inputs = layers.Input((48, 48, 1))
    x = layers.Dropout(0.1)(layers.Flatten()(layers.AveragePooling2D(8)(inputs)))
    return keras.Model(inputs, layers.Dense(outputs, dtype="float32")(x))


@pytest.fixture
def _tiny_network(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(NETWORKS, "tiny", tiny)


def run_training(data: Path, run: Path, recipe: Recipe = RECIPE, *, resume: bool = False) -> TrainedNetwork:
    return train(load_material(data), run, recipe, resume=resume)


def history(run: Path) -> list[dict[str, str]]:
    with (run / "history.csv").open(newline="", encoding="utf-8") as lines:
        return list(csv.DictReader(lines))


def learnt(run: Path) -> list[dict[str, str]]:
    """The history without the time it took."""
    return [{name: value for name, value in line.items() if name != "seconds"} for line in history(run)]


class Stop(Exception):
    """Somebody pressed Ctrl-C."""


def run_stopped_in_second_epoch(data: Path, run: Path, recipe: Recipe = RECIPE) -> None:
    """A run of which one whole epoch is kept, and nothing of the second."""

    def stop(_name: str, epoch: int, step: int, _steps: int) -> None:
        if (epoch, step) == (2, 2):
            raise Stop

    with pytest.raises(Stop):
        train(load_material(data), run, recipe, listener=Listener(step=stop))


def test_training_gives_a_network_of_faces_to_logits(fer2013: Path, tmp_path: Path) -> None:
    network = run_training(fer2013, tmp_path / "run").network()
    assert network(np.zeros((3, 48, 48, 1), np.float32)).shape == (3, 7)


def test_history_has_a_line_an_epoch_with_both_splits(fer2013: Path, tmp_path: Path) -> None:
    run_training(fer2013, tmp_path / "run")
    epochs = history(tmp_path / "run")
    assert [epoch["epoch"] for epoch in epochs] == ["1", "2"]
    assert {"accuracy", "loss", "val_accuracy", "val_loss"} <= epochs[0].keys()


def test_a_run_says_what_was_asked(fer2013: Path, tmp_path: Path) -> None:
    run_training(fer2013, tmp_path / "run")
    settings = json.loads((tmp_path / "run" / "settings.json").read_text(encoding="utf-8"))
    assert settings == json.loads(json.dumps(asdict(RECIPE)))


def test_equal_recipes_give_equal_runs(fer2013: Path, tmp_path: Path) -> None:
    run_training(fer2013, tmp_path / "one")
    run_training(fer2013, tmp_path / "other")
    assert learnt(tmp_path / "one") == learnt(tmp_path / "other")


def test_equal_recipes_give_equal_runs_of_the_real_network_on_real_faces(shared_data: Path, tmp_path: Path) -> None:
    material = load_material(some_real_faces(shared_data, tmp_path / "data"), shared_data / "fer2013" / "fer2013new.csv")
    recipe = replace(STRONG, epochs=2, batch_size=32, precision=precision_here(STRONG.precision, tmp_path))
    for run in ("one", "other"):
        train(material, tmp_path / run, recipe)
    assert learnt(tmp_path / "one") == learnt(tmp_path / "other")


def some_real_faces(shared_data: Path, folder: Path) -> Path:
    """The first few of each class of FER2013, in its own layout."""
    with zipfile.ZipFile(shared_data / "fer2013" / "fer2013.zip") as archive:
        names = sorted(name for name in archive.namelist() if "Training_" in name or "PublicTest_" in name)
        by_class = itertools.groupby(names, key=lambda name: name.rsplit("/", 1)[0])
        for split_and_class, of_class in by_class:
            few = 37 if "train" in split_and_class else 8
            archive.extractall(folder, itertools.islice(of_class, few))
    return folder


def test_another_seed_gives_another_run(fer2013: Path, tmp_path: Path) -> None:
    run_training(fer2013, tmp_path / "one")
    run_training(fer2013, tmp_path / "other", replace(RECIPE, seed=1))
    assert learnt(tmp_path / "one") != learnt(tmp_path / "other")


def test_private_test_is_not_read(tmp_path: Path) -> None:
    data = write_folder(tmp_path / "data", [row for row in rows() if row.usage != "PrivateTest"])
    assert run_training(data, tmp_path / "run").best.is_file()


def test_a_stopped_run_goes_on_after_the_last_whole_epoch(fer2013: Path, tmp_path: Path) -> None:
    run_stopped_in_second_epoch(fer2013, tmp_path / "run")
    [first] = history(tmp_path / "run")
    run_training(fer2013, tmp_path / "run", resume=True)
    assert [epoch["epoch"] for epoch in history(tmp_path / "run")] == ["1", "2"]
    assert history(tmp_path / "run")[0] == first


def test_a_stopped_run_ends_as_one_that_was_never_stopped(fer2013: Path, tmp_path: Path) -> None:
    run_stopped_in_second_epoch(fer2013, tmp_path / "stopped")
    run_training(fer2013, tmp_path / "stopped", resume=True)
    run_training(fer2013, tmp_path / "whole")
    for stopped, whole in zip(learnt(tmp_path / "stopped"), learnt(tmp_path / "whole"), strict=True):
        assert {name: float(value) for name, value in stopped.items()} == pytest.approx(
            {name: float(value) for name, value in whole.items()}, rel=1e-5
        )


def test_resuming_a_finished_run_changes_nothing(fer2013: Path, tmp_path: Path) -> None:
    trained = run_training(fer2013, tmp_path / "run")
    before = trained.best.read_bytes(), history(tmp_path / "run")
    assert run_training(fer2013, tmp_path / "run", resume=True) == trained
    assert (trained.best.read_bytes(), history(tmp_path / "run")) == before


def test_the_chosen_epoch_is_the_one_with_the_best_public_test_accuracy(fer2013: Path, tmp_path: Path) -> None:
    trained = run_training(fer2013, tmp_path / "run", GETTING_WORSE)
    accuracies = [float(epoch["val_accuracy"]) for epoch in history(tmp_path / "run")]
    assert len(trained.history) == 4
    assert trained.chosen_epoch == 1 + max(range(4), key=lambda epoch: accuracies[epoch])


def test_the_network_kept_is_that_of_the_chosen_epoch(fer2013: Path, tmp_path: Path) -> None:
    trained = run_training(fer2013, tmp_path / "run", GETTING_WORSE)
    public_test = load_fer2013(fer2013, "PublicTest")
    logits = np.asarray(trained.network()(normalise(public_test.images)))
    right = (logits.argmax(axis=1) == public_test.labels).mean()
    assert right == pytest.approx(max(float(epoch["val_accuracy"]) for epoch in history(tmp_path / "run")))


def test_resuming_what_was_never_started_starts_it(fer2013: Path, tmp_path: Path) -> None:
    run_training(fer2013, tmp_path / "run", resume=True)
    assert len(history(tmp_path / "run")) == 2


def test_a_run_that_is_there_is_not_overwritten(fer2013: Path, tmp_path: Path) -> None:
    run_training(fer2013, tmp_path / "run")
    with pytest.raises(UsageError, match=r"run: already holds a run; add --resume to go on with it"):
        run_training(fer2013, tmp_path / "run")


@pytest.mark.parametrize("change", [{"seed": 5}, {"epochs": 9}, {"batch_size": 4}, {"learning_rate": 0.1}])
def test_a_run_goes_on_with_its_own_settings_only(fer2013: Path, tmp_path: Path, change: dict[str, Any]) -> None:
    run_training(fer2013, tmp_path / "run")
    with pytest.raises(UsageError, match=r"was started with other settings, see .*settings\.json"):
        run_training(fer2013, tmp_path / "run", replace(RECIPE, **change), resume=True)


def test_an_unknown_network_is_answered_with_the_known_ones(fer2013: Path, tmp_path: Path) -> None:
    with pytest.raises(
        UsageError, match=r"--arch huge: unknown network; choose from custom-cnn, glance, glance-wide, glimpse, resnet50, tiny"
    ):
        run_training(fer2013, tmp_path / "run", replace(RECIPE, arch="huge"))


def test_wrong_data_leaves_no_run_behind(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no such file or folder"):
        run_training(tmp_path / "nowhere", tmp_path / "run")
    assert not (tmp_path / "run").exists()


def test_a_folder_that_cannot_be_written_is_an_output_error(fer2013: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way", encoding="utf-8")
    with pytest.raises(OutputError, match="cannot be written"):
        run_training(fer2013, tmp_path / "file" / "run")


def test_fewer_faces_than_a_batch_are_a_usage_error(fer2013: Path, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="batch"):
        run_training(fer2013, tmp_path / "run", replace(RECIPE, batch_size=29))


def test_a_run_in_float32_does_not_depend_on_one_in_bfloat16_before(fer2013: Path, tmp_path: Path) -> None:
    run_training(fer2013, tmp_path / "before")
    run_training(fer2013, tmp_path / "half", replace(RECIPE, precision="bfloat16"))
    run_training(fer2013, tmp_path / "after")
    assert learnt(tmp_path / "after") == learnt(tmp_path / "before")


def labels_by_epoch(data: Path, run: Path, monkeypatch: pytest.MonkeyPatch) -> list[list[int]]:
    """What the network was asked for in each of two epochs, face by face."""
    epochs: list[list[int]] = [[], []]
    trained = keras.Model.train_on_batch

    def spy(model: Any, faces: Any, wanted: Any) -> Any:
        epochs[0 if len(epochs[0]) < 28 else 1].extend(wanted.argmax(axis=1).tolist())
        return trained(model, faces, wanted)

    monkeypatch.setattr(keras.Model, "train_on_batch", spy)
    run_training(data, run)
    return epochs


def test_every_epoch_shows_every_face_once_in_another_order(
    fer2013: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = labels_by_epoch(fer2013, tmp_path / "run", monkeypatch)
    labels = load_fer2013(fer2013, "Training").labels.tolist()
    assert sorted(first) == sorted(second) == sorted(labels)
    assert first != second


def test_a_run_leaves_settings_history_curves_confusion_weights_and_state(fer2013: Path, tmp_path: Path) -> None:
    run_training(fer2013, tmp_path / "run")
    assert {file.name for file in (tmp_path / "run").iterdir()} == {
        SETTINGS_FILE, HISTORY_FILE, CURVES_FILE, CONFUSION_FILE, BEST_FILE, STATE_FILE,
    }  # fmt: skip


def test_somebody_is_told_after_every_step_and_epoch(fer2013: Path, tmp_path: Path) -> None:
    lines: list[str] = []
    steps: list[tuple[int, int]] = []
    listener = Listener(lines.append, lambda _name, epoch, step, _steps: steps.append((epoch, step)))
    train(load_material(fer2013), tmp_path / "run", RECIPE, listener=listener)
    assert [line.partition(":")[0] for line in lines] == ["epoch 1 of 2", "epoch 2 of 2"]
    assert steps == [(epoch, step) for epoch in (1, 2) for step in (1, 2, 3, 4)]


def test_a_strong_run_that_was_stopped_ends_as_one_that_was_never_stopped(fer2013: Path, tmp_path: Path) -> None:
    run_stopped_in_second_epoch(fer2013, tmp_path / "stopped", STRONG_RECIPE)
    train(load_material(fer2013), tmp_path / "stopped", STRONG_RECIPE, resume=True)
    run_training(fer2013, tmp_path / "whole", STRONG_RECIPE)
    for stopped, whole in zip(learnt(tmp_path / "stopped"), learnt(tmp_path / "whole"), strict=True):
        assert {name: float(value) for name, value in stopped.items()} == pytest.approx(
            {name: float(value) for name, value in whole.items()}, rel=1e-5
        )


def test_votes_are_learnt_by_eight_more_outputs(fer2013: Path, tmp_path: Path) -> None:
    material = replace(load_material(fer2013), votes=ALL_SURPRISED)
    trained = train(material, tmp_path / "run", replace(RECIPE, votes=1.0, epochs=20, learning_rate=0.05))
    logits = np.asarray(trained.network()(normalise(drawn_faces(9))))
    assert logits.shape == (9, 15)
    assert (logits[:, 7:].argmax(axis=1) == FERPLUS_LABELS.index("surprise")).all()


def test_teachers_are_trained_first_and_their_answers_learnt(fer2013: Path, tmp_path: Path) -> None:
    recipe = replace(RECIPE, teachers=2, teacher_arch="tiny", distillation=0.5)
    run_training(fer2013, tmp_path / "run", recipe)
    settings = [json.loads((tmp_path / "run" / name / SETTINGS_FILE).read_text()) for name in ("teacher-1", "teacher-2")]
    assert [(one["seed"], one["teachers"], one["arch"]) for one in settings] == [(1, 0, "tiny"), (2, 0, "tiny")]
    run_training(fer2013, tmp_path / "alone")
    assert learnt(tmp_path / "run") != learnt(tmp_path / "alone")


def test_a_run_with_teachers_goes_on_where_it_was(fer2013: Path, tmp_path: Path) -> None:
    recipe = replace(RECIPE, teachers=1, teacher_arch="tiny", distillation=0.5)
    run_stopped_in_second_epoch(fer2013, tmp_path / "stopped", recipe)
    run_training(fer2013, tmp_path / "stopped", recipe, resume=True)
    run_training(fer2013, tmp_path / "whole", recipe)
    assert float(learnt(tmp_path / "stopped")[-1]["loss"]) == pytest.approx(
        float(learnt(tmp_path / "whole")[-1]["loss"]), rel=1e-5
    )


def as_model(trained: TrainedNetwork, folder: Path) -> str:
    """A folder with a card, as --model takes it, of Keras weights only."""
    folder.mkdir()
    shutil.copy(trained.best, folder / "model.weights.h5")
    facts = dict(load_card("custom-cnn").facts) | {"name": "mine", "network": trained.recipe.arch, "ferplus": trained.outputs > 7}
    sha256 = hashlib.sha256(trained.best.read_bytes()).hexdigest()
    facts["files"] = {"keras": {"name": "model.weights.h5", "sha256": sha256}}
    (folder / "card.json").write_text(json.dumps(facts), encoding="utf-8")
    return str(folder)


def test_models_trained_before_teach_too(fer2013: Path, tmp_path: Path) -> None:
    trained = run_training(fer2013, tmp_path / "before", replace(RECIPE, learning_rate=0.05))
    recipe = replace(
        RECIPE, teacher_models=(as_model(trained, tmp_path / "model"),), distillation=1.0, epochs=30, learning_rate=0.05, seed=1
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


def test_a_run_begins_with_a_model_of_its_network(fer2013: Path, tmp_path: Path) -> None:
    trained = run_training(fer2013, tmp_path / "before", replace(RECIPE, epochs=30, learning_rate=0.05))
    recipe = replace(RECIPE, weights=as_model(trained, tmp_path / "model"), epochs=1, learning_rate=1e-9)
    begun = run_training(fer2013, tmp_path / "begun", recipe).network()
    for kept, weight in zip(trained.network().get_weights(), begun.get_weights(), strict=True):
        np.testing.assert_allclose(weight, kept, atol=1e-4)


def test_a_narrow_network_begins_with_a_model_of_its_wide_one(
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
    with pytest.raises(UsageError, match="has 7 outputs, here 15 are learnt"):
        train(with_votes, tmp_path / "votes", replace(RECIPE, votes=1.0, weights=model))


@pytest.mark.parametrize("missing", [{"weights": "nowhere"}, {"teacher_models": ("nowhere",), "distillation": 0.5}])
def test_a_model_that_is_not_there_leaves_no_run_behind(fer2013: Path, tmp_path: Path, missing: dict[str, Any]) -> None:
    with pytest.raises(ModelError, match="nowhere: no such model"):
        run_training(fer2013, tmp_path / "run", replace(RECIPE, **missing))
    assert not (tmp_path / "run").exists()


def failing_download(*_outputs: int, weights: str) -> Any:
    assert weights == "nowhere.h5"
    raise Exception("URL fetch failure on https://example.org:\nNone -- no network")


@pytest.mark.parametrize("build", [failing_download, NETWORKS["resnet50"]])
def test_weights_that_cannot_be_had_are_one_line_and_leave_no_run_behind(
    fer2013: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, build: Callable[..., Any]
) -> None:
    monkeypatch.setitem(NETWORKS, "resnet50", build)
    with pytest.raises(ModelError, match=r"--weights nowhere\.h5: cannot be used: .*; give a file") as raised:
        run_training(fer2013, tmp_path / "run", replace(RECIPE, arch="resnet50", weights="nowhere.h5"))
    assert "\n" not in str(raised.value)
    assert not (tmp_path / "run").exists()


def test_a_run_that_goes_on_does_without_pretrained_weights(
    fer2013: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    recipe = replace(RECIPE, arch="resnet50", weights="some.h5")
    monkeypatch.setitem(NETWORKS, "resnet50", lambda outputs, **_pretrained: tiny(outputs))
    run_stopped_in_second_epoch(fer2013, tmp_path / "run", recipe)
    monkeypatch.setitem(NETWORKS, "resnet50", tiny)
    assert len(run_training(fer2013, tmp_path / "run", recipe, resume=True).history) == 2


def test_a_full_disk_leaves_the_last_whole_epoch(fer2013: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run, saved = tmp_path / "run", np.savez

    def full_in_second_epoch(file: Any, **arrays: Any) -> None:
        if arrays.get("epoch") == 2:
            file.write(b"half")
            raise OSError(28, "No space left on device")
        saved(file, **arrays)

    monkeypatch.setattr(np, "savez", full_in_second_epoch)
    with pytest.raises(OutputError, match="cannot be written: No space left on device"):
        run_training(fer2013, run)
    monkeypatch.undo()
    monkeypatch.setitem(NETWORKS, "tiny", tiny)
    assert not list(run.glob("*.part"))
    assert len(run_training(fer2013, run, resume=True).history) == 2


def test_a_damaged_state_is_named(fer2013: Path, tmp_path: Path) -> None:
    run_training(fer2013, tmp_path / "run")
    (tmp_path / "run" / STATE_FILE).write_bytes(b"PK nothing")
    with pytest.raises(UsageError, match=rf"{STATE_FILE}: damaged"):
        run_training(fer2013, tmp_path / "run", resume=True)
