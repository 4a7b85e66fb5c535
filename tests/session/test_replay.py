"""Reading a log back."""

from __future__ import annotations

import datetime
from pathlib import Path

import pytest

from live_monitor.errors import UsageError
from live_monitor.labels import LABELS
from live_monitor.session.log import COLUMNS, Log
from live_monitor.session.replay import replay
from live_monitor.types import Box
from tests.fakes import reading_of
from tests.session.sessions import MOSTLY_HAPPY, face, logged, result


def test_a_log_that_a_spreadsheet_marked_as_utf8_is_read(path: Path) -> None:
    logged(path, [(0.0, [face("happy")])], {})
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes())
    assert len(list(replay(path))) == 1


def test_a_log_that_a_spreadsheet_saved_with_semicolons_is_refused_as_such(path: Path) -> None:
    logged(path, [(0.0, [face("happy")])], {})
    path.write_bytes(path.read_bytes().replace(b",", b";"))
    with pytest.raises(UsageError, match="has no column time_s; it was saved with separators other than commas"):
        list(replay(path))


def test_progress_adds_up_to_the_whole_log(path: Path) -> None:
    logged(path, [(step / 5, [face("happy")]) for step in range(5)], {})
    steps: list[int] = []
    moments = list(replay(path, steps.append))
    assert (len(moments), sum(steps), len(steps)) == (5, path.stat().st_size, 6)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "lesson.csv"


def test_moments_come_back_as_they_were_logged(path: Path) -> None:
    happy = reading_of(MOSTLY_HAPPY, Box(-3.0, 20.0, 40.0, 70.5), number=7)
    logged(path, [(0.0, [happy, face("sad", 2, "too dark", coasting=True)]), (0.2, []), (0.4, [happy])], {0.2: 1})
    first, empty, last = replay(path)
    read, hidden = first.result.readings
    assert (read.track.id, read.track.box, read.label, read.why, read.readable) == (
        7,
        Box(-3.0, 20.0, 40.0, 70.5),
        "happy",
        "",
        True,
    )
    assert read.smoothed.tolist() == pytest.approx(MOSTLY_HAPPY.tolist(), abs=1e-4)
    assert (hidden.track.id, hidden.track.coasting, hidden.label, hidden.why) == (2, True, "unsure", "too dark")
    assert [(moment.result.frame.pts_s, moment.result.frame.index) for moment in (first, empty, last)] == [
        (0, 0),
        (0.2, 1),
        (0.4, 2),
    ]
    assert [moment.markers for moment in (first, empty, last)] == [(), (1,), ()]
    assert (empty.result.readings, first.clock) == ((), None)


def test_markers_of_one_moment_all_come_back_and_its_faces_once(path: Path) -> None:
    with Log(path, 0.0, live=False) as log:
        shown = result(0.0, face("happy"), face("sad", 2))
        log.mark(1, None)
        log.add(shown)
        log.mark(2, shown)
        log.mark(3, shown)
    (moment,) = replay(path)
    assert moment.markers == (1, 2, 3)
    assert [reading.track.id for reading in moment.result.readings] == [1, 2]


def test_markers_of_a_session_without_a_frame_come_back(path: Path) -> None:
    with Log(path, 0.0, live=True) as log:
        log.mark(1, None)
        log.mark(2, None)
    (moment,) = replay(path)
    assert (moment.markers, moment.result.readings, moment.clock) == ((1, 2), (), None)


def test_a_live_source_keeps_its_time_of_day(path: Path) -> None:
    first, second = replay(logged(path, [(0.0, []), (1.5, [])], live=True))
    assert first.clock is not None
    assert second.clock == first.clock + datetime.timedelta(seconds=1.5)


def test_columns_may_be_in_another_order_with_others_in_between(path: Path) -> None:
    logged(path, [(0.0, [face("happy")])])
    rows = [line.split(",") for line in path.read_text(encoding="utf-8").splitlines()]
    path.write_text("".join(",".join([*row[::-1], "more"]) + "\r\n" for row in rows), encoding="utf-8")
    (moment,) = replay(path)
    assert moment.result.readings[0].label == "happy"


def test_a_last_line_cut_short_is_left_out(path: Path) -> None:
    content = logged(path, [(0.0, [face("happy")]), (0.2, [face("sad")])]).read_text(encoding="utf-8")
    path.write_text(content[:-5], encoding="utf-8")
    assert [moment.result.frame.pts_s for moment in replay(path)] == [0.0]


def line(**values: str) -> str:
    good = dict.fromkeys(COLUMNS, "0") | {"clock": "", "marker": "", "face": "1", "label": "happy", "why": ""}
    return ",".join((good | values)[name] for name in COLUMNS) + "\n"


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        (line(time_s="soon"), "could not convert string to float: 'soon'"),
        *((line(time_s=time_s), f"{time_s!r} is not a time in a session") for time_s in ("nan", "inf", "-inf", "1e400", "1e308")),
        *((line(time_s="2", width=width), f"{width!r} is not a number of pixels") for width in ("nan", "inf")),
        (line(time_s="0.5"), "time goes back, from 1 to 0.5 s"),
        (line(frame="first"), "'first'"),
        (line(time_s="2", happy="1.5"), "a probability is not from 0 to 1"),
        (line(time_s="2", happy="nan"), "a probability is not from 0 to 1"),
        (line(time_s="2", label="bored"), "'bored' is not a label"),
        (line(time_s="2", clock="noon"), "Invalid isoformat string: 'noon'"),
        (line(time_s="2", clock="0001-01-01T00:00:00+00:00"), "'0001-01-01T00:00:00+00:00' is not a time in a session"),
        ("2,,\n", ""),
    ],
)
def test_an_invalid_line_is_named(path: Path, wrong: str, message: str) -> None:
    path.write_text(",".join(COLUMNS) + "\n" + line(time_s="1") + wrong + line(time_s="3"), encoding="utf-8")
    with pytest.raises(UsageError, match=r"lesson\.csv, line [34]: not a line of a log: ") as error:
        list(replay(path))
    assert message in str(error.value)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "not a log, it has no column time_s; --log writes one"),
        (b"emotion,pixels,Usage\n0,1 2 3,Training\n", "not a log, it has no column time_s"),
        (",".join(COLUMNS[:-1]).encode() + b"\n", f"not a log, it has no column {LABELS[-1]}"),
        (b"\x89PNG\r\n\x1a\n\xff\xfe", "not a log, it is not text"),
    ],
)
def test_a_file_that_is_not_a_log_is_refused(path: Path, content: bytes, message: str) -> None:
    path.write_bytes(content)
    with pytest.raises(UsageError, match=r"lesson\.csv: ") as error:
        list(replay(path))
    assert message in str(error.value)


def test_a_missing_file_and_a_folder_are_named(path: Path) -> None:
    with pytest.raises(UsageError, match=r"lesson\.csv: no such file; --log writes one"):
        list(replay(path))
    path.mkdir()
    with pytest.raises(UsageError, match=r"lesson\.csv: cannot be read: "):
        list(replay(path))


def test_a_log_written_by_pandas_is_read(path: Path) -> None:
    logged(path, [(0.0, [face("happy", 3)]), (0.2, [])], {0.2: 1})
    text = path.read_text(encoding="utf-8").replace(",3,1,", ",3.0,1.0,").replace("0.200,,1,1,", "0.2,,1,1.0,")
    assert (",3.0,1.0," in text, ",1.0,," in text) == (True, True)
    path.write_text(text, encoding="utf-8")
    first, second = replay(path)
    assert ([reading.track.id for reading in first.result.seen], second.markers) == ([3], (1,))


def test_a_log_written_by_r_is_read(path: Path) -> None:
    logged(path, [(0.0, [face("happy", 3)]), (0.2, [])])
    header, *lines = path.read_text(encoding="utf-8").splitlines()
    with_na = (",".join(value or "NA" for value in line.split(",")) for line in lines)
    path.write_text("\n".join([header, *with_na, ""]), encoding="utf-8")
    first, second = replay(path)
    assert [reading.readable for reading in first.result.seen] == [True]
    assert (first.clock, first.markers, second.result.readings) == (None, (), ())


def test_a_damaged_line_is_named_by_its_own_number(path: Path) -> None:
    logged(path, [(step / 5, [face("happy", number) for number in range(1, 10)]) for step in range(3)])
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    lines[4] = lines[4].replace("happy", "hapy")
    path.write_text("".join(lines), encoding="utf-8")
    with pytest.raises(UsageError, match=r"lesson.csv, line 5: not a line of a log: 'hapy' is not a label"):
        list(replay(path))


def test_a_text_whose_field_never_ends_is_not_a_log(path: Path) -> None:
    path.write_text("x" * 200_000 + "\n", encoding="utf-8")
    with pytest.raises(UsageError, match=r"line 1: not a line of a log: field larger than field limit"):
        list(replay(path))
