"""Converting between the picture and the canvas that is drawn on."""

from __future__ import annotations

import numpy as np
import pytest

from live_monitor.detect.zones import Zone
from live_monitor.overlay.canvas import Canvas
from live_monitor.types import Box
from tests.fakes import grey_picture


@pytest.mark.parametrize("mirrored", [False, True])
@pytest.mark.parametrize("size", [(1280, 720), (64, 48)])
def test_a_point_on_the_canvas_is_converted_back_to_the_picture(size: tuple[int, int], *, mirrored: bool) -> None:
    canvas = Canvas(*size, mirrored)
    box = Box(4, 8, 20, 24)
    drawn = canvas.rect(box)
    x, y = canvas.to_picture((drawn.x1 + drawn.x2) / 2, (drawn.y1 + drawn.y2) / 2)
    assert (x, y) == pytest.approx(box.centre, abs=1)


def test_a_mirror_exchanges_left_and_right() -> None:
    image = grey_picture(0, 1280, 720)
    image[:, :10] = 255
    blank = Canvas(1280, 720, mirrored=True).blank(image)
    assert blank[:, -10:].min() == 255
    assert blank[:, :-10].max() == 0


def test_boxes_and_zones_are_mirrored_too() -> None:
    canvas = Canvas(1280, 720, mirrored=True)
    assert canvas.rect(Box(0, 0, 100, 50)) == (1180, 0, 1280, 50)
    np.testing.assert_allclose(canvas.zone(Zone(0, 0.2, 0.25, 0.5)), (0.75, 0.2, 0.25, 0.5))
