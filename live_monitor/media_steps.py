"""Steps of media time, for what is not done in every frame: the same at all frame rates, so that the rate changes nothing."""

from __future__ import annotations

import math

_EARLY_S = 0.002
"""Times in files are rounded: a frame this little before a step belongs to it."""


class MediaSteps:
    """Says of each frame of a source whether it is the first one of a step. Belongs to one thread."""

    def __init__(self, every_s: float = 0.0) -> None:
        """Takes the seconds from one step to the next, counted from media time 0; 0: every frame is a step."""
        self._every_s = every_s
        self._step = -1

    def due(self, now_s: float) -> bool:
        """Whether a step begins with the next frame, at this media time."""
        if not self._every_s:
            return True
        before, self._step = self._step, math.floor((now_s + _EARLY_S) / self._every_s)
        return self._step > before
