"""The capture side: reads a source and hands frames over, at the pace and with the losses its policy allows."""

from __future__ import annotations

import enum
import math
import threading
from dataclasses import dataclass

import numpy as np

from live_monitor.capture.clock import Clock, Pacer
from live_monitor.capture.source import Source
from live_monitor.errors import SourceError
from live_monitor.mailbox import Mailbox
from live_monitor.types import Frame, Image

RECONNECT_DELAYS_S = (0.5, 1.0, 2.0, 4.0, 8.0)
"""Waits between attempts to reopen a lost source, until it sends a picture; the last one repeats."""

LATE_S = 0.05
LONGEST_GAP_S = 0.25
"""A frame more than LATE_S late is dropped, unless none was delivered for LONGEST_GAP_S."""

UNREADABLE_S = 10.0
"""A live source that has sent nothing readable for this long is reopened. A stream that has just been opened may be unreadable
until its next whole picture."""


class SourceState(enum.Enum):
    """OPENING -> RUNNING <-> LOST, and ENDED from each of them."""

    OPENING = "opening"
    RUNNING = "running"
    LOST = "signal lost"
    ENDED = "ended"


@dataclass(frozen=True)
class CapturePolicy:
    """What to do when the consumer is slower or faster than the source.

    Attributes:
        paced: hand pictures out at their media time, not as fast as they can be read.
        newest_wins: never wait for the consumer; a newer picture replaces one not yet taken.
    """

    paced: bool
    newest_wins: bool


class Capture:
    """Runs on the capture thread, which alone touches the source.

    Any thread may read `state`, `skipped`, `last_arrival_s`, and `last_gap_s`, the seconds between the last two pictures.
    """

    def __init__(self, source: Source, frames: Mailbox[Frame], policy: CapturePolicy, clock: Clock) -> None:
        self.source = source
        self.state = SourceState.OPENING
        self.skipped = 0
        self.last_arrival_s = clock.now()
        self.last_gap_s = 0.0
        self._opened_s = 0.0
        self._frames = frames
        self._policy = policy
        self._clock = clock
        self._pacer = Pacer(clock, keep_schedule=policy.newest_wins)
        self._stop = threading.Event()
        self._index = 0
        self._reconnects = 0

    def stop(self) -> None:
        """Asks the thread to end, which it does once its call of the source returns. Callable from any thread."""
        self._stop.set()

    def run(self) -> None:
        """Opens the source and delivers its pictures until it ends, `stop` is called or the mailbox is closed.

        Raises:
            SourceError: the source cannot be opened, holds no readable picture, or hands over something else.
        """
        try:
            self.source.open()
            self.last_arrival_s = self._opened_s = self._clock.now()
            self.state = SourceState.RUNNING
            self._deliver_all()
        finally:
            self.state = SourceState.ENDED
            self.source.close()

    def _deliver_all(self) -> None:
        while not self._stop.is_set():
            pts_s = self.source.grab()
            if pts_s is None:
                if not self.source.live:
                    break
                self._reconnect()
            elif not math.isfinite(pts_s):
                raise SourceError(f"{self.source.name}: expected a picture's time in seconds, got {pts_s}")
            elif not self._deliver(pts_s):
                return
        if self._index == 0 and not self._stop.is_set():
            raise SourceError(f"{self.source.name}: holds no readable picture; the file is empty or damaged")

    def _deliver(self, pts_s: float) -> bool:
        """Hands over the picture just grabbed, when it is due; False when the mailbox is closed."""
        due_s = self._pacer.due_s(pts_s) if self._policy.paced else self._clock.now()
        now = self._clock.now()
        if self._policy.newest_wins and now - due_s > LATE_S and now - self.last_arrival_s < LONGEST_GAP_S:
            self._index += 1
            self.skipped += 1
            return True
        image = self.source.retrieve()
        if image is None:
            if self.source.live and now - max(self.last_arrival_s, self._opened_s) > UNREADABLE_S:
                self._reconnect()
            return True
        self._clock.wait(self._stop, due_s - self._clock.now())
        return self._hand_over(image, pts_s, due_s)

    def _hand_over(self, image: Image, pts_s: float, arrived_s: float) -> bool:
        self._check(image)
        image.flags.writeable = False
        frame = Frame(self._index, pts_s, arrived_s, image)
        self._index += 1
        self._reconnects = 0
        now = self._clock.now()
        self.last_gap_s, self.last_arrival_s = now - max(self.last_arrival_s, self._opened_s), now
        return self._frames.put(frame)

    def _check(self, image: object) -> None:
        """Rejects what is not a picture: a source may be a user's own."""
        if not isinstance(image, np.ndarray):
            got = f"a {type(image).__name__}"
        elif image.dtype != np.uint8 or image.ndim != 3 or image.shape[2] != 3 or image.size == 0:
            got = f"{image.dtype} {image.shape}"
        else:
            return
        raise SourceError(f"{self.source.name}: expected a picture as uint8 (H, W, 3) BGR, got {got}")

    def _reconnect(self) -> None:
        self.state = SourceState.LOST
        self.source.close()
        while not self._stop.is_set():
            self._clock.wait(self._stop, RECONNECT_DELAYS_S[min(self._reconnects, len(RECONNECT_DELAYS_S) - 1)])
            self._reconnects += 1
            if self._stop.is_set():
                return
            try:
                self.source.open()
            except SourceError:
                continue
            self._opened_s = self._clock.now()
            self.state = SourceState.RUNNING
            return
