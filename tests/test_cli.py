"""The command line: what it refuses and with which exit code, what it prints, and what it does not load."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import cv2
import numpy as np
import pytest

from live_monitor.classify.card import load_card
from live_monitor.labels import LABELS
from tests.conftest import Outcome, Run
from tests.fakes import drawn_portrait, write_clip

SUMMARY_KEYS = {
    "source", "frames", "frames_with_faces", "dropped", "media_s", "elapsed_s", "frames_per_s", "readings", "faces_per_frame",
    "readable", "emotions", "pulse", "tracks",
}  # fmt: skip
HEAVY = {"cv2", "numpy", "tensorflow", "keras", "ai_edge_litert"}
ABSENT_CAMERA = "63"

pytestmark = pytest.mark.usefixtures("plain_environment")


@pytest.fixture
def run_apart(tmp_path: Path) -> Run:
    """Runs it in a process of its own, in an empty folder."""

    def run_apart(*arguments: str | Path) -> Outcome:
        command = [sys.executable, "-m", "live_monitor", *map(str, arguments)]
        done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
        return Outcome(done.returncode, done.stdout, done.stderr)

    return run_apart


@pytest.fixture
def clip(tmp_path: Path) -> Path:
    return write_clip(tmp_path / "clip.avi", [20, 60, 100, 140, 180])


@pytest.fixture
def portrait_clip(tmp_path: Path) -> Path:
    """Five pictures of a drawn face."""
    path = tmp_path / "portrait.avi"
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"MJPG"), 25, (320, 240))
    for _ in range(5):
        writer.write(drawn_portrait())
    writer.release()
    return path


@pytest.fixture
def model_copy(tmp_path: Path) -> Path:
    """The shipped model in a folder where it may be damaged."""
    return Path(shutil.copytree(load_card("custom-cnn").folder, tmp_path / "model"))


def modules_after(*arguments: str, cwd: Path) -> set[str]:
    """The heavy modules that are loaded when a run has ended."""
    program = (
        f"import sys; from live_monitor.cli.entry import _run; assert _run({list(arguments)!r}) == 0; "
        "print(*sys.modules, sep='\\n')"
    )
    done = subprocess.run([sys.executable, "-c", program], cwd=cwd, capture_output=True, text=True, check=True)
    return HEAVY & set(done.stdout.splitlines())


def last_line(text: str) -> str:
    return text.rstrip("\n").splitlines()[-1]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--camera", "0", "--video", "x"], "--camera 0 and --video x: choose one source"),
        (["--video", "x", "--stream", "rtsp://x"], "choose one source"),
        (["--video", "x", "--size", "640x480"], "--size and --fps are asked of a camera"),
        (["--stream", "rtsp://x", "--fps", "30"], "--size and --fps are asked of a camera"),
        (["--json"], "--json goes with --no-display"),
        (["--realtime"], "--realtime is for --video"),
        (["--realtime", "--camera", "0"], "--realtime is for --video"),
        (["--stream", "lecture", "--no-display"], "--stream lecture: not a stream's URL"),
        (["--size", "0x480", "--no-display"], "at least 1 pixel"),
        (["--ignore", "0,0,1"], "--ignore 0,0,1: is x,y,w,h in fractions of the picture"),
        (["--ignore", "0,0,1,1", "--ignore", "0.5,0,0.6,1"], "--ignore 0.5,0,0.6,1: reaches outside the picture"),
        (["--video", "x", "--detector", "yunet", "--profile"], "profile is for the detector haar, not for a network"),
        (["--video", "x", "--detector-model", "x.onnx"], "detector_model x.onnx: is for a network, not for haar"),
    ],
)
def test_options_that_do_not_go_together_end_in_2_and_one_line(run: Run, arguments: list[str], message: str) -> None:
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
        (["--detect-every", "0"], "'0' is neither auto nor a number from 1"),
        (["--detect-every", "often"], "'often' is neither auto nor a number from 1"),
        (["--device", "tpu"], "tpu"),
        (["--video"], "--video"),
        (["bench"], "VIDEO"),
        (["--camera", "0", "bench", "x"], "--camera"),
        (["train", "data"], "--out"),
        (["train-detector", "data"], "--out"),
    ],
)
def test_what_is_no_option_or_value_ends_in_2_and_is_named(run: Run, arguments: list[str], named: str) -> None:
    code, out, err = run(*arguments)
    assert (code, out) == (2, "")
    assert last_line(err).startswith("Error: ")
    assert named in last_line(err)


@pytest.mark.parametrize("content", [None, b"", b"a text, not a network", bytes(999)], ids=["missing", "empty", "text", "zeros"])
def test_a_detector_model_that_cannot_be_used_ends_in_3(run: Run, clip: Path, tmp_path: Path, content: bytes | None) -> None:
    model = tmp_path / "own.onnx"
    if content is not None:
        model.write_bytes(content)
    code, out, err = run("--no-display", "--video", clip, "--detector", "yunet", "--detector-model", model)
    assert (code, out) == (3, "")
    assert err.startswith(f"Error: {model}: ")
    assert "live-monitor models pull yunet" in err
    assert err.count("\n") == 1


def test_a_network_that_is_asked_for_but_not_installed_ends_in_3_with_the_way_to_get_it(run: Run, clip: Path) -> None:
    code, out, err = run("--no-display", "--video", clip, "--detector", "yunet")
    assert (code, out) == (3, "")
    assert err == "Error: detector yunet: not installed; get it once with: live-monitor models pull yunet\n"


def test_nothing_has_to_be_fetched_and_nothing_is_said(run: Run, clip: Path) -> None:
    code, out, err = run("--no-display", "--video", clip, "--detector", "auto")
    assert (code, err) == (0, "")
    assert out


def test_a_model_that_does_not_exist_ends_in_3(run: Run, clip: Path) -> None:
    code, out, err = run("--no-display", "--video", clip, "--model", "no-such")
    assert (code, out) == (3, "")
    assert err.startswith("Error: no-such: no such model; shipped: ")
    assert err.count("\n") == 1


def test_damaged_weights_end_in_3(run: Run, clip: Path, model_copy: Path) -> None:
    with (model_copy / "model.tflite").open("r+b") as file:
        file.seek(5000)
        file.write(b"damage")
    code, out, err = run("--no-display", "--video", clip, "--model", model_copy, "--device", "cpu")
    assert (code, out) == (3, "")
    assert "model.tflite: damaged" in err
    assert err.count("\n") == 1


def test_weights_for_another_size_than_the_card_says_end_in_3(run: Run, clip: Path, model_copy: Path) -> None:
    card = json.loads((model_copy / "card.json").read_text(encoding="utf-8"))
    card["input"]["side_px"] = 32
    (model_copy / "card.json").write_text(json.dumps(card), encoding="utf-8")
    code, out, err = run("--no-display", "--video", clip, "--model", model_copy, "--device", "cpu")
    assert (code, out) == (3, "")
    assert err.count("\n") == 1


@pytest.mark.parametrize("content", [None, "no cascade"], ids=["missing", "no cascade"])
def test_a_cascade_that_cannot_be_used_ends_in_3(run: Run, clip: Path, tmp_path: Path, content: str | None) -> None:
    cascade = tmp_path / "own.xml"
    if content is not None:
        cascade.write_text(content, encoding="utf-8")
    code, out, err = run("--no-display", "--video", clip, "--cascade", cascade)
    assert (code, out) == (3, "")
    assert err.startswith(f"Error: {cascade}: ")
    assert err.count("\n") == 1


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
def test_a_file_that_is_no_video_ends_in_4(run: Run, tmp_path: Path, kind: str, reason: str, command: list[str]) -> None:
    path = unreadable_video(tmp_path, kind)
    code, out, err = run(*command, path)
    assert (code, out) == (4, "")
    assert err.startswith(f"Error: {path}: {reason}")
    assert err.count("\n") == 1


def test_a_camera_that_is_not_there_ends_in_4_and_says_what_to_try(run: Run) -> None:
    code, out, err = run("--no-display", "--camera", ABSENT_CAMERA)
    assert (code, out) == (4, "")
    assert err.startswith(f"Error: camera {ABSENT_CAMERA}: cannot be opened; ")
    assert "cameras found: " in err or "plug one in" in err
    assert err.count("\n") == 1


def test_a_stream_that_nobody_sends_ends_in_4(run: Run) -> None:
    code, out, err = run("--no-display", "--stream", "http://127.0.0.1:1/")
    assert (code, out) == (4, "")
    assert err.startswith("Error: stream http://127.0.0.1:1/: cannot be opened; check the address")
    assert err.count("\n") == 1


def test_a_streams_password_is_not_shown(run: Run) -> None:
    assert "secret" not in run("--no-display", "--stream", "http://me:secret@127.0.0.1:1/").err


@pytest.mark.skipif(sys.platform != "linux", reason="DISPLAY is looked at on Linux only")
def test_a_window_without_a_display_ends_in_5(run: Run, clip: Path) -> None:
    code, out, err = run("--video", clip)
    assert (code, out) == (5, "")
    assert err.startswith("Error: no display: ")
    assert "--no-display" in err
    assert err.count("\n") == 1


def test_an_opencv_without_cascades_ends_in_2_with_the_packages_to_change(
    run: Run, clip: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delattr(cv2, "CascadeClassifier")
    code, out, err = run("--no-display", "--video", clip)
    assert (code, out) == (2, "")
    assert "has no cascades; run: pip uninstall -y opencv-python" in err
    assert "opencv-python>=4.10,<5" in err
    assert err.count("\n") == 1


def test_a_package_that_cannot_be_loaded_ends_in_2(run: Run, clip: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "ai_edge_litert.interpreter", None)
    code, out, err = run("--no-display", "--video", clip, "--device", "cpu")
    assert (code, out) == (2, "")
    assert err.startswith("Error: a package cannot be loaded: ")
    assert err.count("\n") == 1


def test_a_bug_ends_in_1_and_one_line(run: Run, clip: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("live_monitor.app.load_card", lambda _name: 1 / 0)
    assert run("--no-display", "--video", clip) == (
        1,
        "",
        "Error: unexpected ZeroDivisionError: division by zero (-v shows where)\n",
    )


def test_verbose_shows_where_an_error_comes_from_and_ends_in_the_same_line(run: Run, tmp_path: Path) -> None:
    quiet = run("--no-display", "--video", tmp_path / "none.mp4")
    verbose = run("-v", "--no-display", "--video", tmp_path / "none.mp4")
    assert verbose.code == quiet.code
    assert "Traceback" in verbose.err
    assert last_line(verbose.err) == quiet.err.rstrip("\n")


def test_verbose_says_which_model_and_engine_run(run: Run, clip: Path) -> None:
    err = run("-v", "--no-display", "--video", clip, "--device", "cpu").err
    assert "model glance on LiteRT, CPU" in err


def test_what_is_in_an_ignored_zone_is_not_counted(run: Run, portrait_clip: Path) -> None:
    faces = [
        json.loads(run("--no-display", "--json", "--video", portrait_clip, *zone).out)["readings"]
        for zone in ((), ("--ignore", "0.5,0.5,0.5,0.5"), ("--ignore", "0,0,0.1,1", "--ignore", "0,0,1,1"))
    ]
    assert faces[0] == faces[1] > 0
    assert faces[2] == 0


@pytest.mark.parametrize("every", ["1", "3", "auto"])
def test_faces_are_in_every_frame_however_rarely_they_are_looked_for(run: Run, portrait_clip: Path, every: str) -> None:
    summary = json.loads(run("--no-display", "--json", "--video", portrait_clip, "--detect-every", every).out)
    assert summary["frames_with_faces"] == summary["frames"]


def test_a_successful_run_prints_its_summary_and_nothing_on_stderr(run_apart: Run, portrait_clip: Path) -> None:
    code, out, err = run_apart("--no-display", "--video", portrait_clip)
    assert (code, err) == (0, "")
    assert "5 frames" in out
    assert "people: 1 track, " in out


def test_the_summary_as_json_is_json(run_apart: Run, portrait_clip: Path) -> None:
    code, out, err = run_apart("--no-display", "--json", "--video", portrait_clip)
    assert (code, err) == (0, "")
    summary = json.loads(out)
    assert set(summary) == SUMMARY_KEYS
    assert (summary["frames"], summary["readings"]) == (5, 5)
    assert tuple(summary["emotions"]) == LABELS


@pytest.mark.parametrize("option", [["--profile"], ["--min-face", "30"], ["--device", "cpu"], ["--realtime"]])
def test_every_way_of_analysing_reaches_the_end(run: Run, portrait_clip: Path, option: list[str]) -> None:
    code, out, err = run("--no-display", "--json", "--video", portrait_clip, *option)
    assert (code, err) == (0, "")
    assert json.loads(out)["frames_with_faces"] >= 1


@pytest.mark.parametrize("joined", [True, False], ids=["--video=FILE", "--video FILE"])
def test_a_file_may_be_called_like_an_option(run: Run, clip: Path, monkeypatch: pytest.MonkeyPatch, joined: bool) -> None:
    name = "-starts-with-dash.mp4"
    monkeypatch.chdir(clip.parent)
    clip.rename(clip.parent / name)
    code, _, err = run("--no-display", *([f"--video={name}"] if joined else ["--video", name]))
    assert (code, err) == (0, "")


def test_a_real_file_called_like_an_option_is_read(run: Run, shared_data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(shared_data / "videos")
    assert run("--no-display", "--video", "-starts-with-dash.mp4").code == 0


def test_options_can_be_set_in_the_environment(run: Run, clip: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LIVE_MONITOR_VIDEO", str(clip))
    monkeypatch.setenv("LIVE_MONITOR_NO_DISPLAY", "1")
    code, out, err = run()
    assert (code, err) == (0, "")
    assert "5 frames" in out


def test_json_can_be_asked_for_in_the_environment(run: Run, clip: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LIVE_MONITOR_JSON", "1")
    assert json.loads(run("--no-display", "--video", clip).out)["frames"] == 5


def test_options_of_a_command_can_be_set_in_the_environment(run: Run, clip: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LIVE_MONITOR_BENCH_MODEL", "no-such")
    assert run("bench", clip).code == 3


def test_an_option_is_stronger_than_the_environment(run: Run, clip: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LIVE_MONITOR_MODEL", "no-such")
    assert run("--no-display", "--video", clip).code == 3
    assert run("--no-display", "--video", clip, "--model", "custom-cnn").code == 0


def test_a_wrong_value_in_the_environment_ends_in_2(run: Run, clip: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LIVE_MONITOR_MIN_FACE", "small")
    code, out, err = run("--no-display", "--video", clip)
    assert (code, out) == (2, "")
    assert "'small'" in last_line(err)


@pytest.mark.parametrize(
    "arguments",
    [
        ["--help"],
        ["-h"],
        ["--version"],
        ["bench", "--help"],
        ["train", "--help"],
        ["data", "--help"],
        ["models", "pull", "--help"],
        ["evaluate-detector", "--help"],
    ],
    ids=" ".join,
)
def test_help_and_version_load_nothing_heavy(tmp_path: Path, arguments: list[str]) -> None:
    assert modules_after(*arguments, cwd=tmp_path) == set()


def test_analysis_on_the_cpu_does_not_load_tensorflow(portrait_clip: Path) -> None:
    loaded = modules_after("--no-display", "--video", str(portrait_clip), "--device", "cpu", cwd=portrait_clip.parent)
    assert loaded == {"cv2", "numpy", "ai_edge_litert"}


def test_help_names_every_command(run: Run) -> None:
    code, out, err = run("--help")
    assert (code, err) == (0, "")
    assert all(
        f"\n  {command} " in out
        for command in ("bench", "cameras", "data", "evaluate-detector", "models", "train", "train-detector")
    )


def test_version_is_that_of_the_installed_package(run: Run) -> None:
    from importlib.metadata import version

    assert run("--version") == (0, f"live-monitor, version {version('live-monitor')}\n", "")


def test_cameras_lists_or_says_that_there_are_none(run: Run) -> None:
    code, out, err = run("cameras")
    assert (code, err) == (0, "")
    assert all(line.startswith(("--camera ", "No camera found")) for line in out.splitlines())
    assert out


def test_bench_prints_a_table_and_nothing_on_stderr(run_apart: Run, clip: Path) -> None:
    code, out, err = run_apart("bench", clip)
    assert (code, err) == (0, "")
    assert "decoding alone" in out


def test_bench_prints_json(run: Run, clip: Path) -> None:
    assert json.loads(run("bench", "--json", clip).out)["frames"] == 5


def test_training_without_data_ends_in_2_and_one_line(run_apart: Run) -> None:
    code, out, err = run_apart("train", "nowhere", "--out", "run")
    assert (code, out) == (2, "")
    assert err.startswith("Error: nowhere: no such file or folder")
    assert err.count("\n") == 1
