"""`live-monitor data`, from FER2013 to a report and contact sheets."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from live_monitor.cli.stopped import Stopped
from live_monitor.labels import LABELS
from tests.conftest import Run
from tests.dataset.made import png, rows, rows_of_fer2013, write_csv, write_folder, write_votes, write_zip

SHEETS = sorted(f"{label}.png" for label in LABELS)


@pytest.fixture(scope="session")
def votes(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_votes(tmp_path_factory.mktemp("votes") / "fer2013new.csv", {0: [0] * 9 + [10]})


@pytest.mark.parametrize(
    "write",
    [
        lambda path: write_folder(path / "set", rows()),
        lambda path: write_zip(path / "set.zip", rows(), "fer2013/"),
        lambda path: write_csv(path / "fer2013.csv", rows()),
    ],
    ids=["folder", "zip", "csv"],
)
def test_every_layout_gives_the_same_table(tmp_path: Path, run: Run, write: Callable[[Path], Path]) -> None:
    path = write(tmp_path)
    code, out, err = run("data", path)
    assert (code, err) == (0, "")
    lines = out.splitlines()
    assert lines[0] == str(path)
    assert lines[3].split() == ["angry", "4", "2", "1", "7"]
    assert lines[10].split() == ["all", "28", "14", "7", "49"]


def test_a_second_run_prints_the_same(fer2013: Path, run: Run) -> None:
    assert run("data", fer2013) == run("data", fer2013)


def test_json_prints_only_the_report(fer2013: Path, tmp_path: Path, run: Run) -> None:
    code, out, _ = run("data", fer2013, "--json", "--sheet", tmp_path / "sheets")
    assert code == 0
    assert json.loads(out)["images"]["happy"] == {"Training": 4, "PublicTest": 2, "PrivateTest": 1}


def test_an_unusable_picture_is_named_and_the_rest_is_reported(tmp_path: Path, run: Run) -> None:
    folder = write_folder(tmp_path / "set", rows())
    (folder / "train" / "happy" / "Training_90.png").write_bytes(png(np.zeros((48, 48, 3), np.uint8)))
    code, out, err = run("data", folder)
    assert (code, err) == (0, "")
    assert out.endswith("\n1 left out:\n  train/happy/Training_90.png: in colour, not grey\n")


def test_votes_are_compared_with_the_labels(tmp_path: Path, run: Run, votes: Path) -> None:
    folder = write_folder(tmp_path / "set", rows_of_fer2013())
    code, out, _ = run("data", folder, "--votes", votes, "--json")
    assert code == 0
    report = json.loads(out)["votes"]
    assert report["not_a_face"] == {"Training": 1, "PublicTest": 0, "PrivateTest": 0}
    assert report["class_majority"] == {"Training": 27, "PublicTest": 14, "PrivateTest": 7}
    assert report["agree"] == {"Training": 4, "PublicTest": 2, "PrivateTest": 1}


def test_votes_for_pictures_with_other_numbers_end_in_2(fer2013: Path, run: Run, votes: Path) -> None:
    code, out, err = run("data", fer2013, "--votes", votes)
    assert (code, out) == (2, "")
    assert err.startswith(f"Error: {fer2013}: FER+'s votes do not fit: it has a PublicTest picture number 28; ")
    assert err.count("\n") == 1


def test_sheets_are_written_on_request(fer2013: Path, tmp_path: Path, run: Run) -> None:
    code, _, err = run("data", fer2013, "--sheet", tmp_path / "deep" / "sheets")
    assert (code, err) == (0, f"{tmp_path / 'deep' / 'sheets'}: a contact sheet of each class\n")
    assert sorted(path.name for path in (tmp_path / "deep" / "sheets").iterdir()) == SHEETS


def test_sheets_that_cannot_be_written_end_in_6_before_anything_is_read(tmp_path: Path, run: Run) -> None:
    (tmp_path / "file").touch()
    code, out, err = run("data", tmp_path / "nowhere", "--sheet", tmp_path / "file")
    assert (code, out) == (6, "")
    assert err == f"Error: {tmp_path / 'file'}: is a file, not a folder; choose another name\n"


def test_a_stop_while_sheets_are_written_leaves_only_complete_ones(
    fer2013: Path, tmp_path: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stop_at_the_third(path: Path, content: bytes) -> int:
        if path.name == "fear.png.part":
            write(path, content[: len(content) // 2])
            raise Stopped(2)
        return write(path, content)

    write = Path.write_bytes
    monkeypatch.setattr(Path, "write_bytes", stop_at_the_third)
    assert run("data", fer2013, "--sheet", tmp_path / "sheets").code == 130
    assert sorted(path.name for path in (tmp_path / "sheets").iterdir()) == ["angry.png", "disgust.png"]


def not_fer2013(path: Path) -> Path:
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("holiday.png", png(rows()[0].face))
    return path


def truncated(path: Path) -> Path:
    write_zip(path, rows())
    path.write_bytes(path.read_bytes()[:3000])
    return path


def without_disgust(path: Path) -> Path:
    return write_folder(path, [row for row in rows() if LABELS[row.label] != "disgust"])


def empty(path: Path) -> Path:
    path.mkdir()
    return path


@pytest.mark.parametrize(
    ("write", "message"),
    [
        (lambda path: path, "no such file or folder"),
        (empty, "is empty"),
        (without_disgust, "no pictures in test/disgust, train/disgust"),
        (not_fer2013, "is not FER2013"),
        (truncated, "damaged"),
    ],
    ids=["no such path", "empty folder", "missing class", "not FER2013", "damaged zip"],
)
def test_a_path_that_is_not_fer2013_ends_in_2_with_one_line(
    tmp_path: Path, run: Run, write: Callable[[Path], Path], message: str
) -> None:
    path = write(tmp_path / "set")
    code, out, err = run("data", path)
    assert (code, out) == (2, "")
    assert err.startswith(f"Error: {path}: {message}")
    assert err.count("\n") == 1


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("Usage\n", "not FER+'s fer2013new.csv: its columns are not usage, image name, neutral"),
        (None, "cannot be read: No such file"),
    ],
    ids=["another file", "no file"],
)
def test_an_unusable_file_of_votes_ends_in_2_with_one_line(
    fer2013: Path, tmp_path: Path, run: Run, content: str | None, message: str
) -> None:
    file = tmp_path / "votes.csv"
    if content is not None:
        file.write_text(content, encoding="utf-8")
    code, out, err = run("data", fer2013, "--votes", file)
    assert (code, out) == (2, "")
    assert err.startswith(f"Error: {file}: {message}")
    assert err.count("\n") == 1


def test_a_cache_that_cannot_be_written_changes_nothing(fer2013: Path, run: Run, cache: Path) -> None:
    cache.touch()
    code, _, err = run("data", fer2013)
    assert (code, err) == (0, "")
