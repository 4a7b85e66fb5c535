"""Every state the monitor can be in, and every way out of it."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import count

from live_monitor.capture.capture import CapturePolicy
from live_monitor.cli.stopped import Stopped
from live_monitor.detect.detector import Expected, Look
from live_monitor.errors import LiveMonitorError
from live_monitor.monitor.monitor import Monitor
from live_monitor.pipeline import Pipeline
from live_monitor.stages import Stages
from live_monitor.types import Frame, Image
from tests.fakes import FakeDetector, FakeDisplay, FakeSource, fake_stages

DEADLINE_S = 3.0
"""The pipeline waits half a second for a thread that hangs, `live_monitor.pipeline.JOIN_S`; the rest is for a busy machine."""

LONG_S = 10.0
"""How long a thread hangs at most: much longer than a run may wait for it."""

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
    """Fails once its `error` is set; lets frames pass only while the gate is open."""

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
    """A monitor, how to see that it has reached a state, and which of its threads hang there.

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
    """Fails to open or to be read once its `error` is set."""

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
            threading.Event().wait(0.001)  # without a wait the camera would leave the other threads no time
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


WAYS_OUT: dict[Callable[[Scene], None], BaseException | None] = {
    press_q: None,
    press_esc: None,
    close_window: None,
    break_display: LiveMonitorError("on purpose"),
    interrupt: Stopped(int(signal.SIGINT)),
    terminate: Stopped(int(signal.SIGTERM)),
}
"""Each way out, with the error that it ends with."""
