"""Colours of what is drawn, and of the light that a camera sees it in."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from live_monitor.types import Image

LUMINANCE = np.array([0.114, 0.587, 0.299])
"""Share of blue, green and red in the brightness that the eye sees (ITU-R BT.601)."""

GREY, LIKE_SKIN = 0.4, 0.65
"""What is drawn, in this order of a random number: grey up to the first; like some skin, as hands, wood and sand are, up to the
second; the rest has any colour."""

WEAKEST, STRONGEST = 0.2, 1.5
"""Range of the factor by which colours are made weaker or stronger."""

BALANCE, ODD_BALANCE = 0.08, 0.3
ODD = 0.15
"""Standard deviations of the logarithm of what a camera multiplies each channel by, and the share of the pictures that take the
second: stage lights, screens, a wrong white balance."""

MIN_DIFFERENCE = 8.0
"""Mean difference between the strongest and the weakest channel, in levels, from which a picture counts as one in colour."""

Colour = tuple[int, int, int]
"""Blue, green and red, 0..255."""


def colour(rng: np.random.Generator) -> Colour:
    """Something grey, something like skin, or anything."""
    kind = rng.random()
    if kind < GREY:
        return (int(rng.integers(0, 256)),) * 3
    if kind < LIKE_SKIN:
        red = rng.uniform(50, 256)
        green = red * rng.uniform(0.55, 0.9)
        return int(green * rng.uniform(0.6, 0.95)), int(green), int(red)
    blue, green, red = rng.integers(0, 256, 3)
    return int(blue), int(green), int(red)


def tinted(image: Image, rng: np.random.Generator) -> Image:
    """The picture with weaker or stronger colours and another white balance, about as bright as before."""
    strength = rng.uniform(WEAKEST, STRONGEST)
    gains = np.exp(rng.normal(0, ODD_BALANCE if rng.random() < ODD else BALANCE, 3))
    mixed: NDArray[np.float64] = strength * np.eye(3) + (1 - strength) * LUMINANCE
    return np.asarray(cv2.transform(image, (gains / (gains @ LUMINANCE))[:, None] * mixed), np.uint8)


def like_skin(grey: NDArray[np.uint8], rng: np.random.Generator) -> Image:
    """A grey picture (h, w) as one (h, w, 3) of a single tone between dark brown and pale pink, as bright as before."""
    powers = 1 / rng.uniform(0.7, 0.95), rng.uniform(0.95, 1.05), rng.uniform(0.65, 0.9)
    levels = np.stack([np.linspace(0, 1, 256) ** power for power in powers], axis=-1)
    return (255 * levels).round().astype(np.uint8)[grey]


def is_coloured(image: Image) -> bool:
    """Whether a picture was taken in colour, and not in grey or in one tone."""
    return float(np.ptp(image[::4, ::4].astype(np.int16), axis=2).mean()) >= MIN_DIFFERENCE


def in_grey(image: Image) -> Image:
    """The picture in grey, (h, w, 3)."""
    return np.asarray(cv2.cvtColor(cv2.cvtColor(image, cv2.COLOR_BGR2GRAY), cv2.COLOR_GRAY2BGR), np.uint8)
