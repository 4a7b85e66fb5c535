"""Real signals sent to the command line in a separate process: it ends soon, with the signal's exit code."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from live_monitor.session.replay import replay
from tests.fakes import eventually, write_clip
from tests.lifecycle.scenes import DEADLINE_S, LONG_S
from tests.stream_server import PICTURES_PER_S, StreamServer

LAUNCHER = """
import live_monitor.app
from live_monitor.cli import main
from tests.fakes import FakeEngine, fake_stages

class TellingEngine(FakeEngine):
    def infer(self, faces):
        if len(self.batches) == 25:
            print("analysing", flush=True)
        return super().infer(faces)

live_monitor.app.load_stages = lambda settings, on_time: fake_stages(engine=TellingEngine())
main()
"""
"""The command line with fake stages: it needs no model, and says when it is analysing."""


SILENT_LAUNCHER = """
import live_monitor.app
from live_monitor.cli import main
from tests.fakes import fake_stages

live_monitor.app.load_stages = lambda settings, on_time: fake_stages()
main()
"""


@dataclass
class Exit:
    """How a process ended: seconds after the signal, its exit code and what it wrote."""

    after_s: float
    code: int
    out: str
    err: str


Launch = Callable[..., "subprocess.Popen[str]"]


@pytest.fixture
def launch() -> Iterator[Launch]:
    """Starts the command line without a window in a separate process."""
    processes: list[subprocess.Popen[str]] = []

    def launch(*arguments: str, program: tuple[str, ...] = ("-c", LAUNCHER)) -> subprocess.Popen[str]:
        command = [sys.executable, *program, "--no-display", *arguments]
        root = Path(__file__).parents[2]
        pipe = subprocess.PIPE
        processes.append(subprocess.Popen(command, stdout=pipe, stderr=pipe, text=True, cwd=root))
        return processes[-1]

    yield launch
    for process in processes:
        process.kill()
        process.communicate()


def end(process: subprocess.Popen[str], signal_number: int) -> Exit:
    start_s = time.monotonic()
    process.send_signal(signal_number)
    code = process.wait(LONG_S)
    after_s = time.monotonic() - start_s
    return Exit(after_s, code, *process.communicate())


def wait_until_analysing(process: subprocess.Popen[str]) -> None:
    assert process.stdout is not None
    assert process.stdout.readline() == "analysing\n"


@pytest.fixture
def server() -> Iterator[StreamServer]:
    server = StreamServer()
    yield server
    server.close()


class TestRealSignals:
    def test_a_signal_ends_a_running_stream(self, launch: Launch, server: StreamServer) -> None:
        process = launch("--stream", server.url)
        wait_until_analysing(process)
        ended = end(process, signal.SIGINT)
        assert (ended.code, ended.err) == (130, "")
        assert ended.after_s < DEADLINE_S

    def test_the_summary_of_what_was_analysed_is_printed(self, launch: Launch, server: StreamServer) -> None:
        process = launch("--stream", server.url, "--json")
        wait_until_analysing(process)
        summary = json.loads(end(process, signal.SIGTERM).out)
        assert summary["source"] == f"stream {server.url}"
        assert summary["frames"] > 0

    def test_a_signal_ends_the_opening_of_a_stream_that_never_answers(self, launch: Launch) -> None:
        with socket.create_server(("127.0.0.1", 0)) as listener:
            listener.settimeout(LONG_S)
            process = launch("--stream", f"tcp://127.0.0.1:{listener.getsockname()[1]}")
            connection, _ = listener.accept()
            with connection:
                ended = end(process, signal.SIGTERM)
        assert (ended.code, ended.err) == (143, "")
        assert ended.after_s < DEADLINE_S

    def test_a_signal_ends_the_wait_for_a_lost_stream(self, launch: Launch, server: StreamServer) -> None:
        process = launch("--stream", server.url)
        wait_until_analysing(process)
        server.refuse()
        assert eventually(lambda: server.refused > 0)
        ended = end(process, signal.SIGTERM)
        assert (ended.code, ended.err) == (143, "")
        assert ended.after_s < DEADLINE_S

    def test_a_signal_ends_a_read_that_does_not_return(self, launch: Launch, server: StreamServer) -> None:
        process = launch("--stream", server.url)
        wait_until_analysing(process)
        server.fall_silent()
        ended = end(process, signal.SIGINT)
        assert (ended.code, ended.err) == (130, "")
        assert ended.after_s < DEADLINE_S

    @pytest.mark.parametrize(("number", "exit_code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGHUP, 129)])
    def test_a_signal_ends_the_program_with_real_stages(
        self, launch: Launch, server: StreamServer, number: int, exit_code: int
    ) -> None:
        process = launch("--stream", server.url, "--device", "cpu", program=("-m", "live_monitor"))
        assert eventually(lambda: server.sent > PICTURES_PER_S, LONG_S)
        ended = end(process, number)
        assert (ended.code, ended.err) == (exit_code, "")
        assert ended.after_s < DEADLINE_S


SWALLOWING = """
import os, signal, time
from live_monitor.cli import entry, main

class Collected:
    def __del__(self):
        os.kill(os.getpid(), signal.SIGTERM)
        time.sleep(0.01)

def work(*_arguments, **_how):
    Collected()
    time.sleep(60)

entry.cli.main = work
main()
"""
"""A command during which a signal arrives in a finaliser, where Python ignores exceptions."""


@pytest.mark.skipif(sys.platform == "win32", reason="os.kill sends no signal there")
def test_a_signal_whose_exception_python_ignores_still_ends_the_program(launch: Launch) -> None:
    process = launch(program=("-c", SWALLOWING))
    assert process.wait(DEADLINE_S + LONG_S) == 128 + signal.SIGTERM
    assert process.communicate() == ("", "")


@pytest.mark.skipif(shutil.which("setsid") is None, reason="needs setsid")
class TestClosedTerminal:
    """A terminal is closed while a progress bar is drawn in it."""

    def test_the_program_ends_with_the_exit_code_of_sighup(self, film: Path) -> None:
        assert close_terminal("--video", str(film), "--realtime") == 128 + signal.SIGHUP

    def test_a_program_that_ignores_sighup_runs_to_the_end(self, film: Path, tmp_path: Path) -> None:
        log = tmp_path / "log.csv"
        ignoring = "import signal; signal.signal(signal.SIGHUP, signal.SIG_IGN)" + SILENT_LAUNCHER
        close_terminal("--video", str(film), "--realtime", "--log", str(log), program=ignoring)
        last = list(replay(log))[-1]
        assert last.result.frame.pts_s == pytest.approx(FILM_S, abs=0.2)


FILM_S = 3.0


@pytest.fixture
def film(tmp_path: Path) -> Path:
    return write_clip(tmp_path / "film.avi", [10 * index % 250 for index in range(round(FILM_S * 25))])


def close_terminal(*arguments: str, program: str = SILENT_LAUNCHER) -> int:
    """Runs the command line in a terminal that is closed when a progress bar is drawn; returns the exit code."""
    terminal, end = os.openpty()
    command = ["setsid", "--ctty", sys.executable, "-c", program, "--no-display", *arguments]
    process = subprocess.Popen(command, stdin=end, stdout=end, stderr=end, cwd=Path(__file__).parents[2])
    os.close(end)
    try:
        while b"Analysing" not in os.read(terminal, 1024):
            pass
    finally:
        os.close(terminal)
    return process.wait(LONG_S)
