"""Distractions, which are not faces, are drawn where no face is."""

from __future__ import annotations

import numpy as np
import pytest

from live_monitor.training.faces import distract as distraction
from live_monitor.training.faces.distract import MAX_THINGS, distract
from live_monitor.training.faces.placing import Canvas

SIDE = 128
FACE = (40, 30, 80, 78)


def canvas(*boxes: tuple[int, int, int, int]) -> Canvas:
    image = np.full((SIDE, SIDE, 3), 120, np.uint8)
    faces = len(boxes)
    return Canvas(
        image,
        np.array(boxes, np.float32).reshape(-1, 4),
        np.full((faces, 5, 2), np.nan, np.float32),
        np.ones(faces, np.float32),
    )


def test_something_that_is_not_a_face_is_drawn_nearly_every_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(distraction, "TEXTURED", 0.0)  # a piece of an even picture does not show
    changed = 0
    for seed in range(50):
        drawn = canvas()
        distract(drawn, np.random.default_rng(seed))
        changed += int((drawn.image != 120).any())
        assert not len(drawn.boxes)
    assert changed >= 45


@pytest.mark.parametrize("written", [0.0, 1.0])
@pytest.mark.parametrize("seed", range(20))
def test_no_distraction_covers_a_face(seed: int, written: float, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(distraction, "WRITTEN", written)
    drawn = canvas(FACE)
    distract(drawn, np.random.default_rng(seed))
    x1, y1, x2, y2 = FACE
    assert (drawn.image[y1:y2, x1:x2] == 120).all()


@pytest.fixture
def only_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    """Distractions without colours of their own."""
    for share, value in {"TEXTURED": 1.0, "WRITTEN": 0.0, "CAPPED": 0.0, "STRIPED": 0.0}.items():
        monkeypatch.setattr(distraction, share, value)


@pytest.mark.usefixtures("only_pieces")
def test_some_distractions_are_made_of_pieces_of_the_sample() -> None:
    drawn = canvas()
    drawn.image[:] = (0, 0, 1)
    drawn.image *= np.random.default_rng(0).integers(0, 256, (SIDE, SIDE, 1), np.uint8)
    before = drawn.image.copy()
    distract(drawn, np.random.default_rng(1))
    assert (drawn.image != before).any()
    assert not drawn.image[..., :2].any()


@pytest.mark.usefixtures("only_pieces")
def test_no_distraction_is_made_of_a_face_in_the_sample(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(distraction, "colour", lambda _: (0.0, 0.0, 255.0))
    x1, y1, x2, y2 = FACE
    for seed in range(50):
        drawn = canvas(FACE)
        drawn.image[:] = 0
        drawn.image[y1:y2, x1:x2, 0] = 255
        distract(drawn, np.random.default_rng(seed))
        drawn.image[y1:y2, x1:x2] = 0
        assert not drawn.image[..., 0].any()


def test_writing_may_be_small_or_large(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(distraction, "WRITTEN", 1.0)
    monkeypatch.setattr(distraction, "MAX_THINGS", 1)
    heights = []
    for seed in range(50):
        drawn = canvas()
        distract(drawn, np.random.default_rng(seed))
        rows = np.flatnonzero((drawn.image != 120).any(axis=(1, 2)))
        heights.append(float(rows[-1] - rows[0] + 1) if len(rows) else 0.0)
    assert 0 < np.percentile(heights, 20) < 15
    assert np.percentile(heights, 90) > 30


def test_the_same_generator_draws_the_same() -> None:
    first, second = canvas(FACE), canvas(FACE)
    distract(first, np.random.default_rng(7))
    distract(second, np.random.default_rng(7))
    np.testing.assert_array_equal(first.image, second.image)


def test_most_of_the_picture_stays_as_it_was() -> None:
    shares = []
    for seed in range(50):
        drawn = canvas()
        distract(drawn, np.random.default_rng(seed))
        shares.append((drawn.image != 120).any(axis=2).mean())
    assert np.mean(shares) < 0.15 * MAX_THINGS
