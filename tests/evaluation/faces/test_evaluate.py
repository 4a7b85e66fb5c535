"""Running detectors over pictures: turns, timing, and pictures that cannot be read."""

from __future__ import annotations

import itertools
import struct
import zlib
from pathlib import Path

import pytest

from live_monitor.errors import UsageError
from live_monitor.evaluation.faces.detectors import Candidate
from live_monitor.evaluation.faces.evaluate import evaluate
from live_monitor.types import Detection, Image
from tests.evaluation.faces.made import marked, script, seen, square, write_picture

FACE = square(20, 20)


@pytest.fixture
def pictures(tmp_path: Path) -> list[Path]:
    return [write_picture(tmp_path / f"{level}.png", level) for level in (10, 20, 30)]


def recorder(name: str, calls: list[tuple[str, int]]) -> Candidate:
    def find(image: Image) -> list[Detection]:
        calls.append((name, int(image[0, 0, 0])))
        return []

    return Candidate(name, find)


def test_detectors_take_turns_on_each_picture_after_one_warm_up_call_each(pictures: list[Path]) -> None:
    calls: list[tuple[str, int]] = []
    evaluate([recorder("a", calls), recorder("b", calls)], [marked(path) for path in pictures])
    assert calls == [("a", 10), ("b", 10), *itertools.product("ab", [10])] + [
        (name, level) for level in (20, 30) for name in "ab"
    ]  # fmt: skip


def test_each_detector_has_a_match_and_a_time_for_each_picture(pictures: list[Path]) -> None:
    result = evaluate(
        [script("first", {10: [seen(FACE, 0.9)]}), script("second", {30: [seen(FACE, 0.8)]})],
        [marked(path, FACE) for path in pictures],
    )
    found = [[match.found(0.5).tolist() for match in run.matches] for run in result.runs]
    assert found == [[[True], [False], [False]], [[False], [False], [True]]]
    assert all(len(run.times_ms) == 3 and min(run.times_ms) >= 0 for run in result.runs)


def test_only_finding_is_timed_and_not_the_warm_up_call(pictures: list[Path], monkeypatch: pytest.MonkeyPatch) -> None:
    now_s = 0.0
    costs_s = iter([50.0, 0.002, 0.003, 0.004])

    def find(_image: Image) -> list[Detection]:
        nonlocal now_s
        now_s += next(costs_s)
        return []

    def slow_progress(_done: int) -> None:
        nonlocal now_s
        now_s += 7

    monkeypatch.setattr("time.perf_counter", lambda: now_s)
    [run] = evaluate([Candidate("slow", find)], [marked(path) for path in pictures], slow_progress).runs
    assert run.times_ms == pytest.approx([2, 3, 4])


def test_unreadable_pictures_are_skipped_and_named(pictures: list[Path], tmp_path: Path) -> None:
    (tmp_path / "text.png").write_text("no picture", encoding="utf-8")
    (tmp_path / "empty.png").touch()
    (tmp_path / "folder.png").mkdir()
    names = ("text.png", "empty.png", "none.png", "folder.png")
    steps: list[int] = []
    result = evaluate(
        [script("any", {10: [seen(FACE)]})],
        [*(marked(tmp_path / name, FACE) for name in names), *(marked(path) for path in pictures)],
        steps.append,
    )
    assert result.skipped == [
        f"{tmp_path / 'text.png'}: not a picture that can be read",
        f"{tmp_path / 'empty.png'}: not a picture that can be read",
        f"{tmp_path / 'none.png'}: no such file",
        f"{tmp_path / 'folder.png'}: cannot be read: Is a directory",
    ]
    assert [picture.path for picture in result.pictures] == pictures
    assert len(result.runs[0].matches) == 3
    assert sum(steps) == 7


def test_a_damaged_picture_leaves_nothing_on_stderr(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    path = write_picture(tmp_path / "damaged.jpg", 200)
    path.write_bytes(path.read_bytes()[:-300] + b"\xff\xd9")
    with pytest.raises(UsageError):
        evaluate([], [marked(tmp_path / "none.png")])
    evaluate([], [marked(path)])
    assert capfd.readouterr() == ("", "")


def test_a_picture_too_large_for_opencv_is_skipped(tmp_path: Path, pictures: list[Path]) -> None:
    path = write_picture(tmp_path / "huge.png")
    content = bytearray(path.read_bytes())
    content[16:24] = struct.pack(">II", 100_000, 100_000)  # width and height in a PNG's first chunk, then its checksum
    content[29:33] = struct.pack(">I", zlib.crc32(content[12:29]))
    path.write_bytes(content)
    assert evaluate([], [marked(path), marked(pictures[0])]).skipped == [f"{path}: not a picture that can be read"]


def test_no_readable_picture_is_an_error_that_says_why(tmp_path: Path) -> None:
    (tmp_path / "text.png").write_text("no picture", encoding="utf-8")
    with pytest.raises(UsageError, match=r"none of the 1 pictures can be read; .*text\.png: not a picture"):
        evaluate([script("any", {})], [marked(tmp_path / "text.png", FACE)])
