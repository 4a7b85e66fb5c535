"""The real window on a real X server: what is on the screen, real keys, and the window manager's close button."""

from __future__ import annotations

import contextlib
import itertools
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import cv2
import numpy as np
import pytest

from live_monitor.capture.screen import Screen as ScreenSource
from live_monitor.labels import COLOURS_BGR
from live_monitor.overlay.renderer import DIMMED
from live_monitor.session.replay import replay
from live_monitor.types import Image
from tests.drawn_faces import CALM, SMILE, draw_face

TITLE = "Live Monitor"
PATIENCE_S = 50.0
SCREEN = 1400, 900
BACKGROUND = 90
FACE_PLACES = ((60, 120), (360, 120))

LOADING_FOREVER = """
import sys, threading
from live_monitor.capture.capture import CapturePolicy
from live_monitor.capture.video_file import VideoFile
from live_monitor.monitor.monitor import Monitor
from live_monitor.overlay.window import Window
from live_monitor.pipeline import Pipeline
from pathlib import Path
policy = CapturePolicy(paced=True, newest_wins=False)
Monitor(Pipeline(VideoFile(Path(sys.argv[1])), threading.Event().wait, policy), Window("Live Monitor")).run()
"""

SIGNAL_AT_THE_MOUSE = """
import signal
from live_monitor.cli import main
from live_monitor.overlay.window import Window
Window._on_mouse = lambda window, *event: signal.raise_signal(signal.SIGTERM)
main()
"""

pytestmark = pytest.mark.skipif(
    any(shutil.which(tool) is None for tool in ("Xvfb", "openbox", "xdotool", "wmctrl", "import")),
    reason="needs Xvfb, openbox, xdotool, wmctrl and ImageMagick",
)


class Screen:
    """An X server with a window manager, and what a person does in front of it."""

    def __init__(self, display: str, server: subprocess.Popen[bytes], folder: Path) -> None:
        self.server = server
        self.environment = {**os.environ, "DISPLAY": display}
        self._folder = folder
        self._started: list[subprocess.Popen[str]] = []

    def run(self, *command: str) -> str:
        done = subprocess.run(command, env=self.environment, capture_output=True, text=True, check=False, timeout=PATIENCE_S)
        return done.stdout.strip()

    def start(self, *arguments: str) -> subprocess.Popen[str]:
        process = subprocess.Popen(
            [sys.executable, *arguments], env=self.environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        self._started.append(process)
        return process

    def clear(self) -> None:
        """Ends what is still running."""
        for process in self._started:
            process.kill()
            process.communicate()

    def picture(self) -> Image:
        file = self._folder / "screen.png"
        self.run("import", "-window", "root", str(file))
        image = cv2.imread(str(file))
        assert image is not None
        return image.astype(np.uint8, copy=False)

    def press(self, key: str) -> None:
        self.run("xdotool", "search", "--name", TITLE, "windowactivate", "--sync")
        self.run("xdotool", "key", key)


@pytest.fixture
def screen(tmp_path: Path) -> Iterator[Screen]:
    with contextlib.ExitStack() as running:
        reading, writing = os.pipe()
        # Without -noreset the server restarts when its last client leaves, and refuses a window manager that comes just then.
        size = f"{SCREEN[0]}x{SCREEN[1]}x24"
        arguments = ["Xvfb", "-displayfd", str(writing), "-screen", "0", size, "-nolisten", "tcp", "-noreset"]
        server = subprocess.Popen(arguments, pass_fds=[writing], stderr=subprocess.DEVNULL)
        running.callback(end, server)
        os.close(writing)
        with os.fdopen(reading) as pipe:
            display = f":{pipe.readline().strip()}"
        shown = Screen(display, server, tmp_path)
        running.callback(end, subprocess.Popen(["openbox"], env=shown.environment, stderr=subprocess.DEVNULL))
        wait_until(lambda: "Name:" in shown.run("wmctrl", "-m"))
        yield shown
        shown.clear()


def end(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    process.wait()


@pytest.fixture(scope="session")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A minute of two drawn faces, 640x480."""
    picture = np.full((480, 640, 3), BACKGROUND, np.uint8)
    for (x, y), expression in zip(FACE_PLACES, (SMILE, CALM), strict=True):
        draw_face(picture, x, y, 220, expression)
    path = tmp_path_factory.mktemp("clip") / "faces.avi"
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"MJPG"), 5, (640, 480))
    for _ in range(300):
        writer.write(picture)
    writer.release()
    return path


def wait_until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while not condition():
        assert time.monotonic() < deadline, "never happened"
        time.sleep(0.02)  # between two checks of another process; nothing relies on its length


def label_pixels(picture: Image) -> int:
    """How many pixels have exactly the colour of some emotion, as boxes and plates do."""
    return sum(int((picture == np.array(colour)).all(axis=2).sum()) for colour in COLOURS_BGR.values())


def background_pixels(picture: Image, level: int) -> int:
    """How many pixels have this grey level, give or take what Motion-JPEG changes."""
    return int((np.abs(picture.astype(int) - level).max(axis=2) <= 2).sum())


def size(screen: Screen) -> tuple[int, ...]:
    """Width and height of the program's window; empty while there is none."""
    window = screen.run("wmctrl", "-lG")
    return tuple(map(int, window.split()[4:6]))


def monitor(screen: Screen, clip: Path) -> subprocess.Popen[str]:
    """The program, once its window shows labelled faces."""
    # custom-cnn is sure of drawn faces; glance, which has seen more of what real ones look like, is not.
    process = screen.start("-m", "live_monitor", "--video", str(clip), "--model", "custom-cnn")
    wait_until(lambda: label_pixels(screen.picture()) > 500 or process.poll() is not None)
    assert process.poll() is None, process.communicate()
    return process


def finish(process: subprocess.Popen[str]) -> tuple[int, str]:
    """Exit code and stderr of a program that was just told to quit."""
    _, errors = process.communicate(timeout=PATIENCE_S)
    return process.returncode, errors


def test_the_window_shows_the_picture_with_boxes_and_labels(screen: Screen, clip: Path) -> None:
    monitor(screen, clip)
    shown = screen.picture()
    assert background_pixels(shown, BACKGROUND) > 100_000
    assert label_pixels(shown) > 2 * 4 * 150, "two boxes of some 200 pixels a side, and their plates"


@pytest.mark.parametrize("key", ["q", "Escape"])
def test_a_quit_key_ends_the_program(screen: Screen, clip: Path, key: str) -> None:
    process = monitor(screen, clip)
    screen.press(key)
    assert finish(process) == (0, "")


def test_an_arrow_key_does_not_quit_and_keys_work_with_num_and_caps_lock(screen: Screen, clip: Path) -> None:
    process = monitor(screen, clip)
    for key in ("Left", "Num_Lock", "Caps_Lock", "p"):
        screen.press(key)
    wait_until(lambda: size(screen) == (640, 480) or process.poll() is not None)
    assert process.poll() is None
    screen.press("q")
    assert finish(process) == (0, "")


def test_a_window_size_set_by_the_user_is_kept_when_the_panel_is_hidden(screen: Screen, clip: Path) -> None:
    process = monitor(screen, clip)
    screen.run("wmctrl", "-r", TITLE, "-e", "0,-1,-1,700,600")
    wait_until(lambda: size(screen) == (700, 600))
    with_panel = background_pixels(screen.picture(), BACKGROUND)
    screen.press("p")
    # Without the panel the picture has more room.
    wait_until(lambda: background_pixels(screen.picture(), BACKGROUND) > 1.1 * with_panel or process.poll() is not None)
    assert size(screen) == (700, 600)


def test_the_windows_close_button_ends_the_program(screen: Screen, clip: Path) -> None:
    process = monitor(screen, clip)
    screen.run("wmctrl", "-c", TITLE)
    assert finish(process) == (0, "")


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_signal_ends_the_program(screen: Screen, clip: Path, number: signal.Signals, code: int) -> None:
    process = monitor(screen, clip)
    process.send_signal(number)
    assert finish(process) == (code, "")


def test_a_signal_while_the_mouse_moves_ends_the_program(screen: Screen, clip: Path) -> None:
    process = screen.start("-c", SIGNAL_AT_THE_MOUSE, "--video", str(clip))
    places = itertools.cycle([("700", "450"), ("720", "470")])

    def ended() -> bool:
        screen.run("xdotool", "mousemove", *next(places))
        return process.poll() is not None

    wait_until(ended)
    assert finish(process) == (143, "")


def test_in_full_screen_there_are_black_bars_beside_the_picture(screen: Screen, clip: Path) -> None:
    process = screen.start("-m", "live_monitor", "--video", str(clip), "--no-panel", "--fullscreen")

    def has_black_bars() -> bool:
        picture = screen.picture()
        middle, edges = picture[SCREEN[1] // 2, SCREEN[0] // 2], picture[:, [2, SCREEN[0] - 3]]
        return size(screen) == SCREEN and bool(middle.any()) and not edges.any()

    wait_until(lambda: has_black_bars() or process.poll() is not None)
    screen.press("q")
    assert finish(process) == (0, "")


def test_a_window_that_starts_in_full_screen_takes_the_pictures_size_afterwards(screen: Screen, clip: Path) -> None:
    process = screen.start("-m", "live_monitor", "--video", str(clip), "--no-panel", "--fullscreen")
    wait_until(lambda: size(screen) == SCREEN or process.poll() is not None)
    screen.press("f")
    wait_until(lambda: size(screen) == (640, 480) or process.poll() is not None)
    screen.press("q")
    assert finish(process) == (0, "")


def test_a_panel_hidden_in_full_screen_leaves_no_gap_in_the_window(screen: Screen, clip: Path) -> None:
    process = monitor(screen, clip)
    screen.press("f")
    wait_until(lambda: size(screen) == SCREEN or process.poll() is not None)
    screen.press("p")
    screen.press("f")
    wait_until(lambda: size(screen) == (640, 480) or process.poll() is not None)
    screen.press("q")
    assert finish(process) == (0, "")


def test_log_and_recording_are_complete_when_the_display_goes_away(screen: Screen, clip: Path, tmp_path: Path) -> None:
    log, recording = tmp_path / "log.csv", tmp_path / "lesson.mp4"
    process = screen.start("-m", "live_monitor", "--video", str(clip), "--log", str(log), "--record", str(recording))
    wait_until(lambda: process.poll() is not None or (log.exists() and log.read_text(encoding="utf-8").count("\n") > 20))
    screen.server.kill()
    printed, errors = process.communicate(timeout=PATIENCE_S)
    assert f"{clip}: " in printed
    assert (process.returncode, errors) == (
        5,
        "Error: the display has gone, and the window with it; start the program again from a desktop\n",
    )
    capture = cv2.VideoCapture(str(recording))
    assert capture.get(cv2.CAP_PROP_FRAME_COUNT) >= 10
    assert len(list(replay(log))) >= 10


def test_a_minimised_window_does_not_keep_the_program_from_ending(screen: Screen, clip: Path) -> None:
    process = monitor(screen, clip)
    screen.run("xdotool", "search", "--name", TITLE, "windowminimize", "--sync")
    process.send_signal(signal.SIGTERM)
    assert finish(process) == (143, "")


def test_at_the_end_of_the_video_the_program_ends_with_a_summary(screen: Screen, tmp_path: Path) -> None:
    short = tmp_path / "short.avi"
    writer = cv2.VideoWriter(str(short), cv2.VideoWriter.fourcc(*"MJPG"), 25, (64, 48))
    for _ in range(5):
        writer.write(np.zeros((48, 64, 3), np.uint8))
    writer.release()
    process = screen.start("-m", "live_monitor", "--video", str(short))
    printed, errors = process.communicate(timeout=PATIENCE_S)
    assert f"{short}: 5 frames" in printed
    assert (process.returncode, errors) == (0, "")


def test_while_the_model_loads_the_first_picture_is_shown_and_q_quits(screen: Screen, clip: Path) -> None:
    process = screen.start("-c", LOADING_FOREVER, str(clip))
    wait_until(lambda: background_pixels(screen.picture(), round(BACKGROUND * DIMMED)) > 50_000)
    screen.press("q")
    assert finish(process) == (0, "")


def test_nine_people_in_a_call_are_boxed_on_the_screen(screen: Screen, shared_data: Path) -> None:
    process = screen.start("-m", "live_monitor", "--video", str(shared_data / "videos" / "call_gallery_9.mp4"))
    wait_until(lambda: label_pixels(screen.picture()) > 8 * 4 * 60 or process.poll() is not None)
    screen.press("q")
    assert finish(process) == (0, "")


def test_the_screen_can_be_read_as_a_source(screen: Screen, clip: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    screen.start("-c", LOADING_FOREVER, str(clip))
    wait_until(lambda: background_pixels(screen.picture(), round(BACKGROUND * DIMMED)) > 50_000)
    monkeypatch.setenv("DISPLAY", screen.environment["DISPLAY"])
    for wanted, part in (("1", np.s_[:, :]), ("300,200,640,360", np.s_[200:560, 300:940])):
        source = ScreenSource(wanted)
        source.open()
        assert source.grab() == 0.0
        np.testing.assert_array_equal(source.retrieve(), screen.picture()[part])
        source.close()


def test_faces_shown_by_another_program_are_found_until_ctrl_c(screen: Screen, clip: Path, tmp_path: Path) -> None:
    monitor(screen, clip)
    log = tmp_path / "log.csv"
    process = screen.start("-m", "live_monitor", "--screen", "1", "--no-display", "--json", "--fps", "5", "--log", str(log))
    wait_until(lambda: process.poll() is not None or (log.exists() and log.read_text(encoding="utf-8").count("\n") > 10))
    process.send_signal(signal.SIGINT)
    summary, errors = process.communicate(timeout=PATIENCE_S)
    assert (process.returncode, errors) == (130, "")
    printed = json.loads(summary)
    assert (printed["source"], printed["faces_per_frame"] >= 1) == ("screen 1", True)
    assert printed["frames"] <= 5 * printed["media_s"] + 2
