"""The pictures of a report."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import pytest

from live_monitor.errors import OutputError
from live_monitor.evaluation.emotions.evaluate import evaluate
from live_monitor.evaluation.emotions.files import write_report
from live_monitor.evaluation.emotions.plots import comparison_png, confusion_file, confusion_png, reliability_png
from live_monitor.evaluation.emotions.report import Json, as_json
from live_monitor.types import Image
from tests.evaluation.emotions.made import ByLevel, some_faces, some_runs


@pytest.fixture(scope="module")
def report() -> Json:
    return as_json(some_runs())


def picture(content: bytes) -> Image:
    decoded = cv2.imdecode(np.frombuffer(content, np.uint8), cv2.IMREAD_COLOR)
    assert decoded is not None
    return decoded.astype(np.uint8, copy=False)


@pytest.mark.parametrize("draw", [lambda model: confusion_png(model["confusion"], "one"), reliability_png])
def test_a_models_plots_are_png_files_sized_for_a_page(report: Json, draw: Callable[[Json], bytes]) -> None:
    drawn = picture(draw(report["models"][0]))
    assert 500 < drawn.shape[1] < 1200
    assert 500 < drawn.shape[0] < 1200
    assert len(np.unique(drawn.reshape(-1, 3), axis=0)) > 10


def test_the_comparison_has_a_colour_for_each_model(report: Json) -> None:
    one, both = picture(comparison_png(report["models"][:1])), picture(comparison_png(report["models"]))
    orange = np.array([0x3C, 0x76, 0xD1])
    assert not (one == orange).all(axis=2).any()
    assert (both == orange).all(axis=2).any()


def test_more_models_than_there_are_colours_can_be_compared() -> None:
    runs = evaluate([ByLevel(f"model {number}") for number in range(8)], [some_faces()])
    assert picture(comparison_png(as_json(runs)["models"])).shape[1] > 1000


def test_a_label_without_faces_can_be_drawn() -> None:
    picture(confusion_png(np.diag([0, 1, 1, 1, 1, 1, 1]), "nobody is angry"))


def test_file_names_are_plain_and_distinguish_models(report: Json) -> None:
    names = [confusion_file(index, model) for index, model in enumerate(report["models"])]
    assert names == ["confusion-1-one-fake.png", "confusion-2-runs-other-fake.png"]


def test_the_folder_holds_the_report_and_every_picture_in_the_markdown(report: Json, tmp_path: Path) -> None:
    write_report(report, tmp_path)
    shown = re.findall(r"!\[[^]]*\]\(([^)]+)\)", (tmp_path / "report.md").read_text(encoding="utf-8"))
    assert len(shown) == 5
    assert {path.name for path in tmp_path.iterdir()} == {"report.json", "report.md", *shown}


def test_an_unwritable_file_is_an_output_error(report: Json, tmp_path: Path) -> None:
    (tmp_path / "harder.png").mkdir()
    with pytest.raises(OutputError, match=r"harder\.png: cannot be written: "):
        write_report(report, tmp_path)
    assert not list(tmp_path.glob("*.part"))


def test_drawing_loads_nothing_that_opens_windows() -> None:
    program = "import sys, live_monitor.evaluation.emotions.files; print(*sys.modules, sep='\\n')"
    loaded = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout.splitlines()
    assert "matplotlib.figure" in loaded
    assert "matplotlib.pyplot" not in loaded
