"""The numbers of an evaluation, as JSON and as a table."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from live_monitor.evaluation.faces.annotations import MarkedPicture, load_annotations
from live_monitor.evaluation.faces.detectors import Candidate, candidates
from live_monitor.evaluation.faces.evaluate import evaluate
from live_monitor.evaluation.faces.report import as_json, as_table, skipped
from tests.evaluation.faces.made import FACE_BOXES, drawn_pair, marked, script, seen, square, write_json, write_picture

SMALL, MIDDLE, LARGE, TINY = square(0, 0, 24), square(40, 0, 40), square(100, 0, 130), square(0, 200, 12)
REPORT_KEYS = {"detectors", "pictures", "faces", "smallest_px", "iou", "skipped", "environment"}
DETECTOR_KEYS = {"name", "ap", "recall", "precision", "ms_per_image", "ms_per_image_p95", "threshold", "by_size", "by_label"}


@pytest.fixture
def pictures(tmp_path: Path) -> list[MarkedPicture]:
    """Four faces that count and one too small, with and without masks."""
    return [
        marked(write_picture(tmp_path / "a.png", 10), SMALL, MIDDLE, TINY, labels=("mask", "bare", "mask")),
        marked(write_picture(tmp_path / "b.png", 20), MIDDLE, LARGE, labels=("bare", "bare")),
    ]


@pytest.fixture
def report(pictures: list[MarkedPicture]) -> dict[str, Any]:
    keen = {10: [seen(SMALL, 0.9), seen(MIDDLE, 0.3), seen(TINY, 0.95)], 20: [seen(LARGE, 0.8), seen(square(0, 150), 0.7)]}
    blind = script("blind", {}, threshold=0.9)
    return as_json(evaluate([script("keen", keen), blind], [*pictures, marked(Path("none.png"))]))


def test_recall_and_precision_use_live_results_and_average_precision_also_faint_faces(
    pictures: list[MarkedPicture],
) -> None:
    faint = [seen(LARGE, 0.8), seen(MIDDLE, 0.3)]
    candidate = Candidate("two", lambda _: [seen(LARGE, 0.4)], 0.5, lambda _: faint)
    [measured] = as_json(evaluate([candidate], pictures[1:]))["detectors"]
    assert (measured["recall"], measured["precision"], measured["ap"]) == (0, None, 1)
    assert [band["recall"] for band in measured["by_size"].values() if band["faces"]] == [0, 0]
    assert [band["ap"] for band in measured["by_size"].values() if band["faces"]] == [1, 1]


def test_the_report_has_these_keys_and_can_be_written_as_json(report: dict[str, Any]) -> None:
    assert set(report) == REPORT_KEYS
    assert [set(each) for each in report["detectors"]] == [DETECTOR_KEYS] * 2
    assert json.loads(json.dumps(report, allow_nan=False)) == report


def test_only_pictures_and_faces_that_count_are_counted(report: dict[str, Any]) -> None:
    assert (report["pictures"], report["faces"], report["smallest_px"], report["iou"]) == (2, 4, 20, 0.4)
    assert report["skipped"] == ["none.png: no such file"]


def test_recall_and_precision_are_those_at_the_threshold(report: dict[str, Any]) -> None:
    keen, blind = report["detectors"]
    assert (keen["recall"], keen["precision"], keen["threshold"]) == (0.5, pytest.approx(2 / 3, abs=1e-4), 0.5)
    assert (blind["recall"], blind["precision"], blind["threshold"]) == (0.0, None, 0.9)


def test_average_precision_includes_detections_below_the_threshold(report: dict[str, Any]) -> None:
    """Right, right, false, right of four faces: precision 1, 1, 2/3, 3/4."""
    assert [each["ap"] for each in report["detectors"]] == [pytest.approx((1 + 1 + 3 / 4) / 4, abs=1e-4), 0.0]


def test_faces_are_divided_among_bands_of_size(report: dict[str, Any]) -> None:
    bands = report["detectors"][0]["by_size"]
    assert {name: (band["faces"], band["recall"]) for name, band in bands.items()} == {
        "20-32": (1, 1.0), "32-64": (2, 0.0), "64-128": (0, None), "128+": (1, 1.0),
    }  # fmt: skip
    assert bands["32-64"]["ap"] == pytest.approx(0.25)  # the false one, then one of two
    assert bands["128+"]["ap"] == 1.0


def test_faces_are_divided_among_labels(report: dict[str, Any]) -> None:
    assert report["detectors"][0]["by_label"] == {
        "bare": {"faces": 3, "recall": pytest.approx(1 / 3, abs=1e-4)},
        "mask": {"faces": 1, "recall": 1.0},
    }


@pytest.mark.parametrize(
    ("smallest", "bands", "faces"),
    [(10, ["10-20", "20-32", "32-64", "64-128", "128+"], 5), (40, ["40-64", "64-128", "128+"], 3), (130, ["130+"], 1)],
)
def test_the_smallest_face_that_counts_can_be_chosen(
    pictures: list[MarkedPicture], smallest: int, bands: list[str], faces: int
) -> None:
    report = as_json(evaluate([script("blind", {})], pictures, smallest_px=smallest))
    assert list(report["detectors"][0]["by_size"]) == bands
    assert report["faces"] == faces


def test_times_are_median_and_95th_percentile_in_milliseconds(pictures: list[MarkedPicture]) -> None:
    evaluation = evaluate([script("any", {})], pictures)
    evaluation.runs[0].times_ms[:] = [float(ms) for ms in range(101)]
    [detector] = as_json(evaluation)["detectors"]
    assert (detector["ms_per_image"], detector["ms_per_image_p95"]) == (50.0, 95.0)


def test_pictures_without_faces_have_no_recall_but_are_still_reported(tmp_path: Path) -> None:
    report = as_json(evaluate([script("keen", {10: [seen(MIDDLE)]})], [marked(write_picture(tmp_path / "a.png", 10))]))
    [detector] = report["detectors"]
    assert (report["faces"], detector["ap"], detector["recall"], detector["precision"]) == (0, None, None, 0.0)
    assert detector["by_label"] == {}
    assert "average precision" in as_table(report)


def test_the_table_has_a_column_per_detector_and_a_row_per_measure(report: dict[str, Any]) -> None:
    head, _, *rows, _, environment = as_table(report).splitlines()
    assert head == "2 pictures, 4 faces of 20 px and up, IoU 0.4"
    assert environment == report["environment"]
    assert rows[0].split() == ["keen", "blind"]
    assert [row.rsplit(maxsplit=2) for row in rows[1:4]] == [
        ["average precision", "0.688", "0.000"],
        ["recall", "0.500", "0.000"],
        ["precision", "0.667", "-"],
    ]
    assert "recall, 20-32 px (1)" in "\n".join(rows)
    assert "recall, bare (3)" in "\n".join(rows)
    assert len({len(row) for row in rows}) == 1


def test_many_skipped_pictures_are_counted_and_a_few_named(pictures: list[MarkedPicture]) -> None:
    few = evaluate([], [*pictures, *(marked(Path(f"{n}.png")) for n in range(2))])
    assert skipped(few) == "2 of 4 pictures skipped: 0.png: no such file; 1.png: no such file"
    many = evaluate([], [*pictures, *(marked(Path(f"{n}.png")) for n in range(8))])
    assert skipped(many).startswith("8 of 10 pictures skipped: 0.png: ")
    assert skipped(many).endswith("4.png: no such file; and 3 more (--json names all)")


def test_the_cascades_find_both_drawn_faces(tmp_path: Path) -> None:
    import cv2

    assert cv2.imwrite(str(tmp_path / "pair.png"), drawn_pair())
    path = write_json(tmp_path / "faces.json", [{"image": "pair.png", "boxes": FACE_BOXES}])
    detectors = as_json(evaluate(candidates(["haar", "haar-opencv"]), load_annotations(path)))["detectors"]
    assert [(each["name"], each["ap"]) for each in detectors] == [("haar", 1.0), ("haar-opencv", 1.0)]


def test_yunet_finds_most_of_the_shared_faces_at_the_size_it_was_made_for(shared_data: Path) -> None:
    pictures = load_annotations(shared_data / "faces" / "faces.json")[:20]
    [model] = (shared_data / "detectors").glob("*.onnx")
    report = as_json(evaluate(candidates(["yunet", "haar"], 640, model), pictures))
    yunet, haar = report["detectors"]
    assert report["skipped"] == []
    assert yunet["ap"] > 0.85
    assert haar["ap"] < yunet["ap"]
    assert sum(band["faces"] for band in yunet["by_size"].values()) == report["faces"]
    assert sum(label["faces"] for label in yunet["by_label"].values()) == report["faces"]
