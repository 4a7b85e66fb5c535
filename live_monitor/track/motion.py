"""Where one face is, how it moves, and where it will be: an alpha-beta filter of its box.

The filter predicts with constant velocity, so that a face in even motion is followed without lag (Kalata, "The Tracking
Index", IEEE Transactions on Aerospace and Electronic Systems, 1984). Its gain grows with the error of the prediction:
the jitter of a still face is smoothed, a jump is followed at once.
"""

from __future__ import annotations

import math

from live_monitor.types import Box

JITTER = 0.06
"""A box this far from where it was expected, in widths of the face, has moved; what is less may be the detector's noise."""

PLACE_TAU_S = 0.06
VELOCITY_TAU_S = 0.2
"""Time constants of the smoothing of a still face's box, and of its velocity, in seconds."""

LONGEST_AHEAD_S = 0.5
"""Nobody keeps a pace for longer while nobody looks: predictions stand still from there on."""

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
        expected = tuple(value + ahead_s * rate for value, rate in zip(self._values, self._velocity, strict=True))
        off = tuple(seen - value for seen, value in zip(_values(box), expected, strict=True))
        side = max(1.0, self._values[2])
        place_gain, size_gain = (_gain(math.hypot(*part) / side, step_s) for part in (off[:2], off[2:]))
        gains = (place_gain, place_gain, size_gain, size_gain)
        learnt = 1 - math.exp(-step_s / VELOCITY_TAU_S)
        x, y, width, height = (value + gain * error for value, gain, error in zip(expected, gains, off, strict=True))
        self._values = x, y, max(1.0, width), max(1.0, height)
        dx, dy, dw, dh = (rate + learnt * error / step_s for rate, error in zip(self._velocity, off, strict=True))
        self._velocity = dx, dy, dw, dh
        self._at_s = at_s
        self._settle(step_s)

    def _settle(self, step_s: float) -> None:
        learnt = 1 - math.exp(-step_s / HOME_TAU_S)
        home = _values(self.home)
        away = math.dist(home[:2], self._values[:2]) / self._values[2]
        self.wander += learnt * (away - self.wander)
        x, y, width, height = (old + learnt * (new - old) for old, new in zip(home, self._values, strict=True))
        self.home = _box((x, y, width, height))


def _gain(off: float, step_s: float) -> float:
    """Share of the error to believe, 0..1, of an error in widths of the face."""
    least = 1 - math.exp(-step_s / PLACE_TAU_S)
    return min(1.0, least + (1 - least) * off / JITTER)


_Values = tuple[float, float, float, float]
"""Centre x and y, width and height."""


def _values(box: Box) -> _Values:
    return *box.centre, box.width, box.height


def _box(values: _Values) -> Box:
    x, y, width, height = values
    return Box(x - width / 2, y - height / 2, x + width / 2, y + height / 2)
