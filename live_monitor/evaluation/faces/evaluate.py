"""Runs detectors over marked pictures: what each found, and how long it took."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from live_monitor.errors import UsageError
from live_monitor.evaluation.faces.annotations import MarkedPicture
from live_monitor.evaluation.faces.detectors import Candidate
from live_monitor.evaluation.faces.matching import Match, match
from live_monitor.files.picture import decoded
from live_monitor.types import Image

SMALLEST_PX = 20
"""Shorter side of the smallest face that counts."""

Progress = Callable[[int], object]
"""Called with the number of pictures done since the last call."""


@dataclass(frozen=True, eq=False)
class Run:
    """One detector on all pictures, in the order of `Evaluation.pictures`.

    Attributes:
        candidate: the detector.
        matches: those of what it finds.
        faint_matches: those of what it finds down to the lowest scores, see `Candidate.find_faint`.
        times_ms: milliseconds of each `Candidate.find`.
    """

    candidate: Candidate
    matches: list[Match] = field(default_factory=list)
    faint_matches: list[Match] = field(default_factory=list)
    times_ms: list[float] = field(default_factory=list)


@dataclass(frozen=True, eq=False)
class Evaluation:
    """What several detectors made of the same pictures.

    Attributes:
        runs: one a detector.
        pictures: those that could be read.
        skipped: one line for each picture that could not, and why.
        smallest_px: shorter side of the smallest face that counts, in pixels.
    """

    runs: list[Run]
    pictures: list[MarkedPicture]
    skipped: list[str]
    smallest_px: int


def evaluate(
    candidates: Sequence[Candidate],
    pictures: Sequence[MarkedPicture],
    progress: Progress = lambda _: None,
    smallest_px: int = SMALLEST_PX,
) -> Evaluation:
    """Gives every picture to every detector.

    The detectors take turns on each picture, so that whatever else the machine does slows all of them alike. Only
    `Candidate.find` is timed, and not its very first call, in which it loads and compiles.

    Args:
        candidates: the detectors.
        pictures: what `load_annotations` returns.
        progress: see Progress.
        smallest_px: shorter side of the smallest face that counts, in pixels.

    Raises:
        UsageError: not one picture could be read.
    """
    evaluation = Evaluation([Run(candidate) for candidate in candidates], [], [], smallest_px)
    for picture in pictures:
        image = read_picture(picture.path)
        if isinstance(image, str):
            evaluation.skipped.append(f"{picture.path}: {image}")
        else:
            if not evaluation.pictures:
                _warm_up(candidates, image)
            _find_in(picture, image, evaluation)
        progress(1)
    if not evaluation.pictures:
        raise UsageError(f"none of the {len(pictures)} pictures can be read; {'; '.join(evaluation.skipped[:1])}")
    return evaluation


def read_picture(path: Path) -> Image | str:
    """The picture, uint8 (H, W, 3) BGR, or why it cannot be read."""
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        return "no such file"
    except OSError as error:
        return f"cannot be read: {error.strerror or error}"
    image = decoded(content)
    return "not a picture that can be read" if image is None else image


def _warm_up(candidates: Sequence[Candidate], image: Image) -> None:
    for candidate in candidates:
        candidate.find(image)


def _find_in(picture: MarkedPicture, image: Image, evaluation: Evaluation) -> None:
    evaluation.pictures.append(picture)
    for run in evaluation.runs:
        start = time.perf_counter()
        found = run.candidate.find(image)
        run.times_ms.append(1e3 * (time.perf_counter() - start))
        run.matches.append(match(picture.faces, picture.ignored, found))
        find_faint = run.candidate.find_faint
        faint = run.matches[-1] if find_faint is None else match(picture.faces, picture.ignored, find_faint(image))
        run.faint_matches.append(faint)
