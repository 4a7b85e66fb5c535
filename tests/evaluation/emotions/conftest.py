"""FER2013 and FER+'s votes for these tests, and quick evaluations."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from live_monitor.dataset.ferplus import SPLIT_ROWS
from tests.dataset.made import rows, write_folder, write_votes
from tests.evaluation.emotions.made import SEEN, TRUE, plain_faces

FIRST_ROWS = {
    "Training": 0,
    "PublicTest": SPLIT_ROWS["Training"],
    "PrivateTest": SPLIT_ROWS["Training"] + SPLIT_ROWS["PublicTest"],
}


@pytest.fixture(autouse=True, scope="module")
def _timed_once() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as monkeypatch:
        monkeypatch.setattr("live_monitor.evaluation.emotions.evaluate.REPEATS", 1)
        yield


@pytest.fixture(scope="session")
def numbered(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The tiny FER2013 with the row numbers of the real one: the first rows of each split."""
    content, seen = [], dict.fromkeys(FIRST_ROWS, 0)
    for row in rows():
        content.append(row._replace(number=FIRST_ROWS[row.usage] + seen[row.usage]))
        seen[row.usage] += 1
    return write_folder(tmp_path_factory.mktemp("numbered"), content)


@pytest.fixture(scope="session")
def votes(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Every face is voted neutral, except PublicTest's second row, on which annotators disagree, and its third, voted happy."""
    first = FIRST_ROWS["PublicTest"]
    return write_votes(
        tmp_path_factory.mktemp("votes") / "fer2013new.csv",
        {first + 1: [3, 3, 4, 0, 0, 0, 0, 0, 0, 0], first + 2: [0, 10, 0, 0, 0, 0, 0, 0, 0, 0]},
    )


@pytest.fixture
def npz(tmp_path: Path) -> Path:
    """Ten faces of 60 pixels."""
    np.savez(tmp_path / "faces.npz", images=plain_faces(SEEN, 60), labels=np.array(TRUE))
    return tmp_path / "faces.npz"
