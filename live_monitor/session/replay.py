"""Reads a log back, as the results that it was written from; only their pictures are gone."""

from __future__ import annotations

import csv
import datetime
import itertools
import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from live_monitor.errors import UsageError
from live_monitor.labels import LABELS, UNSURE
from live_monitor.session.log import COLUMNS
from live_monitor.types import Box, Detection, Frame, FrameResult, Image, Reading, Track

_SAID = frozenset((*LABELS, UNSURE))
MOST_S = 1e9
"""Thirty years: a time beyond it is damaged, and would only fail later, as no time of day."""

YEARS = range(1970, 9000)
"""Of a time of day; from others nothing can be counted."""

_NO_PICTURE: Image = np.zeros((1, 1, 3), np.uint8)


@dataclass(frozen=True, eq=False)
class Moment:
    """A frame of the log.

    Attributes:
        result: what was logged of it; `Track.age_s` and the stages' times are not known.
        markers: numbers of the markers that were set then.
        clock: time of day at which its picture arrived; None of a file.
    """

    result: FrameResult
    markers: tuple[int, ...]
    clock: datetime.datetime | None


def replay(log: Path) -> Iterator[Moment]:
    """The moments of a log, in their order.

    Args:
        log: a file that `live_monitor.session.log.Log` wrote. A last line without its end, as of a computer that lost its power,
            is left out.

    Raises:
        UsageError: no such file, it cannot be read, or it is no log; naming the line.
    """
    try:
        with log.open(encoding="utf-8-sig", newline="") as file:
            yield from _moments(log, file)
    except FileNotFoundError as error:
        raise UsageError(f"{log}: no such file; --log writes one") from error
    except OSError as error:
        raise UsageError(f"{log}: cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise UsageError(f"{log}: no log, it is not text") from error


def _moments(log: Path, lines: Iterable[str]) -> Iterator[Moment]:
    rows = csv.DictReader(line for line in lines if line.endswith("\n"))
    missing = [name for name in COLUMNS if name not in (rows.fieldnames or ())]
    if missing:
        advice = "it was saved with other separators than commas" if ";" in "".join(rows.fieldnames or ()) else "--log writes one"
        raise UsageError(f"{log}: no log, it has no column {missing[0]}; {advice}")
    last_s = 0.0
    try:
        for (time_s, frame), of_frame in itertools.groupby(rows, lambda row: (_seconds(row["time_s"]), int(row["frame"]))):
            if time_s < last_s:
                raise ValueError(f"time goes back, from {last_s:g} to {time_s:g} s")
            yield _moment(time_s, frame, list(of_frame))
            last_s = time_s
    except (ValueError, TypeError, csv.Error) as error:
        raise UsageError(f"{log}, line {rows.line_num}: no line of a log: {error}") from error


def _seconds(text: str) -> float:
    """A time; "nan" is none."""
    seconds = float(text)
    if not abs(seconds) <= MOST_S:
        raise ValueError(f"{text!r} is no time of a session")
    return seconds


def _pixels(text: str) -> float:
    pixels = float(text)
    if not math.isfinite(pixels):
        raise ValueError(f"{text!r} is no number of pixels")
    return pixels


def _moment(time_s: float, frame: int, rows: list[dict[str, str]]) -> Moment:
    clock = rows[0]["clock"]
    arrived = datetime.datetime.fromisoformat(clock) if clock else None
    if arrived is not None and arrived.year not in YEARS:
        raise ValueError(f"{clock!r} is no time of a session")
    return Moment(
        FrameResult(Frame(frame, time_s, time_s, _NO_PICTURE), _readings([row for row in rows if row["face"]]), {}, time_s, 0),
        tuple(dict.fromkeys(int(row["marker"]) for row in rows if row["marker"])),
        arrived,
    )


def _readings(rows: list[dict[str, str]]) -> tuple[Reading, ...]:
    said = np.array([[float(row[label]) for label in LABELS] for row in rows], np.float32)
    if not ((said >= 0) & (said <= 1)).all():
        raise ValueError("a probability is none")
    return tuple(_reading(row, probabilities) for row, probabilities in zip(rows, said, strict=True))


def _reading(row: dict[str, str], said: NDArray[np.float32]) -> Reading:
    if row["label"] not in _SAID:
        raise ValueError(f"{row['label']!r} is no label")
    x, y, width, height = (_pixels(row[name]) for name in ("x", "y", "width", "height"))
    place = Detection(Box(x, y, x + width, y + height))
    return Reading(Track(int(row["face"]), place, place if int(row["seen"]) else None), said, said, row["label"], row["why"])
