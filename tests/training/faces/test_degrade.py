"""What a camera makes of a picture."""

from __future__ import annotations

import numpy as np
import pytest

from live_monitor.training.faces import degrade as degrading
from live_monitor.training.faces.degrade import MIN_BLURRED_PX, degrade, light
from live_monitor.types import Image


def grey(row: np.ndarray, height: int) -> Image:
    """A picture of equal rows, uint8 (height, len(row), 3)."""
    return np.repeat(np.tile(row.astype(np.uint8), (height, 1))[..., None], 3, axis=2)


def test_degrading_keeps_size_and_type_and_changes_the_picture() -> None:
    ramp = grey(np.arange(256), 64)
    worse = [degrade(ramp, np.random.default_rng(number), smallest_px=np.inf) for number in range(60)]
    assert {one.shape for one in worse} == {ramp.shape}
    assert {one.dtype for one in worse} == {np.dtype(np.uint8)}
    assert not any(np.array_equal(one, ramp) for one in worse)


def test_a_picture_with_a_tiny_face_is_not_blurred() -> None:
    columns = np.arange(64)
    stripes = grey(96 + 64 * (columns % 2) + columns // 32 * 32, 64)

    def blurred(smallest_px: float) -> int:
        worse = [degrade(stripes, np.random.default_rng(number), smallest_px=smallest_px).astype(float) for number in range(200)]
        return sum(np.abs(np.diff(one, axis=1)).mean() < 8 for one in worse)

    # The rest is compression and darkness, which cost detail too.
    assert blurred(MIN_BLURRED_PX - 1) < blurred(MIN_BLURRED_PX) / 3


def test_light_never_inverts() -> None:
    ramp = grey(np.arange(256), 1)
    for number in range(30):
        assert (np.diff(light(ramp, np.random.default_rng(number)).astype(int), axis=1) >= 0).all()


@pytest.mark.parametrize(("coloured", "alike"), [(0.0, True), (1.0, False)])
def test_noise_is_either_grey_or_coloured(coloured: float, alike: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(degrading, "COLOURED_NOISE", coloured)
    noisy = degrading._noise(np.full((32, 32, 3), 128, np.uint8), np.random.default_rng(0))
    assert (np.ptp(noisy, axis=2) == 0).all() == alike
    assert noisy.std() > 1
