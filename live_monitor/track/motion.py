"""Where one face is, how it moves, and where it will be: an alpha-beta filter of its box.

The filter predicts with constant velocity, so that a face in even motion is followed without lag (Kalata, "The Tracking
Index", IEEE Transactions on Aerospace and Electronic Systems, 1984). Its gain grows with the error of the prediction:
the jitter of a still face is smoothed, a jump is followed at once.
"""

from __future__ import annotations

import math

from live_monitor.types import Box

JITTER = 0.06
"""A box this far from where it was expected, in widths of the face, has moved; a shorter way may be the detector's noise."""

PLACE_TAU_S = 0.06
VELOCITY_TAU_S = 0.2
"""Time constants of the smoothing of a still face's box, and of its velocity, in seconds."""

LONGEST_AHEAD_S = 0.5
"""Predictions of a face that is not seen stand still after this long: nobody keeps a pace for longer."""

HOME_TAU_S = 3.0
"""Time constant of the place where a face usually is, in seconds."""

_SHORTEST_STEP_S = 1e-3


class Motion:
    """The box of one face over time, in pixels of the frame and seconds of media time, which never goes back."""

    def __init__(self, box: Box, at_s: float) -> None:
        self.home = box
        """Where it usually is."""

        self.wander = 0.0
        """How far from there it usually is, in widths of the face."""

        self._values = _values(box)
        self._velocity = (0.0, 0.0, 0.0, 0.0)
        self._at_s = at_s

    @property
    def box(self) -> Box:
        """Where it was when it was last seen, smoothed."""
        return _box(self._values)

    def predicted(self, at_s: float) -> Box:
        """Where it should be at a later time; its size stays as it was."""
        ahead_s = min(at_s - self._at_s, LONGEST_AHEAD_S)
        x, y, width, height = self._values
        return _box((x + ahead_s * self._velocity[0], y + ahead_s * self._velocity[1], width, height))

    def correct(self, box: Box, at_s: float) -> None:
        """Takes note of where it was seen."""
        step_s = max(at_s - self._at_s, _SHORTEST_STEP_S)
        ahead_s = min(step_s, LONGEST_AHEAD_S)
        x, y, width, height = self._values
        side = max(1.0, width)
        dx, dy, dw, dh = self._velocity
        seen_x, seen_y, seen_width, seen_height = _values(box)
        off_x, off_y = seen_x - (x + ahead_s * dx), seen_y - (y + ahead_s * dy)
        off_w, off_h = seen_width - (width + ahead_s * dw), seen_height - (height + ahead_s * dh)
        # The shares of the error that are not believed, and are left out.
        left, size_left = 1 - _gain(math.hypot(off_x, off_y) / side, step_s), 1 - _gain(math.hypot(off_w, off_h) / side, step_s)
        width, height = seen_width - size_left * off_w, seen_height - size_left * off_h
        self._values = seen_x - left * off_x, seen_y - left * off_y, max(1.0, width), max(1.0, height)
        rate = (1 - math.exp(-step_s / VELOCITY_TAU_S)) / step_s
        self._velocity = dx + rate * off_x, dy + rate * off_y, dw + rate * off_w, dh + rate * off_h
        self._at_s = at_s
        self._settle(step_s)

    def _settle(self, step_s: float) -> None:
        learnt = 1 - math.exp(-step_s / HOME_TAU_S)
        x, y, width, height = _values(self.home)
        now_x, now_y, now_width, now_height = self._values
        self.wander += learnt * (math.hypot(now_x - x, now_y - y) / now_width - self.wander)
        x, y = x + learnt * (now_x - x), y + learnt * (now_y - y)
        self.home = _box((x, y, width + learnt * (now_width - width), height + learnt * (now_height - height)))


def _gain(off: float, step_s: float) -> float:
    """Share of an error to believe, 0..1; the error is in widths of the face."""
    least = 1 - math.exp(-step_s / PLACE_TAU_S)
    return min(1.0, least + (1 - least) * off / JITTER)


_Values = tuple[float, float, float, float]
"""Centre x and y, width and height."""


def _values(box: Box) -> _Values:
    return *box.centre, box.width, box.height


def _box(values: _Values) -> Box:
    x, y, width, height = values
    return Box(x - width / 2, y - height / 2, x + width / 2, y + height / 2)
