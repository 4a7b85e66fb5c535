"""Work on a separate thread, with a disk that may not answer."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest

from live_monitor.errors import OutputError
from live_monitor.session import disk_thread
from live_monitor.session.disk_thread import DiskThread


@pytest.fixture
def disk() -> Iterator[DiskThread]:
    disk = DiskThread(Path("lesson.mp4"))
    yield disk
    disk.close()


class Waits:
    """Stands in for a wait of `slices` slices; the work makes progress in those that are in `progress`."""

    def __init__(self, disk: DiskThread, slices: int, progress: range = range(0)) -> None:
        self._disk, self._slices, self._progress = disk, slices, progress
        self.waited = 0

    def __call__(self, _works: object, _timeout: float) -> SimpleNamespace:
        self.waited += 1
        if self.waited in self._progress:
            self._disk.progress()
        return SimpleNamespace(done=self.waited > self._slices)


def test_the_result_or_error_of_the_work_is_passed_on(disk: DiskThread) -> None:
    assert disk.do(divmod, 7, 2) == (3, 1)
    with pytest.raises(ZeroDivisionError):
        disk.do(divmod, 7, 0)
    assert disk.wait() is None


def test_work_starts_only_when_the_previous_work_is_done(disk: DiskThread) -> None:
    may_end, order = threading.Event(), list[str]()

    def first() -> None:
        assert may_end.wait(10)
        order.append("first")

    disk.start(first)
    threading.Timer(0.05, may_end.set).start()
    disk.start(order.append, "second")
    assert order[0] == "first"


@pytest.mark.timeout(10)
def test_a_disk_that_does_not_answer_is_left_behind(disk: DiskThread, monkeypatch: pytest.MonkeyPatch) -> None:
    answers = threading.Event()
    monkeypatch.setattr(disk_thread, "STUCK_S", 0.2)
    disk.start(answers.wait)
    for _ in range(2):
        with pytest.raises(OutputError, match=r"lesson\.mp4: its disk does not answer; choose another folder"):
            disk.do(print)
    disk.close()
    answers.set()


@pytest.mark.timeout(10)
def test_closing_does_not_wait_for_a_disk_that_does_not_answer(disk: DiskThread, monkeypatch: pytest.MonkeyPatch) -> None:
    answers = threading.Event()
    monkeypatch.setattr(disk_thread, "STUCK_S", 0.2)
    disk.start(answers.wait)
    disk.close()
    assert disk.stuck
    answers.set()


@pytest.mark.parametrize(("slices", "stuck"), [(99, False), (101, True)])
def test_patience_counts_the_time_waited_not_the_time_on_the_clock(
    disk: DiskThread, monkeypatch: pytest.MonkeyPatch, slices: int, stuck: bool
) -> None:
    disk.start(int)
    monkeypatch.setattr("concurrent.futures.wait", Waits(disk, slices))
    disk.close()
    assert disk.stuck == stuck


def test_work_that_makes_progress_is_waited_for(disk: DiskThread, monkeypatch: pytest.MonkeyPatch) -> None:
    disk.start(int)
    monkeypatch.setattr("concurrent.futures.wait", Waits(disk, 300, progress=range(0, 300, 60)))
    assert disk.wait() == 0
