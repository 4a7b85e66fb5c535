"""From a trained network to a model's folder that the program can use."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest
from numpy.typing import NDArray

from live_monitor.classify.card import calibration_of, load_card
from live_monitor.classify.litert_engine import LiteRTEngine
from live_monitor.classify.networks import NETWORKS
from live_monitor.classify.preprocess import normalise
from live_monitor.classify.probabilities import emotion_logits, probabilities, softmax
from live_monitor.errors import OutputError, UsageError
from live_monitor.evaluation.emotions.labelled import LabelledFaces
from live_monitor.files.card import KERAS, LITERT
from live_monitor.labels import LABELS
from live_monitor.networks.dtype_policy import dtype_policy
from live_monitor.training.export import CROP_MARGINS, _chosen_on, _to_int8, export
from live_monitor.training.recipe import Recipe
from live_monitor.training.train import TrainedNetwork
from tests.fakes import drawn_faces

RECIPE = Recipe(arch="tiny", epochs=1, batch_size=7)

pytestmark = pytest.mark.usefixtures("_same_precision_afterwards")


def tiny(outputs: int = 7) -> Any:
    """A network of a convolution and a dense layer."""
    layers = keras.layers
    inputs = layers.Input((48, 48, 1))
    x = layers.GlobalAveragePooling2D()(layers.Conv2D(4, 3, strides=2, activation="relu")(inputs))
    return keras.Model(inputs, layers.Dense(outputs, dtype="float32")(x))


@pytest.fixture(scope="module")
def network() -> Any:
    """Never trained: what is exported need not be good."""
    keras.utils.set_random_seed(5)
    return tiny()


@pytest.fixture(scope="module")
def trained(network: Any, tmp_path_factory: pytest.TempPathFactory) -> TrainedNetwork:
    best = tmp_path_factory.mktemp("run") / "best.weights.h5"
    network.save_weights(best)
    return TrainedNetwork(RECIPE, best, 7, tuple({"val_accuracy": accuracy} for accuracy in (0.1, 0.2, 0.6, 0.5, 0.6)))


@pytest.fixture(scope="module")
def model(trained: TrainedNetwork, fer2013: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The exported folder."""
    folder = tmp_path_factory.mktemp("export") / "deep" / "model"
    before = keras.config.dtype_policy()
    with pytest.MonkeyPatch.context() as monkeypatch:
        monkeypatch.setitem(NETWORKS, "tiny", tiny)
        export(trained, fer2013, folder, private_test=True)
    keras.config.set_dtype_policy(before)
    return folder


def test_the_folder_is_a_model_that_can_be_loaded(model: Path) -> None:
    card = load_card(str(model))
    assert (card.name, card.input_px, card.crop_margins) == ("tiny", 48, CROP_MARGINS)


@pytest.mark.parametrize("kind", [LITERT, KERAS])
def test_the_cards_checksums_match_the_weights(model: Path, kind: str) -> None:
    assert load_card(str(model)).weights(kind).is_file()


def test_the_card_has_labels_recipe_epochs_architecture_and_limits(model: Path) -> None:
    card = json.loads((model / "card.json").read_text(encoding="utf-8"))
    assert card["labels"] == list(LABELS)
    assert card["recipe"]["batch_size"] == 7
    assert (card["epochs_run"], card["chosen_epoch"]) == (5, 3)
    assert card["architecture"] == "A network of a convolution and a dense layer."
    assert card["limits"]


def test_the_card_has_the_accuracy_on_each_requested_split(model: Path) -> None:
    measured = json.loads((model / "card.json").read_text(encoding="utf-8"))["measured"]
    assert {split: figures["n"] for split, figures in measured.items()} == {"PublicTest": 14, "PrivateTest": 7}
    assert all(0 <= figures["accuracy"] <= 1 for figures in measured.values())


def test_the_card_has_the_fitted_calibration(model: Path) -> None:
    card = load_card(str(model))
    temperature = json.loads((model / "card.json").read_text(encoding="utf-8"))["temperature"]
    assert temperature != 1.0
    np.testing.assert_allclose(card.calibration.matrix, np.eye(7) / temperature, rtol=1e-6)
    assert 1 / 7 <= card.unsure_below < 1


class ScriptedEngine:
    """An engine that answers with given logits, face by face."""

    def __init__(self, logits: NDArray[np.float32]) -> None:
        self._logits = logits

    def infer(self, faces: NDArray[np.float32]) -> NDArray[np.float32]:
        said, self._logits = self._logits[: len(faces)], self._logits[len(faces) :]
        return said


@pytest.mark.parametrize(
    ("ferplus_share", "softened", "fitted", "near"),
    [(0.0, False, "temperature", 1e-3), (0.6, True, "temperature", 1e-3), (0.0, True, "calibration", 0.02)],
)
def test_confidence_matches_accuracy_and_a_fifth_of_the_faces_is_unsure(
    ferplus_share: float, softened: bool, fitted: str, near: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    rng = np.random.default_rng(3)
    as_they_are = rng.normal(0, 3, (500, 15)).astype(np.float32)
    wanted = emotion_logits(as_they_are, ferplus_share) / 2
    # The argmax of logits with Gumbel noise is a draw from their softmax.
    labels = (wanted + rng.gumbel(size=wanted.shape)).argmax(axis=1)
    # For crops and mirrored faces it gives the answers of other faces: it is right only by chance.
    logits = np.concatenate([as_they_are, *(rng.permutation(as_they_are) for _ in range(3))])
    faces = LabelledFaces("PublicTest", np.zeros((500, 48, 48), np.uint8), labels)
    monkeypatch.setattr("live_monitor.training.export.LiteRTEngine", lambda _file: ScriptedEngine(logits))
    chosen = _chosen_on(faces, Path("model.tflite"), ferplus_share, softened=softened)
    assert chosen.keys() == {"ferplus_share", fitted, "unsure_below"}
    said = probabilities(logits, calibration_of(chosen), ferplus_share)
    right = said.argmax(axis=1) == np.tile(labels, 4)
    assert 0.2 < right.mean() < 0.4 < right[:500].mean()
    assert said.max(axis=1).mean() == pytest.approx(right.mean(), abs=near)
    assert (said[:500].max(axis=1) >= chosen["unsure_below"]).mean() == pytest.approx(0.8, abs=0.01)


def test_the_int8_network_agrees_with_the_trained_one(model: Path, network: Any) -> None:
    faces = normalise(drawn_faces(20))
    int8 = LiteRTEngine(load_card(str(model)).weights(LITERT)).infer(faces)
    np.testing.assert_allclose(softmax(int8), softmax(np.asarray(network(faces))), atol=0.05)


def test_a_large_layers_weights_take_one_byte_each() -> None:
    inputs = keras.layers.Input((48, 48, 1))
    outputs = keras.layers.Dense(7)(keras.layers.Flatten()(inputs))
    assert len(_to_int8(keras.Model(inputs, outputs))) < 1.3 * 48 * 48 * 7


def test_the_int8_network_takes_and_returns_floats(model: Path) -> None:
    from ai_edge_litert.interpreter import Interpreter

    interpreter = Interpreter(str(model / "model.tflite"))
    ends = [*interpreter.get_input_details(), *interpreter.get_output_details()]
    assert {np.dtype(tensor["dtype"]) for tensor in ends} == {np.dtype(np.float32)}


def test_the_keras_weights_have_half_precision(model: Path, network: Any) -> None:
    with dtype_policy("float16"):
        restored = tiny()
    restored.load_weights(model / "model.weights.h5")
    assert (model / "model.weights.h5").stat().st_size < 2 * network.count_params() + 50_000
    for half, whole in zip(restored.get_weights(), network.get_weights(), strict=True):
        np.testing.assert_allclose(half, whole, atol=1e-3)


def test_no_unfinished_file_is_left(model: Path) -> None:
    assert {file.name for file in model.iterdir()} == {"card.json", "model.tflite", "model.weights.h5"}


def test_private_test_is_measured_only_on_request(
    trained: TrainedNetwork, fer2013: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(NETWORKS, "tiny", tiny)
    card = export(trained, fer2013, tmp_path, private_test=False)
    assert list(card["measured"]) == ["PublicTest"]


def test_on_another_backend_the_error_says_how_to_continue(
    trained: TrainedNetwork, fer2013: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keras.backend, "backend", lambda: "jax")
    with pytest.raises(UsageError, match="repeat the command with --resume and without KERAS_BACKEND"):
        export(trained, fer2013, tmp_path)


def test_exporting_leaves_keras_as_it_was(
    trained: TrainedNetwork, fer2013: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(NETWORKS, "tiny", tiny)
    before = keras.config.dtype_policy().name
    export(trained, fer2013, tmp_path, private_test=False)
    assert keras.config.dtype_policy().name == before


def test_an_unwritable_folder_is_an_output_error(
    trained: TrainedNetwork, fer2013: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(NETWORKS, "tiny", tiny)
    (tmp_path / "file").write_text("in the way", encoding="utf-8")
    with pytest.raises(OutputError, match="cannot be written"):
        export(trained, fer2013, tmp_path / "file" / "model", private_test=False)
