"""Training a face detector, on a tiny network and drawn faces."""

from __future__ import annotations

import csv
import hashlib
import json
import re
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

import keras
import numpy as np
import pytest
import tensorflow as tf

from live_monitor.detect import facegrid_network
from live_monitor.detect.card import NAME
from live_monitor.detect.facegrid_network import facegrid
from live_monitor.errors import ModelError, OutputError, UsageError
from live_monitor.evaluation.faces.matching import Pool, Verdicts
from live_monitor.files.card import CARD_FILE, KERAS
from live_monitor.files.resources import packaged_folder
from live_monitor.networks.dtype_policy import dtype_policy
from live_monitor.training import average
from live_monitor.training.faces import train as training
from live_monitor.training.faces.compose import Composer
from live_monitor.training.faces.pictures import FacePictures, Picture, load_pictures
from live_monitor.training.faces.recipe import Recipe
from live_monitor.training.faces.train import TrainedDetector, joined
from live_monitor.training.run_folder import BEST_FILE, HISTORY_FILE, SETTINGS_FILE, STATE_FILE, Run
from tests.training.faces.conftest import tiny_network

SHIPPED = packaged_folder("models") / NAME
RECIPE = Recipe(steps=6, batch_size=2, precision="float32")


class Finished(NamedTuple):
    """A run, what training returned, and what it printed."""

    run: Path
    trained: TrainedDetector
    lines: list[str]


@pytest.fixture(scope="module", autouse=True)
def _tiny_network() -> Iterator[None]:
    often = {"REPORT_STEPS": 1, "SAVE_STEPS": 2, "CHOOSE_STEPS": 3, "WARM_UP_STEPS": 2, "CHOOSING_PX": 64}
    with pytest.MonkeyPatch.context() as monkeypatch:
        for module in (training, facegrid_network):
            monkeypatch.setattr(module, "facegrid", tiny_network)
        for name, value in often.items():
            monkeypatch.setattr(training, name, value)
        monkeypatch.setattr(average, "EVERY_STEPS", 1)
        yield


@pytest.fixture(scope="module", autouse=True)
def _eagerly() -> Iterator[None]:
    """Tracing takes three seconds, and a run here has only six steps; the tests of the command use graphs."""
    tf.config.run_functions_eagerly(True)
    yield
    tf.config.run_functions_eagerly(False)


def train(data: Path, run: Path, recipe: Recipe, **how: Any) -> TrainedDetector:
    return training.train(load_pictures(data), run, recipe, **how)


@pytest.fixture(scope="module")
def finished(detector_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Finished:
    """A complete run; read it, never write to it."""
    run = tmp_path_factory.mktemp("finished") / "run"
    lines: list[str] = []
    return Finished(run, train(detector_data, run, RECIPE, say=lines.append), lines)


def history(run: Path) -> list[dict[str, str]]:
    with (run / HISTORY_FILE).open(newline="", encoding="utf-8") as lines:
        return list(csv.DictReader(lines))


def weights(trained: TrainedDetector) -> list[Any]:
    network = tiny_network()
    network.load_weights(trained.best)
    return list(network.get_weights())


def write_detector(folder: Path, content: bytes) -> Path:
    """A detector's folder as far as training reads it, with a file of Keras weights."""
    folder.mkdir()
    (folder / "model.weights.h5").write_bytes(content)
    files = {KERAS: {"name": "model.weights.h5", "sha256": hashlib.sha256(content).hexdigest()}}
    card = {"network": "facegrid", "threshold": 0.5, "smallest_px": 20, "files": files}
    (folder / CARD_FILE).write_text(json.dumps(card), encoding="utf-8")
    return folder


def given_weights(detector: Path) -> list[Any]:
    """The weights in a detector's folder."""
    with dtype_policy("float16"):
        network = tiny_network()
    network.load_weights(detector / "model.weights.h5")
    return list(network.get_weights())


def weights_of(network: Any, folder: Path) -> bytes:
    """Its random weights in half precision, as a detector keeps them."""
    keras.utils.set_random_seed(0)
    with dtype_policy("float16"):
        reduced = network()
    reduced.save_weights(folder / "made.weights.h5")
    return (folder / "made.weights.h5").read_bytes()


@pytest.fixture
def detector(tmp_path: Path) -> Path:
    """A detector's folder with random weights."""
    return write_detector(tmp_path / "detector", weights_of(tiny_network, tmp_path))


class Stop(Exception):
    """Somebody pressed Ctrl-C."""


def run_stopped_after(steps: int, data: Path, run: Path, recipe: Recipe = RECIPE) -> list[str]:
    """What it printed until then."""
    lines: list[str] = []

    def stop(line: str) -> None:
        lines.append(line)
        if line.startswith(f"step {steps}:"):
            raise Stop

    with pytest.raises(Stop):
        train(data, run, recipe, say=stop)
    return lines


def test_a_run_leaves_its_settings_history_plot_state_and_best_weights(finished: Finished) -> None:
    assert finished.trained.steps_run == RECIPE.steps
    assert finished.trained.chosen_step in (3, 6)
    assert len(history(finished.run)) == len(finished.lines) == RECIPE.steps
    assert {file.name for file in finished.run.iterdir()} == {SETTINGS_FILE, HISTORY_FILE, "progress.png", STATE_FILE, BEST_FILE}


def test_a_resumed_run_ends_like_an_uninterrupted_one(finished: Finished, detector_data: Path, tmp_path: Path) -> None:
    run_stopped_after(5, detector_data, tmp_path / "run")
    resumed = train(detector_data, tmp_path / "run", RECIPE, resume=True)
    losses = [[float(line["loss"]) for line in history(run)] for run in (tmp_path / "run", finished.run)]
    np.testing.assert_allclose(losses[0], losses[1], rtol=1e-3)
    for first, second in zip(weights(finished.trained), weights(resumed), strict=True):
        np.testing.assert_allclose(second, first, atol=1e-3)


def losses(run: Path) -> list[float]:
    return [float(line["loss"]) for line in history(run)]


def test_a_loss_in_the_history_is_the_mean_of_its_steps(
    finished: Finished, detector_data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(training, "REPORT_STEPS", 3)
    train(detector_data, tmp_path / "run", RECIPE)
    each = losses(finished.run)
    np.testing.assert_allclose(losses(tmp_path / "run"), [np.mean(each[:3]), np.mean(each[3:])], rtol=1e-3)


def test_a_run_stopped_between_two_reports_gets_the_same_history_when_resumed(
    detector_data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stop_in_the_fourth(composer: Composer, recipe: Recipe, step: int) -> training.Batch:
        if step == 3:
            raise Stop
        return batch(composer, recipe, step)

    batch = training._batch
    monkeypatch.setattr(training, "REPORT_STEPS", 2)
    train(detector_data, tmp_path / "whole", RECIPE)
    monkeypatch.setattr(training, "_batch", stop_in_the_fourth)
    with pytest.raises(Stop):
        train(detector_data, tmp_path / "run", RECIPE)
    monkeypatch.setattr(training, "_batch", batch)
    train(detector_data, tmp_path / "run", RECIPE, resume=True)
    assert [line["step"] for line in history(tmp_path / "run")] == ["2", "4", "6"]
    np.testing.assert_allclose(losses(tmp_path / "run"), losses(tmp_path / "whole"), rtol=1e-3)


def test_of_equally_good_weights_the_first_are_kept(detector_data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    kept: list[int] = []
    keep_best = Run.keep_best

    def spy(run: Run, network: Any) -> None:
        kept.append(len(history(run.folder)) + 1)
        keep_best(run, network)

    nothing_right = Pool(np.ones(1), Verdicts(np.zeros(1, np.bool_), np.ones(1, np.bool_)), faces=1)
    monkeypatch.setattr(training, "judge", lambda *_: nothing_right)
    monkeypatch.setattr(Run, "keep_best", spy)
    assert train(detector_data, tmp_path / "run", RECIPE).chosen_step == 3
    assert kept == [3]


def test_pictures_with_only_faces_too_small_to_choose_by_are_refused_before_training(
    detector_data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(training, "CHOOSING_SMALLEST_PX", 40.0)
    with pytest.raises(UsageError, match=r"none is 40 pixels large .*; add pictures with larger ones"):
        train(detector_data, tmp_path / "run", RECIPE)
    assert not (tmp_path / "run").exists()


def test_resuming_a_complete_run_neither_trains_nor_prepares_pictures(
    finished: Finished, detector_data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(training, "prepared", None)
    lines: list[str] = []
    assert train(detector_data, finished.run, RECIPE, resume=True, say=lines.append) == finished.trained
    assert not lines


def test_minutes_end_a_run_that_has_steps_left(detector_data: Path, tmp_path: Path) -> None:
    trained = train(detector_data, tmp_path / "run", replace(RECIPE, steps=100_000, minutes=0.001))
    assert 1 <= trained.steps_run < 100
    assert trained.best.is_file()


def test_minutes_alone_end_a_run(detector_data: Path, tmp_path: Path) -> None:
    lines: list[str] = []
    trained = train(detector_data, tmp_path / "run", replace(RECIPE, steps=None, minutes=0.001), say=lines.append)
    assert trained.steps_run == len(lines) >= 1
    assert lines[-1].endswith(", 0 minutes left")


def test_a_recipe_with_neither_steps_nor_minutes_is_refused() -> None:
    with pytest.raises(UsageError, match="steps, minutes: one of the two ends training"):
        Recipe(steps=None)


def test_the_rate_rises_and_falls(finished: Finished) -> None:
    rates = [float(line["rate"]) for line in history(finished.run)]
    assert max(rates) > rates[-1] * 10
    assert max(rates) <= RECIPE.learning_rate


def test_a_folder_that_holds_a_run_is_not_overwritten(finished: Finished, detector_data: Path) -> None:
    with pytest.raises(UsageError, match="already holds a run; add --resume"):
        train(detector_data, finished.run, RECIPE)


def test_a_run_resumes_only_with_its_own_settings(finished: Finished, detector_data: Path) -> None:
    with pytest.raises(UsageError, match="was started with other settings"):
        train(detector_data, finished.run, replace(RECIPE, seed=1), resume=True)


def test_a_taken_folder_is_refused_before_any_picture_is_looked_at(finished: Finished) -> None:
    nothing_to_choose_by = FacePictures([], [])
    with pytest.raises(UsageError, match="already holds a run"):
        training.train(nothing_to_choose_by, finished.run, RECIPE)
    with pytest.raises(UsageError, match="was started with other settings"):
        training.train(nothing_to_choose_by, finished.run, replace(RECIPE, seed=1), resume=True)


def test_without_pictures_kept_apart_training_is_refused(detector_data: Path, tmp_path: Path) -> None:
    pictures = replace(load_pictures(detector_data), kept_apart=[])
    with pytest.raises(UsageError, match="of the faces kept apart for choosing none is"):
        training.train(pictures, tmp_path / "run", RECIPE)
    assert not (tmp_path / "run").exists()


def test_a_damaged_state_is_named(finished: Finished, detector_data: Path, tmp_path: Path) -> None:
    shutil.copytree(finished.run, tmp_path / "run")
    (tmp_path / "run" / STATE_FILE).write_bytes(b"PK nothing")
    with pytest.raises(UsageError, match=rf"{STATE_FILE}: damaged"):
        train(detector_data, tmp_path / "run", RECIPE, resume=True)


def test_an_unwritable_folder_is_named(detector_data: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(OutputError, match=r"run: cannot be written"):
        train(detector_data, tmp_path / "file" / "run", RECIPE)


def test_a_run_starts_from_the_given_weights_and_records_which(detector: Path, detector_data: Path, tmp_path: Path) -> None:
    standing_still = replace(RECIPE, weights=str(detector), steps=1, learning_rate=1e-9)
    trained = train(detector_data, tmp_path / "run", standing_still)
    for asked, begun in zip(given_weights(detector), weights(trained), strict=True):
        np.testing.assert_allclose(begun, asked, atol=1e-6)
    assert json.loads((tmp_path / "run" / SETTINGS_FILE).read_text(encoding="utf-8"))["weights"] == str(detector)


def test_a_detector_keeps_the_requested_share_of_its_initial_weights(detector: Path, detector_data: Path, tmp_path: Path) -> None:
    recipe = replace(RECIPE, weights=str(detector), steps=1, learning_rate=0.1)
    after = weights(train(detector_data, tmp_path / "run", recipe))
    mixed = weights(train(detector_data, tmp_path / "mixed", replace(recipe, keep=0.25)))
    before = given_weights(detector)
    for now, quarter, old in zip(after, mixed, before, strict=True):
        np.testing.assert_allclose(quarter, 0.25 * old + 0.75 * now, rtol=1e-3, atol=1e-4)
    assert not np.allclose(after[0], before[0])


def test_a_resumed_run_still_keeps_its_initial_weights(detector: Path, detector_data: Path, tmp_path: Path) -> None:
    recipe = replace(RECIPE, weights=str(detector), steps=3, learning_rate=0.1, keep=1.0)
    run_stopped_after(3, detector_data, tmp_path / "run", recipe)
    kept = weights(train(detector_data, tmp_path / "run", recipe, resume=True))
    for now, old in zip(kept, given_weights(detector), strict=True):
        np.testing.assert_allclose(now, old, atol=1e-6)


def test_a_resumed_run_uses_its_own_weights_and_does_not_need_the_initial_ones(
    detector: Path, detector_data: Path, tmp_path: Path
) -> None:
    recipe = replace(RECIPE, weights=str(detector), steps=3, learning_rate=0.1)
    stopped = run_stopped_after(3, detector_data, tmp_path / "run", recipe)
    shutil.rmtree(detector)
    resumed: list[str] = []
    train(detector_data, tmp_path / "run", recipe, resume=True, say=resumed.append)
    assert loss_of(resumed[0]) == pytest.approx(loss_of(stopped[2]), rel=1e-2)
    assert loss_of(stopped[0]) != pytest.approx(loss_of(stopped[2]), rel=0.02)


def loss_of(line: str) -> float:
    """The loss in a line of progress."""
    [loss] = re.findall(r"loss (\S+?),", line)
    return float(loss)


def test_samples_are_composed_of_prepared_pictures(detector_data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    composed_of: list[Picture] = []

    class Composing(Composer):
        def __init__(self, pictures: Sequence[Picture]) -> None:
            composed_of.extend(pictures)
            super().__init__(pictures)

    ready = [
        replace(picture, mistakes=np.ones((1, 4), np.float32), mistaken_at=np.ones(1, np.float32))
        for picture in load_pictures(detector_data).training
    ]
    monkeypatch.setattr(training, "Composer", Composing)
    monkeypatch.setattr(training, "prepared", lambda *_: ready)
    train(detector_data, tmp_path / "run", replace(RECIPE, steps=1))
    assert composed_of == ready


def test_a_missing_teacher_is_named_and_leaves_no_run_behind(detector_data: Path, tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"nowhere\.onnx"):
        train(detector_data, tmp_path / "run", replace(RECIPE, teacher=str(tmp_path / "nowhere.onnx")))
    assert not (tmp_path / "run").exists()


def test_a_folder_without_a_detector_is_named_and_leaves_no_run_behind(detector_data: Path, tmp_path: Path) -> None:
    refused(tmp_path / "nowhere", r"card\.json: cannot be read", detector_data, tmp_path / "run")


def test_a_detector_without_keras_weights_is_named_and_leaves_no_run_behind(
    detector: Path, detector_data: Path, tmp_path: Path
) -> None:
    card = json.loads((detector / CARD_FILE).read_text(encoding="utf-8"))
    (detector / CARD_FILE).write_text(json.dumps(card | {"files": {}}), encoding="utf-8")
    refused(detector, r"card\.json: lists no keras weights", detector_data, tmp_path / "run")


def test_damaged_weights_are_named_and_leave_no_run_behind(detector: Path, detector_data: Path, tmp_path: Path) -> None:
    (detector / "model.weights.h5").write_bytes(b"damaged")
    refused(detector, r"model\.weights\.h5", detector_data, tmp_path / "run")


def one_layer() -> Any:
    return keras.Sequential([keras.layers.Input((4,)), keras.layers.Dense(3)])


@pytest.mark.parametrize("kind", ["not weights", "cut off", "another network's"])
def test_weights_of_another_network_are_named_and_leave_no_run_behind(kind: str, detector_data: Path, tmp_path: Path) -> None:
    content = {
        "not weights": b"nothing",
        "cut off": weights_of(tiny_network, tmp_path)[:3000],
        "another network's": weights_of(one_layer, tmp_path),
    }[kind]
    folder = write_detector(tmp_path / "other", content)
    refused(folder, r"other: these weights are not facegrid's: .*; give a folder", detector_data, tmp_path / "run")


def refused(weights_folder: Path, message: str, data: Path, run: Path) -> None:
    """A one-line error that leaves no run behind, so that the next attempt in the folder is not a second run."""
    with pytest.raises(ModelError, match=message) as raised:
        train(data, run, replace(RECIPE, weights=str(weights_folder)))
    assert "\n" not in str(raised.value)
    assert not run.exists()


def test_the_network_has_a_row_for_every_cell_and_few_parameters() -> None:
    network = joined(facegrid())
    assert network(np.zeros((2, 96, 64, 3), np.float32)).shape == (2, 12 * 8 + 6 * 4 + 3 * 2, 15)
    assert 100_000 < network.count_params() < 400_000
