"""`live-monitor train`, from FER2013 to a model that `--model` takes."""

from __future__ import annotations

import json
import signal
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest

from live_monitor.classify.card import load_card
from live_monitor.classify.litert_engine import LiteRTEngine
from live_monitor.classify.networks import NETWORKS
from live_monitor.classify.preprocess import normalise
from live_monitor.cli.entry import _run
from live_monitor.cli.stopped import Stopped
from live_monitor.training import export as exporting
from live_monitor.training import model_folder, recipe
from live_monitor.training.run_folder import SETTINGS_FILE
from tests.dataset.made import rows_of_fer2013, write_folder, write_votes
from tests.fakes import drawn_faces, write_clip

pytestmark = pytest.mark.usefixtures("_same_precision_afterwards")


def tiny(outputs: int = 7) -> Any:
    """One dense layer."""
    layers = keras.layers
    return keras.Sequential([layers.Input((48, 48, 1)), layers.Flatten(), layers.Dense(outputs)])


@pytest.fixture(autouse=True)
def _tiny_network() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as monkeypatch:
        monkeypatch.setitem(NETWORKS, "tiny", tiny)
        monkeypatch.setattr(recipe, "NETWORK_NAMES", (*recipe.NETWORK_NAMES, "tiny"))
        yield


def run(*arguments: str | Path) -> int:
    return _run([str(argument) for argument in arguments])


def train_tiny(data: Path, out: Path, *more: str) -> int:
    return run("train", data, "--out", out, "--arch", "tiny", "--epochs", "1", "--batch-size", "7", *more)


def test_it_prints_the_accuracy_and_how_to_use_the_model(
    fer2013: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "run"
    assert train_tiny(fer2013, out) == 0
    lines = capsys.readouterr().out.splitlines()
    printed = json.loads("\n".join(lines[lines.index("{") : -1]))
    assert printed["measured"]["PublicTest"]["n"] == 14
    assert lines[-1] == f"{out / 'model'}: ready, try it with --model {out / 'model'}"


def test_it_says_when_the_model_is_being_made_and_measured(
    fer2013: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert train_tiny(fer2013, tmp_path / "run") == 0
    assert capsys.readouterr().err.splitlines()[-1] == f"{tmp_path / 'run' / 'model'}: being made and measured"


def stop(*_: object) -> None:
    raise Stopped(signal.SIGINT)


def test_when_stopped_during_measuring_it_says_how_to_resume(
    fer2013: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.MonkeyPatch.context() as monkeypatch:
        monkeypatch.setattr(exporting, "measured_facts", stop)
        assert train_tiny(fer2013, tmp_path / "run") == 130
    assert capsys.readouterr().err.splitlines()[-1] == f"{tmp_path / 'run'}: stopped; the same command with --resume goes on"
    assert train_tiny(fer2013, tmp_path / "run", "--resume") == 0
    assert load_card(str(tmp_path / "run" / "model")).facts["measured"]


def test_a_half_written_folder_is_not_a_model_and_ends_in_3(
    fer2013: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    model = tmp_path / "run" / "model"
    with pytest.MonkeyPatch.context() as monkeypatch:
        monkeypatch.setattr(model_folder, "save_weights_whole", stop)
        train_tiny(fer2013, tmp_path / "run")
    assert [file.name for file in model.iterdir()] == ["model.tflite"]
    capsys.readouterr()
    clip = write_clip(tmp_path / "clip.avi", [50, 100])
    assert run("--no-display", "--video", clip, "--model", model, "--device", "cpu") == 3
    err = capsys.readouterr().err
    assert err.startswith(f"Error: {model}: no such model; ")
    assert err.count("\n") == 1


def test_its_model_can_be_used(fer2013: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    train_tiny(fer2013, tmp_path / "run")
    capsys.readouterr()
    clip = write_clip(tmp_path / "clip.avi", [50, 100])
    assert run("--no-display", "--json", "--video", clip, "--model", tmp_path / "run" / "model", "--device", "cpu") == 0
    assert json.loads(capsys.readouterr().out)["frames"] == 2


def test_a_second_run_in_the_same_folder_ends_in_2(fer2013: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    train_tiny(fer2013, tmp_path / "run")
    capsys.readouterr()
    assert train_tiny(fer2013, tmp_path / "run") == 2
    assert "add --resume to go on with it" in capsys.readouterr().err


def test_resuming_a_finished_run_makes_the_same_model_again(fer2013: Path, tmp_path: Path) -> None:
    train_tiny(fer2013, tmp_path / "run")
    weights, faces = tmp_path / "run" / "model" / "model.tflite", normalise(drawn_faces(5))
    before = LiteRTEngine(weights).infer(faces)
    weights.unlink()
    assert train_tiny(fer2013, tmp_path / "run", "--resume") == 0
    np.testing.assert_array_equal(LiteRTEngine(weights).infer(faces), before)


def test_an_unwritable_folder_ends_in_6(fer2013: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "file").touch()
    assert train_tiny(fer2013, tmp_path / "file" / "run") == 6
    assert capsys.readouterr().err.startswith(f"Error: {tmp_path / 'file' / 'run'}: cannot be written")


def test_resuming_a_missing_run_says_so_and_starts_a_new_one(
    fer2013: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert train_tiny(fer2013, tmp_path / "runn", "--resume") == 0
    assert capsys.readouterr().err.startswith(f"{tmp_path / 'runn'}: holds no run to go on with; a new one begins\n")


def test_an_unknown_network_ends_in_2(fer2013: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("train", fer2013, "--out", tmp_path / "run", "--arch", "huge") == 2
    assert "--arch huge: unknown network" in capsys.readouterr().err


def test_with_votes_the_model_also_answers_as_ferplus(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    data, votes = write_folder(tmp_path / "data", rows_of_fer2013()), write_votes(tmp_path / "votes.csv", {})
    assert train_tiny(data, tmp_path / "run", "--votes", str(votes), "--recipe", "strong") == 0
    assert load_card(str(tmp_path / "run" / "model")).ferplus
    lines = capsys.readouterr().out.splitlines()
    printed = json.loads("\n".join(lines[lines.index("{") : -1]))
    assert 0 <= printed["measured"]["PublicTest"]["ferplus_accuracy"] <= 1


def test_the_ferplus_share_is_stored_in_the_card(tmp_path: Path) -> None:
    data, votes = write_folder(tmp_path / "data", rows_of_fer2013()), write_votes(tmp_path / "votes.csv", {})
    options = ("--votes", str(votes), "--recipe", "strong", "--ferplus-share", "0.5")
    assert train_tiny(data, tmp_path / "run", *options) == 0
    assert load_card(str(tmp_path / "run" / "model")).ferplus_share == 0.5


def test_a_recipe_that_does_not_learn_votes_is_still_measured_by_them(tmp_path: Path) -> None:
    data, votes = write_folder(tmp_path / "data", rows_of_fer2013()), write_votes(tmp_path / "votes.csv", {})
    assert train_tiny(data, tmp_path / "run", "--votes", str(votes), "--recipe", "brief") == 0
    card = load_card(str(tmp_path / "run" / "model"))
    assert not card.ferplus
    assert 0 <= card.facts["measured"]["PublicTest"]["ferplus_accuracy"] <= 1


def test_a_ferplus_share_needs_a_recipe_that_learns_votes(
    fer2013: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("live_monitor.cli.training.load_keras", lambda: pytest.fail("loaded"))
    options = ("--votes", str(tmp_path / "nowhere.csv"), "--recipe", "brief", "--ferplus-share", "0.5")
    assert train_tiny(fer2013, tmp_path / "run", *options) == 2
    assert capsys.readouterr().err == "Error: --ferplus-share goes with --recipe strong: brief does not learn FER+'s votes\n"


def test_a_ferplus_share_needs_votes(fer2013: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert train_tiny(fer2013, tmp_path / "run", "--ferplus-share", "0.5") == 2
    assert capsys.readouterr().err.startswith("Error: --ferplus-share goes with --votes")
    assert not (tmp_path / "run").exists()


def test_missing_data_ends_in_2_and_leaves_no_run_behind(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert train_tiny(tmp_path / "nowhere", tmp_path / "run") == 2
    assert f"{tmp_path / 'nowhere'}: no such file or folder" in capsys.readouterr().err
    assert not (tmp_path / "run").exists()


def test_votes_for_other_pictures_end_in_2(fer2013: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert train_tiny(fer2013, tmp_path / "run", "--votes", str(write_votes(tmp_path / "votes.csv", {}))) == 2
    assert "FER+'s votes do not fit" in capsys.readouterr().err


def test_teachers_without_distillation_end_in_2(fer2013: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert train_tiny(fer2013, tmp_path / "run", "--teachers", "2", "--distillation", "0") == 2
    assert "go with --distillation above 0" in capsys.readouterr().err


def test_missing_tensorboard_ends_in_2_before_training(
    fer2013: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "tensorboard", None)
    monkeypatch.delitem(sys.modules, "live_monitor.training.tensorboard", raising=False)
    assert train_tiny(fer2013, tmp_path / "run", "--tensorboard") == 2
    assert "pip install live-monitor[tensorboard]" in capsys.readouterr().err
    assert not (tmp_path / "run").exists()


def test_a_loss_that_is_not_a_number_ends_in_2(fer2013: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert train_tiny(fer2013, tmp_path / "run", "--learning-rate", "1e38", "--recipe", "strong") == 2
    error = capsys.readouterr().err.splitlines()[-1]
    assert error == "Error: epoch 1: the loss is no longer a number; take a smaller --learning-rate than 1e+38, and another --out"


def test_options_change_the_recipe(fer2013: Path, tmp_path: Path) -> None:
    options = ("--learning-rate", "0.01", "--label-smoothing", "0.2", "--mixup", "0.3", "--seed", "4")
    assert train_tiny(fer2013, tmp_path / "run", *options) == 0
    settings = json.loads((tmp_path / "run" / SETTINGS_FILE).read_text())
    assert [settings[name] for name in ("learning_rate", "label_smoothing", "mixup", "seed")] == [0.01, 0.2, 0.3, 4]


@pytest.mark.parametrize("option", ["--learning-rate", "--label-smoothing", "--mixup", "--distillation", "--ferplus-share"])
def test_nan_is_refused(option: str, fer2013: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert train_tiny(fer2013, tmp_path / "run", option, "nan") == 2
    assert "'nan' is not a number" in capsys.readouterr().err


@pytest.mark.parametrize("seed", ["-1", str(2**32 - 1)])
def test_a_seed_that_is_negative_or_too_large_for_those_of_teachers_is_refused(
    seed: str, fer2013: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert train_tiny(fer2013, tmp_path / "run", "--seed", seed) == 2
    assert f"'--seed': {seed} is not in the range" in capsys.readouterr().err
    assert not (tmp_path / "run").exists()
