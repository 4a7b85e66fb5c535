"""The log: numbers to work with, as a CSV file that is written line by line while the session runs."""

from __future__ import annotations

import contextlib
import csv
import datetime
import errno
import io
import os
import time
from pathlib import Path
from types import TracebackType
from typing import Any

from live_monitor.errors import OutputError
from live_monitor.labels import LABELS
from live_monitor.media_steps import MediaSteps
from live_monitor.session.new_file import new_file
from live_monitor.types import Frame, FrameResult, Reading

COLUMNS = ("time_s", "clock", "frame", "marker", "face", "seen", "x", "y", "width", "height", "label", "why", *LABELS)
"""
time_s    seconds of media time
clock     when a live source's frame arrived, ISO 8601 with the offset from UTC; empty for a file without --realtime
frame     number of the frame, from 0
marker    number of the marker that was set at this frame, if there was one
face      number of the face; empty, like all that follows, where the frame shows none, and in a marker's line that was added
          after the frame's others
seen      1, or 0 where the face is not seen in this frame and its place is a guess
x … height    its box in pixels of the frame; may reach beyond it
label     one of LABELS, or unsure
why       what makes it unsure
angry …   probability of each of LABELS, smoothed
"""

FULL = (errno.ENOSPC, errno.EDQUOT)
"""Errors of a full disk, and of one on which a user's quota is used up."""


class Log:
    """Writes the readings of a session; a context manager. Only the main thread calls it."""

    def __init__(self, path: Path, every_s: float, *, live: bool) -> None:
        """Makes the file.

        Args:
            path: of the file, which must not be there already.
            every_s: seconds of media time from one frame that is logged to the next, the steps in which faces are read; 0:
                every frame is logged.
            live: whether the source is live, or late frames of a file are dropped.

        Raises:
            OutputError: the file is there already, or cannot be made.
        """
        self._path, self._live = path, live
        self._steps = MediaSteps(every_s)
        self._arrived_at = 0.0
        self._waiting: list[str] = []
        self._whole_bytes = 0
        self._logged: Frame | None = None
        self._unlogged: FrameResult | None = None
        self._file = new_file(path)
        self._can_tell_it_is_there = self._links > 0

    def __enter__(self) -> Log:
        return self

    def __exit__(self, _type: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None) -> None:
        self.close()

    @property
    def _links(self) -> int:
        """How many names the file has: none once it is deleted; some file systems always say none."""
        return os.fstat(self._file.fileno()).st_nlink

    @property
    def begun(self) -> bool:
        """Whether anything is in the file yet."""
        return self._whole_bytes > 0

    def close(self) -> None:
        """Closes the file, unless it is closed already; one without a single line is deleted.

        Its last line is that of the last frame, so that no time is missing at the end.

        Raises:
            OutputError: see `add`.
        """
        try:
            if self._unlogged is not None:
                self._log(self._unlogged)
            elif self._waiting:  # markers, for a first frame that never came
                self._write([["0.000", "", 0, number, *_NOBODY] for number in self._waiting])
        finally:
            self._file.close()
            if not self._whole_bytes:
                with contextlib.suppress(OSError):
                    self._path.unlink()

    def mark(self, number: int, shown: FrameResult | None) -> None:
        """Writes a marker at the frame that was added last, which is then logged if it was not; before the first, it waits.

        Args:
            number: of the marker.
            shown: that frame's result as it is now, without the faces that were left out since; None before the first.

        Raises:
            OutputError: see `add`.
        """
        self._waiting.append(str(number))
        if shown is not None:
            self._log(shown)

    def renew(self, shown: FrameResult) -> None:
        """Takes the frame that was added last as it is now, without the faces that were left out since."""
        if self._unlogged is not None and self._unlogged.frame is shown.frame:
            self._unlogged = shown

    def add(self, result: FrameResult) -> None:
        """Writes a line for each face, or one that says that there is none.

        Raises:
            OutputError: the disk is full or broken, so that the file ends with the frame before, if it can still be cut there; or
                the file was deleted.
        """
        # Anew for each frame: since the last one the computer may have slept, or its clock may have been set.
        self._arrived_at = time.time() - time.monotonic() + result.frame.arrived_s
        self._unlogged = result
        if self._steps.due(result.frame.pts_s):
            self._log(result)

    def _log(self, result: FrameResult) -> None:
        """Writes the lines of a frame unless they are there, with the first marker in them, and a line for each other marker."""
        self._unlogged = None
        marker, *others = self._waiting or [""]
        self._waiting = []
        head = [f"{result.frame.pts_s:.3f}", self._clock(), result.frame.index]
        faces = [] if result.frame is self._logged else [_face(reading) for reading in result.readings]
        rows = [[*head, marker, *face] for face in faces or [_NOBODY]]
        self._write([*rows, *([*head, other, *_NOBODY] for other in others)])
        self._logged = result.frame

    def _clock(self) -> str:
        """When the frame that was added last arrived."""
        if not self._live:
            return ""
        arrived = datetime.datetime.fromtimestamp(self._arrived_at, datetime.timezone.utc)
        return arrived.astimezone().isoformat(timespec="milliseconds")

    def _write(self, rows: list[list[Any]]) -> None:
        text = io.StringIO()
        csv.writer(text, lineterminator="\n").writerows(rows if self._whole_bytes else [[*COLUMNS], *rows])
        content = text.getvalue().encode()
        try:
            if self._can_tell_it_is_there and not self._links:
                raise self._failure("it was deleted")
            written = 0
            while written < len(content):
                written += self._file.write(content[written:])
        except OSError as error:
            with contextlib.suppress(OSError):
                os.ftruncate(self._file.fileno(), self._whole_bytes)
            advice = "; free space" if error.errno in FULL else ""
            raise self._failure(f"{error.strerror}{advice}") from error
        self._whole_bytes += len(content)

    def _failure(self, why: str) -> OutputError:
        failed = "cannot be written"
        if self._logged is not None:
            failed = f"ends at {self._logged.pts_s:.1f} s, as it cannot be written any more"
        return OutputError(f"{self._path}: {failed}: {why}")


def _face(reading: Reading) -> list[Any]:
    box = reading.track.box
    place = [f"{value:.1f}" for value in (box.x1, box.y1, box.width, box.height)]
    said = [f"{probability:.4f}" for probability in reading.smoothed.tolist()]
    return [reading.track.id, int(not reading.track.coasting), *place, reading.label, reading.why, *said]


_NOBODY = [""] * (len(COLUMNS) - COLUMNS.index("face"))
