"""What a source of pictures is, and how its media time is made trustworthy."""

from __future__ import annotations

import math
from typing import Protocol, runtime_checkable

from live_monitor.types import Image

FALLBACK_FPS = 25.0
PLAUSIBLE_FPS = (1.0, 240.0)
LONGEST_STEP_S = 10.0
"""A larger step between two pictures is taken for a broken timestamp, unless it stays within the time that the file claims."""


@runtime_checkable
class Source(Protocol):
    """A camera, file or stream. Only the capture thread calls it.

    `grab` and `retrieve` are separate so that a picture that comes too late is never converted.
    """

    @property
    def name(self) -> str:
        """What messages call it, such as "camera 0"."""

    @property
    def live(self) -> bool:
        """True when pictures come at their own time and may come back after a loss."""

    @property
    def open_timeout_s(self) -> float:
        """How long `open` may take before the source is given up, in seconds."""

    def open(self) -> None:
        """Opens it, or raises SourceError."""

    def grab(self) -> float | None:
        """Goes on to the next picture.

        Returns:
            Its media time in seconds, which never goes back; None when there is no next picture: the end of a file, or
            a lost signal.
        """

    def retrieve(self) -> Image | None:
        """The picture grabbed last, or None when it is broken.

        Returns:
            uint8 (H, W, 3) BGR, a new array each time, which is made read-only and kept for as long as somebody looks at it.
        """

    def close(self) -> None:
        """Releases it. May be called at any time, and more than once."""


class MediaClock:
    """Media time from what a file claims: fps may be a lie, timestamps may stand still, jump or go back.

    A plausible timestamp is taken as it is; otherwise the distance from the timestamp before is added if that is plausible,
    and otherwise one nominal step. A picture may stay for as long as the file's claimed duration lets it: a slide stays for
    minutes.
    """

    def __init__(self, claimed_fps: float, claimed_duration_s: float = 0.0) -> None:
        """Begins before the first picture.

        Args:
            claimed_fps: replaced by FALLBACK_FPS where it is implausible.
            claimed_duration_s: from the first picture to the end of the last; 0 where the file claims none.
        """
        low, high = PLAUSIBLE_FPS
        plausible = math.isfinite(claimed_fps) and low <= claimed_fps <= high
        self._step_s = 1 / (claimed_fps if plausible else FALLBACK_FPS)
        self._duration_s = claimed_duration_s
        self._now_s: float | None = None
        self._first_claim_s = 0.0
        self._last_claim_s = 0.0

    def advance(self, claimed_s: float) -> float:
        """Media time in seconds of the next picture, from the timestamp it claims; the first one is 0."""
        if not math.isfinite(claimed_s):
            claimed_s = self._last_claim_s
        if self._now_s is None:
            self._first_claim_s = claimed_s
            self._now_s = 0.0
        else:
            since_first_s = claimed_s - self._first_claim_s
            if self._now_s < since_first_s <= self._duration_s:
                self._now_s = since_first_s
            else:
                steps = (since_first_s - self._now_s, claimed_s - self._last_claim_s, self._step_s)
                self._now_s += next(step for step in steps if 0 < step <= LONGEST_STEP_S)
        self._last_claim_s = claimed_s
        return self._now_s
