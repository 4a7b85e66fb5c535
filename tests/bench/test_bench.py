"""The benchmark's report."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from live_monitor.bench.bench import _carried, as_table, bench
from live_monitor.capture.video_file import VideoFile
from live_monitor.errors import ModelError, SourceError
from live_monitor.settings import Settings
from tests.fakes import drawn_portrait, write_clip

FRAMES = 12
KEYS = {
    "decode_fps", "pipeline_fps", "ratio", "stages_ms", "faces_per_frame", "frames", "first_result_s", "peak_rss_mb",
    "result_age_ms", "dropped", "carried", "people_ms", "environment",
}  # fmt: skip


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_clip(tmp_path_factory.mktemp("bench") / "clip.avi", range(0, 10 * FRAMES, 10))


def measure(video: Path, **settings: Any) -> dict[str, Any]:
    return bench(VideoFile(video), Settings(device="cpu", **settings), lambda _: None)


@pytest.fixture(scope="module")
def report(clip: Path) -> dict[str, Any]:
    return measure(clip)


@pytest.fixture(scope="module")
def realtime_report(clip: Path) -> dict[str, Any]:
    return measure(clip, realtime=True)


def test_the_report_has_these_keys_and_no_others(report: dict[str, Any]) -> None:
    assert set(report) == KEYS


def test_every_frame_of_a_file_is_analysed(report: dict[str, Any]) -> None:
    assert (report["frames"], report["dropped"]) == (FRAMES, 0)


def test_rates_are_positive_and_their_ratio_is_reported(report: dict[str, Any]) -> None:
    assert report["decode_fps"] > 0
    assert report["pipeline_fps"] > 0
    assert report["ratio"] == pytest.approx(report["pipeline_fps"] / report["decode_fps"], rel=0.01)


@pytest.fixture
def walk(tmp_path: Path) -> Path:
    """A clip of a face that moves."""
    path = tmp_path / "walk.avi"
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"MJPG"), 25, (320, 240))
    for step in range(FRAMES):
        writer.write(np.roll(drawn_portrait(), 2 * step, axis=1))
    writer.release()
    return path


def test_carried_boxes_are_compared_with_those_that_a_search_finds(walk: Path) -> None:
    report = measure(walk, detector="haar", detect_every=4)
    assert report["stages_ms"].keys() == {"read", "detect", "carry", "track", "classify", "steady", "pulse"}
    carried = report["carried"]
    assert 0 < carried["off_px"]["median"] <= carried["off_px"]["p95"] < 12
    assert carried["lost"] == 0
    assert "carried boxes" in as_table(report)


def test_losing_all_carried_boxes_is_reported(walk: Path, report: dict[str, Any]) -> None:
    carried = _carried(VideoFile(walk), Settings(device="cpu", detector="haar"), {frame: [] for frame in range(FRAMES)})
    assert carried == {"off_px": None, "lost": 1.0}
    assert "100.0% lost" in as_table(report | {"carried": carried})


def test_without_carried_boxes_there_is_nothing_to_compare(report: dict[str, Any]) -> None:
    assert report["carried"] is None
    assert "carried" not in as_table(report)


def test_every_stage_has_median_and_95th_percentile(report: dict[str, Any]) -> None:
    assert list(report["stages_ms"]) == ["read", "detect", "track", "classify", "steady", "pulse"]
    assert all(0 <= times["median"] <= times["p95"] for times in report["stages_ms"].values())


def test_uniform_pictures_have_no_faces(report: dict[str, Any]) -> None:
    assert report["faces_per_frame"] == 0


def test_start_and_memory_are_those_of_a_python_process(report: dict[str, Any]) -> None:
    assert report["first_result_s"] > 0
    assert 20 < report["peak_rss_mb"] < 100_000


def test_a_file_at_full_speed_has_no_age_of_results(report: dict[str, Any]) -> None:
    assert report["result_age_ms"] is None


def test_a_file_in_real_time_adds_the_age_of_results(realtime_report: dict[str, Any]) -> None:
    assert set(realtime_report) == KEYS
    assert 0 < realtime_report["result_age_ms"]["median"] <= realtime_report["result_age_ms"]["p95"]


def test_a_file_in_real_time_accounts_for_every_frame(realtime_report: dict[str, Any]) -> None:
    assert realtime_report["frames"] >= 1
    assert realtime_report["frames"] + realtime_report["dropped"] == FRAMES


def test_progress_counts_each_frame_once_in_each_of_the_two_passes(clip: Path) -> None:
    steps: list[int] = []
    bench(VideoFile(clip), Settings(device="cpu"), steps.append)
    assert sum(steps) == 2 * FRAMES


def test_a_file_of_one_picture_can_be_measured(tmp_path: Path) -> None:
    report = measure(write_clip(tmp_path / "one.avi", [50]))
    assert report["frames"] == 1
    assert report["pipeline_fps"] == 0


def test_faces_of_a_real_video_are_counted(shared_data: Path) -> None:
    report = measure(shared_data / "videos" / "single_face.mp4")
    assert report["faces_per_frame"] > 0.5


def test_a_missing_file_is_a_source_error(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="no such file"):
        measure(tmp_path / "none.mp4")


def test_a_missing_model_is_a_model_error(clip: Path) -> None:
    with pytest.raises(ModelError, match="no-such"):
        measure(clip, model="no-such")


def test_the_table_has_a_line_per_measurement(report: dict[str, Any]) -> None:
    names = [re.split(r"  +", line)[0] for line in as_table(report).splitlines()[:-1]]
    assert names == [
        "decoding alone", "pipeline", "frames analysed", "faces per frame", "first result", "peak memory",
        "read", "detect", "track", "classify", "steady", "pulse", "people, 16 faces",
    ]  # fmt: skip


def test_the_table_has_the_age_of_results_if_it_was_measured(realtime_report: dict[str, Any]) -> None:
    assert "result age" in as_table(realtime_report)
