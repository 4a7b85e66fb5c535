"""Whether a window can be opened, checked before OpenCV ends the process because it cannot."""

from __future__ import annotations

import ctypes.util
import os
import socket
import sys

import cv2
import pytest

from live_monitor.errors import DisplayError
from live_monitor.overlay.display import check_display

ONLY_LINUX = pytest.mark.skipif(sys.platform != "linux", reason="DISPLAY is checked on Linux only")
FIRST_X_PORT = 6000


@pytest.fixture
def _without_libxcb(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ctypes.util, "find_library", lambda _name: None)


def test_the_error_for_an_opencv_without_windows_names_the_packages_to_change(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cv2, "currentUIFramework", lambda: "")
    with pytest.raises(DisplayError, match=r"pip uninstall -y opencv-python-headless .* pip install .*opencv-python"):
        check_display()


@ONLY_LINUX
@pytest.mark.parametrize("display", [None, ""])
def test_the_error_for_a_missing_display_names_the_workaround(monkeypatch: pytest.MonkeyPatch, display: str | None) -> None:
    if display is None:
        monkeypatch.delenv("DISPLAY", raising=False)
    else:
        monkeypatch.setenv("DISPLAY", display)
    with pytest.raises(DisplayError, match=r"DISPLAY is not set; .*--no-display"):
        check_display()


@ONLY_LINUX
@pytest.mark.parametrize("display", [":9876", ":9876.0", "127.0.0.1:9876", "nonsense", "host:", "a..b:0", ":99999"])
def test_a_display_that_does_not_answer_is_named(monkeypatch: pytest.MonkeyPatch, display: str) -> None:
    monkeypatch.setenv("DISPLAY", display)
    with pytest.raises(DisplayError, match=rf"cannot connect to DISPLAY {display}; .*--no-display"):
        check_display()


@ONLY_LINUX
@pytest.mark.usefixtures("_without_libxcb")
@pytest.mark.parametrize("display", [":9876", "unix:9876", "127.0.0.1:9876", "127.0.0.1:65000", "nonsense", "host:", ":99999"])
def test_a_display_that_does_not_answer_is_noticed_without_libxcb_too(monkeypatch: pytest.MonkeyPatch, display: str) -> None:
    monkeypatch.setenv("DISPLAY", display)
    with pytest.raises(DisplayError, match="cannot connect to DISPLAY"):
        check_display()


@ONLY_LINUX
@pytest.mark.usefixtures("_without_libxcb")
def test_a_listening_local_display_suffices_without_libxcb(monkeypatch: pytest.MonkeyPatch) -> None:
    number = 10_000 + os.getpid()
    monkeypatch.setenv("DISPLAY", f":{number}.0")
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(f"\0/tmp/.X11-unix/X{number}")
        server.listen()
        check_display()


@ONLY_LINUX
@pytest.mark.usefixtures("_without_libxcb")
def test_a_listening_network_display_suffices_without_libxcb(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        monkeypatch.setenv("DISPLAY", f"127.0.0.1:{server.getsockname()[1] - FIRST_X_PORT}")
        check_display()
