"""Pictures of what a detector missed, and of what it saw where nothing is."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

import cv2
import numpy as np

from live_monitor.evaluation.faces.annotations import MarkedPicture
from live_monitor.evaluation.faces.evaluate import Evaluation, Run, read_picture
from live_monitor.evaluation.faces.matching import Match
from live_monitor.files.output_folder import claim_folder, write_output
from live_monitor.files.picture import png
from live_monitor.overlay.text import Colour, Rect, Style, draw_plate, plate_size
from live_monitor.types import Box, Detection, Image

MAX_PICTURES = 100
"""Pictures written for each detector, the worst first: all those of a large data set would fill a disk."""

FOUND_BGR, MISSED_BGR, FALSE_BGR, IGNORED_BGR = (80, 200, 60), (40, 40, 230), (0, 220, 255), (150, 150, 150)

SHORTEST_SIDE_PX = 480
LONGEST_ENLARGED_PX = 1280
"""Smaller pictures are enlarged to the first, or boxes and scores could not be told apart; flat ones not beyond the second."""


def make_folders(folder: Path, names: Iterable[str]) -> None:
    """Makes a folder for each detector, and makes sure that files can be written there.

    Raises:
        OutputError: they cannot.
    """
    for each in (folder, *(folder / name for name in names)):
        claim_folder(each)


def write_misses(evaluation: Evaluation, folder: Path) -> None:
    """Writes `<detector>/<picture>.png` for the MAX_PICTURES with the most mistakes: faces missed, or seen where none is.

    Args:
        evaluation: what was found.
        folder: as given to `make_folders`; a picture of the same name is replaced, others stay.

    Raises:
        OutputError: the disk is full, or the folder went away.
    """
    names = _file_names(evaluation.pictures)
    for run in evaluation.runs:
        for index in _worst(run, evaluation.smallest_px):
            image = read_picture(evaluation.pictures[index].path)
            if isinstance(image, str):  # removed since it was evaluated
                continue
            drawn = draw(image, run.matches[index], run.candidate.threshold, evaluation.smallest_px)
            write_output(folder / run.candidate.name / names[index], png(drawn))


def draw(image: Image, match: Match, threshold: float, smallest_px: float) -> Image:
    """Faces found in green and missed in red, false detections in yellow with their scores, ignored boxes in grey.

    Args:
        image: uint8 (H, W, 3) BGR; stays as it is.
        match: the boxes, in pixels of that picture.
        threshold: lowest score that counts.
        smallest_px: shorter side of the smallest face that counts.

    Returns:
        A new picture, enlarged if its shorter side is under SHORTEST_SIDE_PX.
    """
    height, width = image.shape[:2]
    scale = max(1.0, min(SHORTEST_SIDE_PX / min(height, width), LONGEST_ENLARGED_PX / max(height, width)))
    size = round(width * scale), round(height * scale)
    canvas = cv2.resize(image, size, interpolation=cv2.INTER_LINEAR).astype(np.uint8, copy=False)
    style = Style.for_picture(*size)
    counted, found = match.counted(smallest_px), match.found(threshold)
    for box in (*match.ignored, *(face for face, counts in zip(match.faces, counted, strict=True) if not counts)):
        _rectangle(canvas, box, scale, IGNORED_BGR, style)
    for face, counts, hit in zip(match.faces, counted, found, strict=True):
        if counts:
            _rectangle(canvas, face, scale, FOUND_BGR if hit else MISSED_BGR, style)
    for detection in _false(match, threshold, smallest_px):
        corner = _rectangle(canvas, detection.box, scale, FALSE_BGR, style)
        if detection.score is not None:
            _plate(canvas, f"{detection.score:.2f}", corner, style)
    return canvas


def _worst(run: Run, smallest_px: float) -> list[int]:
    """Indexes of the pictures with mistakes, most mistakes first."""
    mistakes = [_mistakes(match, run.candidate.threshold, smallest_px) for match in run.matches]
    return sorted(filter(mistakes.__getitem__, range(len(mistakes))), key=lambda index: -mistakes[index])[:MAX_PICTURES]


def _mistakes(match: Match, threshold: float, smallest_px: float) -> int:
    missed = match.counted(smallest_px) & ~match.found(threshold)
    return int(missed.sum()) + len(_false(match, threshold, smallest_px))


def _false(match: Match, threshold: float, smallest_px: float) -> list[Detection]:
    false = match.verdicts(smallest_px).false & (match.scores >= threshold)
    return [match.detections[index] for index in np.flatnonzero(false)]


def _file_names(pictures: Sequence[MarkedPicture]) -> list[str]:
    """A name for each picture, none twice, even where case makes no difference."""
    names: list[str] = []
    taken: set[str] = set()
    for picture in pictures:
        stem, number = picture.path.stem, 1
        while stem.lower() in taken:
            number += 1
            stem = f"{picture.path.stem}-{number}"
        taken.add(stem.lower())
        names.append(f"{stem}.png")
    return names


def _rectangle(canvas: Image, box: Box, scale: float, colour: Colour, style: Style) -> tuple[int, int]:
    """Draws the outline; returns its upper left corner."""
    # OpenCV counts in 32 bits; as far out as this an edge cannot be seen, however far beyond it lies.
    outside = 2 * style.line
    height, width = canvas.shape[:2]
    corners = np.clip(np.array(box) * scale, -outside, np.array([width, height] * 2) + outside)
    x1, y1, x2, y2 = (round(side) for side in corners.tolist())
    cv2.rectangle(canvas, (x1, y1), (x2 - 1, y2 - 1), colour, style.line)
    return x1, y1


def _plate(canvas: Image, text: str, corner: tuple[int, int], style: Style) -> None:
    """Writes above that corner, or as near as the picture's edges allow."""
    width, height = plate_size(text, style)
    x = max(0, min(corner[0], canvas.shape[1] - width))
    y = max(0, corner[1] - height)
    draw_plate(canvas, text, Rect(x, y, x + width, y + height), FALSE_BGR, style)
