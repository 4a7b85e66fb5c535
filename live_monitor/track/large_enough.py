"""Which faces are as large as wanted, where smaller ones are followed too."""

from __future__ import annotations

import math
from collections.abc import Sequence

from live_monitor.track.tracker import COAST_S
from live_monitor.types import Track


class LargeEnough:
    """Remembers which faces were: one too small for a moment counts as missed, as it would where smaller ones are not found."""

    def __init__(self) -> None:
        self._large_at_s: dict[int, float] = {}

    def of(self, tracks: Sequence[Track], min_face: int, now_s: float) -> list[Track]:
        """Those whose box was found with a longer side of at least `min_face` pixels now, or up to COAST_S ago.

        Args:
            tracks: all that are followed; others are forgotten.
            min_face: in pixels of the frame.
            now_s: seconds of media time.
        """
        for track in tracks:
            if track.found is not None and max(track.found.box.width, track.found.box.height) >= min_face:
                self._large_at_s[track.id] = now_s
        self._large_at_s = {track.id: self._large_at_s.get(track.id, -math.inf) for track in tracks}
        return [track for track in tracks if now_s - self._large_at_s[track.id] <= COAST_S]
