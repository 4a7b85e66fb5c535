"""`live-monitor evaluate-detector`, from annotations to a report."""

from __future__ import annotations

import json
from pathlib import Path

import cv2
import pytest

from live_monitor.cli.entry import _run
from tests.evaluation.faces.made import FACE_BOXES, drawn_pair, write_json, write_picture


@pytest.fixture
def faces(tmp_path: Path) -> Path:
    """A picture with two drawn faces, an empty one with a marked face, and one that is missing."""
    assert cv2.imwrite(str(tmp_path / "pair.png"), drawn_pair())
    write_picture(tmp_path / "empty.png", 90)
    entries = [
        {"image": "pair.png", "boxes": FACE_BOXES},
        {"image": "empty.png", "boxes": [[10, 10, 40, 40]]},
        {"image": "gone.png", "boxes": []},
    ]
    return write_json(tmp_path / "faces.json", entries)


def run(*arguments: str | Path) -> int:
    return _run(["evaluate-detector", *map(str, arguments)])


def test_the_table_has_all_detectors_and_skipped_pictures_are_named_on_stderr(
    faces: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    assert run(faces) == 0
    out, err = capfd.readouterr()
    assert out.startswith("2 pictures, 3 faces of 20 px and up")
    assert out.splitlines()[2].split() == ["facegrid", "haar", "haar-opencv"]
    assert err == f"1 of 3 pictures skipped: {faces.parent / 'gone.png'}: no such file\n"


def test_json_has_the_chosen_detectors_in_the_order_given(faces: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert run(faces, "--json", "--detector", "haar-opencv", "--detector", "haar", "--smallest", "30", "--side", "400") == 0
    report = json.loads(capfd.readouterr().out)
    assert [each["name"] for each in report["detectors"]] == ["haar-opencv", "haar"]
    assert [each["recall"] for each in report["detectors"]] == [pytest.approx(2 / 3, abs=1e-4)] * 2
    assert (report["smallest_px"], report["faces"]) == (30, 3)


def test_wider_annotations_and_their_pictures_may_be_in_different_folders(faces: Path, capfd: pytest.CaptureFixture[str]) -> None:
    path = faces.parent / "elsewhere" / "faces.txt"
    path.parent.mkdir()
    marks = [f"{x} {y} {w} {h} 0 0 0 0 0 0" for x, y, w, h in FACE_BOXES]
    path.write_text("\n".join(["pair.png", "2", *marks]), encoding="utf-8")
    assert run(path, "--json", "--detector", "haar", "--pictures", faces.parent) == 0
    assert json.loads(capfd.readouterr().out)["detectors"][0]["ap"] == 1.0


def test_misses_are_drawn_on_request(faces: Path, tmp_path: Path) -> None:
    assert run(faces, "--detector", "haar", "--misses", tmp_path / "misses") == 0
    assert [path.name for path in (tmp_path / "misses" / "haar").iterdir()] == ["empty.png"]


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (["--detector", "hare"], 2, "detector hare: must be one of facegrid, yunet"),
        (["--detector-model", "none.onnx"], 3, "none.onnx: no such detector model"),
        (["--detector", "yunet"], 3, "detector yunet: not installed"),
        (["--detector", "facegrid", "--detector-model", "nowhere"], 3, "card.json: cannot be read"),
        (["--detector", "haar", "--detector-model", "x.onnx"], 2, "x.onnx: is for a network, not for haar"),
        (["--pictures", "nowhere"], 2, "nowhere: no such folder"),
        (["--side", "1"], 2, "'--side'"),
        (["--smallest", "0"], 2, "'--smallest'"),
    ],
)
def test_unusable_options_give_a_one_line_error(
    faces: Path, capfd: pytest.CaptureFixture[str], arguments: list[str], code: int, message: str
) -> None:
    assert run(faces, *arguments) == code
    out, err = capfd.readouterr()
    assert out == ""
    assert err.startswith("Error: ")
    assert message in err
    assert err.count("\n") == 1


def test_unwritable_misses_end_in_6_before_anything_is_measured(faces: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert run(faces, "--misses", faces) == 6
    out, err = capfd.readouterr()
    assert out == ""
    assert err.startswith(f"Error: {faces}: is a file, not a folder")
    assert err.count("\n") == 1


def test_unreadable_annotations_end_in_2(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert run(tmp_path / "none.json") == 2
    assert capfd.readouterr() == ("", f"Error: {tmp_path / 'none.json'}: no such file\n")
