"""The screen as a source, with a fake reader; `tests/test_window.py` has a real one."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from types import SimpleNamespace

import mss
import numpy as np
import pytest

from live_monitor.capture import screen
from live_monitor.capture.screen import Area, Screen, list_screens
from live_monitor.errors import SourceError, UsageError

ALL, LEFT, RIGHT = Area(-100, 0, 260, 60), Area(-100, 0, 100, 50), Area(0, 0, 160, 60)


class Reader:
    """Reads two screens whose colours give the position: blue is half of x + 100, green is y."""

    def __init__(self) -> None:
        self.closed = False
        self.lost: Exception | None = None

    @property
    def monitors(self) -> list[dict[str, int]]:
        if self.lost:
            raise self.lost
        return [{"left": a.left, "top": a.top, "width": a.width, "height": a.height} for a in (ALL, LEFT, RIGHT)]

    def grab(self, box: tuple[int, int, int, int]) -> SimpleNamespace:
        if self.lost:
            raise self.lost
        left, top, right, bottom = box
        picture = np.zeros((bottom - top, right - left, 4), np.uint8)
        picture[..., 0] = (np.arange(left, right) + 100) // 2
        picture[..., 1] = np.arange(top, bottom)[:, None]
        picture[..., 3] = 255
        return SimpleNamespace(raw=bytearray(picture.tobytes()), width=right - left, height=bottom - top)

    def close(self) -> None:
        self.closed = True
        if self.lost:
            raise self.lost


@pytest.fixture(autouse=True)
def readers(monkeypatch: pytest.MonkeyPatch) -> list[Reader]:
    """The readers that were opened."""
    opened: list[Reader] = []

    def open_reader() -> Reader:
        opened.append(Reader())
        return opened[-1]

    monkeypatch.setattr(mss, "MSS", open_reader)
    monkeypatch.delenv("XDG_SESSION_TYPE", raising=False)
    return opened


@pytest.mark.parametrize(
    ("wanted", "area"),
    [
        ("0", ALL),
        ("1", LEFT),
        ("2", RIGHT),
        ("10,20,30,40", Area(10, 20, 30, 40)),
        ("-20,10,40,20", Area(-20, 10, 40, 20)),
        ("100,40,100,100", Area(100, 40, 60, 20)),
    ],
)
def test_a_screen_or_a_part_of_all_screens_is_read(wanted: str, area: Area) -> None:
    source = Screen(wanted)
    source.open()
    assert source.grab() == 0.0
    image = source.retrieve()
    assert image is not None
    assert image.shape == (area.height, area.width, 3)
    assert image[0, 0].tolist() == [(area.left + 100) // 2, area.top, 0]
    assert image[-1, -1].tolist() == [(area.left + 99 + area.width) // 2, area.top + area.height - 1, 0]


def test_frames_come_at_the_requested_rate_and_media_time_is_real_time() -> None:
    source = Screen("1", fps=100)
    source.open()
    started_s = time.monotonic()
    times = [source.grab() for _ in range(21)]
    elapsed_s = time.monotonic() - started_s
    assert times[0] == 0.0
    last_s = times[-1]
    assert last_s is not None
    assert 0.2 - 0.011 <= last_s <= elapsed_s


class Clock:
    """Stands in for the module `time`; reading the screen takes `grab_s`."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, grab_s: float = 0.0) -> None:
        self.now_s = 100.0
        grab = Reader.grab

        def slow(reader: Reader, box: tuple[int, int, int, int]) -> SimpleNamespace:
            self.sleep(grab_s)
            return grab(reader, box)

        monkeypatch.setattr(screen, "time", self)
        monkeypatch.setattr(Reader, "grab", slow)

    def perf_counter(self) -> float:
        return self.now_s

    def sleep(self, seconds: float) -> None:
        self.now_s += seconds


def test_the_time_that_reading_takes_does_not_lower_the_rate(monkeypatch: pytest.MonkeyPatch) -> None:
    Clock(monkeypatch, grab_s=0.04)
    source = Screen("1", fps=10)
    source.open()
    assert [source.grab() for _ in range(5)] == pytest.approx([0.0, 0.14, 0.24, 0.34, 0.44])


def test_a_delay_is_not_made_up_for(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = Clock(monkeypatch)
    source = Screen("1", fps=10)
    source.open()
    times = [source.grab(), source.grab()]
    clock.now_s += 5.0
    times += [source.grab(), source.grab(), source.grab()]
    assert times == pytest.approx([0.0, 0.1, 5.1, 5.1, 5.2])


LOST = [mss.ScreenShotError("lost"), AssertionError()]


@pytest.mark.parametrize("error", LOST)
def test_a_lost_screen_is_a_lost_signal_and_can_be_reopened(readers: list[Reader], error: Exception) -> None:
    source = Screen("2")
    source.open()
    assert source.grab() == 0.0
    readers[0].lost = error
    assert source.grab() is None
    source.open()
    assert readers[0].closed
    assert (source.grab() or 0) > 0


def test_a_screen_that_is_not_open_delivers_nothing(readers: list[Reader]) -> None:
    source = Screen("1")
    assert (source.grab(), source.retrieve()) == (None, None)
    source.open()
    source.close()
    source.close()
    assert readers[0].closed
    assert source.grab() is None


@pytest.mark.parametrize("wanted", ["", "first", "1.5", "-1", "1,2,3", "1,2,3,4,5", "1,2,0,4", "1,2,3,-4", "a,b,c,d"])
def test_text_that_is_neither_a_number_nor_an_area_is_refused(wanted: str) -> None:
    with pytest.raises(UsageError, match=r"is neither a number nor left,top,width,height in pixels"):
        Screen(wanted)


def test_a_refused_address_shows_no_password() -> None:
    with pytest.raises(UsageError) as refused:
        Screen("rtsp://me:secret@host/live")
    assert "secret" not in str(refused.value)


@pytest.mark.parametrize(
    ("wanted", "message"),
    [
        ("3", "screen 3: no such screen; live-monitor screens lists them"),
        ("500,0,10,10", "is on no screen; together they are -100,0,260,60"),
    ],
)
def test_a_missing_screen_is_named(wanted: str, message: str, readers: list[Reader]) -> None:
    source = Screen(wanted)
    with pytest.raises(SourceError) as error:
        source.open()
    assert message in str(error.value)
    source.close()
    assert readers[0].closed


def test_the_error_without_a_desktop_says_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail() -> None:
        raise mss.ScreenShotError("no display")

    monkeypatch.setattr(mss, "MSS", fail)
    with pytest.raises(SourceError, match=r"screen 1: cannot be read: no display; start the program from a desktop"):
        Screen("1").open()


def test_the_error_on_wayland_says_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setenv("XDG_SESSION_TYPE", "wayland")
    with pytest.raises(SourceError, match=r"screen 1: cannot be read, Wayland lets no program look at it; log in with Xorg"):
        Screen("1").open()


@pytest.mark.parametrize(("error", "reason"), [(LOST[0], "lost"), (LOST[1], "it has gone")])
@pytest.mark.parametrize("find", [Screen("1").open, list_screens])
def test_a_screen_lost_while_it_is_looked_for_is_a_source_error(
    monkeypatch: pytest.MonkeyPatch, find: Callable[[], object], error: Exception, reason: str
) -> None:
    reader = Reader()
    reader.lost = error
    monkeypatch.setattr(mss, "MSS", lambda: reader)
    with pytest.raises(SourceError, match=f"cannot be read: {reason}; start the program from a desktop"):
        find()


def test_all_screens_are_listed(readers: list[Reader]) -> None:
    assert list_screens() == [ALL, LEFT, RIGHT]
    assert readers[0].closed
