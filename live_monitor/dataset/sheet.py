"""Contact sheets: some faces of a class on one picture, to look at."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from live_monitor.classify.preprocess import FACE_PX
from live_monitor.dataset.fer2013 import Faces
from live_monitor.files.output_folder import write_output
from live_monitor.files.picture import png
from live_monitor.labels import LABELS

COLUMNS, ROWS = 12, 8
SEED: Final = 2013
"""The same faces every time, so that two sheets can be compared."""

CELL_PX = 2 * FACE_PX
GAP_PX = 4
HEADING_PX = 44
PAPER, INK = 250, 30
"""Grey levels."""


def write_sheets(faces: Faces, split: str, folder: Path) -> None:
    """Writes `<label>.png` for every label, each with faces drawn at random.

    Args:
        faces: those of a split.
        split: its name, for the headings.
        folder: exists, see `live_monitor.files.output_folder.claim_folder`; sheets that are there are replaced.

    Raises:
        OutputError: a file cannot be written.
    """
    for index, label in enumerate(LABELS):
        of_label = np.flatnonzero(faces.labels == index)
        shown = np.random.default_rng(SEED).permutation(of_label)[: COLUMNS * ROWS]
        sheet = contact_sheet(faces.images[shown], f"{label}: {len(shown)} of {len(of_label)} {split} faces")
        write_output(folder / f"{label}.png", png(sheet))


def contact_sheet(images: Sequence[NDArray[np.uint8]] | NDArray[np.uint8], heading: str) -> NDArray[np.uint8]:
    """Faces in rows of COLUMNS under a heading.

    Args:
        images: uint8 (n, 48, 48), at most COLUMNS * ROWS; cells without one stay empty.
        heading: ASCII.

    Returns:
        uint8 (h, w), grey levels; the size does not depend on n.
    """
    pitch = CELL_PX + GAP_PX
    sheet = np.full((HEADING_PX + ROWS * pitch, GAP_PX + COLUMNS * pitch), PAPER, np.uint8)
    cv2.putText(sheet, heading, (GAP_PX, HEADING_PX - 14), cv2.FONT_HERSHEY_SIMPLEX, 0.8, INK, 2, cv2.LINE_AA)
    for number, image in enumerate(images):
        row, column = divmod(number, COLUMNS)
        y, x = HEADING_PX + row * pitch, GAP_PX + column * pitch
        sheet[y : y + CELL_PX, x : x + CELL_PX] = cv2.resize(image, (CELL_PX, CELL_PX), interpolation=cv2.INTER_CUBIC)
    return sheet
