"""A trained facegrid's card: the JSON beside its weights that says what they are and from which score on a hit is a face."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from live_monitor.errors import ModelError
from live_monitor.files.card import CARD_FILE, Files, listed_files
from live_monitor.files.checksum import verified
from live_monitor.files.resources import packaged_folder

NAME = "facegrid"

REINSTALL = "reinstall live-monitor, or give a folder that train-detector made"
"""Advice where the shipped files are not what they should be."""


@dataclass(frozen=True)
class DetectorCard:
    """What the program needs to know about a trained facegrid.

    Attributes:
        folder: where card and weights are.
        threshold: least score of a face, chosen for few false ones, between 0 and 1.
        smallest_px: side of the smallest face that it finds dependably.
        files: by kind of weights, file name and SHA-256.
        facts: the whole card, for people: architecture, data, recipe, measurements, limits.
    """

    folder: Path
    threshold: float
    smallest_px: int
    files: Files
    facts: Mapping[str, Any]

    def weights(self, kind: str) -> bytes:
        """A file's content, its checksum verified.

        Raises:
            ModelError: there is none of this kind, it cannot be read, or it is not the one the card describes.
        """
        if kind not in self.files:
            raise ModelError(f"{self.folder / CARD_FILE}: lists no {kind} weights; {REINSTALL}")
        name, sha256 = self.files[kind]
        return verified(self.folder / name, sha256, REINSTALL)


def load_detector_card(folder: Path | None = None) -> DetectorCard:
    """Reads a detector's card.

    Args:
        folder: where card and weights are; None: the shipped detector's.

    Raises:
        ModelError: there is none, or it is not facegrid's.
    """
    advice = REINSTALL if folder is None else "check its name, or give a folder that train-detector made"
    folder = folder or packaged_folder("models") / NAME
    try:
        facts = json.loads((folder / CARD_FILE).read_text(encoding="utf-8"))
    except NotADirectoryError:
        raise ModelError(f"{folder}: is a file, not a detector's folder; {advice}") from None
    except OSError as error:
        raise ModelError(f"{folder / CARD_FILE}: cannot be read: {error.strerror}; {advice}") from error
    except ValueError as error:
        raise ModelError(f"{folder / CARD_FILE}: not JSON: {error}; {REINSTALL}") from error
    return _parse(facts, folder)


def _parse(facts: Any, folder: Path) -> DetectorCard:
    try:
        network = facts["network"]
        card = DetectorCard(
            folder=folder,
            threshold=float(facts["threshold"]),
            smallest_px=int(facts["smallest_px"]),
            files=listed_files(facts),
            facts=facts,
        )
        if card.smallest_px <= 0:
            raise ValueError(f"smallest_px {card.smallest_px}, must be at least 1")
    except (KeyError, TypeError, ValueError, OverflowError, AttributeError) as error:
        raise ModelError(f"{folder / CARD_FILE}: not a detector's card, wrong or missing: {error}; {REINSTALL}") from error
    if network != NAME or not 0 < card.threshold < 1:
        raise ModelError(f"{folder / CARD_FILE}: network {network}, threshold {card.threshold}: not a facegrid's; {REINSTALL}")
    return card
