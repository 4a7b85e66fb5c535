"""Training, on a tiny network and a few dozen made-up faces."""

from __future__ import annotations

import csv
import gc
import json
import warnings
from dataclasses import replace
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest

from live_monitor.classify.networks import NETWORKS
from live_monitor.classify.preprocess import normalise
from live_monitor.dataset.fer2013 import load_fer2013
from live_monitor.errors import OutputError, UsageError
from live_monitor.training.train import AugmentedFaces, Recipe, TrainedNetwork, train
from tests.dataset.made import rows, write_folder

RECIPE = Recipe(arch="tiny", epochs=2, batch_size=7)
GETTING_WORSE = replace(RECIPE, epochs=4, learning_rate=0.5, seed=2)
"""Steps so large that the last epoch is not the best."""

pytestmark = pytest.mark.usefixtures("_tiny_network", "_same_precision_afterwards")


def tiny() -> Any:
    layers = keras.layers
    return keras.Sequential([layers.Input((48, 48, 1)), layers.AveragePooling2D(8), layers.Flatten(), layers.Dense(7, "softmax")])


@pytest.fixture
def _tiny_network(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(NETWORKS, "tiny", tiny)


def run_training(data: Path, run: Path, recipe: Recipe = RECIPE, *, resume: bool = False) -> TrainedNetwork:
    return train(data, run, recipe, resume=resume, verbose=0)


def history(run: Path) -> list[dict[str, str]]:
    with (run / "history.csv").open(newline="", encoding="utf-8") as lines:
        return list(csv.DictReader(lines))


class Stop(Exception):
    """Somebody pressed Ctrl-C."""


def run_stopped_in_second_epoch(data: Path, run: Path) -> None:
    """A run of which one whole epoch is kept, and nothing of the second."""

    def stop_once_an_epoch_is_kept(faces: AugmentedFaces) -> None:
        if (run / "history.csv").exists() and history(run):
            raise Stop
        end_epoch(faces)

    end_epoch = AugmentedFaces.on_epoch_end
    with pytest.MonkeyPatch.context() as monkeypatch, warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)  # Keras leaves history.csv open
        monkeypatch.setattr(AugmentedFaces, "on_epoch_end", stop_once_an_epoch_is_kept)
        with pytest.raises(Stop):
            run_training(data, run)
        gc.collect()


def test_training_gives_a_network_of_faces_to_probabilities(fer2013: Path, tmp_path: Path) -> None:
    network = keras.models.load_model(run_training(fer2013, tmp_path / "run").best, compile=False)
    probabilities = np.asarray(network(np.zeros((3, 48, 48, 1), np.float32)))
    assert probabilities.shape == (3, 7)
    np.testing.assert_allclose(probabilities.sum(axis=1), 1.0, atol=1e-5)


def test_history_has_a_line_an_epoch_with_both_splits(fer2013: Path, tmp_path: Path) -> None:
    run_training(fer2013, tmp_path / "run")
    epochs = history(tmp_path / "run")
    assert [epoch["epoch"] for epoch in epochs] == ["0", "1"]
    assert {"accuracy", "loss", "val_accuracy", "val_loss"} <= epochs[0].keys()


def test_a_run_says_what_was_asked(fer2013: Path, tmp_path: Path) -> None:
    run_training(fer2013, tmp_path / "run")
    settings = json.loads((tmp_path / "run" / "settings.json").read_text(encoding="utf-8"))
    assert settings == {
        "arch": "tiny", "epochs": 2, "batch_size": 7, "learning_rate": 1e-3, "precision": "float32", "seed": 0,
    }  # fmt: skip


def test_equal_recipes_give_equal_runs(fer2013: Path, tmp_path: Path) -> None:
    run_training(fer2013, tmp_path / "one")
    run_training(fer2013, tmp_path / "other")
    assert history(tmp_path / "one") == history(tmp_path / "other")


def test_another_seed_gives_another_run(fer2013: Path, tmp_path: Path) -> None:
    run_training(fer2013, tmp_path / "one")
    run_training(fer2013, tmp_path / "other", replace(RECIPE, seed=1))
    assert history(tmp_path / "one") != history(tmp_path / "other")


def test_private_test_is_not_read(tmp_path: Path) -> None:
    data = write_folder(tmp_path / "data", [row for row in rows() if row.usage != "PrivateTest"])
    assert run_training(data, tmp_path / "run").best.is_file()


def test_a_stopped_run_goes_on_after_the_last_whole_epoch(fer2013: Path, tmp_path: Path) -> None:
    run_stopped_in_second_epoch(fer2013, tmp_path / "run")
    [first] = history(tmp_path / "run")
    run_training(fer2013, tmp_path / "run", resume=True)
    assert [epoch["epoch"] for epoch in history(tmp_path / "run")] == ["0", "1"]
    assert history(tmp_path / "run")[0] == first


def test_a_stopped_run_ends_as_one_that_was_never_stopped(fer2013: Path, tmp_path: Path) -> None:
    run_stopped_in_second_epoch(fer2013, tmp_path / "stopped")
    run_training(fer2013, tmp_path / "stopped", resume=True)
    run_training(fer2013, tmp_path / "whole")
    for stopped, whole in zip(history(tmp_path / "stopped"), history(tmp_path / "whole"), strict=True):
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
    assert trained.epochs_run == 4
    assert trained.chosen_epoch == 1 + max(range(4), key=lambda epoch: accuracies[epoch])


def test_the_network_kept_is_that_of_the_chosen_epoch(fer2013: Path, tmp_path: Path) -> None:
    trained = run_training(fer2013, tmp_path / "run", GETTING_WORSE)
    public_test = load_fer2013(fer2013, "PublicTest")
    probabilities = np.asarray(keras.models.load_model(trained.best, compile=False)(normalise(public_test.images)))
    right = (probabilities.argmax(axis=1) == public_test.labels).mean()
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
    with pytest.raises(UsageError, match=r"--arch huge: unknown network; choose from custom-cnn, tiny"):
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
    assert history(tmp_path / "after") == history(tmp_path / "before")


def test_every_epoch_shows_every_face_once_in_another_order(fer2013: Path) -> None:
    faces = load_fer2013(fer2013, "Training")
    batches = AugmentedFaces(faces, batch_size=7, seed=0, first_epoch=0)
    orders = []
    for _ in range(2):
        orders.append(np.concatenate([batches[index][1] for index in range(len(batches))]))
        batches.on_epoch_end()
    np.testing.assert_array_equal(np.sort(orders[0]), np.sort(faces.labels))
    np.testing.assert_array_equal(np.sort(orders[1]), np.sort(faces.labels))
    assert (orders[0] != orders[1]).any()


def test_a_batch_depends_on_seed_epoch_and_index_alone(fer2013: Path) -> None:
    faces = load_fer2013(fer2013, "Training")
    gone_on = AugmentedFaces(faces, batch_size=7, seed=0, first_epoch=0)
    gone_on.on_epoch_end()
    fresh = AugmentedFaces(faces, batch_size=7, seed=0, first_epoch=1)
    np.testing.assert_array_equal(gone_on[2][0], fresh[2][0])


def test_the_briefs_network_takes_a_face_and_gives_seven_probabilities() -> None:
    network = NETWORKS["custom-cnn"]()
    assert network.input_shape == (None, 48, 48, 1)
    assert network.output_shape == (None, 7)
    convolutions = [layer.filters for layer in network.layers if isinstance(layer, keras.layers.Conv2D)]
    assert convolutions == [64, 128, 256, 512]
