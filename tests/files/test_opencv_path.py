"""File names as OpenCV takes them, and as people see them."""

from __future__ import annotations

from pathlib import Path

import pytest

from live_monitor.errors import SourceError
from live_monitor.files.opencv_path import is_utf8, opencv_path, printable


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("lesson 1 é ✓ 👩\u200d🏫.mp4", "lesson 1 é ✓ 👩\u200d🏫.mp4"),
        ("y\udcff.mp4", r"y\udcff.mp4"),
        ("two\nlines\r\t.mp4", r"two\nlines\r\t.mp4"),
        ("red\x1b[31m.mp4", r"red\x1b[31m.mp4"),
        ("\x00\x7f\x9b", r"\x00\x7f\x9b"),
        ("\u2028\u2029", r"\u2028\u2029"),
    ],
)
def test_line_breaks_control_characters_and_invalid_utf8_are_escaped(name: str, shown: str) -> None:
    assert printable(name) == shown


def test_a_name_with_a_line_break_can_be_given_to_opencv(tmp_path: Path) -> None:
    path = tmp_path / "two\nlines.mp4"
    assert is_utf8(str(path))
    assert opencv_path(path, SourceError) == str(path)


def test_a_name_that_is_not_utf8_is_refused_and_shown_in_one_line() -> None:
    with pytest.raises(SourceError, match=r"y\\udcff\\n\.mp4: its name is not UTF-8"):
        opencv_path(Path("y\udcff\n.mp4"), SourceError)
