"""How long what a frame says about its faces counts: until the next frame, unless nobody looked in between."""

from __future__ import annotations

LONGEST_LIVE_STEP_S = 11.0
"""A longer step between two frames of a live source is a pause or a lost signal. A log may have readings ten seconds apart, and
the first frame that is due may come a little later."""

LONGEST_STILL_S = 300.0
"""A frame of a file may stand for this long, as a slide does; a longer step is taken for a damaged time."""


def held_s(from_s: float, until_s: float, *, live: bool) -> float:
    """How long what a frame says counts, in seconds.

    Args:
        from_s: its media time.
        until_s: that of the next one.
        live: whether frames arrive as they happen; in a file nothing is missing between two of them.

    Returns:
        The time between them; 0 before a pause, or where time goes back.
    """
    step_s = until_s - from_s
    return step_s if 0 < step_s <= (LONGEST_LIVE_STEP_S if live else LONGEST_STILL_S) else 0.0
