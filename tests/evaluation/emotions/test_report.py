"""The report in numbers, as a table and as Markdown."""

from __future__ import annotations

import json

import numpy as np
import pytest

from live_monitor.evaluation.emotions.evaluate import evaluate
from live_monitor.evaluation.emotions.markdown import as_markdown
from live_monitor.evaluation.emotions.metrics import wilson
from live_monitor.evaluation.emotions.report import Json, as_json, as_table, figures
from live_monitor.labels import FERPLUS_LABELS, LABELS
from tests.evaluation.emotions.made import ByLevel, some_faces, some_runs


@pytest.fixture
def report() -> Json:
    return as_json(some_runs(), ["deepface: not installed"])


def test_the_report_and_its_models_have_these_keys(report: Json) -> None:
    assert report.keys() == {"models", "labels", "left_out", "environment"}
    assert list(report["models"][0]) == [
        "name", "engine", "split", "margin", "not_found", "n", "accuracy", "interval", "accuracy_flip", "balanced_accuracy",
        "ece", "ferplus_accuracy", "ferplus_label_accuracy", "size_bytes", "ms_per_batch", "confusion", "per_class",
        "reliability", "harder",
    ]  # fmt: skip


def test_the_report_can_be_written_as_json(report: Json) -> None:
    assert json.loads(json.dumps(report, allow_nan=False)) == report


def test_the_numbers_match_the_faces(report: Json) -> None:
    one, other = report["models"]
    assert (one["name"], other["name"], one["engine"], one["split"], one["n"]) == ("one", "runs/other", "fake, CPU", "made", 10)
    assert one["accuracy"] == one["accuracy_flip"] == 0.8
    assert one["interval"] == pytest.approx(wilson(8, 10), abs=1e-4)
    # All recalls are 1, except those of sad and surprise, which are 1 in 2.
    assert one["balanced_accuracy"] == pytest.approx((5 * 1 + 2 * 0.5) / 7, abs=1e-4)
    assert (one["ece"], other["ece"]) == (pytest.approx(0.1), pytest.approx(0.1))
    assert one["ms_per_batch"].keys() == {"1", "8", "32"}
    assert (one["size_bytes"], one["margin"], one["not_found"]) == (4_100_000, None, 0)


def test_the_confusion_matrix_has_truth_in_rows(report: Json) -> None:
    confusion = np.array(report["models"][0]["confusion"])
    assert confusion[LABELS.index("sad"), LABELS.index("happy")] == 1
    assert confusion.sum(axis=1).tolist() == [1, 1, 1, 2, 2, 2, 1]
    assert report["models"][0]["per_class"]["happy"] == {"n": 2, "precision": 0.6667, "recall": 1.0, "f1": 0.8}


def test_the_reliability_has_a_line_per_bin(report: Json) -> None:
    bins = report["models"][0]["reliability"]
    assert len(bins) == 15
    assert bins[10] == {"from": 0.6667, "to": 0.7333, "n": 10, "confidence": 0.7, "accuracy": 0.8}
    assert bins[0] == {"from": 0.0, "to": 0.0667, "n": 0, "confidence": None, "accuracy": None}


def test_harder_faces_have_both_accuracies(report: Json) -> None:
    harder = report["models"][0]["harder"]
    assert list(harder) == ["24 px", "blur", "dark", "noise", "shifted crop"]
    assert harder["blur"] == {"accuracy": 0.8, "balanced_accuracy": pytest.approx(6 / 7, abs=1e-4)}
    assert harder["dark"]["accuracy"] < 0.8


MAJORITY = [FERPLUS_LABELS.index(name) for name in ("anger", "disgust", "fear", "happiness", "sadness", "surprise")]


def test_agreement_with_ferplus_is_by_the_seven_labels_if_a_model_has_no_others() -> None:
    majority = [*MAJORITY, FERPLUS_LABELS.index("contempt"), -1, -1, -1]
    [run] = evaluate([ByLevel()], [some_faces(majority)])
    assert figures(run.faces, run.answers, run.flipped)["ferplus_accuracy"] == pytest.approx(6 / 7, abs=1e-4)


def test_agreement_with_ferplus_is_by_its_own_classes_if_a_model_has_them() -> None:
    contempt = FERPLUS_LABELS.index("contempt")
    [run] = evaluate([ByLevel(ferplus=contempt)], [some_faces([contempt, contempt, contempt, 0, *[-1] * 6])])
    assert figures(run.faces, run.answers, run.flipped)["ferplus_accuracy"] == 0.75


def test_the_label_shown_is_compared_where_the_majority_is_one_of_the_seven() -> None:
    contempt, neutral = FERPLUS_LABELS.index("contempt"), FERPLUS_LABELS.index("neutral")
    [run] = evaluate([ByLevel(ferplus=contempt)], [some_faces([*MAJORITY[:5], neutral, contempt, -1, -1, -1])])
    assert figures(run.faces, run.answers, run.flipped)["ferplus_label_accuracy"] == pytest.approx(5 / 6, abs=1e-4)


def test_without_votes_there_is_no_agreement(report: Json) -> None:
    assert report["models"][0]["ferplus_accuracy"] is report["models"][0]["ferplus_label_accuracy"] is None
    assert "FER+" not in as_table(report)


def test_without_a_majority_there_is_no_agreement() -> None:
    [run] = evaluate([ByLevel()], [some_faces([-1] * 10)])
    assert figures(run.faces, run.answers, run.flipped)["ferplus_accuracy"] is None


def test_the_table_has_a_column_per_model(report: Json) -> None:
    lines = as_table(report).splitlines()
    assert lines[0] == "made: 10 faces"
    assert lines[2].split() == ["one", "runs/other"]
    cells = {line[:24].strip(): line[24:].split("  ") for line in lines[3:]}
    assert [cell.strip() for cell in cells["accuracy"] if cell.strip()] == ["80.0 %", "80.0 %"]
    assert {"95 % interval", "with flip", "F1, disgust (1)", "accuracy, noise", "size", "ms for 32"} <= cells.keys()


def test_each_set_of_faces_has_a_table() -> None:
    runs = evaluate([ByLevel()], [some_faces(margin=0.0, not_found=3), some_faces(margin=-0.1)])
    heads = [line for line in as_table(as_json(runs)).splitlines() if line.startswith("made")]
    assert heads == ["made, margin 0: 10 faces, no box found in 3: taken whole", "made, margin -0.1: 10 faces"]


def test_markdown_has_a_row_per_model_and_complete_tables(report: Json) -> None:
    markdown = as_markdown(report)
    tables = [block.splitlines() for block in markdown.split("\n\n") if block.startswith("|")]
    assert [len(table) for table in tables] == [4, 4, 9, 9]
    for table in tables:
        assert len({line.count("|") for line in table}) == 1
    assert tables[0][2].startswith("| `one` | fake, CPU | made | 10 | 80.0 % | 49.0 to 94.3 | 80.0 % |")
    assert "| happy | 2 | 66.7 % | 100.0 % | 80.0 % |" in tables[2]
    assert "Left out: deepface: not installed" in markdown


def test_a_pipe_in_a_name_does_not_break_the_markdown() -> None:
    markdown = as_markdown(as_json(evaluate([ByLevel("a|b")], [some_faces()])))
    assert "| `a\\|b` |" in markdown
