"""Contact sheets."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from live_monitor.dataset.fer2013 import Faces
from live_monitor.dataset.sheet import CELL_PX, COLUMNS, GAP_PX, HEADING_PX, PAPER, ROWS, contact_sheet, write_sheets
from live_monitor.errors import OutputError
from live_monitor.labels import LABELS


def faces(each: int) -> Faces:
    """This many evenly grey faces of each label; the level depends on the label."""
    labels = np.repeat(np.arange(7), each)
    return Faces(np.tile((20 * labels)[:, None, None], (1, 48, 48)).astype(np.uint8), labels, np.arange(len(labels)))


def read(path: Path) -> NDArray[np.uint8]:
    picture = cv2.imread(str(path), cv2.IMREAD_UNCHANGED)
    assert picture is not None
    return picture.astype(np.uint8)


def cell(picture: NDArray[np.uint8], row: int, column: int) -> int:
    """Grey level in the middle of a cell."""
    pitch = CELL_PX + GAP_PX
    return int(picture[HEADING_PX + row * pitch + CELL_PX // 2, GAP_PX + column * pitch + CELL_PX // 2])


def test_faces_fill_the_rows_and_the_rest_is_blank() -> None:
    drawn = contact_sheet(np.stack([np.full((48, 48), level, np.uint8) for level in range(COLUMNS + 1)]), "")
    assert [cell(drawn, 0, column) for column in range(COLUMNS)] == list(range(COLUMNS))
    assert [cell(drawn, 1, 0), cell(drawn, 1, 1), cell(drawn, ROWS - 1, COLUMNS - 1)] == [COLUMNS, PAPER, PAPER]


def test_the_heading_is_written_above_the_faces() -> None:
    blank, headed = (contact_sheet([], heading) for heading in ("", "happy: 96 of 7215 Training faces"))
    assert (blank[:HEADING_PX] != headed[:HEADING_PX]).any()
    assert (blank[HEADING_PX:] == headed[HEADING_PX:]).all()


def test_every_label_has_a_sheet_with_its_faces(tmp_path: Path) -> None:
    write_sheets(faces(each=3), "Training", tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(f"{label}.png" for label in LABELS)
    drawn = {label: read(tmp_path / f"{label}.png") for label in LABELS}
    assert {label: cell(drawn[label], 0, 2) for label in LABELS} == {label: 20 * index for index, label in enumerate(LABELS)}
    assert cell(drawn["happy"], 0, 3) == PAPER


def test_the_heading_says_how_many_faces_there_are(tmp_path: Path) -> None:
    write_sheets(faces(each=COLUMNS * ROWS + 4), "Training", tmp_path)
    expected = contact_sheet([], "happy: 96 of 100 Training faces")
    np.testing.assert_array_equal(read(tmp_path / "happy.png")[:HEADING_PX], expected[:HEADING_PX])


def test_the_same_faces_are_shown_every_time(tmp_path: Path) -> None:
    images = np.random.default_rng(1).integers(0, 256, (300, 48, 48)).astype(np.uint8)
    many = Faces(images, np.zeros(300, np.int64), np.arange(300))
    written = []
    for _ in range(2):
        write_sheets(many, "Training", tmp_path)
        written.append((tmp_path / "angry.png").read_bytes())
    assert written[0] == written[1]


def test_a_sheet_that_cannot_be_written_is_an_output_error(tmp_path: Path) -> None:
    (tmp_path / "happy.png").mkdir()
    with pytest.raises(OutputError, match=r"happy\.png: cannot be written: "):
        write_sheets(faces(each=1), "Training", tmp_path)
