"""Libraries are kept from writing to the terminal, and nothing else is."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from live_monitor.process.quiet import keep_own_stderr, silence_libraries, silent_stderr


def test_a_users_own_setting_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENCV_LOG_LEVEL", "DEBUG")
    silence_libraries()
    assert os.environ["OPENCV_LOG_LEVEL"] == "DEBUG"


@pytest.mark.parametrize("name", ["OPENCV_LOG_LEVEL", "OPENCV_FFMPEG_LOGLEVEL", "QT_LOGGING_RULES", "TF_CPP_MIN_LOG_LEVEL"])
def test_unset_variables_are_set_to_silence_libraries(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(name, raising=False)
    silence_libraries()
    assert os.environ[name]


def test_windows_opens_cameras_without_hardware_transforms(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("OPENCV_VIDEOIO_MSMF_ENABLE_HW_TRANSFORMS", raising=False)
    silence_libraries()
    assert os.environ["OPENCV_VIDEOIO_MSMF_ENABLE_HW_TRANSFORMS"] == "0"


def test_a_missing_video_or_camera_writes_nothing_to_the_terminal(capfd: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    program = (
        "from live_monitor.process.quiet import silence_libraries; silence_libraries(); import cv2; "
        "cv2.VideoCapture('absent.mp4', cv2.CAP_FFMPEG); cv2.VideoCapture(99)"
    )
    subprocess.run([sys.executable, "-c", program], check=True, cwd=tmp_path)
    assert capfd.readouterr() == ("", "")


def test_inside_the_block_nothing_reaches_the_process_stderr(capfd: pytest.CaptureFixture[str]) -> None:
    with silent_stderr():
        os.write(2, b"from a library")
    assert capfd.readouterr().err == ""


def test_after_the_block_stderr_works_again(capfd: pytest.CaptureFixture[str]) -> None:
    with silent_stderr():
        pass
    os.write(2, b"an error of ours")
    assert capfd.readouterr().err == "an error of ours"


def test_stderr_comes_back_after_an_exception(capfd: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(ValueError, match="inside"), silent_stderr():
        raise ValueError("inside")
    os.write(2, b"an error of ours")
    assert capfd.readouterr().err == "an error of ours"


def test_what_python_wrote_before_the_block_is_not_lost(capfd: pytest.CaptureFixture[str]) -> None:
    sys.stderr.write("before")
    with silent_stderr():
        pass
    assert capfd.readouterr().err == "before"


def test_with_two_threads_inside_stderr_comes_back_after_the_last_one(capfd: pytest.CaptureFixture[str]) -> None:
    entered, leave = threading.Event(), threading.Event()

    def be_inside() -> None:
        with silent_stderr():
            entered.set()
            assert leave.wait(5)

    other = threading.Thread(target=be_inside)
    with silent_stderr():
        other.start()
        assert entered.wait(5)
    os.write(2, b"from a library in the other thread")
    leave.set()
    other.join(5)
    os.write(2, b"an error of ours")
    assert capfd.readouterr().err == "an error of ours"


def test_stdout_is_left_alone(capfd: pytest.CaptureFixture[str]) -> None:
    with silent_stderr():
        os.write(1, b"a result")
    assert capfd.readouterr().out == "a result"


def test_the_block_runs_even_if_stderr_is_closed() -> None:
    program = "import os; os.close(2)\nfrom live_monitor.process.quiet import silent_stderr\nwith silent_stderr(): print('ran')"
    ran = subprocess.run([sys.executable, "-c", program], check=True, stdout=subprocess.PIPE, text=True)
    assert ran.stdout == "ran\n"


def test_no_descriptor_is_left_open() -> None:
    lowest_free = os.dup(1)
    os.close(lowest_free)
    with silent_stderr():
        pass
    now_free = os.dup(1)
    os.close(now_free)
    assert now_free == lowest_free


def test_what_python_prints_still_appears_inside_the_block() -> None:
    program = (
        "import os, sys; from live_monitor.process.quiet import keep_own_stderr, silent_stderr\n"
        "keep_own_stderr()\n"
        "with silent_stderr():\n"
        "    os.write(2, b'from a library')\n"
        "    print('an error of ours', file=sys.stderr)\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stderr == "an error of ours\n"


def test_without_a_stderr_there_is_none_to_keep(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stderr", None)
    keep_own_stderr()
    assert sys.stderr is None


@pytest.mark.parametrize("closed", [[0], [1], [2], [0, 2], [0, 1, 2]], ids=str)
def test_no_file_gets_the_number_of_a_closed_stream(closed: list[int]) -> None:
    program = (
        "import os, sys; from live_monitor.process.quiet import occupy_closed_descriptors\n"
        f"for descriptor in {closed}: os.close(descriptor)\n"
        "occupy_closed_descriptors()\n"
        "os._exit(os.open(os.devnull, os.O_RDONLY))\n"
    )
    done = subprocess.run([sys.executable, "-c", program], stdin=subprocess.DEVNULL, capture_output=True, check=False)
    assert done.returncode > 2


def test_open_streams_are_left_alone() -> None:
    program = "from live_monitor.process.quiet import occupy_closed_descriptors; occupy_closed_descriptors(); print(input())"
    done = subprocess.run([sys.executable, "-c", program], input="told", capture_output=True, text=True, check=True)
    assert (done.stdout, done.stderr) == ("told\n", "")


@pytest.mark.parametrize(("kept", "seen"), [(False, "an error of the program"), (True, "")])
def test_stderr_that_the_program_shares_is_not_silenced_for_seconds(
    capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, kept: bool, seen: str
) -> None:
    monkeypatch.setattr("live_monitor.process.quiet._SINK.others_have_their_own", kept)
    with silent_stderr(briefly=False):
        os.write(2, b"an error of the program")
    assert capfd.readouterr().err == seen
