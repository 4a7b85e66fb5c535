"""Models as they are evaluated: those of this project, and DeepFace's."""

from __future__ import annotations

import dataclasses
import sys
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from live_monitor.app import load_stages
from live_monitor.classify.card import load_card
from live_monitor.classify.probabilities import Calibration
from live_monitor.errors import ModelError, UsageError
from live_monitor.evaluation.emotions.candidates import CardModel, candidates, load_model
from live_monitor.evaluation.emotions.deepface import OUTPUT_LABELS, DeepFaceModel
from live_monitor.files.card import LITERT
from live_monitor.labels import FERPLUS_LABELS, LABELS
from live_monitor.settings import Settings
from live_monitor.types import Box, Detection
from tests.fakes import drawn_faces


class FixedLogits:
    """Gives every face the same logits."""

    name = "fixed"

    def __init__(self, *logits: float) -> None:
        self._logits = np.array(logits, np.float32)

    def infer(self, faces: NDArray[np.float32]) -> NDArray[np.float32]:
        return np.tile(self._logits, (len(faces), 1))


def card_model(engine: FixedLogits, **changes: Any) -> CardModel:
    card = load_card("custom-cnn")
    return CardModel("made", dataclasses.replace(card, **changes), engine, card.weights(LITERT))


@pytest.mark.parametrize("name", ["custom-cnn", "glance-plus"])
def test_a_model_answers_like_the_live_view(name: str) -> None:
    face = drawn_faces(1)[0]
    classifier = load_stages(Settings(model=name, device="cpu"), on_time=False).classifier
    picture = cv2.cvtColor(face, cv2.COLOR_GRAY2BGR).astype(np.uint8, copy=False)
    live = classifier.label(classifier.crop(picture, [Detection(Box(0, 0, 48, 48))]))
    [model] = load_model(name)
    np.testing.assert_allclose(model.answer(face[np.newaxis]).probabilities, live, atol=1e-6)


def test_the_cards_calibration_is_used() -> None:
    faces = drawn_faces(2)
    logits = (3.0, 0, 0, 0, 0, 0, 0)
    sure = card_model(FixedLogits(*logits), calibration=Calibration.of_temperature(1.0)).answer(faces).probabilities
    modest = card_model(FixedLogits(*logits), calibration=Calibration.of_temperature(3.0)).answer(faces).probabilities
    assert sure[0, 0] == pytest.approx(np.exp(3) / (np.exp(3) + 6))
    assert modest[0, 0] == pytest.approx(np.exp(1) / (np.exp(1) + 6))


def test_the_cards_ferplus_share_is_used() -> None:
    faces, logits = drawn_faces(2), np.zeros(15)
    logits[LABELS.index("angry")], logits[len(LABELS)] = 2, 4
    assert FERPLUS_LABELS[0] == "neutral"
    for share, label in ((0.0, "angry"), (0.5, "neutral")):
        said = card_model(FixedLogits(*logits), ferplus=True, ferplus_share=share).answer(faces).probabilities
        assert LABELS[said[0].argmax()] == label


def test_ferplus_has_the_logits_after_the_first_seven() -> None:
    engine = FixedLogits(*range(15))
    assert card_model(engine, ferplus=True).answer(drawn_faces(1)).ferplus == pytest.approx(np.arange(7, 15)[np.newaxis])
    assert card_model(engine, ferplus=False).answer(drawn_faces(1)).ferplus is None


def test_faces_are_resized_to_the_size_in_the_card() -> None:
    sizes: list[tuple[int, ...]] = []

    class Recorder(FixedLogits):
        def infer(self, faces: NDArray[np.float32]) -> NDArray[np.float32]:
            sizes.append(faces.shape)
            return super().infer(faces)

    card_model(Recorder(*range(7)), input_px=64).answer(drawn_faces(3))
    assert sizes == [(3, 64, 64, 1)]


def test_models_have_the_requested_name_and_the_size_of_their_file() -> None:
    folder = load_card("custom-cnn").folder
    [shipped, same], left_out = candidates(["custom-cnn", str(folder), "custom-cnn"])
    assert (shipped.name, same.name, left_out) == ("custom-cnn", str(folder), [])
    assert shipped.size_bytes == (folder / "model.tflite").stat().st_size
    assert shipped.engine.startswith("LiteRT, CPU")


def test_float_weights_are_a_separate_candidate_with_nearly_the_same_answers() -> None:
    int8, as_float = load_model("custom-cnn", with_float=True)
    assert (as_float.name, as_float.engine) == ("custom-cnn", "TensorFlow, CPU")
    faces = drawn_faces(3)
    np.testing.assert_allclose(as_float.answer(faces).probabilities, int8.answer(faces).probabilities, atol=0.05)


def test_an_unknown_model_is_refused_with_a_list_of_the_shipped_ones() -> None:
    with pytest.raises(ModelError, match=r"nobody: no such model; shipped: .*custom-cnn"):
        candidates(["nobody"])


@pytest.fixture
def _no_deepface(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "deepface", None)


@pytest.mark.usefixtures("_no_deepface")
def test_without_its_package_deepface_is_left_out_with_a_one_line_reason() -> None:
    loaded, [line] = candidates(["deepface", "custom-cnn"])
    assert [model.name for model in loaded] == ["custom-cnn"]
    assert line.startswith("deepface: not installed (")
    assert line.endswith("get it with: pip install live-monitor[deepface]")


@pytest.mark.usefixtures("_no_deepface")
def test_without_its_package_deepface_alone_is_refused() -> None:
    with pytest.raises(UsageError, match="deepface: not installed"):
        candidates(["deepface"])


class FakeClient:
    """Stands in for DeepFace's emotion network: one output, in its own order of labels, for each face."""

    def __init__(self, *outputs: int) -> None:
        self.batches: list[NDArray[np.float32]] = []
        self._outputs = outputs

    def predict(self, faces: NDArray[np.float32]) -> NDArray[np.float32]:
        self.batches.append(faces)
        rows = np.full((len(faces), 7), 0.1, np.float32)
        rows[range(len(faces)), self._outputs[: len(faces)]] = 0.6
        return rows[0] if len(faces) == 1 else rows  # as the real one does


def package(monkeypatch: pytest.MonkeyPatch, client: FakeClient | Exception) -> None:
    """Installs a deepface that returns this network, or fails."""

    def build_model(name: str, task: str) -> FakeClient:
        print("Directory .deepface has been created")  # as the real one prints to stdout
        assert (name, task) == ("Emotion", "facial_attribute")
        if isinstance(client, Exception):
            raise client
        return client

    module = ModuleType("deepface")
    module.DeepFace = SimpleNamespace(build_model=build_model)  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "deepface", module)


def test_deepfaces_outputs_are_reordered_to_our_labels() -> None:
    client = FakeClient(OUTPUT_LABELS.index("happy"), OUTPUT_LABELS.index("neutral"))
    probabilities = DeepFaceModel(client).answer(drawn_faces(2)).probabilities
    assert [LABELS[index] for index in probabilities.argmax(axis=1)] == ["happy", "neutral"]
    np.testing.assert_allclose(probabilities.sum(axis=1), 1, atol=1e-6)


def test_deepface_also_gives_a_single_face_a_row() -> None:
    assert DeepFaceModel(FakeClient(3)).answer(drawn_faces(1)).probabilities.shape == (1, 7)


def test_deepface_gets_faces_as_it_prepares_them_itself() -> None:
    client = FakeClient(0, 0)
    faces = drawn_faces(2)
    DeepFaceModel(client).answer(faces)
    [batch] = client.batches
    assert batch.shape == (2, 224, 224, 3)
    assert batch.dtype == np.float32
    assert batch[..., 0].mean() == pytest.approx(faces.mean() / 255, abs=0.01)
    np.testing.assert_array_equal(batch[..., 0], batch[..., 2])


def test_deepface_is_a_candidate_once_it_is_installed(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    package(monkeypatch, FakeClient(0))
    [model], left_out = candidates(["deepface"])
    assert (model.name, model.size_bytes, left_out) == ("deepface", None, [])
    assert capsys.readouterr().out == ""


def test_deepface_without_weights_is_refused_in_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    package(monkeypatch, ValueError("while downloading from\nhttps://example.org"))
    with pytest.raises(ModelError, match=r"^deepface: cannot be loaded: while downloading from https://example\.org; ") as caught:
        candidates(["deepface"])
    assert "\n" not in str(caught.value)


def test_a_folder_without_a_card_is_not_a_model(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="no such model"):
        load_model(str(tmp_path))
