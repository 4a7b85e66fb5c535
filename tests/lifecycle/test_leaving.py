"""Every combination of a state of the monitor and a way out of it: each ends soon, with everything closed."""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from types import FrameType

import pytest

from live_monitor.cli.stopped import Stopped
from live_monitor.errors import LiveMonitorError
from tests.fakes import FakeSource, eventually
from tests.lifecycle.scenes import (
    DEADLINE_S,
    FAILING_STATES,
    FILE_TIMES,
    STATES,
    WAYS_OUT,
    Scene,
    Screen,
    fail,
    interrupt,
    press_q,
    running,
    terminate,
)


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
    """How a run ended: seconds after the way out was taken, its error, and the names of the threads still alive."""

    after_s: float
    error: BaseException | None
    alive: set[str]


def play(scene: Scene, leave: Callable[[Scene], None]) -> Ending:
    """Runs a monitor, takes the way out as soon as the state is reached, and releases what hangs."""
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
def test_every_way_out_ends_every_state(state: Callable[[], Scene], leave: Callable[[Scene], None]) -> None:
    scene = state()
    ending = play(scene, leave)
    assert repr(ending.error) == repr(WAYS_OUT[leave])
    assert ending.after_s < DEADLINE_S
    assert scene.screen.was_closed
    assert ending.alive <= scene.hanging


@pytest.mark.parametrize("state", FAILING_STATES)
def test_an_error_in_the_pipeline_ends_every_state(state: Callable[[], Scene]) -> None:
    scene = state()
    ending = play(scene, fail)
    assert str(ending.error) == "on purpose"
    assert ending.after_s < DEADLINE_S
    assert scene.screen.was_closed
    assert ending.alive <= scene.hanging


@pytest.mark.usefixtures("signals")
@pytest.mark.parametrize(("leave", "exit_code"), [(interrupt, 130), (terminate, 143)])
def test_a_signal_gives_its_exit_code(leave: Callable[[Scene], None], exit_code: int) -> None:
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
    class LoadedAtItsEnd(FakeSource):
        def close(self) -> None:
            super().close()
            scene.loaded.set()

    scene = Scene(LoadedAtItsEnd([0.0]))
    scene.monitor().run()
    assert scene.screen.shown
