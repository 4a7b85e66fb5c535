"""The votes of FER+: reading and counting them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from live_monitor.dataset.fer2013 import Faces
from live_monitor.dataset.ferplus import (
    FER2013_ROWS,
    NOT_A_FACE,
    SPLIT_ROWS,
    TO_LABEL,
    UNKNOWN,
    distribution,
    load_votes,
    majority,
    refuse_other_faces,
    verdicts,
)
from live_monitor.errors import UsageError
from live_monitor.labels import FERPLUS_LABELS, LABELS
from tests.dataset.made import VOTES_HEADER, vote_lines, write_votes

NEUTRAL, HAPPINESS, SURPRISE, FEAR, CONTEMPT = (
    FERPLUS_LABELS.index(name) for name in ("neutral", "happiness", "surprise", "fear", "contempt")
)


def votes(**columns: int) -> np.typing.NDArray[np.uint8]:
    """One row with this many votes for each."""
    names = (*FERPLUS_LABELS, "unknown", "not_a_face")
    return np.array([[columns.get(name, 0) for name in names]], np.uint8)


def test_votes_are_read_in_the_order_of_the_rows(tmp_path: Path) -> None:
    read = load_votes(write_votes(tmp_path / "votes.csv", {0: [4, 0, 0, 1, 3, 2, 0, 0, 0, 0], 35886: [0] * 9 + [10]}))
    assert read.shape == (FER2013_ROWS, 10)
    assert read.dtype == np.uint8
    assert read[0].tolist() == [4, 0, 0, 1, 3, 2, 0, 0, 0, 0]
    assert read[-1].tolist() == [0] * 9 + [10]


def test_blank_lines_are_not_rows(tmp_path: Path) -> None:
    file = write_votes(tmp_path / "votes.csv", {})
    file.write_text(file.read_text(encoding="utf-8") + "\n\n", encoding="utf-8")
    assert load_votes(file).shape == (FER2013_ROWS, 10)


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (lambda lines: lines[:-1], "it has 35886 rows, but FER2013 has 35887"),
        (lambda lines: [*lines, lines[-1]], "it has 35888 rows"),
        (lambda lines: [lines[-1], *lines[1:-1], lines[0]], "its rows are not in FER2013's order"),
        (lambda lines: [*lines[:7], lines[7].replace(",10,", ",ten,"), *lines[8:]], "line 9: 'ten' is not a number of votes"),
        (lambda lines: [*lines[:7], lines[7].replace(",10,", ",256,"), *lines[8:]], "line 9: '256' is not a number of votes"),
        (lambda lines: [*lines[:7], lines[7].replace(",10,", ",-1,"), *lines[8:]], "line 9: '-1' is not a number of votes"),
        (lambda lines: [*lines[:7], lines[7] + ",1", *lines[8:]], "line 9 has 13 columns, not 12"),
    ],
    ids=["missing row", "extra row", "rows moved", "a word", "too many", "negative", "extra column"],
)
def test_a_file_that_does_not_fit_is_refused(tmp_path: Path, change: Callable[[list[str]], list[str]], why: str) -> None:
    file = tmp_path / "votes.csv"
    file.write_text("\n".join([VOTES_HEADER, *change(vote_lines())]), encoding="utf-8")
    with pytest.raises(UsageError, match=why):
        load_votes(file)


@pytest.mark.parametrize(
    "content", [b"", b"emotion,pixels,Usage\n", b"\xff\xd8\xff\xe0 a photo"], ids=["empty", "FER2013", "binary"]
)
def test_a_file_without_votes_is_refused(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "votes.csv"
    file.write_bytes(content)
    with pytest.raises(UsageError, match=r"votes\.csv: not FER\+'s fer2013new\.csv: .*; download it again"):
        load_votes(file)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"votes\.csv: cannot be read: No such file or directory; give FER\+'s fer2013new\.csv"):
        load_votes(tmp_path / "votes.csv")


def test_more_than_half_of_the_votes_are_a_majority() -> None:
    assert majority(votes(happiness=6, neutral=4)).tolist() == [HAPPINESS]


def test_half_of_the_votes_are_not_a_majority() -> None:
    assert majority(votes(happiness=5, neutral=5)).tolist() == [-1]


def test_the_most_votes_are_not_a_majority_if_they_are_less_than_half() -> None:
    assert majority(votes(happiness=4, neutral=3, sadness=3)).tolist() == [-1]


def test_single_votes_are_not_counted() -> None:
    assert majority(votes(fear=5, neutral=3, sadness=1, anger=1)).tolist() == [FEAR]


def test_votes_for_unknown_and_not_a_face_count_against_a_class() -> None:
    assert majority(votes(happiness=5, unknown=3, not_a_face=2)).tolist() == [-1]


@pytest.mark.parametrize(("column", "verdict"), [("unknown", UNKNOWN), ("not_a_face", NOT_A_FACE)])
def test_unknown_and_not_a_face_are_verdicts_but_not_classes(column: str, verdict: int) -> None:
    cast = votes(happiness=2, **{column: 8})
    assert verdicts(cast).tolist() == [verdict]
    assert majority(cast).tolist() == [-1]


def test_no_votes_have_no_majority() -> None:
    assert majority(votes()).tolist() == [-1]


def test_a_distribution_leaves_out_single_votes_unknown_and_not_a_face() -> None:
    shares = distribution(votes(contempt=3, surprise=2, neutral=1, unknown=2, not_a_face=2))
    expected = np.zeros((1, 8), np.float32)
    expected[0, [CONTEMPT, SURPRISE]] = 0.6, 0.4
    np.testing.assert_allclose(shares, expected, rtol=1e-6)
    assert shares.dtype == np.float32


def test_a_distribution_of_no_votes_is_zero() -> None:
    assert distribution(votes(not_a_face=9, neutral=1)).tolist() == [[0.0] * 8]


def test_every_class_but_contempt_is_a_label_of_fer2013() -> None:
    assert [LABELS[index] for index in TO_LABEL[:CONTEMPT]] == [
        "neutral", "happy", "surprise", "sad", "angry", "disgust", "fear"
    ]  # fmt: skip
    assert TO_LABEL[CONTEMPT] == -1


@pytest.mark.parametrize(
    ("split", "number", "allowed"),
    [
        ("Training", 28709, "0 to 28708"),
        ("PublicTest", 28708, "28709 to 32297"),
        ("PublicTest", 32298, "28709 to 32297"),
        ("PrivateTest", 10131363, "32298 to 35886"),
    ],
)
def test_pictures_with_numbers_that_are_not_rows_of_their_split_are_refused(split: str, number: int, allowed: str) -> None:
    splits = {"Training": faces(0, 28708), "PublicTest": faces(28709, 32297), "PrivateTest": faces(32298, 35886)}
    cast = np.zeros((FER2013_ROWS, 10), np.uint8)
    refuse_other_faces(cast, splits, Path("folder"))
    with pytest.raises(UsageError, match=f"it has a {split} picture number {number}; FER2013's are {allowed}; give all of"):
        refuse_other_faces(cast, splits | {split: faces(number)}, Path("folder"))


def test_a_renumbered_part_of_fer2013_is_refused() -> None:
    happy = np.arange(3) == 1
    cast = np.zeros((FER2013_ROWS, 10), np.uint8)
    cast[np.arange(FER2013_ROWS), np.where(happy[np.arange(FER2013_ROWS) % 3], 1, 0)] = 10
    labels = np.where(happy[np.arange(300) % 3], LABELS.index("happy"), LABELS.index("neutral"))
    whole = Faces(np.zeros((300, 1, 1), np.uint8), labels, np.arange(300))
    refuse_other_faces(cast, {"Training": whole}, Path("folder"))
    without_the_first = Faces(whole.images[1:], labels[1:], whole.rows[:-1])
    with pytest.raises(UsageError, match=r"of its Training pictures 33 % have the label that most people saw"):
        refuse_other_faces(cast, {"Training": without_the_first}, Path("folder"))


def faces(*rows: int) -> Faces:
    return Faces(np.zeros((len(rows), 1, 1), np.uint8), np.zeros(len(rows), np.int64), np.array(rows))


def test_the_real_votes_have_as_many_majorities_as_in_the_literature(shared_data: Path) -> None:
    """25,060, 3,199 and 3,153 are the sizes of FER+'s splits in the literature."""
    classes = majority(load_votes(shared_data / "fer2013" / "fer2013new.csv"))
    splits = np.split(classes, np.cumsum(list(SPLIT_ROWS.values()))[:-1])
    assert [int((split >= 0).sum()) for split in splits] == [25060, 3199, 3153]
