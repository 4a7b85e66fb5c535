"""The seven emotions: their order and their colours. Every other module takes both from here."""

from __future__ import annotations

from typing import Final

LABELS: Final = ("angry", "disgust", "fear", "happy", "sad", "surprise", "neutral")
"""FER2013's seven labels in FER2013's own order: index i is what a network's output i means."""

FERPLUS_LABELS: Final = ("neutral", "happiness", "surprise", "sadness", "anger", "disgust", "fear", "contempt")
"""FER+'s eight classes (Barsoum et al. 2016, arXiv 1608.01041), in the order of its vote file."""

_FERPLUS_NAMES = ("anger", "disgust", "fear", "happiness", "sadness", "surprise", "neutral")
FERPLUS_OF_LABEL: Final = tuple(map(FERPLUS_LABELS.index, _FERPLUS_NAMES))
"""For each of LABELS, its index in FERPLUS_LABELS; contempt is none of them."""

UNSURE: Final = "unsure"
"""Stands in a label's place where none can be given."""

COLOURS_BGR: Final[dict[str, tuple[int, int, int]]] = {
    "angry": (68, 68, 235),
    "disgust": (60, 165, 110),
    "fear": (214, 106, 168),
    "happy": (45, 200, 245),
    "sad": (230, 150, 70),
    "surprise": (60, 140, 250),
    "neutral": (190, 190, 190),
}
"""One colour for each label, as OpenCV's (blue, green, red), each 0..255."""

UNSURE_BGR: Final = (125, 125, 125)
