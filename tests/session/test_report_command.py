"""`live-monitor report`, from a log to its files."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import cv2
import pytest

from tests.conftest import Run
from tests.session.sessions import face, logged


@pytest.fixture
def log(tmp_path: Path) -> Path:
    return logged(tmp_path / "lesson.csv", [(step / 2, [face("happy"), face("sad", 2)]) for step in range(60)], {12.0: 1})


def test_a_log_is_summed_up_in_a_few_lines(run: Run, log: Path) -> None:
    code, out, err = run("report", log)
    assert (code, err) == (0, "")
    assert out.startswith("lesson.csv: 0:30 watched, 60 moments\nfaces: 2.0 at once")
    assert list(log.parent.iterdir()) == [log]


def test_a_folder_gets_the_numbers_the_page_and_the_picture(run: Run, log: Path, tmp_path: Path) -> None:
    out = tmp_path / "new" / "report"
    assert run("report", log, "--out", out).code == 0
    assert sorted(path.name for path in out.iterdir()) == ["report.html", "report.json", "report.md", "timeline.png"]
    assert json.loads((out / "report.json").read_text())["markers"][0]["number"] == 1
    assert "(timeline.png)" in (out / "report.md").read_text(encoding="utf-8")
    assert "<h1>lesson.csv</h1>" in (out / "report.html").read_text(encoding="utf-8")
    assert cv2.imread(str(out / "timeline.png")) is not None


def test_the_numbers_are_printed_as_json(run: Run, log: Path) -> None:
    assert json.loads(run("report", log, "--json").out)["watched_s"] == 29.5


def test_a_file_that_is_not_a_log_ends_in_2_and_leaves_nothing(run: Run, tmp_path: Path) -> None:
    (tmp_path / "faces.csv").write_text("emotion,pixels\n", encoding="utf-8")
    code, out, err = run("report", tmp_path / "faces.csv", "--out", tmp_path / "out")
    assert (code, out) == (2, "")
    assert err == f"Error: {tmp_path / 'faces.csv'}: not a log, it has no column time_s; --log writes one\n"
    assert not (tmp_path / "out").exists()


@pytest.mark.skipif(sys.platform == "win32", reason="there are no such terminals")
def test_a_terminal_shows_the_progress_of_reading_a_long_log(tmp_path: Path) -> None:
    import pty  # not on Windows

    log = logged(tmp_path / "long.csv", [(step / 5, [face("happy")]) for step in range(1000)], {})
    terminal, end = pty.openpty()
    subprocess.run([sys.executable, "-m", "live_monitor", "report", str(log)], stderr=end, stdout=subprocess.DEVNULL, check=True)
    os.close(end)
    shown = os.read(terminal, 1 << 16).decode()
    os.close(terminal)
    assert "Reading long.csv" in shown
    assert "100%" in shown


@pytest.mark.skipif(sys.platform != "linux", reason="other systems have no such names")
def test_a_name_that_is_not_utf8_is_spelt_out(log: Path) -> None:
    named = log.rename(log.with_name(os.fsdecode(b"log\xff.csv")))
    command = [sys.executable, "-m", "live_monitor", "report", str(named)]
    strict = {**os.environ, "PYTHONIOENCODING": "utf-8:strict"}
    done = subprocess.run(command, env=strict, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith(r"log\udcff.csv: 0:30 watched")


@pytest.mark.skipif(sys.platform != "linux", reason="other systems have no such names")
def test_a_name_cannot_control_the_terminal(run: Run, log: Path, tmp_path: Path) -> None:
    named = log.rename(log.with_name("a\x1b[31m\nb.csv"))
    assert run("report", named, "--out", tmp_path).out.startswith(r"a\x1b[31m\nb.csv: 0:30 watched")
    assert (tmp_path / "report.md").read_text(encoding="utf-8").startswith("# a\\\\x1b\\[31m\\\\nb.csv\n\n")
    assert "<h1>a\\x1b[31m\\nb.csv</h1>" in (tmp_path / "report.html").read_text(encoding="utf-8")


def test_markdown_in_a_name_is_shown_literally(run: Run, log: Path, tmp_path: Path) -> None:
    named = log.rename(log.with_name("*a* _b_ [c](d) `e` ![f](g).csv"))
    assert run("report", named, "--out", tmp_path).code == 0
    assert f"<h1>{named.name}</h1>" in (tmp_path / "report.html").read_text(encoding="utf-8")


@pytest.mark.parametrize("time_s", ["1e400", "inf", "1e308", "-inf", "nan"])
def test_a_damaged_time_ends_in_2_and_names_its_line(run: Run, log: Path, time_s: str) -> None:
    log.write_text(log.read_text(encoding="utf-8").replace("\n29.500,", f"\n{time_s},", 1), encoding="utf-8")
    code, out, err = run("report", log)
    assert (code, out) == (2, "")
    assert err == f"Error: {log}, line 121: not a line of a log: {time_s!r} is not a time in a session\n"


def test_a_file_in_place_of_the_folder_is_refused(run: Run, log: Path) -> None:
    message = f"Error: {log}: is a file, not a folder; choose another name\n"
    assert run("report", log, "--out", log) == (6, "", message)


def test_a_folder_that_cannot_be_created_ends_in_6(run: Run, log: Path) -> None:
    code, out, err = run("report", log, "--out", log / "report")
    assert (code, out) == (6, "")
    assert err.startswith(f"Error: {log / 'report'}: cannot be written: ")
