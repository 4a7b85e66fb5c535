"""Faces are read as the live view reads them."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from live_monitor.classify.card import load_card
from live_monitor.evaluation.unsure.reader import FaceReader
from live_monitor.labels import LABELS
from tests.fakes import AngryButNeutralToPeople, FakeFinder, drawn_faces


@pytest.mark.parametrize(("share", "label"), [(0.0, "angry"), (0.5, "neutral")])
def test_the_cards_ferplus_share_is_used(share: float, label: str) -> None:
    card = dataclasses.replace(load_card("custom-cnn"), ferplus=True, ferplus_share=share)
    reader = FaceReader(card, AngryButNeutralToPeople(), FakeFinder())
    read = reader.read(drawn_faces(2), np.full(2, LABELS.index(label)))
    assert read.right.all()
