"""What there is to choose from, for `live-monitor models`: emotion models and face detectors."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from live_monitor.classify.card import load_card, shipped_models
from live_monitor.detect.facegrid import LITERT, NAME, load_detector_card
from live_monitor.download import Download, find, verify
from live_monitor.errors import ModelError
from live_monitor.pull import DOWNLOADS


@dataclass(frozen=True)
class Entry:
    """A model or detector: what it finds ("emotions" or "faces"), its size (None: it has no file of its own) and its state."""

    name: str
    finds: str
    size_bytes: int | None
    state: str


def inventory() -> list[Entry]:
    """Every shipped model and every detector; what is wrong with one stands in its state."""
    models = [_emotion_model(name) for name in shipped_models()]
    return [*models, _facegrid(), Entry("haar", "faces", None, "built in"), *map(_pulled, DOWNLOADS.values())]


def as_table(entries: Iterable[Entry]) -> str:
    """One line an entry, in columns, under a line of headings."""
    rows = [("name", "finds", "size", "state"), *((e.name, e.finds, _size(e.size_bytes), e.state) for e in entries)]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return "\n".join("  ".join(map(str.ljust, row, widths)).rstrip() for row in rows)


def _emotion_model(name: str) -> Entry:
    try:
        card = load_card(name)
        size_bytes = card.weights(next(iter(card.files), "")).stat().st_size
    except ModelError as error:
        return Entry(name, "emotions", None, str(error))
    accuracy = card.facts.get("accuracy", {}).get("PublicTest", {}).get("int8")
    measured = "" if accuracy is None else f", {100 * accuracy:.1f} % of PublicTest right"
    return Entry(name, "emotions", size_bytes, f"built in{measured}")


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
