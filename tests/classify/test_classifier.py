"""Every face of a frame in one call, cropped exactly as in training."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from live_monitor.classify.card import load_card
from live_monitor.classify.classifier import EmotionClassifier
from live_monitor.classify.preprocess import normalise
from live_monitor.classify.probabilities import Calibration
from live_monitor.labels import LABELS
from live_monitor.types import Box, Detection
from tests.fakes import AngryButNeutralToPeople, FakeEngine, drawn_faces, fake_classifier, grey_picture


@pytest.fixture
def engine() -> FakeEngine:
    return FakeEngine()


@pytest.fixture
def classifier(engine: FakeEngine) -> EmotionClassifier:
    return fake_classifier(engine)


def faces_side_by_side(count: int) -> list[Detection]:
    return [Detection(Box(x, 5, x + 20, 25)) for x in range(count)]


def read(classifier: EmotionClassifier, count: int) -> NDArray[np.float32]:
    """Its probabilities for this many faces of a picture."""
    return classifier.label(classifier.crop(grey_picture(100), faces_side_by_side(count)))


@pytest.mark.parametrize("count", [1, 2, 9, 33])
def test_one_call_of_the_engine_serves_all_faces(classifier: EmotionClassifier, engine: FakeEngine, count: int) -> None:
    read(classifier, count)
    assert [batch.shape for batch in engine.batches] == [(count, 48, 48, 1)]


def test_a_frame_without_faces_does_not_reach_the_engine(classifier: EmotionClassifier, engine: FakeEngine) -> None:
    probabilities = read(classifier, 0)
    assert probabilities.shape == (0, 7)
    assert engine.batches == []


def test_every_face_gets_its_own_probabilities(classifier: EmotionClassifier) -> None:
    assert read(classifier, 5).shape == (5, 7)


def test_probabilities_are_calibrated_as_the_card_says(engine: FakeEngine) -> None:
    modest = fake_classifier(engine, calibration=Calibration.of_temperature(2.0))
    happy = read(modest, 1)[0, LABELS.index("happy")]
    assert happy == pytest.approx(0.7**0.5 / (0.7**0.5 + 6 * 0.05**0.5))


@pytest.mark.parametrize(("share", "label"), [(0.0, "angry"), (0.5, "neutral")])
def test_the_cards_ferplus_share_is_used(share: float, label: str) -> None:
    classifier = fake_classifier(AngryButNeutralToPeople(), ferplus_share=share)
    said = read(classifier, 1)[0]
    assert LABELS[said.argmax()] == label


def test_a_live_face_reaches_the_network_exactly_like_a_training_face(engine: FakeEngine) -> None:
    card = load_card("custom-cnn")
    widened = card.crop_margin("haar")
    faces = drawn_faces(6, seed=4)
    frame = np.random.default_rng(5).integers(0, 256, (240, 320, 3), dtype=np.uint8)
    detections = []
    for number, face in enumerate(faces):
        x, y, side = 3 + 51 * number, 7 + 30 * number, len(face)
        frame[y : y + side, x : x + side] = face[..., np.newaxis]
        # The box whose crop, margin included, is the face: training faces are the crops themselves.
        margin = side * widened / (1 + 2 * widened)
        detections.append(Detection(Box(x + margin, y + margin, x + side - margin, y + side - margin)))

    classifier = fake_classifier(engine, input_px=card.input_px, crop_margin=widened)
    classifier.label(classifier.crop(frame, detections))

    np.testing.assert_array_equal(engine.batches[0], normalise(faces))
