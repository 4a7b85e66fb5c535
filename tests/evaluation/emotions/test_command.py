"""`live-monitor evaluate`, from models and faces to a report."""

from __future__ import annotations

import json
import logging
import os
import re
import shutil
import sys
from pathlib import Path

import numpy as np
import pytest

from live_monitor.classify.card import load_card
from live_monitor.files.resources import packaged_folder
from tests.conftest import Outcome, Run
from tests.evaluation.emotions.made import SEEN, TRUE, plain_faces
from tests.fakes import drawn_faces

pytestmark = pytest.mark.usefixtures("plain_environment")


def assert_refused(outcome: Outcome, code: int, message: str) -> None:
    assert (outcome.code, outcome.out) == (code, "")
    assert outcome.err.startswith("Error: ")
    assert message in outcome.err
    assert outcome.err.count("\n") == 1


def test_models_are_side_by_side_in_a_table(run: Run, fer2013: Path) -> None:
    folder = load_card("custom-cnn").folder
    code, out, err = run("evaluate", "custom-cnn", folder, "--data", fer2013)
    assert (code, err) == (0, "")
    assert out.startswith("PublicTest: 14 faces\n")
    assert out.splitlines()[2].split() == ["custom-cnn", str(folder)]


def test_json_has_a_row_for_each_engine_and_agreement_with_votes(run: Run, numbered: Path, votes: Path) -> None:
    code, out, err = run("evaluate", "custom-cnn", "--float", "--data", numbered, "--votes", votes, "--json")
    assert (code, err) == (0, "")
    int8, as_float = json.loads(out)["models"]
    assert (int8["name"], as_float["name"]) == ("custom-cnn", "custom-cnn")
    assert int8["engine"].startswith("LiteRT")
    assert as_float["engine"].startswith("TensorFlow")
    assert (int8["split"], int8["n"]) == ("PublicTest", 14)
    assert 0 <= int8["ferplus_accuracy"] <= 1


def test_private_test_is_read_only_on_request(run: Run, fer2013: Path) -> None:
    [model] = json.loads(run("evaluate", "custom-cnn", "--data", fer2013, "--split", "PrivateTest", "--json").out)["models"]
    assert (model["split"], model["n"]) == ("PrivateTest", 7)


def test_matplotlibs_font_messages_are_silenced(run: Run, npz: Path, capfd: pytest.CaptureFixture[str]) -> None:
    run("evaluate", "custom-cnn", "--faces", npz)
    logging.getLogger("matplotlib.font_manager").warning("Matplotlib is building the font cache; this may take a moment.")
    assert capfd.readouterr().err == ""


def test_out_gets_the_report_and_its_pictures(run: Run, npz: Path, tmp_path: Path) -> None:
    code, out, err = run("evaluate", "custom-cnn", "--faces", npz, "--json", "--out", tmp_path / "new" / "out")
    assert (code, err) == (0, "")
    assert json.loads((tmp_path / "new" / "out" / "report.json").read_text(encoding="utf-8")) == json.loads(out)
    assert {path.name for path in (tmp_path / "new" / "out").iterdir()} == {
        "report.json", "report.md", "harder.png", "confusion-1-custom-cnn-litert.png", "reliability-1-custom-cnn-litert.png",
    }  # fmt: skip


@pytest.mark.skipif(sys.platform != "linux", reason="other systems have no such names")
@pytest.mark.parametrize("name", [os.fsdecode(b"lat\xe4in.npz"), r"a$\frac$.npz"], ids=["not UTF-8", "a formula"])
def test_out_works_with_faces_of_any_name(run: Run, npz: Path, tmp_path: Path, name: str) -> None:
    faces = npz.rename(npz.with_name(name))
    outcome = run("evaluate", "custom-cnn", "--faces", faces, "--out", tmp_path / "report")
    assert (outcome.code, outcome.err) == (0, "")
    assert len(list((tmp_path / "report").glob("*.png"))) == 3


def test_results_are_written_even_if_they_cannot_be_printed(
    run: Run, npz: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def closed(*_text: object, **_how: object) -> None:
        raise BrokenPipeError

    monkeypatch.setattr("live_monitor.cli.measuring.click.echo", closed)
    assert run("evaluate", "custom-cnn", "--faces", npz, "--out", tmp_path).code == 6
    assert (tmp_path / "report.json").exists()


def test_results_are_printed_even_if_they_cannot_be_written(run: Run, npz: Path, tmp_path: Path) -> None:
    (tmp_path / "report.json").mkdir()
    code, out, err = run("evaluate", "custom-cnn", "--faces", npz, "--out", tmp_path)
    assert (code, err.count("\n")) == (6, 1)
    assert "accuracy" in out


def test_margins_can_be_measured_with_ones_own_detector(run: Run, npz: Path, tmp_path: Path) -> None:
    mine = shutil.copytree(packaged_folder("models") / "facegrid", tmp_path / "mine")
    asked = ("evaluate", "custom-cnn", "--faces", npz, "--margin", "0", "--detector", "facegrid", "--json")
    found = [json.loads(run(*asked, *more).out)["models"][0]["not_found"] for more in ([], ["--detector-model", mine])]
    assert found[0] == found[1]
    assert_refused(run(*asked, "--detector-model", tmp_path), 3, str(tmp_path))


def test_each_margin_has_a_row_that_counts_faces_not_found(run: Run, npz: Path) -> None:
    code, out, _ = run(
        "evaluate", "custom-cnn", "--faces", npz, "--margin", "0", "--margin=-0.1", "--detector", "facegrid", "--json"
    )
    assert code == 0
    rows = [(model["split"], model["margin"], model["not_found"]) for model in json.loads(out)["models"]]
    assert rows == [("faces.npz", 0.0, 10), ("faces.npz", -0.1, 10)]


def test_without_its_package_deepface_is_left_out_with_a_line_on_stderr(
    run: Run, npz: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "deepface", None)
    code, out, err = run("evaluate", "custom-cnn", "deepface", "--faces", npz, "--json")
    assert code == 0
    assert re.fullmatch(r"deepface: not installed .*; get it with: pip install live-monitor\[deepface\]\n", err)
    assert json.loads(out)["left_out"] == [err.strip()]
    assert_refused(run("evaluate", "deepface", "--faces", npz), 2, "deepface: not installed")


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (["custom-cnn"], 2, "no faces: give --data with FER2013, or --faces with a .npz file"),
        (["custom-cnn", "--data", "gone"], 2, "gone: no such file or folder"),
        (["custom-cnn", "--faces", "gone.npz"], 2, "gone.npz: cannot be read"),
        (["custom-cnn", "--faces", "x", "--data", "y"], 2, "--data y and --faces x: choose one set of faces"),
        (["custom-cnn", "--faces", "x", "--split", "PublicTest"], 2, "--split goes with --data, not with --faces"),
        (["custom-cnn", "--faces", "x", "--votes", "y"], 2, "--votes goes with --data, not with --faces"),
        (["custom-cnn", "--data", "x", "--votes", "gone.csv"], 2, "gone.csv: cannot be read"),
        (["custom-cnn", "--data", "x", "--detector", "haar"], 2, "--detector goes with --margin"),
        (["custom-cnn", "--data", "x", "--detector-model", "mine"], 2, "--detector-model goes with --margin"),
        (["custom-cnn", "--data", "x", "--margin", "-3"], 2, "'--margin'"),
        (["custom-cnn", "--data", "x", "--split", "Training"], 2, "'--split'"),
        (["--data", "x"], 2, "MODEL"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_unusable_options_give_a_one_line_error(run: Run, arguments: list[str], code: int, message: str) -> None:
    assert_refused(run("evaluate", *arguments), code, message)


def test_a_missing_model_or_detector_ends_in_3(run: Run, npz: Path) -> None:
    assert_refused(run("evaluate", "nobody", "--faces", npz), 3, "nobody: no such model; shipped: ")
    assert_refused(run("evaluate", "custom-cnn", "--faces", npz, "--margin", "0", "--detector", "yunet"), 3, "not installed")


def test_labels_outside_the_seven_end_in_2(run: Run, tmp_path: Path) -> None:
    np.savez(tmp_path / "faces.npz", images=plain_faces(SEEN), labels=np.array(TRUE) + 1)
    assert_refused(run("evaluate", "custom-cnn", "--faces", tmp_path / "faces.npz"), 2, "label 7 is not 0 to 6")


def test_an_unwritable_folder_ends_in_6_before_anything_is_read(run: Run, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    outcome = run("evaluate", "nobody", "--data", "gone", "--out", tmp_path / "file" / "out")
    assert_refused(outcome, 6, f"{tmp_path / 'file' / 'out'}: cannot be written: ")


def test_real_faces_in_the_wild_are_read_better_than_chance(run: Run, shared_data: Path, tmp_path: Path) -> None:
    with np.load(shared_data / "emotion" / "wild_dev.npz") as wild:
        np.savez(tmp_path / "some.npz", images=wild["images"][::9], labels=wild["labels"][::9])
    [model] = json.loads(run("evaluate", "custom-cnn", "--faces", tmp_path / "some.npz", "--json").out)["models"]
    assert model["balanced_accuracy"] > 2 / 7


def test_one_face_is_enough(run: Run, tmp_path: Path) -> None:
    np.savez(tmp_path / "one.npz", images=drawn_faces(1), labels=np.array([3]))
    code, out, err = run("evaluate", "custom-cnn", "--faces", tmp_path / "one.npz", "--out", tmp_path / "out")
    assert (code, err) == (0, "")
    assert out.startswith("one.npz: 1 faces")
