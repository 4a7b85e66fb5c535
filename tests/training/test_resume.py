"""Runs that are stopped, resumed or already there."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from live_monitor.classify.networks import NETWORKS
from live_monitor.errors import OutputError, UsageError
from live_monitor.training.material import load_material
from live_monitor.training.recipe import STRONG
from live_monitor.training.run_folder import HISTORY_FILE, SETTINGS_FILE, STATE_FILE, Run
from live_monitor.training.train import train
from live_monitor.training.views import ANSWERS_FILE
from tests.training.made import RECIPE, history, learnt, run_stopped_in_second_epoch, run_training, tiny

STRONG_RECIPE = replace(STRONG, arch="tiny", epochs=3, batch_size=7, mixup=0.3, precision="float32")

pytestmark = pytest.mark.usefixtures("_tiny_network", "_same_precision_afterwards")


def test_a_stopped_run_resumes_after_its_last_whole_epoch(fer2013: Path, tmp_path: Path) -> None:
    run_stopped_in_second_epoch(fer2013, tmp_path / "run")
    [first] = history(tmp_path / "run")
    run_training(fer2013, tmp_path / "run", resume=True)
    assert [epoch["epoch"] for epoch in history(tmp_path / "run")] == ["1", "2"]
    assert history(tmp_path / "run")[0] == first


def test_a_resumed_run_ends_like_an_uninterrupted_one(fer2013: Path, tmp_path: Path) -> None:
    run_stopped_in_second_epoch(fer2013, tmp_path / "stopped")
    run_training(fer2013, tmp_path / "stopped", resume=True)
    run_training(fer2013, tmp_path / "whole")
    for stopped, whole in zip(learnt(tmp_path / "stopped"), learnt(tmp_path / "whole"), strict=True):
        assert {name: float(value) for name, value in stopped.items()} == pytest.approx(
            {name: float(value) for name, value in whole.items()}, rel=1e-5
        )


def test_a_resumed_strong_run_ends_like_an_uninterrupted_one(fer2013: Path, tmp_path: Path) -> None:
    run_stopped_in_second_epoch(fer2013, tmp_path / "stopped", STRONG_RECIPE)
    train(load_material(fer2013), tmp_path / "stopped", STRONG_RECIPE, resume=True)
    run_training(fer2013, tmp_path / "whole", STRONG_RECIPE)
    for stopped, whole in zip(learnt(tmp_path / "stopped"), learnt(tmp_path / "whole"), strict=True):
        assert {name: float(value) for name, value in stopped.items()} == pytest.approx(
            {name: float(value) for name, value in whole.items()}, rel=1e-5
        )


def test_a_run_with_teachers_resumes_where_it_was(fer2013: Path, tmp_path: Path) -> None:
    recipe = replace(RECIPE, teachers=1, teacher_arch="tiny", distillation=0.5)
    run_stopped_in_second_epoch(fer2013, tmp_path / "stopped", recipe)
    run_training(fer2013, tmp_path / "stopped", recipe, resume=True)
    run_training(fer2013, tmp_path / "whole", recipe)
    assert float(learnt(tmp_path / "stopped")[-1]["loss"]) == pytest.approx(
        float(learnt(tmp_path / "whole")[-1]["loss"]), rel=1e-5
    )


@pytest.mark.parametrize("split", ["training", "public_test"])
@pytest.mark.parametrize("what", ["images", "labels", "rows"])
def test_a_run_resumes_only_with_the_data_it_started_with(fer2013: Path, tmp_path: Path, split: str, what: str) -> None:
    run_stopped_in_second_epoch(fer2013, tmp_path / "run")
    material = load_material(fer2013)
    faces = getattr(material, split)
    other = replace(material, **{split: replace(faces, **{what: getattr(faces, what)[::-1]})})
    with pytest.raises(UsageError, match="run: was started with other data; give the same again"):
        train(other, tmp_path / "run", RECIPE, resume=True)
    assert len(history(tmp_path / "run")) == 1


def test_votes_change_the_checksum_of_the_data(fer2013: Path) -> None:
    material = load_material(fer2013)
    votes = [None, np.zeros((3, 10), np.uint8), np.ones((3, 10), np.uint8)]
    assert len({replace(material, votes=each).checksum.tobytes() for each in votes}) == 3


def test_a_resumed_run_does_not_need_its_pretrained_weights(
    fer2013: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    recipe = replace(RECIPE, arch="resnet50", weights="some.h5")
    monkeypatch.setitem(NETWORKS, "resnet50", lambda outputs, **_pretrained: tiny(outputs))
    run_stopped_in_second_epoch(fer2013, tmp_path / "run", recipe)
    monkeypatch.setitem(NETWORKS, "resnet50", tiny)
    assert len(run_training(fer2013, tmp_path / "run", recipe, resume=True).history) == 2


def test_resuming_a_finished_run_changes_nothing(fer2013: Path, tmp_path: Path) -> None:
    trained = run_training(fer2013, tmp_path / "run")
    before = trained.best.read_bytes(), history(tmp_path / "run")
    assert run_training(fer2013, tmp_path / "run", resume=True) == trained
    assert (trained.best.read_bytes(), history(tmp_path / "run")) == before


def test_resuming_a_finished_run_asks_no_teacher(fer2013: Path, tmp_path: Path) -> None:
    recipe = replace(RECIPE, teachers=1, teacher_arch="tiny", distillation=0.5, teacher_views=1)
    trained = run_training(fer2013, tmp_path / "run", recipe)
    shutil.rmtree(tmp_path / "run" / "teacher-1")
    (tmp_path / "run" / ANSWERS_FILE).unlink()
    assert run_training(fer2013, tmp_path / "run", recipe, resume=True) == trained
    assert not (tmp_path / "run" / "teacher-1").exists()
    assert not (tmp_path / "run" / ANSWERS_FILE).exists()


def test_resuming_a_run_that_was_never_started_starts_it(fer2013: Path, tmp_path: Path) -> None:
    run_training(fer2013, tmp_path / "run", resume=True)
    assert len(history(tmp_path / "run")) == 2


def test_an_existing_run_is_not_overwritten(fer2013: Path, tmp_path: Path) -> None:
    run_training(fer2013, tmp_path / "run")
    with pytest.raises(UsageError, match=r"run: already holds a run; add --resume to go on with it"):
        run_training(fer2013, tmp_path / "run")


@pytest.mark.parametrize("change", [{"seed": 5}, {"epochs": 9}, {"batch_size": 4}, {"learning_rate": 0.1}])
def test_a_run_resumes_only_with_its_own_settings(fer2013: Path, tmp_path: Path, change: dict[str, Any]) -> None:
    run_training(fer2013, tmp_path / "run")
    [(name, value)] = change.items()
    differing = rf"was started with other settings, {name} {getattr(RECIPE, name)!r}, not {value!r}; repeat them"
    with pytest.raises(UsageError, match=differing):
        run_training(fer2013, tmp_path / "run", replace(RECIPE, **change), resume=True)


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


def test_a_missing_history_is_reported_with_a_remedy(fer2013: Path, tmp_path: Path) -> None:
    run = tmp_path / "run"
    run_training(fer2013, run)
    (run / HISTORY_FILE).unlink()
    with pytest.raises(UsageError, match=rf"{HISTORY_FILE}: cannot be read: No such file .*; put it back, or delete {run} and"):
        run_training(fer2013, run, resume=True)


def test_a_history_saved_by_windows_notepad_is_read(fer2013: Path, tmp_path: Path) -> None:
    trained = run_training(fer2013, tmp_path / "run")
    file = tmp_path / "run" / HISTORY_FILE
    file.write_bytes(b"\xef\xbb\xbf" + file.read_bytes())
    assert run_training(fer2013, tmp_path / "run", resume=True) == trained


@pytest.mark.parametrize(
    "damage",
    [
        lambda lines: [lines[0], "," + lines[1].partition(",")[2]],
        lambda lines: [lines[0], lines[1].rpartition(",")[0]],
        lambda lines: [line.replace(",", ";") for line in lines],
        lambda lines: [lines[0], "\xff" + lines[1]],
    ],
    ids=["an empty cell", "a short line", "semicolons", "not UTF-8"],
)
def test_a_damaged_history_is_reported_with_a_remedy(
    fer2013: Path, tmp_path: Path, damage: Callable[[list[str]], list[str]]
) -> None:
    run_training(fer2013, tmp_path / "run")
    file = tmp_path / "run" / HISTORY_FILE
    file.write_text("\n".join(damage(file.read_text(encoding="utf-8").splitlines())), encoding="latin-1")
    with pytest.raises(UsageError, match=rf"{HISTORY_FILE}: damaged: .*; put it back, or delete {tmp_path / 'run'} and start"):
        run_training(fer2013, tmp_path / "run", resume=True)


@pytest.mark.parametrize("missing", ["epoch", "model0", "optimizer1", "average0"])
def test_a_state_that_lacks_an_array_is_reported_with_a_remedy(fer2013: Path, tmp_path: Path, missing: str) -> None:
    run_training(fer2013, tmp_path / "run")
    with np.load(tmp_path / "run" / STATE_FILE) as state:
        left = {name: array for name, array in state.items() if name != missing}
    np.savez(tmp_path / "run" / STATE_FILE, **left)
    with pytest.raises(UsageError, match=rf"{STATE_FILE}: damaged: it has no {missing}; delete {tmp_path / 'run'} and start"):
        run_training(fer2013, tmp_path / "run", resume=True)


@pytest.mark.parametrize("settings", [b'{"theme": "dark"}', b"{", b"\xff"])
def test_settings_of_another_program_cannot_be_resumed(fer2013: Path, tmp_path: Path, settings: bytes) -> None:
    (tmp_path / SETTINGS_FILE).write_bytes(settings)
    with pytest.raises(UsageError, match=r"was started with other settings, see .*settings\.json"):
        run_training(fer2013, tmp_path, resume=True)


def test_the_state_is_not_saved_after_every_quick_epoch(fer2013: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    written: list[int] = []
    save_state = Run.save_state

    def spy(run: Run, arrays: dict[str, Any]) -> None:
        written.append(int(arrays["epoch"]))
        save_state(run, arrays)

    monkeypatch.setattr(Run, "save_state", spy)
    run_training(fer2013, tmp_path / "quick", replace(RECIPE, epochs=4))
    monkeypatch.setattr("live_monitor.training.train.SAVED_EVERY_S", 0.0)
    run_training(fer2013, tmp_path / "slow", replace(RECIPE, epochs=4))
    assert written == [1, 4, 1, 2, 3, 4]
