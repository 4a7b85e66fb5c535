"""Every state the monitor can be in, times every way out of it: each ends within a second, with everything closed."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from types import FrameType

import pytest

from live_monitor.capture.capture import CapturePolicy
from live_monitor.cli.stopped import Stopped
from live_monitor.detect.detector import Expected, Look
from live_monitor.errors import LiveMonitorError
from live_monitor.monitor import Monitor
from live_monitor.pipeline import Pipeline
from live_monitor.stages import Stages
from live_monitor.types import Frame, Image
from tests.fakes import FakeDetector, FakeDisplay, FakeSource, eventually, fake_stages
from tests.stream_server import PICTURES_PER_S, StreamServer

MODEL = Path(__file__).parents[1] / "models" / "custom-cnn"
DEADLINE_S = 1.0
LONG_S = 10.0
FILE_TIMES = [index / 25 for index in range(3)]


class Screen(FakeDisplay):
    """A display whose window can be closed, that can break, and that takes `slow_s` for each picture."""

    def __init__(self, slow_s: float = 0.0) -> None:
        super().__init__()
        self.window_closed = False
        self.error: Exception | None = None
        self._slow_s = slow_s

    def show(self, image: Image) -> None:
        super().show(image)
        threading.Event().wait(self._slow_s)

    def poll_key(self) -> int | None:
        if self.error is not None:
            raise self.error
        return super().poll_key()

    @property
    def closed(self) -> bool:
        return self.window_closed


class Detector(FakeDetector):
    """Fails once it has got an error; lets pictures pass only while the gate is open."""

    def __init__(self) -> None:
        super().__init__()
        self.gate = threading.Event()
        self.gate.set()
        self.waiting = threading.Event()
        self.error: Exception | None = None

    def detect(self, frame: Frame, expected: Sequence[Expected] | None) -> Look:
        if not self.gate.is_set():
            self.waiting.set()
            assert self.gate.wait(LONG_S)
        if self.error is not None:
            raise self.error
        return super().detect(frame, expected)


@dataclass
class Scene:
    """A monitor, how to see that it has come into the wanted state, and which of its threads hang there.

    `let_go` makes the hanging call return; `fail` makes the pipeline fail in that state.
    """

    source: FakeSource
    reached: Callable[[], bool] = lambda: True
    fail: Callable[[], None] = lambda: None
    screen: Screen = field(default_factory=Screen)
    detector: Detector = field(default_factory=Detector)
    loaded: threading.Event = field(default_factory=threading.Event)
    load_error: Exception | None = None
    hanging: frozenset[str] = frozenset()

    def load(self) -> Stages:
        assert self.loaded.wait(LONG_S)
        if self.load_error is not None:
            raise self.load_error
        return Stages(self.detector, fake_stages().classifier)

    def monitor(self) -> Monitor:
        policy = CapturePolicy(paced=not self.source.live, newest_wins=self.source.live)
        return Monitor(Pipeline(self.source, self.load, policy), self.screen)

    def let_go(self) -> None:
        self.source.let_go()
        self.detector.gate.set()
        self.loaded.set()

    def fail_to_detect(self) -> None:
        self.detector.error = LiveMonitorError("on purpose")
        self.detector.gate.set()

    def fail_to_load(self) -> None:
        self.load_error = LiveMonitorError("on purpose")
        self.loaded.set()


class BreakableSource(FakeSource):
    """Fails to be read or opened once it has got an error."""

    error: Exception | None = None

    def open(self) -> None:
        if self.error is not None:
            raise self.error
        super().open()

    def grab(self) -> float | None:
        if self.error is not None:
            raise self.error
        return super().grab()

    def fail(self) -> None:
        self.error = RuntimeError("on purpose")


def opening() -> Scene:
    scene = opening_and_loading()
    scene.loaded.set()
    return scene


def opening_and_loading() -> Scene:
    scene = Scene(FakeSource([], live=True, open_hangs=True), hanging=frozenset({"capture"}))
    scene.reached = scene.source.hanging.is_set
    scene.fail = scene.fail_to_load
    return scene


def loading() -> Scene:
    def script() -> Iterator[float]:
        for index in count():
            if source.error is not None:
                raise source.error
            yield index / 25

    source = BreakableSource(script(), live=True)
    scene = Scene(source, fail=source.fail, hanging=frozenset({"analysis"}))
    scene.reached = lambda: bool(scene.screen.shown)
    return scene


def running() -> Scene:
    scene = Scene(FakeSource(index / 25 for index in count()))
    scene.loaded.set()
    scene.reached = lambda: len(scene.screen.shown) > 2
    scene.fail = scene.fail_to_detect
    return scene


def slow_display() -> Scene:
    scene = running()
    scene.screen = Screen(slow_s=0.2)
    scene.reached = lambda: len(scene.screen.shown) > 1
    return scene


def signal_lost() -> Scene:
    source = BreakableSource([0.0], live=True, failing_opens=range(2, 10**9))
    scene = Scene(source, fail=source.fail)
    scene.loaded.set()
    scene.reached = lambda: source.closed > 0 and bool(scene.screen.shown)
    return scene


def end_of_file() -> Scene:
    """The source has ended, and its last pictures are still to be analysed."""
    scene = Scene(FakeSource(FILE_TIMES[:1]), hanging=frozenset({"analysis"}))
    scene.loaded.set()
    scene.detector.gate.clear()
    scene.reached = lambda: scene.detector.waiting.is_set() and scene.source.closed > 0
    scene.fail = scene.fail_to_detect
    return scene


def hanging_read() -> Scene:
    """A read that does not return, after pictures have been shown."""
    scene = Scene(FakeSource([0.0, "hang"], live=True), hanging=frozenset({"capture"}))
    scene.loaded.set()
    scene.reached = lambda: scene.source.hanging.is_set() and bool(scene.screen.shown)
    return scene


def hanging_read_at_first() -> Scene:
    """The same, with the last picture still to be analysed."""
    scene = hanging_read()
    scene.detector.gate.clear()
    scene.reached = lambda: scene.source.hanging.is_set() and scene.detector.waiting.is_set()
    scene.fail = scene.fail_to_detect
    return scene


STATES = [opening, loading, running, slow_display, signal_lost, end_of_file, hanging_read]
FAILING_STATES = [opening_and_loading, *STATES[1:-1], hanging_read_at_first]


def press_q(scene: Scene) -> None:
    scene.screen.keys.append(ord("q"))


def press_esc(scene: Scene) -> None:
    scene.screen.keys.append(27)


def close_window(scene: Scene) -> None:
    scene.screen.window_closed = True


def break_display(scene: Scene) -> None:
    scene.screen.error = LiveMonitorError("on purpose")


def interrupt(_scene: Scene) -> None:
    os.kill(os.getpid(), signal.SIGINT)


def terminate(_scene: Scene) -> None:
    os.kill(os.getpid(), signal.SIGTERM)


def fail(scene: Scene) -> None:
    scene.fail()


WAYS_OUT = [press_q, press_esc, close_window, break_display, interrupt, terminate]


@pytest.fixture
def signals() -> Iterator[None]:
    """SIGINT and SIGTERM raise Stopped, as they do under the command line."""

    def stop(number: int, _frame: FrameType | None) -> None:
        raise Stopped(number)

    before = {number: signal.signal(number, stop) for number in (signal.SIGINT, signal.SIGTERM)}
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


@dataclass
class Ending:
    """How a run ended: seconds after the way out was taken, and the names of the threads still alive."""

    after_s: float
    error: BaseException | None
    alive: set[str]


def play(scene: Scene, leave: Callable[[Scene], None]) -> Ending:
    """Runs a monitor, takes the way out as soon as its state is reached, and lets go of what hangs."""
    before = set(threading.enumerate())
    left_s: list[float] = []

    def direct() -> None:
        if eventually(scene.reached):
            left_s.append(time.monotonic())
            leave(scene)
        else:
            press_q(scene)

    def threads() -> set[threading.Thread]:
        return set(threading.enumerate()) - before - {director}

    director = threading.Thread(target=direct)
    director.start()
    error = None
    try:
        scene.monitor().run()
    except (Stopped, LiveMonitorError, RuntimeError) as raised:
        error = raised
    ended_s = time.monotonic()
    alive = {thread.name for thread in threads()}
    director.join()
    scene.let_go()
    assert left_s, "the state was never reached"
    assert eventually(lambda: not threads()), "a thread stays alive though nothing holds it"
    return Ending(ended_s - left_s[0], error, alive)


@pytest.mark.usefixtures("signals")
@pytest.mark.parametrize("leave", WAYS_OUT)
@pytest.mark.parametrize("state", STATES)
def test_every_state_can_be_left_every_way(state: Callable[[], Scene], leave: Callable[[Scene], None]) -> None:
    scene = state()
    ending = play(scene, leave)
    assert ending.after_s < DEADLINE_S
    assert scene.screen.was_closed
    assert ending.alive <= scene.hanging


@pytest.mark.parametrize("state", FAILING_STATES)
def test_an_error_of_the_pipeline_ends_every_state(state: Callable[[], Scene]) -> None:
    scene = state()
    ending = play(scene, fail)
    assert str(ending.error) == "on purpose"
    assert ending.after_s < DEADLINE_S
    assert scene.screen.was_closed
    assert ending.alive <= scene.hanging


@pytest.mark.usefixtures("signals")
@pytest.mark.parametrize(("leave", "exit_code"), [(interrupt, 130), (terminate, 143)])
def test_a_signal_leaves_with_its_exit_code(leave: Callable[[Scene], None], exit_code: int) -> None:
    ending = play(running(), leave)
    assert isinstance(ending.error, Stopped)
    assert ending.error.exit_code == exit_code


@pytest.mark.parametrize("slow_s", [0.0, 0.2])
def test_the_end_of_the_file_leaves_nothing_behind(slow_s: float) -> None:
    scene = Scene(FakeSource(FILE_TIMES), screen=Screen(slow_s))
    scene.loaded.set()
    before = set(threading.enumerate())
    scene.monitor().run()
    assert scene.screen.was_closed
    assert scene.source.closed
    assert set(threading.enumerate()) <= before


def test_a_file_that_ends_while_the_model_is_loaded_is_still_shown() -> None:
    scene = Scene(FakeSource([0.0]))

    def finish_loading() -> None:
        eventually(lambda: scene.source.closed > 0)
        scene.loaded.set()

    releasing = threading.Thread(target=finish_loading)
    releasing.start()
    scene.monitor().run()
    releasing.join()
    assert scene.screen.shown


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
        root = Path(__file__).parents[1]
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

    @pytest.mark.skipif(not MODEL.is_dir(), reason=f"no model at {MODEL}")
    @pytest.mark.parametrize(("number", "exit_code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
    def test_the_real_program(self, launch: Launch, server: StreamServer, number: int, exit_code: int) -> None:
        process = launch("--stream", server.url, "--device", "cpu", program=("-m", "live_monitor"))
        assert eventually(lambda: server.sent > PICTURES_PER_S, LONG_S)
        ended = end(process, number)
        assert (ended.code, ended.err) == (exit_code, "")
        assert ended.after_s < DEADLINE_S
