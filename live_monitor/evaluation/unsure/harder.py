"""Faces made worse, one flaw at a time and step by step, as cameras make them."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
from numpy.typing import NDArray

from live_monitor.evaluation.emotions.harder import Faces, blurred, reduced

SIZES_PX = (8.0, 10.0, 12.0, 14.0, 16.0, 20.0, 24.0, 32.0)
BLURS_PX = (0.5, 0.8, 1.0, 1.25, 1.5, 2.0, 3.0)
"""Standard deviations of a Gaussian, in pixels of a face of 48."""

DARK_GAINS = (0.05, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5, 0.7)
BRIGHT_GAINS = (1.2, 1.5, 1.75, 2.0, 2.5, 3.0, 4.0)
NOISE_LEVELS = 2.0
"""Standard deviation of a sensor's noise in dim light, in grey levels."""


def lit(faces: Faces, gain: float) -> Faces:
    """In less or more light: noise stays as it is, and what is too bright is white."""
    noise = np.random.default_rng(0).normal(0.0, NOISE_LEVELS, faces.shape)
    return np.rint(faces * gain + noise).clip(0, 255).astype(np.uint8)


FLAWS: dict[str, tuple[Callable[[Faces, float], Faces], tuple[float, ...]]] = {
    "size_px": (reduced, SIZES_PX),
    "sharpness": (blurred, BLURS_PX),
    "darkest": (lit, DARK_GAINS),
    "clipped": (lit, BRIGHT_GAINS),
}
"""By name of a limit: what takes faces beyond it, and in which steps."""


def versions(faces: Faces, flaw: str) -> Iterator[tuple[float, Faces]]:
    """The faces at each step of a flaw of FLAWS."""
    worsen, steps = FLAWS[flaw]
    for step in steps:
        yield step, worsen(faces, step)


def mixed(faces: Faces) -> tuple[Faces, NDArray[np.float64]]:
    """The faces, each made worse by one step of one flaw, in turn.

    Returns:
        The faces, and the side that each has in the picture, in pixels, float64 (n,).
    """
    ways = [(flaw, step) for flaw, (_, steps) in FLAWS.items() for step in steps]
    worse, sides = faces.copy(), np.full(len(faces), float(faces.shape[1]))
    for number, (flaw, step) in enumerate(ways):
        chosen = slice(number, None, len(ways))
        if len(faces[chosen]):
            worse[chosen] = FLAWS[flaw][0](faces[chosen], step)
            if flaw == "size_px":
                sides[chosen] = step
    return worse, sides
