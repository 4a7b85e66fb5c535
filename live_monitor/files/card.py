"""What the cards of emotion models and of detectors have in common: their name, and the files of weights they list."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

CARD_FILE = "card.json"
LITERT, KERAS = "litert", "keras"
"""The two kinds of weights a card can list under "files"."""

Files = Mapping[str, tuple[str, str]]
"""File name and SHA-256, by kind of weights."""


def listed_files(facts: Any) -> Files:
    """The files that a card lists.

    Raises:
        KeyError, TypeError, AttributeError: `facts` is not a card.
    """
    return {kind: (str(file["name"]), str(file["sha256"])) for kind, file in facts["files"].items()}
