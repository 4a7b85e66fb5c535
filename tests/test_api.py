"""What a Python program may rely on: names, labels, colours, errors and their exit codes."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

import live_monitor
from live_monitor import errors
from live_monitor.labels import COLOURS_BGR, LABELS, UNSURE
from tests.fakes import drawn_portrait, write_clip

EXIT_CODES = {
    "LiveMonitorError": 1, "UsageError": 2, "ModelError": 3, "SourceError": 4, "DisplayError": 5, "OutputError": 6,
}  # fmt: skip


def error_classes() -> Iterator[type[errors.LiveMonitorError]]:
    for value in vars(errors).values():
        if isinstance(value, type) and issubclass(value, errors.LiveMonitorError):
            yield value


@pytest.mark.parametrize("name", live_monitor.__all__)
def test_every_public_name_can_be_imported(name: str) -> None:
    assert getattr(live_monitor, name) is not None


def test_the_public_names_are_these() -> None:
    assert sorted(live_monitor.__all__) == [
        "Box", "Detection", "Frame", "FrameResult", "LABELS", "LiveMonitorError", "Reading", "Settings", "Track", "analyze",
    ]  # fmt: skip


def test_an_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="has no attribute 'nonsense'"):
        live_monitor.nonsense  # noqa: B018


def test_importing_the_package_loads_neither_opencv_nor_numpy() -> None:
    program = "import sys, live_monitor; print(not {'cv2', 'numpy'} & set(sys.modules))"
    assert subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout == "True\n"


def test_every_error_has_the_exit_code_of_the_table() -> None:
    assert {error.__name__: error.exit_code for error in error_classes()} == EXIT_CODES


def test_the_table_of_errors_is_in_the_modules_docstring() -> None:
    table = (errors.__doc__ or "").splitlines()
    for name, code in EXIT_CODES.items():
        assert any(f" {name} " in line and f" {code} " in line for line in table)


def test_labels_have_fer2013s_order() -> None:
    assert LABELS == ("angry", "disgust", "fear", "happy", "sad", "surprise", "neutral")


def test_every_label_has_its_own_colour() -> None:
    assert tuple(COLOURS_BGR) == LABELS
    assert len(set(COLOURS_BGR.values())) == len(LABELS)
    assert all(0 <= channel <= 255 for colour in COLOURS_BGR.values() for channel in colour)


def test_a_picture_is_analysed_with_one_result() -> None:
    [result] = live_monitor.analyze(drawn_portrait(), device="cpu")
    [reading] = result.readings
    assert reading.label in (*LABELS, UNSURE)
    assert 1 / 7 <= reading.confidence <= 1


def test_a_video_is_analysed_frame_by_frame_in_order(tmp_path: Path) -> None:
    clip = write_clip(tmp_path / "clip.avi", [20, 60, 100], fps=10)
    results = list(live_monitor.analyze(clip, device="cpu"))
    assert [result.frame.index for result in results] == [0, 1, 2]
    assert [result.frame.pts_s for result in results] == pytest.approx([0.0, 0.1, 0.2])


def test_settings_are_checked_before_anything_is_opened() -> None:
    with pytest.raises(live_monitor.LiveMonitorError, match="min_face 0: must be a whole number of pixels, from 1"):
        live_monitor.analyze("none.mp4", min_face=0)


def test_a_source_that_cannot_be_opened_is_an_error_when_results_are_taken(tmp_path: Path) -> None:
    results = live_monitor.analyze(tmp_path / "none.mp4")
    with pytest.raises(errors.SourceError, match="no such file"):
        next(results)


def test_iteration_can_be_stopped_early(tmp_path: Path) -> None:
    clip = write_clip(tmp_path / "clip.avi", [20] * 50)
    results = live_monitor.analyze(clip, device="cpu")
    assert next(results).frame.index == 0
    results.close()  # type: ignore[attr-defined]


def test_a_picture_of_another_type_is_refused() -> None:
    with pytest.raises(errors.UsageError, match="expected uint8"):
        live_monitor.analyze(np.zeros((4, 4, 3), np.float32))
