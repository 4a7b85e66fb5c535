"""Recordings that cannot be made, or cannot be finished: what is reported, and what is left."""

from __future__ import annotations

import shutil
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import cv2
import numpy as np
import pytest

from live_monitor.errors import LiveMonitorError, OutputError, UsageError
from live_monitor.session.recording import (
    FOURCCS,
    FPS_PICTURES,
    LIVE_FPS,
    MAX_SIDE_PX,
    MIN_FREE_BYTES,
    Recording,
)
from live_monitor.types import Image
from tests.fakes import grey_picture
from tests.session.recorded import add_all, greys, played, record


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "lesson.mp4"


def test_an_existing_file_is_not_overwritten(path: Path) -> None:
    path.write_text("mine", encoding="utf-8")
    with pytest.raises(OutputError, match=r"lesson\.mp4: is there already and is not overwritten; choose another name"):
        Recording(path, live=False)
    assert path.read_text(encoding="utf-8") == "mine"


@pytest.mark.parametrize(
    ("name", "error", "message"),
    [
        ("nowhere/lesson.mp4", OutputError, "lesson.mp4: cannot be written: No such file or directory; choose another folder"),
        ("lesson.webm", UsageError, "lesson.webm: not a kind of video that can be recorded; call it lesson.mp4, .mkv or .avi"),
        ("lesson", UsageError, "lesson: not a kind of video that can be recorded"),
    ],
)
def test_a_name_that_cannot_be_recorded_to_is_refused_at_once(
    tmp_path: Path, name: str, error: type[LiveMonitorError], message: str
) -> None:
    with pytest.raises(error) as raised:
        Recording(tmp_path / name, live=False)
    assert message in str(raised.value)
    assert not list(tmp_path.iterdir())


def test_a_name_that_opencv_cannot_read_is_refused_at_once(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match="its name is not UTF-8, which OpenCV cannot read; rename it"):
        Recording(tmp_path / "y\udcff.mp4", live=False)
    assert not list(tmp_path.iterdir())


def test_a_name_that_ffmpeg_would_misread_can_be_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("-lesson.mp4", "a:lesson.mp4"):
        assert record(Path(name), greys(0.0, 0.04)).levels == [0, 20]


def test_it_ends_before_the_disk_is_full_and_can_be_played(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    free = iter([2 * MIN_FREE_BYTES] * 3 + [MIN_FREE_BYTES - 1])

    def disk_usage(_: Path) -> SimpleNamespace:
        return SimpleNamespace(free=next(free))

    with Recording(path, live=False) as recording:
        monkeypatch.setattr(shutil, "disk_usage", disk_usage)
        with pytest.raises(OutputError, match=r"lesson\.mp4: ends at 0\.1 s, as less than 16 MB is free there; free space"):
            add_all(recording, greys(0.0, 0.04, 0.08, 0.12, 0.16))
    assert played(path).levels == [0, 20, 40]


@pytest.mark.parametrize("live", [False, True])
def test_a_full_disk_is_reported_at_the_first_picture_and_leaves_nothing(
    path: Path, monkeypatch: pytest.MonkeyPatch, live: bool
) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _: SimpleNamespace(free=MIN_FREE_BYTES - 1))
    monkeypatch.setitem(FOURCCS, ".mp4", "    ")  # as FFmpeg fails there
    message = r"lesson\.mp4: cannot be written, as less than 16 MB is free there; free space$"
    with pytest.raises(OutputError, match=message), Recording(path, live=live) as recording:
        recording.add(grey_picture(0), 0.0)
    assert not path.exists()


@pytest.mark.parametrize("suffix", FOURCCS)
def test_a_picture_that_is_too_large_is_reported_with_its_size(path: Path, suffix: str) -> None:
    message = r"a video of 8192x48 pixels cannot be written, the limit is 8190 a side; try --no-panel, or a smaller picture$"
    with pytest.raises(OutputError, match=message), Recording(path.with_suffix(suffix), live=False) as recording:
        recording.add(grey_picture(0, MAX_SIDE_PX + 1, 48), 0.0)
    assert record(path, [(0.0, grey_picture(100, MAX_SIDE_PX, 48))]).size == (MAX_SIDE_PX, 48)


def test_a_picture_is_encoded_while_the_next_one_is_drawn(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    may_code, code = threading.Event(), Recording._code

    def code_later(recording: Recording, writer: cv2.VideoWriter, shown: Image, times: int) -> None:
        assert may_code.wait(10)
        code(recording, writer, shown, times)

    monkeypatch.setattr(Recording, "_code", code_later)
    with Recording(path, live=True) as recording:
        add_all(recording, greys(0.0, 1 / LIVE_FPS))
        may_code.set()
        add_all(recording, [(2 / LIVE_FPS, grey_picture(40))])
    assert played(path).levels == [0, 20, 40]


@pytest.fixture
def hanging(monkeypatch: pytest.MonkeyPatch) -> Iterator[threading.Event]:
    """A disk that does not answer until this is set, and a recording that soon gives up."""
    answers, write = threading.Event(), Recording._code

    def hang(recording: Recording, writer: cv2.VideoWriter, shown: Image, times: int) -> None:
        answers.wait()
        write(recording, writer, shown, times)

    monkeypatch.setattr(Recording, "_code", hang)
    monkeypatch.setattr("live_monitor.session.disk_thread.STUCK_S", 0.2)
    yield answers
    answers.set()


@pytest.mark.usefixtures("hanging")
@pytest.mark.timeout(10)
@pytest.mark.parametrize("pictures", [2, 4], ids=["at the end", "in between"])
def test_a_disk_that_does_not_answer_is_not_waited_for(path: Path, pictures: int) -> None:
    with pytest.raises(OutputError, match="its disk does not answer"), Recording(path, live=True) as recording:
        add_all(recording, greys(*(number / LIVE_FPS for number in range(pictures))))


def test_every_frame_written_counts_as_progress(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    progress: list[None] = []
    with Recording(path, live=True) as recording:
        monkeypatch.setattr(recording._disk, "progress", lambda: progress.append(None))
        add_all(recording, [(0.0, grey_picture(20)), (10 / LIVE_FPS, grey_picture(40))])
    assert len(progress) == 11


@pytest.mark.timeout(10)
def test_a_disk_that_does_not_report_its_free_space_is_not_waited_for(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    answers = threading.Event()
    monkeypatch.setattr("live_monitor.session.disk_thread.STUCK_S", 0.2)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: answers.wait())
    with pytest.raises(OutputError, match="its disk does not answer"), Recording(path, live=True) as recording:
        add_all(recording, greys(0.0))
    answers.set()


def test_an_error_while_a_picture_is_encoded_is_raised(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise OutputError("on purpose")

    monkeypatch.setattr(Recording, "_code", fail)
    with pytest.raises(OutputError, match="on purpose"), Recording(path, live=True) as recording:
        add_all(recording, greys(0.0, 0.1))


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no limit for the size of files")
@pytest.mark.parametrize("suffix", FOURCCS)
def test_a_file_that_the_system_cut_off_is_reported(path: Path, suffix: str) -> None:
    import resource

    noise, before = np.random.default_rng(0), resource.getrlimit(resource.RLIMIT_FSIZE)
    recording = Recording(path.with_suffix(suffix), live=False)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, before[1]))
    try:
        add_all(recording, ((number / 25, noise.integers(0, 256, (480, 640, 3), np.uint8)) for number in range(20)))
        with pytest.raises(OutputError, match="the system has cut it off, as when a disk or a user has a limit on"):
            recording.close()
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def test_a_deleted_file_is_reported(path: Path) -> None:
    with Recording(path, live=False) as recording:
        add_all(recording, greys(0.0, 0.04))
        path.unlink()
        with pytest.raises(OutputError, match=r"lesson\.mp4: cannot be written any more: No such file or directory"):
            recording.add(grey_picture(0), 0.08)


def test_for_a_deleted_folder_the_first_error_is_reported(tmp_path: Path) -> None:
    folder = tmp_path / "stick"
    folder.mkdir()

    def pictures() -> Iterator[tuple[float, Image]]:
        yield from greys(0.0, 0.1, 0.2)
        shutil.rmtree(folder)
        yield 0.3, grey_picture(0)

    message = r"cannot be written any more: No such file or directory"
    with pytest.raises(OutputError, match=message), Recording(folder / "lesson.mp4", live=True) as recording:
        add_all(recording, pictures())


@pytest.mark.parametrize(("suffix", "advice"), [(".mp4", "; try a name that ends in .avi"), (".avi", "")])
@pytest.mark.parametrize("pictures", [2, FPS_PICTURES + 1])
def test_an_opencv_that_cannot_write_videos_is_reported_and_leaves_nothing(
    path: Path, monkeypatch: pytest.MonkeyPatch, pictures: int, suffix: str, advice: str
) -> None:
    monkeypatch.setitem(FOURCCS, suffix, "    ")
    path = path.with_suffix(suffix)
    message = rf"this OpenCV cannot write a video of 64x48 pixels{advice}$"
    with pytest.raises(OutputError, match=message), Recording(path, live=False) as recording:
        add_all(recording, greys(*(number / 25 for number in range(pictures))))
    assert not recording.begun, "so that a window does not go on without it, as if there were something to keep"
    assert not path.exists()
