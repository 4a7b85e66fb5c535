"""Runs that succeed: what they find, and what they print."""

from __future__ import annotations

import csv
import json
import subprocess
import sys
from pathlib import Path

import cv2
import pytest

from live_monitor.cli.stopped import Stopped
from live_monitor.errors import SourceError
from live_monitor.labels import LABELS
from live_monitor.monitor.monitor import Monitor
from live_monitor.overlay.canvas import Canvas
from live_monitor.overlay.panel import panel_width
from live_monitor.session.outputs import Outputs
from tests.conftest import Run
from tests.fakes import drawn_portrait, write_clip
from tests.file_server import FileServer

SUMMARY_KEYS = {
    "source", "frames", "frames_with_faces", "dropped", "media_s", "elapsed_s", "frames_per_s", "readings", "faces_per_frame",
    "readable", "emotions", "pulse", "tracks",
}  # fmt: skip

pytestmark = pytest.mark.usefixtures("plain_environment")


def test_nothing_is_downloaded_or_written_to_stderr(run: Run, clip: Path, cache: Path) -> None:
    code, _, err = run("--no-display", "--video", clip, "--detector", "auto")
    assert (code, err) == (0, "")
    assert not cache.exists()


def test_a_video_from_the_web_gives_the_same_summary_as_the_file(run: Run, portrait_clip: Path, file_server: FileServer) -> None:
    summaries = []
    for source in (str(portrait_clip), file_server.give_parts(portrait_clip.read_bytes())):
        code, out, err = run("--no-display", "--json", "--video", source)
        assert (code, err) == (0, "")
        summary = json.loads(out)
        assert summary.pop("source") == source
        summaries.append({name: value for name, value in summary.items() if name not in ("elapsed_s", "frames_per_s")})
    assert summaries[0] == summaries[1]


@pytest.mark.parametrize(
    ("error", "code", "message"),
    [
        (None, 6, "Error: lesson.csv: full\n"),
        (SourceError("camera 0: lost"), 4, "lesson.csv: full\nError: camera 0: lost\n"),
        (Stopped(15), 143, "lesson.csv: full\n"),
    ],
    ids=["as usual", "a lost camera", "SIGTERM"],
)
def test_a_failed_output_is_reported_however_the_session_in_the_window_ends(
    run: Run, clip: Path, monkeypatch: pytest.MonkeyPatch, error: BaseException | None, code: int, message: str
) -> None:
    def end(_monitor: Monitor) -> None:
        if error is not None:
            raise error

    monkeypatch.setattr(Monitor, "run", end)
    monkeypatch.setattr(Outputs, "failure", "lesson.csv: full")
    monkeypatch.setattr("live_monitor.overlay.window.check_display", lambda: None)
    assert run("--video", clip) == (code, "", message)


def test_verbose_says_which_model_and_engine_run(run: Run, clip: Path) -> None:
    err = run("-v", "--no-display", "--video", clip, "--device", "cpu").err
    assert "model glance-plus on LiteRT, CPU" in err


def test_faces_in_an_ignored_zone_are_not_counted(run: Run, portrait_clip: Path) -> None:
    faces = [
        json.loads(run("--no-display", "--json", "--video", portrait_clip, *zone).out)["readings"]
        for zone in ((), ("--ignore", "0.5,0.5,0.5,0.5"), ("--ignore", "0,0,0.1,1", "--ignore", "0,0,1,1"))
    ]
    assert faces[0] == faces[1] > 0
    assert faces[2] == 0


@pytest.mark.parametrize("every", ["1", "3", "auto"])
def test_faces_are_in_every_frame_even_if_searches_are_rare(run: Run, portrait_clip: Path, every: str) -> None:
    summary = json.loads(run("--no-display", "--json", "--video", portrait_clip, "--detect-every", every).out)
    assert summary["frames_with_faces"] == summary["frames"]


def test_a_successful_run_prints_its_summary_and_nothing_on_stderr(run_apart: Run, portrait_clip: Path) -> None:
    code, out, err = run_apart("--no-display", "--video", portrait_clip)
    assert (code, err) == (0, "")
    assert "5 frames" in out
    assert "people: 1 track, " in out


@pytest.mark.skipif(sys.platform == "win32", reason="there is no sh")
@pytest.mark.parametrize("closing", ["<&-", ">&-", "2>&-", "<&- 2>&-", "<&- >&- 2>&-"])
def test_a_run_without_some_standard_streams_reaches_the_end(portrait_clip: Path, tmp_path: Path, closing: str) -> None:
    log = tmp_path / "log.csv"
    done = run_without(closing, "-m", "live_monitor", "--no-display", "--video", str(portrait_clip), "--log", str(log))
    assert (done.returncode, done.stderr) == (0, "")
    assert ("5 frames" in done.stdout) is (" >&-" not in f" {closing}")
    assert len(log.read_text().splitlines()) > 1


@pytest.mark.skipif(sys.platform == "win32", reason="there is no sh")
@pytest.mark.parametrize("closing", ["<&-", ">&-", "2>&-", "<&- 2>&-", "<&- >&- 2>&-"])
def test_no_opened_file_gets_the_number_of_a_standard_stream(closing: str) -> None:
    program = "import os; from live_monitor.cli import entry; entry._run = lambda _: os.open(os.devnull, 0); entry.main()"
    assert run_without(closing, "-c", program).returncode > 2


def run_without(closing: str, *program: str) -> subprocess.CompletedProcess[str]:
    """Runs Python without the streams that the shell closes."""
    command = ["sh", "-c", f'exec "$@" {closing}', "sh", sys.executable, *program]
    return subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)


def test_a_file_that_ends_early_is_reported_after_the_summary(run: Run, tmp_path: Path) -> None:
    path = write_clip(tmp_path / "lesson.avi", range(20, 220, 4), fps=5.0, size=(320, 240))
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    code, out, err = run("--no-display", "--json", "--video", path)
    assert code == 0
    reached_s = (json.loads(out)["frames"] - 1) / 5
    assert err == f"{path}: ends after {reached_s:.1f} of the 9.8 s that it claims to have\n"


def test_the_json_summary_is_complete(run_apart: Run, portrait_clip: Path) -> None:
    code, out, err = run_apart("--no-display", "--json", "--video", portrait_clip)
    assert (code, err) == (0, "")
    summary = json.loads(out)
    assert set(summary) == SUMMARY_KEYS
    assert (summary["frames"], summary["readings"]) == (5, 5)
    assert tuple(summary["emotions"]) == LABELS


@pytest.mark.parametrize(("options", "frames"), [([], ["0", "4"]), (["--smooth", "0"], ["0", "1", "2", "3", "4"])])
def test_a_log_has_a_line_for_every_reading_and_for_the_last_frame(
    run: Run, portrait_clip: Path, tmp_path: Path, options: list[str], frames: list[str]
) -> None:
    log = tmp_path / "log.csv"
    code, out, err = run("--no-display", "--json", "--video", portrait_clip, "--log", log, *options)
    assert (code, err) == (0, "")
    with log.open(newline="", encoding="utf-8") as rows:
        lines = list(csv.DictReader(rows))
    assert [line["frame"] for line in lines] == frames
    assert {line["face"] for line in lines} == {str(track["id"]) for track in json.loads(out)["tracks"]}
    assert all(float(line["width"]) > 30 and not line["clock"] for line in lines)


@pytest.mark.parametrize("panel", [True, False])
def test_a_recording_shows_every_frame_with_the_panel_beside_it(
    run: Run, portrait_clip: Path, tmp_path: Path, panel: bool
) -> None:
    path = tmp_path / "lesson.mkv"
    option = "--panel" if panel else "--no-panel"
    assert run("--no-display", "--video", portrait_clip, "--record", path, option).code == 0
    height, width = Canvas(320, 240).blank(drawn_portrait()).shape[:2]
    capture, frames = cv2.VideoCapture(str(path)), 0
    assert capture.get(cv2.CAP_PROP_FRAME_HEIGHT) == height
    assert capture.get(cv2.CAP_PROP_FRAME_WIDTH) == pytest.approx(width + panel * panel_width(width, height), abs=1)
    while capture.grab():
        frames += 1
    assert frames == 5


@pytest.mark.parametrize(("option", "fps"), [([], 25.0), (["--realtime"], 30.0)])
def test_a_recording_has_the_frame_rate_of_the_file_unless_frames_may_be_dropped(
    run: Run, portrait_clip: Path, tmp_path: Path, option: list[str], fps: float
) -> None:
    assert run("--no-display", "--video", portrait_clip, "--record", tmp_path / "lesson.avi", *option).code == 0
    assert cv2.VideoCapture(str(tmp_path / "lesson.avi")).get(cv2.CAP_PROP_FPS) == fps


def test_faces_are_blurred_in_a_recording_too(run: Run, portrait_clip: Path, tmp_path: Path) -> None:
    sharpness = []
    for name, options in (("clear.mkv", []), ("blurred.mkv", ["--blur"])):
        assert run("--no-display", "--video", portrait_clip, "--record", tmp_path / name, "--no-panel", *options).code == 0
        image = cv2.VideoCapture(str(tmp_path / name)).read()[1]
        middle = image[image.shape[0] // 3 : -image.shape[0] // 3, image.shape[1] // 3 : -image.shape[1] // 3]
        sharpness.append(float(cv2.Laplacian(middle, cv2.CV_32F).std()))
    assert sharpness[1] < 0.7 * sharpness[0]


@pytest.mark.parametrize("option", [["--profile"], ["--min-face", "30"], ["--device", "cpu"], ["--realtime"]])
def test_every_option_for_the_analysis_reaches_the_end(run: Run, portrait_clip: Path, option: list[str]) -> None:
    code, out, err = run("--no-display", "--json", "--video", portrait_clip, *option)
    assert (code, err) == (0, "")
    assert json.loads(out)["frames_with_faces"] >= 1


@pytest.mark.parametrize("joined", [True, False], ids=["--video=FILE", "--video FILE"])
def test_a_file_may_have_a_name_like_an_option(run: Run, clip: Path, monkeypatch: pytest.MonkeyPatch, joined: bool) -> None:
    name = "-starts-with-dash.mp4"
    monkeypatch.chdir(clip.parent)
    clip.rename(clip.parent / name)
    code, _, err = run("--no-display", *([f"--video={name}"] if joined else ["--video", name]))
    assert (code, err) == (0, "")


def test_a_real_file_with_a_name_like_an_option_can_be_read(run: Run, shared_data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(shared_data / "videos")
    assert run("--no-display", "--video", "-starts-with-dash.mp4").code == 0
