"""The log of a session: what its lines say, and that no line is ever lost or half written."""

from __future__ import annotations

import csv
import dataclasses
import datetime
import errno
import io
import os
import sys
import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from live_monitor.errors import OutputError, SourceError
from live_monitor.labels import LABELS, UNSURE
from live_monitor.session.log import COLUMNS, Log
from live_monitor.types import Box, FrameResult
from tests.fakes import reading_of
from tests.session.sessions import MOSTLY_HAPPY, result


def written(path: Path, *results: FrameResult, every_s: float = 0.0, live: bool = False) -> list[dict[str, str]]:
    with Log(path, every_s, live=live) as log:
        add_all(log, results)
    return lines(path)


def add_all(log: Log, results: Iterable[FrameResult]) -> FrameResult | None:
    """Adds them; returns the last one."""
    last = None
    for last in results:
        log.add(last)
    return last


def lines(path: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(path.read_text(encoding="utf-8"))))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "lesson.csv"


def test_a_line_says_when_which_face_where_and_what(path: Path) -> None:
    face = reading_of(MOSTLY_HAPPY, Box(-3.25, 20.0, 40.0, 70.5), number=7)
    (line,) = written(path, result(2.04, face, index=51))
    assert tuple(line) == COLUMNS
    assert [line[name] for name in ("time_s", "clock", "frame", "face", "seen")] == ["2.040", "", "51", "7", "1"]
    assert [float(line[name]) for name in ("x", "y", "width", "height")] == pytest.approx([-3.25, 20, 43.25, 50.5], abs=0.06)
    assert (line["label"], line["why"]) == ("happy", "")
    assert [float(line[label]) for label in LABELS] == pytest.approx(MOSTLY_HAPPY.tolist(), abs=1e-4)


def test_the_averaged_probabilities_are_logged(path: Path) -> None:
    face = dataclasses.replace(reading_of(MOSTLY_HAPPY), probabilities=MOSTLY_HAPPY[::-1].copy())
    (line,) = written(path, result(0.0, face))
    assert [float(line[label]) for label in LABELS] == pytest.approx(MOSTLY_HAPPY.tolist(), abs=1e-4)


def test_each_face_of_a_frame_has_a_line(path: Path) -> None:
    faces = [reading_of(MOSTLY_HAPPY, number=number) for number in (4, 2, 9)]
    assert [line["face"] for line in written(path, result(0.0, *faces))] == ["4", "2", "9"]


def test_an_unsure_face_has_its_reason_and_a_hidden_one_counts_as_not_seen(path: Path) -> None:
    unsure, hidden = written(path, result(0.0, reading_of(MOSTLY_HAPPY, why="too dark"), reading_of(MOSTLY_HAPPY, coasting=True)))
    assert (unsure["label"], unsure["why"], unsure["seen"]) == (UNSURE, "too dark", "1")
    assert (hidden["label"], hidden["why"], hidden["seen"]) == ("happy", "", "0")


def test_a_frame_without_a_face_has_a_line_so_that_no_time_is_missing(path: Path) -> None:
    empty, face = written(path, result(1.0, index=25), result(1.2, reading_of(MOSTLY_HAPPY), index=30))
    assert [empty[name] for name in ("time_s", "frame")] == ["1.000", "25"]
    assert not any(empty[name] for name in COLUMNS[3:])
    assert len(empty) == len(COLUMNS)
    assert face["time_s"] == "1.200"


def test_a_face_left_out_is_not_logged(path: Path) -> None:
    (line,) = written(path, result(0.0, left_out=(reading_of(MOSTLY_HAPPY).track,)))
    assert line["face"] == ""


def test_the_first_frame_of_each_step_is_logged(path: Path) -> None:
    frames = [result(index / 30, index=index) for index in range(31)]
    assert [line["frame"] for line in written(path, *frames, every_s=0.2)] == ["0", "6", "12", "18", "24", "30"]


def two_faces(index: int) -> FrameResult:
    """A frame of a video with ten frames a second."""
    return result(index / 10, *(reading_of(MOSTLY_HAPPY, number=number) for number in (1, 2)), index=index)


def marked(path: Path) -> list[tuple[str, str, str]]:
    """Time, marker and face of each line."""
    return [(line["time_s"], line["marker"], line["face"]) for line in lines(path)]


def test_a_marker_has_lines_at_its_frame_even_between_steps(path: Path) -> None:
    with Log(path, 10.0, live=False) as log:
        shown = add_all(log, map(two_faces, range(73)))
        log.mark(1, shown)
        add_all(log, map(two_faces, range(73, 102)))
    assert marked(path) == [
        ("0.000", "", "1"),
        ("0.000", "", "2"),
        ("7.200", "1", "1"),
        ("7.200", "1", "2"),
        ("10.000", "", "1"),
        ("10.000", "", "2"),
        ("10.100", "", "1"),
        ("10.100", "", "2"),
    ]


def test_the_last_frame_is_logged_so_that_no_time_is_missing(path: Path) -> None:
    with Log(path, 10.0, live=False) as log:
        add_all(log, map(two_faces, range(131)))
    assert [time_s for time_s, _, _ in marked(path)] == ["0.000"] * 2 + ["10.000"] * 2 + ["13.000"] * 2


def test_the_last_frame_is_logged_without_faces_left_out_since(path: Path) -> None:
    with Log(path, 10.0, live=False) as log:
        first, last = (two_faces(number) for number in range(2))
        log.add(first)
        log.renew(dataclasses.replace(first, readings=()))
        log.add(last)
        log.renew(dataclasses.replace(first, readings=()))
        log.renew(dataclasses.replace(last, readings=last.readings[1:]))
    assert marked(path) == [("0.000", "", "1"), ("0.000", "", "2"), ("0.100", "", "2")]


def test_a_marker_at_a_frame_already_logged_has_a_line_without_a_face(path: Path) -> None:
    with Log(path, 0.0, live=False) as log:
        shown = add_all(log, [two_faces(0)])
        log.mark(1, shown)
        log.add(two_faces(1))
    assert marked(path) == [
        ("0.000", "", "1"),
        ("0.000", "", "2"),
        ("0.000", "1", ""),
        ("0.100", "", "1"),
        ("0.100", "", "2"),
    ]
    assert [line["frame"] for line in lines(path)] == ["0", "0", "0", "1", "1"]


def test_a_marker_is_in_the_file_at_once_and_not_replaced_by_a_later_one(path: Path) -> None:
    with Log(path, 10.0, live=False) as log:
        shown = add_all(log, map(two_faces, range(3)))
        log.mark(1, shown)
        log.mark(2, shown)
        assert marked(path)[2:] == [("0.200", "1", "1"), ("0.200", "1", "2"), ("0.200", "2", "")]


def test_a_marker_in_a_pause_has_the_time_of_day_of_the_paused_picture(path: Path) -> None:
    with Log(path, 0.0, live=True) as log:
        shown = add_all(log, [result(0.0, arrived_s=50.0)])
        log.mark(1, shown)
        log.add(result(60.0, arrived_s=110.0))
    before, marker, _ = lines(path)
    assert (marker["marker"], marker["clock"]) == ("1", before["clock"])


def without_the_second(analysed: FrameResult) -> FrameResult:
    first, second = analysed.readings
    return dataclasses.replace(analysed, readings=(first,), left_out=(second.track,))


def test_a_marker_has_no_line_for_faces_left_out_since_its_frame_was_added(path: Path) -> None:
    with Log(path, 10.0, live=False) as log:
        log.add(two_faces(0))
        analysed = two_faces(1)
        log.add(analysed)
        log.mark(1, without_the_second(analysed))
    assert marked(path)[2:] == [("0.100", "1", "1")]


def test_a_logged_frame_is_not_written_again_when_a_face_is_left_out(path: Path) -> None:
    with Log(path, 0.0, live=False) as log:
        analysed = two_faces(0)
        log.add(analysed)
        log.mark(1, without_the_second(analysed))
    assert marked(path) == [("0.000", "", "1"), ("0.000", "", "2"), ("0.000", "1", "")]


def test_markers_before_the_first_frame_are_in_its_lines(path: Path) -> None:
    with Log(path, 0.2, live=False) as log:
        log.mark(1, None)
        log.mark(2, None)
        log.add(two_faces(0))
    assert marked(path) == [("0.000", "1", "1"), ("0.000", "1", "2"), ("0.000", "2", "")]


def test_markers_of_a_session_without_a_frame_are_kept(path: Path) -> None:
    with Log(path, 0.2, live=True) as log:
        log.mark(1, None)
        log.mark(2, None)
    assert marked(path) == [("0.000", "1", ""), ("0.000", "2", "")]


def test_with_steps_of_0_every_frame_is_logged(path: Path) -> None:
    assert len(written(path, *(result(index / 30) for index in range(31)))) == 31


def test_a_live_source_has_the_time_of_day(path: Path) -> None:
    now = datetime.datetime.now().astimezone()
    arrived_s = time.monotonic()
    first, second = (
        datetime.datetime.fromisoformat(line["clock"])
        for line in written(path, result(0.0, arrived_s=arrived_s), result(1.5, arrived_s=arrived_s + 1.5), live=True)
    )
    assert abs((first - now).total_seconds()) < 1
    assert (second - first).total_seconds() == pytest.approx(1.5, abs=0.002)
    assert first.utcoffset() == now.utcoffset()


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has one time zone for all programs")
def test_the_time_of_day_is_local_time(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as there:
        there.setenv("TZ", "IST-05:30")
        time.tzset()
        (line,) = written(path, result(0.0, arrived_s=time.monotonic()), live=True)
    time.tzset()
    assert line["clock"].endswith("+05:30")


def test_the_time_of_day_is_still_right_after_the_computer_slept(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def now(unix_s: float, monotonic_s: float) -> None:
        clock = SimpleNamespace(time=lambda: unix_s, monotonic=lambda: monotonic_s)
        monkeypatch.setattr("live_monitor.session.log.time", clock)

    now(1_000_000.0, 50.0)
    with Log(path, 0.0, live=True) as log:
        shown = add_all(log, [result(0.0, arrived_s=50.0)])
        now(1_003_601.0, 51.0)
        log.mark(1, shown)
        log.add(result(1.0, arrived_s=51.0))
    before, marker, after = (datetime.datetime.fromisoformat(line["clock"]).timestamp() for line in lines(path))
    assert (before, marker, after) == (1_000_000.0, 1_000_000.0, 1_003_601.0)


def test_a_line_is_in_the_file_as_soon_as_it_is_written(path: Path) -> None:
    with Log(path, 0.0, live=False) as log:
        log.add(result(0.0))
        assert len(lines(path)) == 1


def test_an_existing_file_is_not_overwritten(path: Path) -> None:
    path.write_text("mine", encoding="utf-8")
    with pytest.raises(OutputError, match=r"lesson\.csv: is there already and is not overwritten; choose another name"):
        Log(path, 0.0, live=False)
    assert path.read_text(encoding="utf-8") == "mine"


def test_a_missing_folder_is_named(path: Path) -> None:
    with pytest.raises(OutputError, match=r"nowhere.lesson\.csv: cannot be written: No such file or directory; choose another"):
        Log(path.parent / "nowhere" / path.name, 0.0, live=False)


def test_an_empty_log_leaves_no_file(path: Path) -> None:
    with Log(path, 0.0, live=False):
        assert path.exists()
    assert not path.exists()


def test_a_failed_session_keeps_what_was_logged(path: Path) -> None:
    def failing() -> Iterator[FrameResult]:
        yield result(0.0)
        raise SourceError("lost")

    with pytest.raises(SourceError), Log(path, 0.0, live=False) as log:
        add_all(log, failing())
    assert len(lines(path)) == 1


@pytest.mark.parametrize("room", [0, 10, 400])
def test_on_a_full_disk_the_file_ends_with_a_whole_frame_and_the_error_says_when(path: Path, room: int) -> None:
    class FullDisk:
        """Takes only this many more bytes, as a disk does: the last write is cut short, the next one fails."""

        def __init__(self, file: Any) -> None:
            self._file, self._room = file, room

        def write(self, content: bytes) -> int:
            if not self._room:
                raise OSError(errno.ENOSPC, "No space left on device")
            taken = self._file.write(content[: self._room])
            self._room -= taken
            return int(taken)

        def __getattr__(self, name: str) -> Any:
            return getattr(self._file, name)

    faces = [reading_of(MOSTLY_HAPPY, number=number) for number in range(1, 4)]
    with Log(path, 0.0, live=False) as log:
        log.add(result(0.0, *faces))
        log.add(result(0.5, *faces))
        log._file = FullDisk(log._file)  # type: ignore[assignment]
        with pytest.raises(
            OutputError,
            match=r"lesson\.csv: ends at (0\.5|1\.0) s, as it cannot be written any more: No space left on device; free space$",
        ):
            add_all(log, (result(index / 2, *faces) for index in range(2, 5)))
    logged = lines(path)
    assert len(logged) == (9 if room > 300 else 6)
    assert all(line["neutral"] for line in logged)


@pytest.mark.skipif(sys.platform == "win32", reason="open files cannot be deleted there")
def test_deleting_the_log_is_reported(path: Path) -> None:
    with Log(path, 0.0, live=False) as log:
        log.add(result(0.0))
        path.rename(path.with_name("renamed.csv"))
        log.add(result(0.5))
        path.with_name("renamed.csv").unlink()
        with pytest.raises(OutputError, match=r"ends at 0\.5 s, as it cannot be written any more: it was deleted$"):
            log.add(result(1.0))


def test_a_stale_file_handle_ends_the_log(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fstat = os.fstat

    with Log(path, 0.0, live=False) as log:

        def stale(descriptor: int) -> os.stat_result:
            if descriptor == log._file.fileno():
                raise OSError(errno.ESTALE, "Stale file handle")
            return fstat(descriptor)

        log.add(result(0.0))
        with monkeypatch.context() as patched:
            patched.setattr(os, "fstat", stale)
            with pytest.raises(OutputError, match=r"ends at 0\.0 s, as it cannot be written any more: Stale file handle$"):
                log.add(result(0.5))


class Failing:
    """A file that can no longer be written."""

    def __init__(self, file: Any, why: int) -> None:
        self._file, self._why = file, why

    def write(self, _content: bytes) -> int:
        raise OSError(self._why, os.strerror(self._why))

    def __getattr__(self, name: str) -> Any:
        return getattr(self._file, name)


@pytest.mark.parametrize(("why", "advice"), [(errno.ENOSPC, "; free space"), (errno.EDQUOT, "; free space"), (errno.EIO, "")])
def test_freeing_space_is_suggested_only_where_it_helps(path: Path, why: int, advice: str) -> None:
    with Log(path, 0.0, live=False) as log:
        log.add(result(0.5))
        log._file = Failing(log._file, why)  # type: ignore[assignment]
        with pytest.raises(OutputError) as raised:
            log.add(result(1.0))
    assert str(raised.value) == f"{path}: ends at 0.5 s, as it cannot be written any more: {os.strerror(why)}{advice}"


def test_the_error_is_the_same_if_the_file_cannot_be_truncated_either(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_descriptor: int, _length: int) -> None:
        raise OSError(errno.EIO, os.strerror(errno.EIO))

    monkeypatch.setattr("live_monitor.session.log.os.ftruncate", fail)
    with Log(path, 0.0, live=False) as log:
        log.add(result(0.5))
        log._file = Failing(log._file, errno.EIO)  # type: ignore[assignment]
        with pytest.raises(OutputError, match=r"ends at 0\.5 s, as it cannot be written any more: Input/output error$"):
            log.add(result(1.0))
