"""What there is to choose from, for `live-monitor models`: emotion models and face detectors, and whether they are whole."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from live_monitor.classify.card import ModelCard, load_card, shipped_models
from live_monitor.detect.card import NAME, load_detector_card
from live_monitor.errors import ModelError
from live_monitor.files.card import LITERT
from live_monitor.files.download import Download, find, verify
from live_monitor.inventory.pull import DOWNLOADS

FIGURES = ("ms for 32", "PublicTest", "PrivateTest", "FER+", "ECE")
"""Columns of what a card says: milliseconds for 32 faces, accuracies and, for the last split measured, how often the label shown
is what most of FER+'s annotators saw, and the calibration error."""


@dataclass(frozen=True)
class Entry:
    """A model or detector.

    Attributes:
        name: what --model or --detector takes.
        finds: "emotions" or "faces".
        size_bytes: of its weights; None: it has no file of its own.
        state: whether it is there and whole.
        figures: by column of FIGURES, for people; those that are not known are left out.
    """

    name: str
    finds: str
    size_bytes: int | None
    state: str
    figures: Mapping[str, str] = field(default_factory=dict)


def inventory() -> list[Entry]:
    """Every shipped model and every detector; what is wrong with one is said in its state."""
    models = [_emotion_model(name) for name in shipped_models()]
    return [*models, _facegrid(), Entry("haar", "faces", None, "built in"), *map(_pulled, DOWNLOADS.values())]


def as_table(entries: Iterable[Entry]) -> str:
    """One line an entry, in columns, under a line of headings."""
    rows: list[tuple[str, ...]] = [("name", "finds", "size", *FIGURES, "state")]
    for entry in entries:
        figures = (entry.figures.get(column, "") for column in FIGURES)
        rows.append((entry.name, entry.finds, _size(entry.size_bytes), *figures, entry.state))
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return "\n".join("  ".join(map(str.ljust, row, widths)).rstrip() for row in rows)


def verify_files() -> Iterator[str]:
    """Reads every card and every file that is there; yields the name of each model or detector that is whole.

    Raises:
        ModelError: a file is missing or damaged, or a card is for other labels than this program's.
    """
    for name in shipped_models():
        card = load_card(name)
        for kind in card.files:
            card.weights(kind)
        yield name
    detector = load_detector_card()
    for kind in detector.files:
        detector.weights(kind)
    yield NAME
    for download in DOWNLOADS.values():
        if path := find(download):
            verify(path, download)
            yield download.name


def _emotion_model(name: str) -> Entry:
    try:
        card = load_card(name)
        size_bytes = card.weights(next(iter(card.files), "")).stat().st_size
    except ModelError as error:
        return Entry(name, "emotions", None, str(error))
    return Entry(name, "emotions", size_bytes, "built in", _figures(card))


def _figures(card: ModelCard) -> dict[str, str]:
    measured: dict[str, Any] = card.facts.get("measured", {})
    figures = {split: f"{100 * of_split['accuracy']:.1f} %" for split, of_split in measured.items()}
    for column, key, text in (("FER+", "ferplus_label_accuracy", "{:.1%}"), ("ECE", "ece", "{:.3f}")):
        values = [of_split[key] for of_split in measured.values() if of_split.get(key) is not None]
        if values:
            figures[column] = text.format(values[-1]).replace("%", " %")
    if ms := card.facts.get("ms_per_batch", {}).get("32"):
        figures["ms for 32"] = f"{ms:.1f}"
    return figures


def _facegrid() -> Entry:
    try:
        content = load_detector_card().weights(LITERT)
    except ModelError as error:
        return Entry(NAME, "faces", None, str(error))
    return Entry(NAME, "faces", len(content), "built in")


def _pulled(download: Download) -> Entry:
    path = find(download)
    if path is None:
        state = f"not installed: live-monitor models pull {download.name}"
    else:
        try:
            verify(path, download)
            state = f"installed: {path}"
        except ModelError as error:
            state = str(error)
    return Entry(download.name, "faces", download.size_bytes, state)


def _size(size_bytes: int | None) -> str:
    if size_bytes is None:
        return ""
    return f"{size_bytes / 1e6:.1f} MB" if size_bytes >= 1e6 else f"{size_bytes / 1e3:.0f} kB"
