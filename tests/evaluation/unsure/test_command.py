"""`live-monitor evaluate-unsure`, from faces to a report."""

from __future__ import annotations

import csv
import json
import os
import shutil
import sys
from pathlib import Path

import cv2
import numpy as np
import pytest

from live_monitor.classify.card import READABLE, load_card
from live_monitor.labels import LABELS
from tests.conftest import Run
from tests.fakes import drawn_faces

LINES = ("size_px", "sharpness", "darkest", "clipped", "turn", "score", "probability")


@pytest.fixture(scope="module")
def fer2013(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small fer2013.csv of drawn faces."""
    path = tmp_path_factory.mktemp("fer") / "fer2013.csv"
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(["emotion", "pixels", "Usage"])
        for usage in ("Training", "PublicTest", "PrivateTest"):
            for number, face in enumerate(drawn_faces(14, seed=len(usage))):
                writer.writerow([number % 7, " ".join(map(str, face.reshape(-1).tolist())), usage])
    return path


def npz(path: Path, count: int = 7) -> Path:
    images = np.stack([cv2.resize(face, (96, 96)) for face in drawn_faces(count, seed=1)]).astype(np.uint8)
    np.savez(path, images=images, labels=np.arange(count) % 7)
    return path


def test_limits_accuracy_and_curves_are_reported(run: Run, fer2013: Path, tmp_path: Path) -> None:
    others, more, out = npz(tmp_path / "others.npz"), npz(tmp_path / "more.npz", 8), tmp_path / "out"
    outcome = run("evaluate-unsure", fer2013, "--faces", others, "--faces", more, "--out", out)
    assert outcome.code == 0, outcome.err
    report = json.loads((out / "report.json").read_text())
    assert [each["name"] for each in report["sets"]] == ["PublicTest", "others.npz", "more.npz", "PublicTest, harder"]
    assert [each["faces"] for each in report["sets"]] == [14, 7, 8, 14]
    assert 1 / len(LABELS) < report["card"]["unsure_below"] <= 1
    assert all(any(line.split()[:1] == [name] for line in outcome.out.splitlines()) for name in LINES)
    assert cv2.imread(str(out / "curves.png")) is not None


@pytest.mark.skipif(sys.platform != "linux", reason="other systems have no such names")
def test_a_file_name_of_faces_need_not_be_utf8(run: Run, fer2013: Path, tmp_path: Path) -> None:
    faces = npz(tmp_path / os.fsdecode(b"lat\xe4in.npz"))
    outcome = run("evaluate-unsure", fer2013, "--faces", faces, "--out", tmp_path / "out")
    assert (outcome.code, outcome.err) == (0, "")
    assert cv2.imread(str(tmp_path / "out" / "curves.png")) is not None


def test_private_test_is_read_only_on_request_and_decides_nothing(run: Run, fer2013: Path, tmp_path: Path) -> None:
    reports = []
    for more in ([], ["--private-test"]):
        assert run("evaluate-unsure", fer2013, "--out", tmp_path, "--detector", "facegrid", *more).code == 0
        reports.append(json.loads((tmp_path / "report.json").read_text()))
    names = [[each["name"] for each in report["sets"]] for report in reports]
    assert names == [["PublicTest", "PublicTest, harder"], ["PublicTest", "PrivateTest", "PublicTest, harder"]]
    assert [reports[0][key] == reports[1][key] for key in ("card", "score")] == [True, True]


def test_the_limits_found_can_be_put_into_the_models_card(run: Run, fer2013: Path, tmp_path: Path) -> None:
    outcome = run("evaluate-unsure", fer2013, "--out", tmp_path / "out", "--detector", "facegrid")
    found = json.loads((tmp_path / "out" / "report.json").read_text())["card"]
    (line,) = (line for line in outcome.out.splitlines() if line.startswith("in the model's card: "))
    assert json.loads("{" + line.partition(": ")[2] + "}") == found
    facts = {**load_card("glance").facts, **found}
    (tmp_path / "card.json").write_text(json.dumps(facts))
    card = load_card(str(tmp_path))
    assert card.unsure_below == found["unsure_below"]
    assert all(getattr(card.readable, name) == value for name, value in found["readable"].items() if value is not None)


def test_the_shipped_limits_are_those_in_the_card(run: Run, fer2013: Path, tmp_path: Path) -> None:
    model = Path(shutil.copytree(load_card("custom-cnn").folder, tmp_path / "model"))
    coverage = []
    for limits in ({"size_px": 0}, {"size_px": 1000}):
        facts = {**load_card("custom-cnn").facts, "unsure_below": 0, "readable": dict.fromkeys(READABLE) | limits}
        (model / "card.json").write_text(json.dumps(facts))
        assert run("evaluate-unsure", fer2013, "--model", model, "--out", tmp_path, "--detector", "facegrid").code == 0
        coverage.append(json.loads((tmp_path / "report.json").read_text())["sets"][0]["shipped"]["coverage"])
    assert coverage[0] > coverage[1] == 0


def test_unusable_faces_give_a_one_line_error(run: Run, fer2013: Path, tmp_path: Path) -> None:
    np.savez(tmp_path / "wrong.npz", images=np.zeros((2, 4, 4)), labels=np.zeros(2))
    for name, message in (("none.npz", "cannot be read"), ("wrong.npz", "images are")):
        outcome = run("evaluate-unsure", fer2013, "--faces", tmp_path / name, "--out", tmp_path / "out", "--detector", "facegrid")
        assert outcome.code == 2
        assert message in outcome.err
        assert outcome.err.count("\n") == 1


def test_a_file_in_place_of_the_folder_ends_in_6(run: Run, fer2013: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    outcome = run("evaluate-unsure", fer2013, "--out", tmp_path / "file", "--detector", "facegrid")
    assert outcome.code == 6
    assert outcome.err.startswith(f"Error: {tmp_path / 'file'}: is a file, not a folder")


def test_a_detector_without_landmarks_gives_no_limit_for_turned_faces(run: Run, fer2013: Path, tmp_path: Path) -> None:
    outcome = run("evaluate-unsure", fer2013, "--out", tmp_path, "--detector", "haar")
    assert outcome.code == 0, outcome.err
    assert json.loads((tmp_path / "report.json").read_text())["card"]["readable"]["turn"] is None


def test_files_of_the_same_name_are_refused_before_anything_is_read(run: Run, tmp_path: Path) -> None:
    paths = [tmp_path / folder / "others.npz" for folder in ("mine", "yours")]
    outcome = run("evaluate-unsure", tmp_path / "nowhere", "--faces", paths[0], "--faces", paths[1], "--out", tmp_path / "out")
    assert outcome.code == 2
    assert outcome.err.startswith(f"Error: {paths[0]} and {paths[1]}: faces of the same name")
    assert outcome.err.count("\n") == 1


def test_an_error_in_reading_is_not_called_one_in_writing(
    run: Run, fer2013: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_more_files(*_faces: object) -> None:
        raise OSError("too many open files")

    monkeypatch.setattr("live_monitor.evaluation.unsure.reader.FaceReader.find", no_more_files)
    outcome = run("evaluate-unsure", fer2013, "--out", tmp_path / "out", "--detector", "facegrid")
    assert outcome.code == 1
    assert "cannot be written" not in outcome.err


def test_an_unwritable_report_ends_in_6(run: Run, fer2013: Path, tmp_path: Path) -> None:
    (tmp_path / "report.json").mkdir()
    outcome = run("evaluate-unsure", fer2013, "--out", tmp_path, "--detector", "facegrid")
    assert outcome.code == 6
    assert outcome.err.startswith(f"Error: {tmp_path / 'report.json'}: cannot be written: ")
