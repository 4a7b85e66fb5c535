"""What happens to a session's files when one of them can no longer be written."""

from __future__ import annotations

import errno
import os
import re
import shutil
from pathlib import Path
from types import SimpleNamespace

import pytest

from live_monitor.errors import OutputError
from live_monitor.session.log import Log
from live_monitor.session.outputs import Outputs
from live_monitor.session.recording import MIN_FREE_BYTES, Recording
from tests.fakes import grey_picture
from tests.session.sessions import result

PICTURE = grey_picture(0)


@pytest.fixture
def disk(monkeypatch: pytest.MonkeyPatch) -> SimpleNamespace:
    """The disk usage that a recording sees."""
    usage = SimpleNamespace(free=MIN_FREE_BYTES)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage)
    return usage


@pytest.fixture
def log(tmp_path: Path) -> Log:
    return Log(tmp_path / "lesson.csv", 0.0, live=False)


@pytest.fixture
def recording(tmp_path: Path, disk: SimpleNamespace) -> Recording:
    assert disk.free
    return Recording(tmp_path / "lesson.mp4", live=True)


def fill(outputs: Outputs, *times_s: float) -> list[str]:
    """Adds a result at each time; returns the messages to the user."""
    return [outputs.add(result(pts_s), PICTURE) for pts_s in times_s]


def break_file(log: Log, monkeypatch: pytest.MonkeyPatch) -> None:
    """The disk of the log is full from now on."""

    def refuse(_content: bytes) -> int:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    file = SimpleNamespace(write=refuse, fileno=log._file.fileno, close=log._file.close)
    monkeypatch.setattr(log, "_file", file)


def test_success_gives_no_message(log: Log, recording: Recording) -> None:
    with log, recording:
        outputs = Outputs(log, recording)
        assert [*fill(outputs, 0.0, 0.1), outputs.mark(1, result(0.1))] == ["", "", ""]
        assert (outputs.state, outputs.failure) == ("recording", "")
    assert (Outputs().mark(1, None), Outputs().state) == ("", "")


def test_a_recording_that_cannot_go_on_is_closed_at_once_but_the_log_goes_on(
    log: Log, recording: Recording, disk: SimpleNamespace, tmp_path: Path
) -> None:
    with log, recording:
        outputs = Outputs(log, recording)
        fill(outputs, 0.0, 0.1)
        disk.free = MIN_FREE_BYTES - 1
        assert fill(outputs, 0.2) == ["The recording cannot be written any more"]
        written = (tmp_path / "lesson.mp4").read_bytes()
        assert b"moov" in written  # what a player looks for, and what is written last
        assert fill(outputs, 0.3) == [""]
        assert outputs.state == "recording ended"
    assert (tmp_path / "lesson.mp4").read_bytes() == written
    assert len((tmp_path / "lesson.csv").read_text(encoding="utf-8").splitlines()) == 1 + 4
    assert outputs.failure == f"{tmp_path / 'lesson.mp4'}: ends at 0.2 s, as less than 16 MB is free there; free space"


def test_a_recording_of_slides_held_back_until_the_disk_is_full_is_kept(disk: SimpleNamespace, tmp_path: Path) -> None:
    with Recording(tmp_path / "slides.mp4", live=False) as recording:
        outputs = Outputs(None, recording)
        fill(outputs, 0.0, 60.0)
        disk.free = 0
        assert fill(outputs, 120.0) == ["The recording cannot be written any more"]
    assert b"moov" in (tmp_path / "slides.mp4").read_bytes()


def test_a_log_that_cannot_go_on_ends_even_at_a_marker(log: Log, recording: Recording, monkeypatch: pytest.MonkeyPatch) -> None:
    with log, recording:
        outputs = Outputs(log, recording)
        fill(outputs, 0.0)
        break_file(log, monkeypatch)
        assert outputs.mark(1, result(0.0)) == "The log cannot be written any more"
        assert outputs.mark(2, result(0.0)) == ""
        assert fill(outputs, 0.1) == [""]
        assert outputs.state == "recording, log ended"
    assert "lesson.csv: ends at 0.0 s, as it cannot be written any more: No space left on device" in outputs.failure


def test_a_failure_at_the_end_is_reported_too(log: Log, monkeypatch: pytest.MonkeyPatch) -> None:
    outputs = Outputs(log)
    outputs.mark(1, None)
    break_file(log, monkeypatch)
    outputs.close()
    assert outputs.failure.endswith("lesson.csv: cannot be written: No space left on device; free space")


def test_if_both_end_both_are_reported_in_one_line(
    log: Log, recording: Recording, disk: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    with log, recording:
        outputs = Outputs(log, recording)
        fill(outputs, 0.0, 0.1)
        break_file(log, monkeypatch)
        disk.free = 0
        assert fill(outputs, 0.2, 0.3) == ["The log and the recording cannot be written any more", ""]
        assert outputs.state == "log ended, recording ended"
    assert re.search(r"lesson\.csv: ends at .*; .*lesson\.mp4: ends at 0\.2 s", outputs.failure)


@pytest.mark.parametrize("kind", ["log", "recording"])
def test_an_output_that_cannot_even_start_is_an_error_at_once(
    log: Log, recording: Recording, disk: SimpleNamespace, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    with log, recording:
        outputs = Outputs(log, recording)
        if kind == "log":
            break_file(log, monkeypatch)
        else:
            disk.free = 0
        with pytest.raises(OutputError, match="cannot be written"):
            fill(outputs, 0.0)
