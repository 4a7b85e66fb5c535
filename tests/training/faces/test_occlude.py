"""Faces partly covered."""

from __future__ import annotations

import numpy as np
import pytest

from live_monitor.training.faces import occlude
from live_monitor.training.faces.compose import SAMPLE_PX
from live_monitor.training.faces.placing import Canvas


@pytest.mark.parametrize(("evenly", "levels"), [(1.0, 1), (0.0, 2)])
def test_a_part_of_a_face_is_covered_by_a_grey_level_or_by_another_part_of_the_picture(
    evenly: float, levels: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(occlude, "OCCLUDED", 1.0)
    monkeypatch.setattr(occlude, "COVERED_EVENLY", evenly)
    ramp = np.tile(np.arange(SAMPLE_PX, dtype=np.uint8), (SAMPLE_PX, 1))
    face = np.array([[100, 100, 160, 160]], np.float32)
    canvas = Canvas(ramp.copy(), face, np.zeros((1, 5, 2), np.float32), np.ones(1, np.float32))
    occlude.occlude(canvas, np.random.default_rng(0))
    changed = canvas.grey != ramp
    assert 0 < changed[100:160, 100:160].mean() < 0.6
    assert changed.sum() == changed[100:160, 100:160].sum()
    assert min(len(np.unique(canvas.grey[changed])), 2) == levels
