"""What the command line refuses, with which exit code and message."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import cv2
import numpy as np
import pytest

from live_monitor.errors import DisplayError
from tests.cli.conftest import last_line
from tests.conftest import Run
from tests.fakes import write_clip
from tests.file_server import FileServer

ABSENT_CAMERA = "63"

pytestmark = pytest.mark.usefixtures("plain_environment")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--camera", "0", "--video", "x"], "--camera 0 and --video x: choose one source"),
        (["--video", "x", "--stream", "rtsp://x"], "choose one source"),
        (["--screen", "1", "--camera", "0"], "--camera 0 and --screen 1: choose one source"),
        (["--video", "x", "--size", "640x480"], "--size: only for a camera (--fps for the screen too); a video has its own"),
        (["--video", "x", "--size", "3x3", "--fps", "5"], "--fps and --size: only for a camera"),
        (["--stream", "rtsp://x", "--fps", "30"], "--fps: only for a camera (--fps for the screen too); a stream has its own"),
        (["--screen", "1", "--size", "640x480"], "--size: only for a camera (--fps for the screen too); a screen has its own"),
        (["--screen", "left", "--no-display"], "--screen left: is neither a number nor left,top,width,height in pixels"),
        (["--screen", "1", "--realtime"], "--realtime is for --video; a camera, stream or screen is always live"),
        (["--json"], "--json goes with --no-display"),
        (["--no-display", "--fullscreen"], "--fullscreen: for the window, which --no-display leaves out"),
        (["--no-display", "--snapshots", "x", "--fullscreen"], "--fullscreen and --snapshots: for the window"),
        (["--no-display", "--blur"], "--blur: for a picture, and --no-display shows none; record one with --record FILE"),
        (["--no-display", "--mirror", "--details"], "--details and --mirror: for a picture"),
        (["--realtime"], "--realtime is for --video"),
        (["--realtime", "--camera", "0"], "--realtime is for --video"),
        (["--stream", "lecture", "--no-display"], "--stream lecture: not a stream's URL"),
        (["--size", "0x480", "--no-display"], "at least 1 pixel"),
        (["--ignore", "0,0,1"], "--ignore 0,0,1: must be x,y,w,h in fractions of the picture"),
        (["--ignore", "0,0,1,1", "--ignore", "0.5,0,0.6,1"], "--ignore 0.5,0,0.6,1: reaches outside the picture"),
        (["--video", "x", "--detector", "yunet", "--profile"], "profile is for the detector haar, not for a network"),
        (["--video", "x", "--detector-model", "x.onnx"], "detector_model x.onnx: is for a network, not for haar"),
    ],
)
def test_options_that_do_not_go_together_end_in_2_with_one_line(run: Run, arguments: list[str], message: str) -> None:
    code, out, err = run(*arguments)
    assert (code, out) == (2, "")
    assert err.startswith("Error: ")
    assert err.count("\n") == 1
    assert message in err


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        (["dance"], "dance"),
        (["--dance"], "--dance"),
        (["--size", "large"], "large"),
        (["--fps", "0"], "--fps"),
        (["--min-face", "0"], "--min-face"),
        (["--detector", "radar"], "radar"),
        (["--detect-every", "0"], "'0' is neither auto nor a whole number of at least 1"),
        (["--detect-every", "often"], "'often' is neither auto nor a whole number of at least 1"),
        (["--device", "tpu"], "tpu"),
        (["--video"], "--video"),
        (["bench"], "VIDEO"),
        (["--camera", "0", "bench", "x"], "--camera"),
        (["report"], "LOG"),
        (["train", "data"], "--out"),
        (["train-detector", "data"], "--out"),
    ],
)
def test_a_wrong_option_or_value_ends_in_2_and_is_named(run: Run, arguments: list[str], named: str) -> None:
    code, out, err = run(*arguments)
    assert (code, out) == (2, "")
    assert last_line(err).startswith("Error: ")
    assert named in last_line(err)


def unreadable_video(tmp_path: Path, kind: str) -> Path:
    path = tmp_path / kind
    if kind == "folder":
        path.mkdir()
    elif kind == "text":
        path.write_text("no video\n" * 100, encoding="utf-8")
    elif kind == "empty":
        path.touch()
    elif kind == "picture.png":
        cv2.imwrite(str(path), np.zeros((48, 64, 3), np.uint8))
    return path


@pytest.mark.parametrize(
    ("kind", "reason"),
    [
        ("missing", "no such file"),
        ("folder", "is a folder"),
        ("text", "not a video that can be read"),
        ("empty", "is empty"),
        ("picture.png", "is a picture, not a video"),
    ],
)
@pytest.mark.parametrize("command", [["--no-display", "--video"], ["bench"]], ids=["analysis", "bench"])
def test_a_file_that_is_not_a_video_ends_in_4(run: Run, tmp_path: Path, kind: str, reason: str, command: list[str]) -> None:
    path = unreadable_video(tmp_path, kind)
    code, out, err = run(*command, path)
    assert (code, out) == (4, "")
    assert err.startswith(f"Error: {path}: {reason}")
    assert err.count("\n") == 1


NOT_UTF8 = os.fsdecode(b"y\xff")


@pytest.mark.skipif(sys.platform != "linux", reason="other systems have no such names")
@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (["--video", f"{NOT_UTF8}.avi"], 4, ".avi: its name is not UTF-8, which OpenCV cannot read; rename it"),
        (["--video", "clip.avi", "--cascade", f"{NOT_UTF8}.xml"], 3, ".xml: its name is not UTF-8, which OpenCV"),
        (["--video", "clip.avi", "--record", f"{NOT_UTF8}.mp4"], 6, ".mp4: its name is not UTF-8, which OpenCV"),
        (["--camera", f"/dev/video{NOT_UTF8}"], 4, ": cannot be opened; "),
        (["--stream", f"http://127.0.0.1:1/{NOT_UTF8}"], 4, ": cannot be opened; "),
    ],
    ids=["video", "cascade", "record", "camera", "stream"],
)
def test_a_name_that_is_not_utf8_gives_a_one_line_error(
    run_apart: Run, clip: Path, arguments: list[str], code: int, message: str
) -> None:
    clip.with_name(f"{NOT_UTF8}.avi").write_bytes(clip.read_bytes())
    clip.with_name(f"{NOT_UTF8}.xml").write_text("<a/>", encoding="utf-8")
    outcome = run_apart("--no-display", *arguments)
    assert (outcome.code, outcome.out) == (code, "")
    assert outcome.err.startswith("Error: ")
    assert message in outcome.err
    assert outcome.err.count("\n") == 1


def test_a_window_title_has_only_characters_that_can_be_shown(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    titles: list[str] = []

    def refuse(title: str) -> None:
        titles.append(title)
        raise DisplayError("none")

    monkeypatch.setattr("live_monitor.overlay.window.Window", refuse)
    assert run("--video", "y\udcff ✓.mp4").code == 5
    assert titles == [r"Live Monitor - y\udcff ✓.mp4"]


TOO_LONG = "n" * 300


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (["--no-display", "--video", TOO_LONG], 4, "cannot be read: File name too long"),
        (["--no-display", "--video", "CLIP", "--cascade", TOO_LONG], 3, "no such cascade file"),
        (["--no-display", "--video", "CLIP", "--model", TOO_LONG, "--device", "cpu"], 3, "File name too long"),
        (["--no-display", "--video", "CLIP", "--detector", "auto", "--detector-model", TOO_LONG], 3, "cannot be read: File name"),
        (["data", TOO_LONG], 2, "cannot be read: File name too long"),
        (["evaluate-detector", TOO_LONG], 2, "cannot be read: File name too long"),
    ],
    ids=["video", "cascade", "model", "detector", "data", "annotations"],
)
def test_a_name_that_is_too_long_ends_like_one_that_does_not_exist(
    run: Run, clip: Path, arguments: list[str], code: int, message: str
) -> None:
    outcome = run(*(str(clip) if argument == "CLIP" else argument for argument in arguments))
    assert (outcome.code, outcome.out) == (code, "")
    assert outcome.err.startswith("Error: ")
    assert TOO_LONG in outcome.err
    assert message in outcome.err
    assert outcome.err.count("\n") == 1


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no /dev/full")
@pytest.mark.parametrize("arguments", [["models"], ["--help"]], ids=str)
def test_a_full_disk_for_the_output_ends_in_6_and_is_named(arguments: list[str]) -> None:
    with Path("/dev/full").open("w", encoding="utf-8") as full:
        command = [sys.executable, "-m", "live_monitor", *arguments]
        done = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, text=True, check=False)
    assert (done.returncode, done.stderr) == (6, "Error: output cannot be written: No space left on device; free space\n")


OUTPUTS = {"--log": "log.csv", "--record": "lesson.mp4"}


@pytest.mark.parametrize("option", OUTPUTS)
def test_an_existing_output_ends_in_6_and_is_not_overwritten(run: Run, clip: Path, tmp_path: Path, option: str) -> None:
    path = tmp_path / OUTPUTS[option]
    path.write_text("mine", encoding="utf-8")
    both = [part for each, name in OUTPUTS.items() for part in (each, tmp_path / name)]
    code, out, err = run("--no-display", "--video", clip, *both)
    assert (code, out) == (6, "")
    assert err == f"Error: {path}: is there already and is not overwritten; choose another name\n"
    assert path.read_text(encoding="utf-8") == "mine"
    assert set(tmp_path.iterdir()) == {path, clip}


def test_one_file_for_both_log_and_recording_ends_in_2_without_making_it(run: Run, clip: Path, tmp_path: Path) -> None:
    both = tmp_path / "lesson.mp4"
    outcome = run("--no-display", "--video", clip, "--log", both, "--record", both)
    assert outcome == (2, "", f"Error: --log and --record: both name {both}; give each a file of its own\n")
    assert set(tmp_path.iterdir()) == {clip}


@pytest.mark.parametrize("video", ["clip", "nowhere.mp4", "https://host/lecture.mp4"])
def test_the_error_for_a_video_without_its_option_says_how_to_give_it(run: Run, clip: Path, video: str) -> None:
    given = str(clip) if video == "clip" else video
    code, out, err = run(given, "--no-display")
    assert (code, out) == (2, "")
    assert err == f"Error: no such command {given!r}; a video is given as --video {given} (see live-monitor --help)\n"


@pytest.mark.parametrize("option", OUTPUTS)
def test_a_source_that_cannot_be_opened_leaves_no_output(run: Run, tmp_path: Path, option: str) -> None:
    assert run("--no-display", "--video", tmp_path / "nowhere.mp4", option, tmp_path / OUTPUTS[option]).code == 4
    assert not list(tmp_path.iterdir())


def test_a_kind_of_recording_that_cannot_be_written_ends_in_2(run: Run, clip: Path, tmp_path: Path) -> None:
    code, out, err = run("--no-display", "--video", clip, "--record", tmp_path / "lesson.webm")
    assert (code, out) == (2, "")
    assert (
        err == f"Error: {tmp_path / 'lesson.webm'}: not a kind of video that can be recorded; call it lesson.mp4, .mkv or .avi\n"
    )


def test_a_missing_camera_ends_in_4_and_says_what_to_try(run: Run) -> None:
    code, out, err = run("--no-display", "--camera", ABSENT_CAMERA)
    assert (code, out) == (4, "")
    assert err.startswith(f"Error: camera {ABSENT_CAMERA}: cannot be opened; ")
    assert "cameras found: " in err or "plug one in" in err
    assert err.count("\n") == 1


def test_a_stream_without_a_server_ends_in_4(run: Run) -> None:
    code, out, err = run("--no-display", "--stream", "http://127.0.0.1:1/")
    assert (code, out) == (4, "")
    assert err.startswith("Error: stream http://127.0.0.1:1/: cannot be opened: Connection refused; check the address")
    assert err.count("\n") == 1


def test_the_address_of_a_stream_is_refused_as_a_video(run: Run) -> None:
    code, out, err = run("--no-display", "--video", "rtsp://me:secret@127.0.0.1:1/")
    assert (code, out) == (2, "")
    assert err == "Error: --video rtsp://127.0.0.1:1/: is the address of a stream; give it to --stream\n"


@pytest.mark.parametrize("address", ["file:///film.mp4", "ftp://me:secret@host/film.mp4", "http://[::1"])
def test_an_address_of_another_kind_is_refused_as_a_video(run: Run, address: str) -> None:
    shown = address.replace("me:secret@", "")
    assert run("--no-display", "--video", address) == (
        2,
        "",
        f"Error: --video {shown}: is neither the path of a file nor the http(s) address of one\n",
    )


@pytest.mark.parametrize("address", ["https://me:secret@host/film.mp4", "rtsp://host/live", "http://[::1"])
def test_bench_refuses_an_address(run: Run, address: str) -> None:
    shown = address.replace("me:secret@", "")
    assert run("bench", address) == (2, "", f"Error: bench {shown}: is an address; give the path of a video file\n")


def test_a_video_from_the_web_that_breaks_off_ends_in_4_with_the_results_so_far(
    run: Run, tmp_path: Path, file_server: FileServer
) -> None:
    film = write_clip(tmp_path / "film.avi", range(20, 220, 4), fps=5.0, size=(320, 240)).read_bytes()
    url = file_server.give_parts(film, stop_at=2 * len(film) // 3, times=1000)
    code, out, err = run("--no-display", "--video", url, "--log", tmp_path / "log.csv")
    assert (code, err.count("\n")) == (4, 1)
    assert err.startswith(f"Error: {url}: broke off after 6.")
    assert out.startswith(f"{url}: ")
    assert len((tmp_path / "log.csv").read_text().splitlines()) > 1


@pytest.mark.parametrize(
    "arguments",
    [
        ["--camera", "rtsp://bob:secret@host/x"],
        ["rtsp://bob:secret@host/x"],
        ["--stream", "rtsp://bob:secret@host/x", "--video", "y.mp4"],
        ["--screen", "rtsp://bob:secret@host/x"],
    ],
    ids=lambda arguments: arguments[0][:8],
)
def test_an_address_in_the_wrong_place_is_shown_without_its_password(run: Run, arguments: list[str]) -> None:
    code, out, err = run("--no-display", *arguments)
    assert code in (2, 4)
    assert "rtsp://host/x" in err
    assert "secret" not in out + err


def test_the_error_for_a_stream_without_its_option_says_how_to_give_it(run: Run) -> None:
    assert "a stream is given as --stream rtsp://host/x" in run("rtsp://host/x").err


def test_the_password_of_a_stream_is_not_shown(run: Run) -> None:
    code, out, err = run("--no-display", "--stream", "http://me:secret@127.0.0.1:1/")
    assert code == 4
    assert err.startswith("Error: stream http://127.0.0.1:1/: ")
    assert "secret" not in out + err


@pytest.mark.skipif(sys.platform != "linux", reason="DISPLAY is checked on Linux only")
def test_a_window_without_a_display_ends_in_5(run: Run, clip: Path) -> None:
    code, out, err = run("--video", clip)
    assert (code, out) == (5, "")
    assert err.startswith("Error: no display: ")
    assert "--no-display" in err
    assert err.count("\n") == 1


def test_the_cascade_in_an_opencv_without_cascades_ends_in_3_with_advice(
    run: Run, clip: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delattr(cv2, "CascadeClassifier")
    assert run("--no-display", "--video", clip, "--detector", "facegrid").code == 0
    code, out, err = run("--no-display", "--video", clip, "--detector", "haar")
    assert (code, out) == (3, "")
    assert "has no cascades; choose another detector, or run: pip uninstall -y opencv-python" in err
    assert "opencv-python>=4.10,<5" in err
    assert err.count("\n") == 1


def test_a_package_that_cannot_be_loaded_ends_in_2(run: Run, clip: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "ai_edge_litert.interpreter", None)
    code, out, err = run("--no-display", "--video", clip, "--device", "cpu")
    assert (code, out) == (2, "")
    assert err.startswith("Error: a package cannot be loaded: ")
    assert err.count("\n") == 1


def test_a_bug_ends_in_1_with_one_line(run: Run, clip: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("live_monitor.app.load_card", lambda _name: 1 / 0)
    assert run("--no-display", "--video", clip) == (
        1,
        "",
        "Error: unexpected ZeroDivisionError: division by zero (-v shows where)\n",
    )


def test_verbose_shows_a_traceback_before_the_same_last_line(run: Run, tmp_path: Path) -> None:
    quiet = run("--no-display", "--video", tmp_path / "none.mp4")
    verbose = run("-v", "--no-display", "--video", tmp_path / "none.mp4")
    assert verbose.code == quiet.code
    assert "Traceback" in verbose.err
    assert last_line(verbose.err) == quiet.err.rstrip("\n")


def test_a_screen_without_a_desktop_ends_in_4(run_apart: Run) -> None:
    for arguments in (["--no-display", "--screen", "1"], ["screens"]):
        code, out, err = run_apart(*arguments)
        assert (code, out) == (4, "")
        assert "cannot be read: " in err
        assert err.count("\n") == 1


def test_an_error_is_shown_while_a_library_that_writes_to_stderr_is_loaded(run_apart: Run) -> None:
    code, out, err = run_apart("--no-display", "--camera", ABSENT_CAMERA, "--device", "gpu")
    assert (code, out) == (4, "")
    assert err.startswith(f"Error: camera {ABSENT_CAMERA}: cannot be opened; ")
    assert err.count("\n") == 1
