"""The indexes: their extremes and what moves them."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from live_monitor.labels import LABELS
from live_monitor.pulse.indexes import concentration, expressiveness, valence


def face(**shares: float) -> NDArray[np.float64]:
    return np.array([shares.get(label, 0.0) for label in LABELS])


def test_valence_runs_from_minus_1_to_1() -> None:
    rows = np.stack([face(happy=1), face(sad=1), face(neutral=1)])
    assert valence(rows).tolist() == [1, -1, 0]


def test_valence_counts_only_the_largest_negative_emotion() -> None:
    assert valence(face(happy=0.4, sad=0.3, fear=0.3)) == pytest.approx(0.1)


def test_surprise_is_neither_pleasant_nor_unpleasant() -> None:
    assert valence(face(surprise=1)) == 0


def test_expressiveness_is_the_share_that_is_not_neutral() -> None:
    assert expressiveness(face(neutral=0.3, happy=0.7)) == pytest.approx(0.7)


def test_a_neutral_face_has_the_full_concentration_index() -> None:
    assert concentration(face(neutral=1)) == pytest.approx(1)


@pytest.mark.parametrize(
    ("label", "weight"), [("angry", 0.25), ("disgust", 0.2), ("fear", 0.3), ("happy", 0.6), ("sad", 0.3), ("surprise", 0.6)]
)
def test_concentration_weighs_each_emotion(label: str, weight: float) -> None:
    assert concentration(face(**{label: 1.0})) == pytest.approx(weight / 0.9)
