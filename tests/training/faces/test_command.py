"""`live-monitor train-detector`, from pictures to a folder that `--detector-model` takes."""

from __future__ import annotations

import contextlib
import io
import json
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from live_monitor.cli.entry import _run
from live_monitor.cli.stopped import Stopped
from live_monitor.errors import UsageError
from live_monitor.training.faces import export as exporting
from live_monitor.training.faces import train as training
from live_monitor.training.faces.pictures import FacePictures
from live_monitor.training.faces.recipe import Recipe
from tests.fakes import write_clip
from tests.training.faces.conftest import tiny_network


@pytest.fixture(scope="module", autouse=True)
def _tiny_network() -> Iterator[None]:
    small = {"WARM_UP_STEPS": 2, "CHOOSING_PX": 64}
    with pytest.MonkeyPatch.context() as monkeypatch:
        for module in (training, exporting):
            monkeypatch.setattr(module, "facegrid", tiny_network)
        for name, value in small.items():
            monkeypatch.setattr(training, name, value)
        monkeypatch.setattr(exporting, "CALIBRATION_SAMPLES", 4)
        yield


class Finished(NamedTuple):
    """A run, and what the command printed."""

    run: Path
    out: str
    err: str


def train(data: Path, out: Path, *more: str) -> int:
    return _run(["train-detector", str(data), "--out", str(out), "--steps", "3", "--batch-size", "2", *more])


@pytest.fixture(scope="module")
def finished(detector_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Finished:
    """A complete run; read it, never write to it."""
    run = tmp_path_factory.mktemp("finished") / "run"
    with contextlib.redirect_stdout(io.StringIO()) as out, contextlib.redirect_stderr(io.StringIO()) as err:
        assert train(detector_data, run) == 0
    return Finished(run, out.getvalue(), err.getvalue())


def test_it_prints_what_was_measured_and_how_to_use_the_detector(
    detector_data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "run"
    with pytest.MonkeyPatch.context() as monkeypatch:
        monkeypatch.setattr(exporting, "finds_nothing", lambda _card: False)
        assert train(detector_data, out) == 0
    printed = capsys.readouterr()
    assert "step 3: loss " in printed.err
    assert "the float weights search 22 pictures kept apart, at 320 pixels\n" in printed.err
    lines = printed.out.splitlines()
    measured = json.loads("\n".join(lines[:-1]))
    assert set(measured) == {"threshold", "measured"}
    assert lines[-1] == f"{out / 'model'}: ready, try it with --detector-model {out / 'model'}"

    clip = write_clip(tmp_path / "clip.avi", [50, 100])
    capsys.readouterr()
    watch = ["--no-display", "--json", "--video", str(clip), "--device", "cpu", "--detector", "facegrid"]
    assert _run([*watch, "--detector-model", str(out / "model")]) == 0
    assert json.loads(capsys.readouterr().out)["frames"] == 2


def test_a_detector_that_finds_nothing_is_not_called_ready(finished: Finished) -> None:
    model = finished.run / "model"
    assert "ready" not in finished.out
    assert (
        finished.err.splitlines()[-1]
        == f"{model}: made, but it finds none of the faces kept apart; train it longer, or on more pictures"
    )
    assert json.loads(finished.out)["threshold"] == json.loads((model / "card.json").read_text(encoding="utf-8"))["threshold"]


def test_when_stopped_during_measuring_it_says_how_to_resume(
    detector_data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def stop(*_: object) -> None:
        raise Stopped(signal.SIGINT)

    with pytest.MonkeyPatch.context() as monkeypatch:
        monkeypatch.setattr(exporting, "choose_threshold", stop)
        assert train(detector_data, tmp_path / "run") == 130
    assert capsys.readouterr().err.splitlines()[-1] == f"{tmp_path / 'run'}: stopped; the same command with --resume goes on"
    assert train(detector_data, tmp_path / "run", "--resume") == 0
    assert (tmp_path / "run" / "model" / "card.json").exists()


def test_a_second_run_in_the_same_folder_ends_in_2(
    finished: Finished, detector_data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert train(detector_data, finished.run) == 2
    assert "add --resume to go on with it" in capsys.readouterr().err


def test_missing_data_ends_in_2_and_leaves_no_run_behind(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert train(tmp_path / "nowhere", tmp_path / "run") == 2
    err = capsys.readouterr().err
    assert "no such file; give a folder with faces/ and detector_train/" in err
    assert err.count("\n") == 1
    assert not (tmp_path / "run").exists()


def test_a_missing_detector_to_start_from_ends_in_3(
    detector_data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert train(detector_data, tmp_path / "run", "--weights", str(tmp_path / "nowhere")) == 3
    err = capsys.readouterr().err
    assert err.startswith(f"Error: {tmp_path / 'nowhere' / 'card.json'}: cannot be read")
    assert err.count("\n") == 1


def test_keep_needs_weights(detector_data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert train(detector_data, tmp_path / "run", "--keep", "0.5") == 2
    assert capsys.readouterr().err == "Error: --keep goes with --weights: without them training begins with random ones\n"
    assert not (tmp_path / "run").exists()


def test_cutouts_need_a_teacher(detector_data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert train(detector_data, tmp_path / "run", "--cutouts", str(tmp_path)) == 2
    assert capsys.readouterr().err == "Error: --cutouts goes with --teacher, which says where in its picture a face is\n"
    assert not (tmp_path / "run").exists()


@pytest.mark.parametrize("option", ["--more-faces", "--no-faces"])
def test_a_missing_file_of_boxes_gives_a_one_line_error(
    detector_data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], option: str
) -> None:
    assert train(detector_data, tmp_path / "run", option, str(tmp_path / "nowhere.json")) == 2
    assert capsys.readouterr().err == f"Error: {tmp_path / 'nowhere.json'}: no such file\n"


def test_an_unwritable_folder_ends_in_6(detector_data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "file").touch()
    assert train(detector_data, tmp_path / "file" / "run") == 6
    assert capsys.readouterr().err.startswith(f"Error: {tmp_path / 'file' / 'run'}: cannot be written")


def test_a_loss_that_is_not_a_number_ends_in_2(detector_data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert train(detector_data, tmp_path / "run", "--learning-rate", "inf") == 2
    assert "the loss is no longer a number; take a smaller --learning-rate than inf, and another --out" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("options", "ends"),
    [
        ([], (20000, None)),
        (["--steps", "5"], (5, None)),
        (["--minutes", "90"], (None, 90)),
        (["--minutes", "90", "--steps", "5"], (5, 90)),
    ],
)
def test_a_run_ends_after_the_requested_steps_or_minutes(
    detector_data: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    options: list[str],
    ends: tuple[int | None, float | None],
) -> None:
    asked: list[Recipe] = []

    def note(_pictures: FacePictures, _run: Path, recipe: Recipe, **_how: object) -> None:
        asked.append(recipe)
        raise UsageError("noted")

    monkeypatch.setattr(training, "train", note)
    assert _run(["train-detector", str(detector_data), "--out", str(tmp_path / "run"), *options]) == 2
    assert [(recipe.steps, recipe.minutes) for recipe in asked] == [ends]


def test_the_card_of_a_run_ended_by_minutes_has_no_requested_steps(detector_data: Path, tmp_path: Path) -> None:
    command = ["train-detector", str(detector_data), "--out", str(tmp_path / "run"), "--minutes", "0.001", "--batch-size", "2"]
    assert _run(command) == 0
    card = json.loads((tmp_path / "run" / "model" / "card.json").read_text(encoding="utf-8"))
    assert (card["recipe"]["steps"], card["recipe"]["minutes"]) == (None, 0.001)
    assert card["steps_run"] >= 1


@pytest.mark.parametrize("seed", ["-1", str(2**32)])
def test_an_invalid_seed_ends_in_2_and_leaves_no_run_behind(
    detector_data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], seed: str
) -> None:
    assert train(detector_data, tmp_path / "run", "--seed", seed) == 2
    assert f"'--seed': {seed} is not in the range" in capsys.readouterr().err
    assert not (tmp_path / "run").exists()
