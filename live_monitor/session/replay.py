"""Reads a log back, as the results that it was written from; only their pictures are gone."""

from __future__ import annotations

import csv
import datetime
import itertools
import math
import operator
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import numpy as np

from live_monitor.errors import UsageError
from live_monitor.labels import LABELS, UNSURE
from live_monitor.session.log import COLUMNS
from live_monitor.types import Box, Detection, Frame, FrameResult, Image, Reading, Track

_SAID = frozenset((*LABELS, UNSURE))
MAX_TIME_S = 1e9
"""Thirty years: a time beyond it is damaged, and would only fail later, when a time of day is made of it."""

YEARS = range(1970, 9000)
"""Allowed in a time of day; others cannot be calculated with."""

_NO_PICTURE: Image = np.zeros((1, 1, 3), np.uint8)


@dataclass(frozen=True, eq=False)
class Moment:
    """A frame of the log.

    Attributes:
        result: what was logged of it; `Track.age_s` and the stages' times are not known.
        markers: numbers of the markers that were set then.
        clock: time of day at which its picture arrived; None for a file.
    """

    result: FrameResult
    markers: tuple[int, ...]
    clock: datetime.datetime | None


def replay(log: Path, advance: Callable[[int], object] = lambda _characters: None) -> Iterator[Moment]:
    """The moments of a log, in their order.

    Args:
        log: a file that `live_monitor.session.log.Log` wrote. A last line without its end, as after a power cut, is left
            out.
        advance: called with the length of every line that was read.

    Raises:
        UsageError: no such file, it cannot be read, or it is not a log; the message names the line.
    """
    try:
        with log.open(encoding="utf-8-sig", newline="") as file:
            yield from _moments(log, _reported(file, advance))
    except FileNotFoundError as error:
        raise UsageError(f"{log}: no such file; --log writes one") from error
    except OSError as error:
        raise UsageError(f"{log}: cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise UsageError(f"{log}: not a log, it is not text") from error


def _reported(lines: Iterable[str], advance: Callable[[int], object]) -> Iterator[str]:
    for line in lines:
        advance(len(line))
        yield line


def _moments(log: Path, text: Iterable[str]) -> Iterator[Moment]:
    for (time_s, frame), group in itertools.groupby(_lines(log, text), lambda line: (line.time_s, line.frame)):
        lines = list(group)
        readings = tuple(line.reading for line in lines if line.reading is not None)
        markers = dict.fromkeys(line.marker for line in lines if line.marker is not None)
        yield Moment(
            FrameResult(Frame(frame, time_s, time_s, _NO_PICTURE), readings, {}, time_s, 0), tuple(markers), lines[0].clock
        )


class _Line(NamedTuple):
    """A line of the log; see `live_monitor.session.log.COLUMNS`."""

    time_s: float
    frame: int
    clock: datetime.datetime | None
    marker: int | None
    reading: Reading | None


def _lines(log: Path, text: Iterable[str]) -> Iterator[_Line]:
    rows = csv.reader(line for line in text if line.endswith("\n"))
    last_s = 0.0
    try:
        columns = _columns(log, next(rows, []))
        for row in filter(None, rows):
            line = _line(*columns(row))
            if line.time_s < last_s:
                raise ValueError(f"time goes back, from {last_s:g} to {line.time_s:g} s")
            yield line
            last_s = line.time_s
    except UnicodeDecodeError:  # a ValueError, but about the whole file
        raise
    except (ValueError, IndexError, csv.Error) as error:
        reason = "it ends early" if isinstance(error, IndexError) else error
        raise UsageError(f"{log}, line {max(1, rows.line_num)}: not a line of a log: {reason}") from error


def _columns(log: Path, heads: Sequence[str]) -> Callable[[Sequence[str]], tuple[str, ...]]:
    """A function that takes the values of COLUMNS out of a row, in their order; it raises IndexError if the row ends early."""
    missing = [name for name in COLUMNS if name not in heads]
    if missing:
        advice = "it was saved with separators other than commas" if ";" in "".join(heads) else "--log writes one"
        raise UsageError(f"{log}: not a log, it has no column {missing[0]}; {advice}")
    return operator.itemgetter(*map(heads.index, COLUMNS))


def _line(time_s: str, clock: str, frame: str, marker: str, face: str, *of_face: str) -> _Line:
    """From the values of COLUMNS; raises ValueError."""
    clock, marker, face = map(_or_nothing, (clock, marker, face))
    return _Line(
        _seconds(time_s),
        _whole(frame),
        _time_of_day(clock) if clock else None,
        _whole(marker) if marker else None,
        _reading(_whole(face), *of_face) if face else None,
    )


def _or_nothing(text: str) -> str:
    """A value that may be missing, which R writes as NA."""
    return "" if text == "NA" else text


def _whole(text: str) -> int:
    """A whole number, as pandas writes it too: 1.0 in a column in which some are missing."""
    number = float(text)
    if not number.is_integer():
        raise ValueError(f"{text!r} is not a whole number")
    return int(number)


def _seconds(text: str) -> float:
    """A time, which "nan" is not."""
    seconds = float(text)
    if not abs(seconds) <= MAX_TIME_S:
        raise ValueError(f"{text!r} is not a time in a session")
    return seconds


def _time_of_day(text: str) -> datetime.datetime:
    arrived = datetime.datetime.fromisoformat(text)
    if arrived.year not in YEARS:
        raise ValueError(f"{text!r} is not a time in a session")
    return arrived


def _pixels(text: str) -> float:
    pixels = float(text)
    if not math.isfinite(pixels):
        raise ValueError(f"{text!r} is not a number of pixels")
    return pixels


def _reading(number: int, seen: str, x: str, y: str, width: str, height: str, label: str, why: str, *said: str) -> Reading:
    if label not in _SAID:
        raise ValueError(f"{label!r} is not a label")
    values = list(map(float, said))
    if not all(0 <= value <= 1 for value in values):  # nan is not, either
        raise ValueError("a probability is not from 0 to 1")
    probabilities = np.array(values, np.float32)
    left, top = _pixels(x), _pixels(y)
    place = Detection(Box(left, top, left + _pixels(width), top + _pixels(height)))
    track = Track(number, place, place if _whole(seen) else None)
    return Reading(track, probabilities, probabilities, label, _or_nothing(why))
