"""Training, on a tiny network and a few dozen made-up faces."""

from __future__ import annotations

import itertools
import json
import zipfile
from collections.abc import Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import cv2
import keras
import numpy as np
import pytest

from live_monitor.classify.preprocess import normalise
from live_monitor.dataset.fer2013 import load_fer2013
from live_monitor.errors import OutputError, UsageError
from live_monitor.labels import FERPLUS_LABELS
from live_monitor.training.average import WeightAverage
from live_monitor.training.begin import first_network
from live_monitor.training.material import load_material
from live_monitor.training.precision import precision_here
from live_monitor.training.recipe import STRONG
from live_monitor.training.run_folder import BEST_FILE, HISTORY_FILE, SETTINGS_FILE, STATE_FILE
from live_monitor.training.train import CONFUSION_FILE, CURVES_FILE, Listener, TrainedNetwork, train
from tests.dataset.made import rows, write_folder
from tests.fakes import drawn_faces
from tests.training.made import ALL_SURPRISED, RECIPE, history, learnt, run_training

pytestmark = pytest.mark.usefixtures("_tiny_network", "_same_precision_afterwards")


def test_training_gives_a_network_from_faces_to_logits(fer2013: Path, tmp_path: Path) -> None:
    network = run_training(fer2013, tmp_path / "run").network()
    assert network(np.zeros((3, 48, 48, 1), np.float32)).shape == (3, 7)


def test_the_history_has_a_line_per_epoch_with_both_splits(fer2013: Path, tmp_path: Path) -> None:
    run_training(fer2013, tmp_path / "run")
    epochs = history(tmp_path / "run")
    assert [epoch["epoch"] for epoch in epochs] == ["1", "2"]
    assert {"accuracy", "loss", "val_accuracy", "val_loss"} <= epochs[0].keys()


def test_a_run_saves_its_settings(fer2013: Path, tmp_path: Path) -> None:
    run_training(fer2013, tmp_path / "run")
    settings = json.loads((tmp_path / "run" / "settings.json").read_text(encoding="utf-8"))
    assert settings == json.loads(json.dumps(asdict(RECIPE)))


def test_a_run_leaves_settings_history_curves_confusion_weights_and_state(fer2013: Path, tmp_path: Path) -> None:
    run_training(fer2013, tmp_path / "run")
    assert {file.name for file in (tmp_path / "run").iterdir()} == {
        SETTINGS_FILE, HISTORY_FILE, CURVES_FILE, CONFUSION_FILE, BEST_FILE, STATE_FILE,
    }  # fmt: skip


@pytest.mark.usefixtures("_drawn")
def test_a_run_draws_its_curves_and_confusion_matrix(fer2013: Path, tmp_path: Path) -> None:
    run_training(fer2013, tmp_path / "run")
    for name in (CURVES_FILE, CONFUSION_FILE):
        picture = cv2.imread(str(tmp_path / "run" / name))
        assert picture is not None
        assert picture.std() > 10


def test_a_listener_hears_of_every_step_and_epoch(fer2013: Path, tmp_path: Path) -> None:
    lines: list[str] = []
    steps: list[tuple[int, int]] = []
    listener = Listener(lines.append, lambda _name, epoch, step, _steps: steps.append((epoch, step)))
    train(load_material(fer2013), tmp_path / "run", RECIPE, listener=listener)
    assert [line.partition(":")[0] for line in lines] == ["epoch 1 of 2", "epoch 2 of 2"]
    assert steps == [(epoch, step) for epoch in (1, 2) for step in (1, 2, 3, 4)]


def test_equal_recipes_give_equal_runs(fer2013: Path, tmp_path: Path) -> None:
    run_training(fer2013, tmp_path / "one")
    run_training(fer2013, tmp_path / "other")
    assert learnt(tmp_path / "one") == learnt(tmp_path / "other")


def test_equal_recipes_give_equal_runs_of_the_real_network_on_real_faces(shared_data: Path, tmp_path: Path) -> None:
    material = load_material(some_real_faces(shared_data, tmp_path / "data"), shared_data / "fer2013" / "fer2013new.csv")
    recipe = replace(STRONG, arch="glimpse", epochs=1, batch_size=32, precision=precision_here(STRONG.precision))
    for run in ("one", "other"):
        train(material, tmp_path / run, recipe)
    assert learnt(tmp_path / "one") == learnt(tmp_path / "other")


def some_real_faces(shared_data: Path, folder: Path) -> Path:
    """The first few faces of each class of FER2013, in its own layout."""
    with zipfile.ZipFile(shared_data / "fer2013" / "fer2013.zip") as archive:
        names = sorted(name for name in archive.namelist() if "Training_" in name or "PublicTest_" in name)
        by_class = itertools.groupby(names, key=lambda name: name.rsplit("/", 1)[0])
        for split_and_class, of_class in by_class:
            few = 14 if "train" in split_and_class else 4
            archive.extractall(folder, itertools.islice(of_class, few))
    return folder


@pytest.mark.parametrize("average", [True, False])
def test_the_averaged_weights_are_judged_and_kept_if_the_recipe_says_so(
    fer2013: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, average: bool
) -> None:
    monkeypatch.setattr(WeightAverage, "after_step", lambda *_: None)  # so that the mean stays as it began
    recipe = replace(RECIPE, average=average)
    kept = run_training(fer2013, tmp_path / "run", recipe).network().get_weights()
    began = first_network(recipe, 7, goes_on=False).get_weights()
    assert len({line["val_loss"] for line in history(tmp_path / "run")}) == (1 if average else 2)
    assert all(map(np.array_equal, kept, began)) == average


def test_another_seed_gives_another_run(fer2013: Path, tmp_path: Path) -> None:
    run_training(fer2013, tmp_path / "one")
    run_training(fer2013, tmp_path / "other", replace(RECIPE, seed=1))
    assert learnt(tmp_path / "one") != learnt(tmp_path / "other")


def test_the_mean_of_the_weights_counts_the_steps_of_all_epochs(
    fer2013: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It forgets quickly only early in the run."""
    steps: list[int] = []
    monkeypatch.setattr(WeightAverage, "after_step", lambda _average, step, _network: steps.append(step))
    run_training(fer2013, tmp_path / "run", replace(RECIPE, average=True))
    assert steps == list(range(1, 9))


def test_a_float32_run_is_unaffected_by_an_earlier_bfloat16_run(fer2013: Path, tmp_path: Path) -> None:
    run_training(fer2013, tmp_path / "before")
    run_training(fer2013, tmp_path / "half", replace(RECIPE, precision="bfloat16"))
    run_training(fer2013, tmp_path / "after")
    assert learnt(tmp_path / "after") == learnt(tmp_path / "before")


def test_private_test_is_not_read(tmp_path: Path) -> None:
    data = write_folder(tmp_path / "data", [row for row in rows() if row.usage != "PrivateTest"])
    assert run_training(data, tmp_path / "run").best.is_file()


def labels_by_epoch(data: Path, run: Path, monkeypatch: pytest.MonkeyPatch) -> list[list[int]]:
    """The labels that the network was to learn in each of two epochs, face by face."""
    epochs: list[list[int]] = [[], []]
    trained = keras.Model.train_on_batch

    def spy(model: Any, faces: Any, wanted: Any) -> Any:
        epochs[0 if len(epochs[0]) < 28 else 1].extend(wanted.argmax(axis=1).tolist())
        return trained(model, faces, wanted)

    monkeypatch.setattr(keras.Model, "train_on_batch", spy)
    run_training(data, run)
    return epochs


def test_every_epoch_shows_every_face_once_in_a_new_order(fer2013: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first, second = labels_by_epoch(fer2013, tmp_path / "run", monkeypatch)
    labels = load_fer2013(fer2013, "Training").labels.tolist()
    assert sorted(first) == sorted(second) == sorted(labels)
    assert first != second


def run_answering(answers: Sequence[int], data: Path, run: Path, monkeypatch: pytest.MonkeyPatch) -> TrainedNetwork:
    """A run whose network learns, epoch by epoch, one answer for every face.

    Of the 14 faces of PublicTest, 5 have label 0, 5 label 1, 3 label 2 and 1 label 3.
    """
    to_learn = iter(answers)

    def learn(model: Any, _faces: Any, _wanted: Any) -> tuple[float, float]:
        kernel, bias = model.get_weights()
        model.set_weights([np.zeros_like(kernel), np.eye(len(bias))[next(to_learn)]])
        return 0.0, 0.0

    monkeypatch.setattr(keras.Model, "train_on_batch", learn)
    material = load_material(data)
    public_test = replace(material.public_test, labels=np.repeat([0, 1, 2, 3], [5, 5, 3, 1]))
    one_batch = replace(RECIPE, epochs=len(answers), batch_size=len(material.training))
    return train(replace(material, public_test=public_test), run, one_batch)


def test_the_chosen_epoch_is_the_first_with_the_best_public_test_accuracy(
    fer2013: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    trained = run_answering([2, 1, 0, 3], fer2013, tmp_path / "run", monkeypatch)
    assert [line["val_accuracy"] for line in trained.history] == pytest.approx([3 / 14, 5 / 14, 5 / 14, 1 / 14])
    assert trained.chosen_epoch == 2


def test_the_network_of_the_chosen_epoch_is_kept(fer2013: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    trained = run_answering([2, 1, 0, 3], fer2013, tmp_path / "run", monkeypatch)
    answers = np.asarray(trained.network()(normalise(drawn_faces(9)))).argmax(axis=1)
    assert (trained.chosen_epoch, answers.tolist()) == (2, [1] * 9)


def test_eight_more_outputs_learn_the_votes(fer2013: Path, tmp_path: Path) -> None:
    material = replace(load_material(fer2013), votes=ALL_SURPRISED)
    trained = train(material, tmp_path / "run", replace(RECIPE, votes=1.0, epochs=20, learning_rate=0.05))
    logits = np.asarray(trained.network()(normalise(drawn_faces(9))))
    assert logits.shape == (9, 15)
    assert (logits[:, 7:].argmax(axis=1) == FERPLUS_LABELS.index("surprise")).all()


def test_an_unknown_network_is_refused_with_a_list_of_the_known_ones(fer2013: Path, tmp_path: Path) -> None:
    with pytest.raises(
        UsageError,
        match=r"--arch huge: unknown network; choose from custom-cnn, .*, resnet50, stare, tiny",
    ):
        run_training(fer2013, tmp_path / "run", replace(RECIPE, arch="huge"))


def test_an_unwritable_folder_is_an_output_error(fer2013: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way", encoding="utf-8")
    with pytest.raises(OutputError, match="cannot be written"):
        run_training(fer2013, tmp_path / "file" / "run")


def test_fewer_faces_than_a_batch_are_a_usage_error(fer2013: Path, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="batch"):
        run_training(fer2013, tmp_path / "run", replace(RECIPE, batch_size=29))
