"""What the report says, in numbers and as a table."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from live_monitor.dataset.duplicates import find_duplicates
from live_monitor.dataset.fer2013 import NAMED, Faces, Fer2013, Skipped
from live_monitor.dataset.ferplus import FER2013_ROWS
from live_monitor.dataset.report import as_json, as_table

NEUTRAL, SURPRISE, CONTEMPT, UNKNOWN, NOT_A_FACE = 0, 2, 7, 8, 9
"""Columns of the votes."""

HAPPY, NEUTRAL_LABEL = 3, 6


def faces(labels: list[int], seeds: list[int], first_row: int) -> Faces:
    """Noise; pictures with the same seed are equal."""
    images = [np.random.default_rng(seed).integers(0, 256, (48, 48)).astype(np.uint8) for seed in seeds]
    rows = np.arange(first_row, first_row + len(labels), dtype=np.int64)
    return Faces(np.array(images, np.uint8).reshape(-1, 48, 48), np.array(labels, np.int64), rows)


@pytest.fixture
def fer2013() -> Fer2013:
    return Fer2013(
        {
            "Training": faces([HAPPY, HAPPY, NEUTRAL_LABEL, NEUTRAL_LABEL], [1, 1, 2, 3], 0),
            "PublicTest": faces([HAPPY, NEUTRAL_LABEL], [2, 4], 28709),
            "PrivateTest": faces([], [], 32298),
        },
        (Skipped("Training", "train/happy/Training_90.png", "in colour, not grey"),),
    )


@pytest.fixture
def votes() -> NDArray[np.uint8]:
    """The votes for the six pictures: neutral, a tie, not a face, neutral; contempt, unknown."""
    votes = np.zeros((FER2013_ROWS, 10), np.uint8)
    votes[[0, 3], NEUTRAL] = 9
    votes[1, [NEUTRAL, SURPRISE]] = 5
    votes[2, NOT_A_FACE] = 10
    votes[28709, CONTEMPT] = 10
    votes[28710, UNKNOWN] = 10
    return votes


def report(fer2013: Fer2013, votes: NDArray[np.uint8] | None = None) -> dict[str, Any]:
    exact, near = find_duplicates(fer2013, lambda _pictures: None)
    return as_json(Path("fer2013.zip"), fer2013, exact, near, votes)


def test_images_are_counted_by_class_and_split(fer2013: Fer2013) -> None:
    images = report(fer2013)["images"]
    assert images["happy"] == {"Training": 2, "PublicTest": 1, "PrivateTest": 0}
    assert images["neutral"] == {"Training": 2, "PublicTest": 1, "PrivateTest": 0}
    assert images["angry"] == {"Training": 0, "PublicTest": 0, "PrivateTest": 0}


def test_duplicates_are_counted_within_and_across_splits(fer2013: Fer2013) -> None:
    assert report(fer2013)["exact_duplicates"] == {
        "of_Training": {"Training": 2, "PublicTest": 1, "PrivateTest": 0},
        "of_PublicTest": {"Training": 1, "PublicTest": 0, "PrivateTest": 0},
        "of_PrivateTest": {"Training": 0, "PublicTest": 0, "PrivateTest": 0},
        "other_label": {"Training": 1, "PublicTest": 1, "PrivateTest": 0},
    }


def test_votes_are_compared_with_the_labels(fer2013: Fer2013, votes: NDArray[np.uint8]) -> None:
    assert report(fer2013, votes)["votes"] == {
        "class_majority": {"Training": 2, "PublicTest": 1, "PrivateTest": 0},
        "agree": {"Training": 1, "PublicTest": 0, "PrivateTest": 0},
        "no_majority": {"Training": 1, "PublicTest": 0, "PrivateTest": 0},
        "unknown": {"Training": 0, "PublicTest": 1, "PrivateTest": 0},
        "not_a_face": {"Training": 1, "PublicTest": 0, "PrivateTest": 0},
    }


def test_the_report_mentions_votes_only_if_they_are_given(fer2013: Fer2013) -> None:
    assert "votes" not in report(fer2013)
    assert "FER+" not in as_table(report(fer2013), fer2013)


def test_the_table_has_a_column_for_each_split_and_their_sum(fer2013: Fer2013, votes: NDArray[np.uint8]) -> None:
    table = as_table(report(fer2013, votes), fer2013).splitlines()
    assert table[0] == "fer2013.zip"
    assert table[2].split() == ["images", "Training", "PublicTest", "PrivateTest", "all"]
    rows = {" ".join(line.split()[:-4]): line.split()[-4:] for line in table if len(line.split()) > 4}
    assert rows["happy"] == ["2", "1", "0", "3"]
    assert rows["all"] == ["4", "2", "0", "6"]
    assert rows["equal to one in Training"] == ["2", "1", "0", "3"]
    assert rows["nearly equal to one of another label"] == ["0", "0", "0", "0"]
    assert rows["a majority for not a face"] == ["1", "0", "0", "1"]


def test_agreement_is_a_share_of_the_majorities_for_a_class(fer2013: Fer2013, votes: NDArray[np.uint8]) -> None:
    [line] = [line for line in as_table(report(fer2013, votes), fer2013).splitlines() if "FER2013's label" in line]
    assert line.split("label")[1].split() == ["50.0", "%", "0.0", "%", "-", "33.3", "%"]


def test_pictures_left_out_are_named(fer2013: Fer2013) -> None:
    assert report(fer2013)["skipped"] == ["train/happy/Training_90.png: in colour, not grey"]
    assert as_table(report(fer2013), fer2013).endswith("\n\n1 left out:\n  train/happy/Training_90.png: in colour, not grey")


def test_the_table_names_only_a_few_of_many_pictures_left_out(fer2013: Fer2013) -> None:
    many = Fer2013(fer2013.splits, fer2013.skipped * (NAMED + 3))
    assert len(report(many)["skipped"]) == NAMED + 3
    assert as_table(report(many), many).endswith("  and 3 more")
