"""Searching labelled pictures with a network."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from live_monitor.detect.grids import Candidates
from live_monitor.training.faces.look import keras_sight, look
from live_monitor.training.faces.pictures import Picture
from live_monitor.types import Image
from tests.training.faces.conftest import tiny_network

BOX = np.array([[20, 10, 60, 50]], np.float32)


def picture(width: int, height: int) -> Picture:
    return Picture("", "photo", np.zeros((height, width, 3), np.uint8), BOX, np.zeros((1, 5, 2), np.float32), by_people=False)


def sizes_seen(width: int, height: int, longest_px: int) -> tuple[list[tuple[int, ...]], NDArray[np.float32]]:
    seen: list[tuple[int, ...]] = []

    def find(image: Image) -> Candidates:
        seen.append(image.shape)
        return Candidates(np.zeros((0, 4), np.float32), np.zeros(0, np.float32), np.zeros((0, 5, 2), np.float32))

    (looked,) = look(find, [picture(width, height)], longest_px)
    return seen, looked.truth


def test_a_large_picture_is_reduced_with_its_boxes() -> None:
    seen, truth = sizes_seen(200, 120, 100)
    assert seen == [(60, 100, 3)]
    np.testing.assert_allclose(truth, BOX / 2)


def test_a_small_picture_is_not_enlarged() -> None:
    seen, truth = sizes_seen(80, 60, 100)
    assert seen == [(60, 80, 3)]
    np.testing.assert_allclose(truth, BOX)


@pytest.mark.parametrize("shape", [(33, 70), (64, 96)])
def test_the_float_network_takes_pictures_of_any_size(shape: tuple[int, int]) -> None:
    found = keras_sight(tiny_network())(np.zeros((*shape, 3), np.uint8))
    assert found.boxes.shape[1:] == (4,)
    assert len(found.boxes) == len(found.scores) == len(found.landmarks)


def test_the_shipped_network_finds_the_faces_in_the_real_pictures_kept_apart(shared_data: Path) -> None:
    from live_monitor.detect.card import load_detector_card
    from live_monitor.detect.facegrid import LiteRTNetwork
    from live_monitor.files.card import LITERT
    from live_monitor.training.faces.average_precision import judge
    from live_monitor.training.faces.look import litert_sight
    from live_monitor.training.faces.pictures import load_pictures

    card = load_detector_card()
    by_people = [one for one in load_pictures(shared_data).kept_apart if one.by_people]
    judged = judge(look(litert_sight(LiteRTNetwork(card.weights(LITERT), threads=1)), by_people, 320))
    assert (judged.average_precision() or 0) > 0.87
    assert (judged.precision(card.threshold) or 0) > 0.9
