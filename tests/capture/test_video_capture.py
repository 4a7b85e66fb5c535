"""Making OpenCV's captures reliable."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from live_monitor.capture.video_capture import open_capture, retrieve


class FakeCapture:
    """Fails to open, but has a picture."""

    def __init__(self, picture: NDArray[np.uint8]) -> None:
        self.released = False
        self._picture = picture

    def isOpened(self) -> bool:  # noqa: N802, as OpenCV has it
        return False

    def retrieve(self) -> tuple[bool, NDArray[np.uint8]]:
        return True, self._picture

    def release(self) -> None:
        self.released = True


def test_a_capture_that_cannot_be_opened_is_released(monkeypatch: pytest.MonkeyPatch) -> None:
    half_open = FakeCapture(np.zeros((48, 64), np.uint8))
    monkeypatch.setattr(cv2, "VideoCapture", lambda *_: half_open)
    assert open_capture(0, cv2.CAP_ANY) is None
    assert half_open.released


def test_a_grey_picture_gets_three_channels() -> None:
    image = retrieve(FakeCapture(np.full((48, 64), 90, np.uint8)))  # type: ignore[arg-type]
    assert image is not None
    np.testing.assert_array_equal(image, np.full((48, 64, 3), 90, np.uint8))
