"""Real signals to the command line in a process of its own: it ends soon, with the signal's exit code."""

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
"""The command line with fake stages: no model is needed, and it tells when it is analysing."""


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
    """Starts the command line without a window in a process of its own."""
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
    def test_while_a_stream_runs(self, launch: Launch, server: StreamServer) -> None:
        process = launch("--stream", server.url)
        wait_until_analysing(process)
        ended = end(process, signal.SIGINT)
        assert (ended.code, ended.err) == (130, "")
        assert ended.after_s < DEADLINE_S

    def test_what_was_analysed_until_then_is_told(self, launch: Launch, server: StreamServer) -> None:
        process = launch("--stream", server.url, "--json")
        wait_until_analysing(process)
        summary = json.loads(end(process, signal.SIGTERM).out)
        assert summary["source"] == f"stream {server.url}"
        assert summary["frames"] > 0

    def test_while_a_stream_is_being_opened_that_never_answers(self, launch: Launch) -> None:
        with socket.create_server(("127.0.0.1", 0)) as listener:
            listener.settimeout(LONG_S)
            process = launch("--stream", f"tcp://127.0.0.1:{listener.getsockname()[1]}")
            connection, _ = listener.accept()
            with connection:
                ended = end(process, signal.SIGTERM)
        assert (ended.code, ended.err) == (143, "")
        assert ended.after_s < DEADLINE_S

    def test_while_the_signal_is_lost(self, launch: Launch, server: StreamServer) -> None:
        process = launch("--stream", server.url)
        wait_until_analysing(process)
        server.refuse()
        assert eventually(lambda: server.refused > 0)
        ended = end(process, signal.SIGTERM)
        assert (ended.code, ended.err) == (143, "")
        assert ended.after_s < DEADLINE_S

    def test_while_a_read_does_not_return(self, launch: Launch, server: StreamServer) -> None:
        process = launch("--stream", server.url)
        wait_until_analysing(process)
        server.fall_silent()
        ended = end(process, signal.SIGINT)
        assert (ended.code, ended.err) == (130, "")
        assert ended.after_s < DEADLINE_S

    @pytest.mark.parametrize(("number", "exit_code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGHUP, 129)])
    def test_the_real_program(self, launch: Launch, server: StreamServer, number: int, exit_code: int) -> None:
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
"""A command during which a signal arrives in the midst of collecting garbage, where Python lets nothing be raised."""


@pytest.mark.skipif(sys.platform == "win32", reason="nothing is sent to oneself there")
def test_a_signal_that_nothing_could_be_raised_of_ends_the_program_all_the_same(launch: Launch) -> None:
    process = launch(program=("-c", SWALLOWING))
    assert process.wait(DEADLINE_S + LONG_S) == 128 + signal.SIGTERM
    assert process.communicate() == ("", "")


@pytest.mark.skipif(shutil.which("setsid") is None, reason="needs setsid")
class TestClosedTerminal:
    """A terminal, in which a progress bar is drawn, is closed."""

    def test_ends_the_program_with_the_code_of_its_signal(self, film: Path) -> None:
        assert close_terminal("--video", str(film), "--realtime") == 128 + signal.SIGHUP

    def test_does_not_end_one_that_does_not_listen_to_that(self, film: Path, tmp_path: Path) -> None:
        log = tmp_path / "log.csv"
        deaf = "import signal; signal.signal(signal.SIGHUP, signal.SIG_IGN)" + SILENT_LAUNCHER
        close_terminal("--video", str(film), "--realtime", "--log", str(log), program=deaf)
        last = list(replay(log))[-1]
        assert last.result.frame.pts_s == pytest.approx(FILM_S, abs=0.2)


FILM_S = 3.0


@pytest.fixture
def film(tmp_path: Path) -> Path:
    return write_clip(tmp_path / "film.avi", [10 * index % 250 for index in range(round(FILM_S * 25))])


def close_terminal(*arguments: str, program: str = SILENT_LAUNCHER) -> int:
    """Runs the command line in a terminal of its own, which is closed when the first bar is drawn; returns how it ended."""
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
