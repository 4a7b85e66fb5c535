"""Keys, clicks, signals and bars beside a picture. Tests of a real window are in tests/test_window.py."""

from __future__ import annotations

import contextlib
import signal
import sys
from types import FrameType

import cv2
import numpy as np
import pytest

from live_monitor.cli.stopped import Stopped
from live_monitor.overlay.keys import ACTIONS
from live_monitor.overlay.window import Window, letterboxed, plain_character, reduced
from tests.fakes import grey_picture

NO_KEY = -1
MODIFIERS = GTK_SHIFT, GTK_CAPS_LOCK, GTK_CONTROL, GTK_ALT, GTK_NUM_LOCK = tuple(1 << 16 + bit for bit in (0, 1, 2, 3, 4))
X11_LEFT, X11_RIGHT, X11_HOME, X11_MULTI_KEY, X11_KANA_LOCK, X11_DEAD_ACUTE = 0xFF51, 0xFF53, 0xFF50, 0xFF20, 0xFF2D, 0xFE51
WINDOWS_LEFT, MACOS_LEFT = 0x25 << 16, 0xF702


@pytest.mark.parametrize("key", ACTIONS)
@pytest.mark.parametrize("modifiers", [0, *MODIFIERS, GTK_NUM_LOCK | GTK_CAPS_LOCK])
def test_a_key_is_its_character_whatever_the_modifiers(key: int, modifiers: int) -> None:
    assert plain_character(key | modifiers) == key


@pytest.mark.parametrize("modifiers", [0, GTK_SHIFT, GTK_NUM_LOCK])
@pytest.mark.parametrize(
    "key", [X11_LEFT, X11_RIGHT, X11_HOME, X11_MULTI_KEY, X11_KANA_LOCK, X11_DEAD_ACUTE, MACOS_LEFT, ord("é")]
)
def test_a_key_without_a_plain_character_is_none(key: int, modifiers: int) -> None:
    assert plain_character(key | modifiers) is None


def test_no_key_and_a_windows_arrow_key_are_none() -> None:
    assert plain_character(NO_KEY) is None
    assert plain_character(WINDOWS_LEFT) is None


@pytest.mark.parametrize(
    ("window_size", "shape", "corner"),
    [
        ((200, 100), (60, 120, 3), (20, 0)),
        ((100, 200), (160, 80, 3), (0, 50)),
        ((801, 600), (60, 80, 3), (0, 0)),
        ((4, 100), (60, 80, 3), (0, 0)),
        ((0, 0), (60, 80, 3), (0, 0)),
        ((-1, -1), (60, 80, 3), (0, 0)),
    ],
    ids=["wide", "high", "nearly the same", "tiny window", "unknown", "hidden"],
)
def test_black_bars_give_a_picture_the_shape_of_the_window(
    window_size: tuple[int, int], shape: tuple[int, ...], corner: tuple[int, int]
) -> None:
    image = grey_picture(90, 80, 60)
    shown, found = letterboxed(image, *window_size)
    assert (shown.shape, found) == (shape, corner)
    x, y = corner
    np.testing.assert_array_equal(shown[y : y + 60, x : x + 80], image)
    assert shown.sum() == image.sum(), "the rest is black"


def test_a_click_is_in_pixels_of_the_picture_without_side_bars(window: Window) -> None:
    window._on_mouse(cv2.EVENT_LBUTTONDOWN, 64 // 2 + 16, 10, 0, None)
    assert window.poll_click() == (64 // 2, 10)


def test_a_click_is_in_pixels_of_the_picture_without_bars_above_and_below(
    window: Window, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cv2, "getWindowImageRect", lambda _: (0, 0, 100, 200))
    window.show(grey_picture(0, 80, 60))
    window._on_mouse(cv2.EVENT_LBUTTONDOWN, 30, 50 + 20, 0, None)
    assert window.poll_click() == (30, 20)


def test_a_click_in_a_small_window_is_in_pixels_of_the_picture(window: Window) -> None:
    window.show(grey_picture(0, 800, 400))
    window._on_mouse(cv2.EVENT_LBUTTONDOWN, 150, 20, 0, None)
    assert window.poll_click() == (600, 80)


@pytest.mark.skipif(sys.platform == "darwin", reason="macOS does not report the size of windows")
@pytest.mark.parametrize(
    ("variables", "reduces"),
    [
        ({}, True),
        ({"QT_SCALE_FACTOR": "1"}, True),
        ({"QT_SCREEN_SCALE_FACTORS": "eDP-1=1;HDMI-1=1.0;", "QT_AUTO_SCREEN_SCALE_FACTOR": "0"}, True),
        ({"QT_SCALE_FACTOR": "1.5"}, False),
        ({"QT_SCREEN_SCALE_FACTORS": "eDP-1=2;HDMI-1=1;"}, False),
        ({"QT_AUTO_SCREEN_SCALE_FACTOR": "1"}, False),
    ],
)
@pytest.mark.usefixtures("window")
def test_the_picture_is_not_reduced_for_a_desktop_that_enlarges_windows(
    monkeypatch: pytest.MonkeyPatch, variables: dict[str, str], reduces: bool
) -> None:
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    shown: list[int] = []
    monkeypatch.setattr(cv2, "imshow", lambda _, image: shown.append(image.shape[1]))
    Window("scaled").show(grey_picture(0, 800, 400))
    assert shown == [200 if reduces else 800]


@pytest.mark.parametrize("width", [90, 150, 199, 299])
@pytest.mark.parametrize("at", range(100, 107))
def test_no_line_disappears_from_a_reduced_picture(width: int, at: int) -> None:
    image = grey_picture(0, 300, 300).copy()
    image[:, at] = 255
    shown = reduced(image, width, width)
    assert shown.shape == (width, width, 3)
    assert int(shown[width // 2, :, 0].max()) >= 255 * width / 300 / 3


@pytest.mark.parametrize("size", [(300, 200), (400, 300), (300, 100), (0, 0), (-1, -1)])
def test_a_picture_is_unchanged_in_a_window_that_is_not_smaller(size: tuple[int, int]) -> None:
    image = grey_picture(0, 300, 200)
    assert reduced(image, *size) is image


@pytest.fixture
def window(monkeypatch: pytest.MonkeyPatch) -> Window:
    """An open window that is not on any screen."""
    monkeypatch.setattr("live_monitor.overlay.window.check_display", lambda: None)
    for name in ("namedWindow", "setMouseCallback", "resizeWindow", "imshow"):
        monkeypatch.setattr(cv2, name, lambda *_: None)
    monkeypatch.setattr(cv2, "getWindowImageRect", lambda _: (0, 0, 200, 100))
    monkeypatch.setattr(cv2, "getWindowProperty", lambda *_: 1.0)
    opened = Window("nowhere")
    opened.show(grey_picture(0))
    return opened


def test_a_minimised_window_on_macos_is_not_closed(window: Window, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cv2, "getWindowProperty", lambda *_: 0.0)
    monkeypatch.setattr("sys.platform", "darwin")
    assert not window.closed


def test_there_are_no_bars_on_macos(window: Window, monkeypatch: pytest.MonkeyPatch) -> None:
    shown: list[tuple[int, ...]] = []
    monkeypatch.setattr(cv2, "imshow", lambda _, image: shown.append(image.shape))
    monkeypatch.setattr("sys.platform", "darwin")
    window.show(grey_picture(0, 300, 400))
    assert shown == [(400, 300, 3)]


def test_a_window_on_macos_is_resized_again_after_its_first_picture(monkeypatch: pytest.MonkeyPatch, window: Window) -> None:
    calls: list[str] = []
    monkeypatch.setattr(cv2, "imshow", lambda *_: calls.append("picture"))
    monkeypatch.setattr(cv2, "resizeWindow", lambda _, width, height: calls.append(f"{width}x{height}"))
    monkeypatch.setattr("sys.platform", "darwin")
    for _ in range(2):
        window.show(grey_picture(0, 1920, 1080))
    assert calls == ["1280x720", "picture", "1280x720", "picture"]


@pytest.mark.parametrize(("platform", "title"), [("linux", "Урок 3.mp4"), ("win32", "???? 3.mp4"), ("darwin", "???? 3.mp4")])
@pytest.mark.usefixtures("window")
def test_a_title_has_only_characters_that_the_system_can_show(monkeypatch: pytest.MonkeyPatch, platform: str, title: str) -> None:
    opened: list[str] = []
    monkeypatch.setattr(cv2, "namedWindow", lambda name, _: opened.append(name))
    monkeypatch.setattr("sys.platform", platform)
    Window("Урок 3.mp4").show(grey_picture(0))
    assert opened == [title]


@pytest.mark.parametrize(
    ("picture", "size"),
    [((640, 480), (640, 480)), ((1920, 1080), (1280, 720)), ((1080, 1920), (405, 720)), ((5120, 720), (1280, 180))],
)
@pytest.mark.usefixtures("window")
def test_a_window_opens_with_at_most_1280x720_pixels(
    monkeypatch: pytest.MonkeyPatch, picture: tuple[int, int], size: tuple[int, int]
) -> None:
    sizes: list[tuple[int, int]] = []
    monkeypatch.setattr(cv2, "resizeWindow", lambda _, width, height: sizes.append((width, height)))
    Window("large").show(grey_picture(0, *picture))
    assert sizes == [size]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_whose_exception_opencv_swallows_still_ends_the_program(
    window: Window, monkeypatch: pytest.MonkeyPatch, number: signal.Signals
) -> None:
    def stop(number: int, _frame: FrameType | None) -> None:
        raise Stopped(number)

    def wait_key(_milliseconds: int) -> int:
        with contextlib.suppress(BaseException):
            signal.raise_signal(number)
        return ord("q")

    before = signal.signal(number, stop)
    try:
        monkeypatch.setattr(cv2, "waitKeyEx", wait_key)
        with pytest.raises(Stopped):
            window.poll_key()
        assert signal.getsignal(number) is stop
    finally:
        signal.signal(number, before)
