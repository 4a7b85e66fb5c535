"""Faces made worse."""

from __future__ import annotations

import numpy as np
import pytest

from live_monitor.classify.quality import measure
from live_monitor.evaluation.unsure.harder import FLAWS, mixed, versions
from live_monitor.types import Box, Detection
from tests.fakes import drawn_faces

FACES = drawn_faces(4)


@pytest.mark.parametrize("flaw", FLAWS)
def test_every_step_has_all_faces_at_their_original_size(flaw: str) -> None:
    for _, worse in versions(FACES, flaw):
        assert (worse.shape, worse.dtype) == (FACES.shape, FACES.dtype)


@pytest.mark.parametrize(("flaw", "measured"), [("sharpness", "sharpness"), ("darkest", "brightness"), ("clipped", "clipped")])
def test_the_steps_of_a_flaw_change_its_measure_steadily(flaw: str, measured: str) -> None:
    found = [Detection(Box(0, 0, 48, 48))] * len(FACES)
    values = [float(getattr(measure(worse, found), measured).mean()) for _, worse in versions(FACES, flaw)]
    assert values in (sorted(values), sorted(values, reverse=True))
    assert values[0] != values[-1]


def test_mixed_faces_are_all_worse_and_repeatable() -> None:
    many = drawn_faces(80)
    worse, sides = mixed(many)
    assert (worse != many).any(axis=(1, 2)).all()
    assert set(sides.tolist()) > {8.0, 32.0, 48.0}
    np.testing.assert_array_equal(mixed(many)[0], worse)
