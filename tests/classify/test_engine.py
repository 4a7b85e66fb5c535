"""The two engines: which one is chosen, and that both give the same answers for the same faces."""

from __future__ import annotations

import hashlib
import os
import shutil
import sys
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from live_monitor.classify import engine as engines
from live_monitor.classify.card import ModelCard, load_card
from live_monitor.classify.engine import Engine, load_engine
from live_monitor.classify.litert_engine import LiteRTEngine
from live_monitor.classify.preprocess import normalise
from live_monitor.classify.probabilities import softmax
from live_monitor.classify.tensorflow_engine import TensorFlowEngine
from live_monitor.errors import ModelError, UsageError
from live_monitor.files.card import KERAS, LITERT
from live_monitor.networks.gpu import gpu_available
from tests.fakes import drawn_faces

AGREEMENT = 0.03
"""The most that two engines' probabilities of a label may differ by."""

SAME_LABEL_SHARE = 0.97

CHANGING_BATCHES = (1, 5, 2, 2, 9, 1, 33)


@pytest.fixture(scope="module", params=["custom-cnn", "glance", "glance-wide", "glimpse", "glimpse-plus"])
def card(request: pytest.FixtureRequest) -> ModelCard:
    return load_card(request.param)


@pytest.fixture(scope="module")
def litert(card: ModelCard) -> Engine:
    return LiteRTEngine(card.weights(LITERT))


@pytest.fixture(scope="module")
def tensorflow(card: ModelCard) -> Engine:
    """TensorFlow on the GPU if there is one, otherwise on the CPU: its arithmetic is the same."""
    return TensorFlowEngine(card, "GPU" if gpu_available() else "CPU")


def grey_png(content: bytes) -> NDArray[np.uint8]:
    picture = cv2.imdecode(np.frombuffer(content, np.uint8), cv2.IMREAD_GRAYSCALE)
    assert picture is not None
    return picture.astype(np.uint8, copy=False)


@pytest.fixture(scope="module")
def real_faces(shared_data: Path) -> NDArray[np.uint8]:
    """200 of FER2013's PublicTest faces, spread over all labels."""
    with zipfile.ZipFile(shared_data / "fer2013" / "fer2013.zip") as archive:
        names = sorted(name for name in archive.namelist() if "/PublicTest_" in name)
        chosen = names[:: len(names) // 200][:200]
        return np.stack([grey_png(archive.read(name)) for name in chosen])


@pytest.fixture(params=["litert", "tensorflow"])
def engine(request: pytest.FixtureRequest, card: ModelCard) -> Engine:  # noqa: ARG001, pytest must know about its parameter
    engine: Engine = request.getfixturevalue(request.param)
    return engine


@pytest.fixture
def pretend(monkeypatch: pytest.MonkeyPatch) -> Callable[[bool, bool], None]:
    """Sets whether a driver is found, and whether TensorFlow then finds a GPU."""

    def pretend(driver: bool, gpu: bool) -> None:
        monkeypatch.setattr(engines, "nvidia_driver_found", lambda: driver)
        monkeypatch.setattr(engines, "gpu_available", lambda: gpu)

    return pretend


def largest_differences(one: Engine, other: Engine, faces: NDArray[np.uint8]) -> NDArray[np.float32]:
    """For each face, the largest difference among its seven probabilities."""
    inputs = normalise(faces)
    differences: NDArray[np.float32] = np.abs(softmax(one.infer(inputs)) - softmax(other.infer(inputs))).max(axis=1)
    return differences


def test_litert_serves_the_cpu(card: ModelCard) -> None:
    assert load_engine(card, "cpu").name.startswith("LiteRT, CPU")


@pytest.mark.parametrize(("driver", "gpu"), [(False, False), (True, False)])
def test_auto_without_a_usable_gpu_means_the_cpu(
    card: ModelCard, pretend: Callable[[bool, bool], None], driver: bool, gpu: bool
) -> None:
    pretend(driver, gpu)
    assert load_engine(card, "auto").name.startswith("LiteRT, CPU")


def test_auto_means_the_cpu_for_a_model_without_keras_weights(card: ModelCard, pretend: Callable[[bool, bool], None]) -> None:
    pretend(True, True)
    cpu_only = replace(card, files={LITERT: card.files[LITERT]})
    assert load_engine(cpu_only, "auto").name.startswith("LiteRT, CPU")


def test_a_missing_gpu_is_a_usage_error(card: ModelCard, pretend: Callable[[bool, bool], None]) -> None:
    pretend(True, False)
    with pytest.raises(UsageError, match=r"--device gpu: TensorFlow finds no GPU here; use --device cpu"):
        load_engine(card, "gpu")


@pytest.mark.parametrize("device", ["auto", "gpu"])
def test_a_gpu_is_used_if_there_is_one(card: ModelCard, device: str) -> None:
    if not gpu_available():
        pytest.skip("no GPU here")
    assert load_engine(card, device).name == "TensorFlow, GPU"


def test_a_gpu_needs_a_model_with_keras_weights(card: ModelCard) -> None:
    with pytest.raises(ModelError, match="has no keras weights"):
        load_engine(replace(card, files={LITERT: card.files[LITERT]}), "gpu")


def test_every_face_has_as_many_logits_as_the_card_says(engine: Engine, card: ModelCard) -> None:
    assert engine.infer(normalise(drawn_faces(5))).shape == (5, card.outputs)


def test_batches_of_changing_size_give_the_same_rows_as_single_faces(engine: Engine) -> None:
    faces = normalise(drawn_faces(max(CHANGING_BATCHES)))
    one_by_one = np.concatenate([engine.infer(face[np.newaxis]) for face in faces])
    for count in CHANGING_BATCHES:
        np.testing.assert_allclose(engine.infer(faces[:count]), one_by_one[:count], atol=1e-2)


def test_an_earlier_result_is_not_overwritten(engine: Engine) -> None:
    faces = normalise(drawn_faces(2))
    first = engine.infer(faces[:1])
    kept = first.copy()
    engine.infer(faces[1:])
    np.testing.assert_array_equal(first, kept)


def test_a_file_that_is_not_a_litert_model_is_refused(tmp_path: Path) -> None:
    broken = tmp_path / "model.tflite"
    broken.write_bytes(b"no model" * 100)
    with pytest.raises(ModelError, match=r"model\.tflite: not a LiteRT model"):
        LiteRTEngine(broken)


@pytest.mark.skipif(sys.platform != "linux", reason="names are text elsewhere")
def test_a_models_folder_may_have_a_name_that_is_not_utf8(card: ModelCard, litert: Engine, tmp_path: Path) -> None:
    folder = tmp_path / os.fsdecode(b"y\xff")
    folder.mkdir()
    face = normalise(drawn_faces(1))
    engine = LiteRTEngine(Path(shutil.copy(card.weights(LITERT), folder)))
    np.testing.assert_array_equal(engine.infer(face), litert.infer(face))


def test_a_file_without_weights_is_refused(card: ModelCard, tmp_path: Path) -> None:
    broken = tmp_path / "model.weights.h5"
    broken.write_bytes(b"no model" * 100)
    sha256 = hashlib.sha256(broken.read_bytes()).hexdigest()
    with pytest.raises(ModelError, match=r"model\.weights\.h5: not weights of"):
        TensorFlowEngine(replace(card, folder=tmp_path, files={KERAS: (broken.name, sha256)}), "CPU")


def test_a_network_of_another_program_is_refused(card: ModelCard) -> None:
    with pytest.raises(ModelError, match="for a network unheard-of, but this program knows only custom-cnn"):
        TensorFlowEngine(replace(card, network="unheard-of"), "CPU")


def test_the_engines_agree_on_drawn_faces(litert: Engine, tensorflow: Engine) -> None:
    assert largest_differences(litert, tensorflow, drawn_faces(64)).max() < AGREEMENT


def test_the_engines_agree_on_real_faces(litert: Engine, tensorflow: Engine, real_faces: NDArray[np.uint8]) -> None:
    assert largest_differences(litert, tensorflow, real_faces).max() < AGREEMENT


def test_the_engines_give_real_faces_the_same_label(litert: Engine, tensorflow: Engine, real_faces: NDArray[np.uint8]) -> None:
    faces = normalise(real_faces)
    same = litert.infer(faces)[:, :7].argmax(axis=1) == tensorflow.infer(faces)[:, :7].argmax(axis=1)
    assert same.mean() >= SAME_LABEL_SHARE
