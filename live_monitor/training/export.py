"""Makes a model of a trained network: int8 LiteRT and float16 Keras weights, and the card that describes them."""

from __future__ import annotations

import contextlib
import hashlib
import inspect
import io
import json
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

import keras
import numpy as np
from numpy.typing import NDArray

from live_monitor.classify.card import CARD_FILE, KERAS, LITERT
from live_monitor.classify.litert_engine import LiteRTEngine
from live_monitor.classify.networks import NETWORKS, dtype_policy
from live_monitor.classify.preprocess import FACE_PX, NORMALISATION, normalise
from live_monitor.dataset.fer2013 import Faces, load_fer2013
from live_monitor.errors import OutputError
from live_monitor.labels import LABELS
from live_monitor.quiet import silent_stderr
from live_monitor.training.run_folder import save_weights_whole
from live_monitor.training.train import TrainedNetwork
from live_monitor.whole_file import write_whole

LITERT_FILE, KERAS_FILE = "model.tflite", "model.weights.h5"
EVALUATION_BATCH = 64

CROP_MARGINS = {"facegrid": 0.0, "haar": 0.02, "yunet": 0.0}
"""Measured on FER2013's PublicTest and on other people's pictures, for margins of -0.15 to 0.15.

Haar's box on a FER2013 face (1,137 found of 1,500) is 0.96 of the picture wide and centred on it; 0.05 read those faces best,
0 to 0.1 the other pictures. YuNet's box (3,458 found of 3,589) is 0.79 of it wide, 1.03 high and centred; the square around it
read as well as the whole picture, 66.6 % against 66.7, margins of 0.05 either way 0.5 to 1 point worse. facegrid's box (1,463
found of 1,500) is 0.76 wide and 1.03 high; 0 read best, 65.7 % against 66.6 of the whole picture."""

LIMITS = (
    "Trained on FER2013: faces from web pictures, mostly frontal, with labels people agree on two times in three. Faces "
    "under 48 pixels, turned, dark, blurred or covered ones are read far worse than the numbers here say. It names the look "
    "of a face, not what a person feels."
)


def export(trained: TrainedNetwork, data: Path, folder: Path, *, private_test: bool) -> dict[str, Any]:
    """Writes a model's folder and measures what was written, on the engine that runs live.

    Args:
        trained: what training ended with.
        data: FER2013; PublicTest is measured.
        folder: where the model goes; made if missing.
        private_test: measure PrivateTest too.

    Returns:
        The card.

    Raises:
        OutputError: the folder cannot be written.
    """
    network = _in_precision(trained, "float32")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        write_whole(folder / LITERT_FILE, _to_int8(network))
        save_weights_whole(_in_precision(trained, "float16"), folder / KERAS_FILE)
        card = _card(folder, trained)
        card["accuracy"] = {
            split: _accuracy(folder, network, load_fer2013(data, split))
            for split in ("PublicTest", *(["PrivateTest"] if private_test else []))
        }
        write_whole(folder / CARD_FILE, (json.dumps(card, indent=2) + "\n").encode())
    except OSError as error:
        raise OutputError(
            f"{folder}: cannot be written: {error.strerror or error}; free space or choose another folder"
        ) from error
    return card


def _in_precision(trained: TrainedNetwork, policy: str) -> Any:
    """The trained network with weights and arithmetic of another precision, without the optimiser's state."""
    weights = keras.models.load_model(trained.best, compile=False).get_weights()
    with dtype_policy(policy):
        network = NETWORKS[trained.recipe.arch]()
    network.set_weights([np.asarray(weight, network.variable_dtype) for weight in weights])
    return network


def _to_int8(network: Any) -> bytes:
    """A LiteRT file with int8 weights, and float32 input and output.

    What flows between the layers becomes int8 with a range of its own for every face. Ranges fixed beforehand take 2.5 ms
    instead of 4.2 for nine faces, but move a face's probabilities by up to 0.1 from the float network's; these, by 0.01.
    """
    import tensorflow as tf

    converter = tf.lite.TFLiteConverter.from_keras_model(network)
    converter.optimizations = [tf.lite.Optimize.DEFAULT]
    with silent_stderr(), contextlib.redirect_stdout(io.StringIO()):
        return bytes(converter.convert())


def _card(folder: Path, trained: TrainedNetwork) -> dict[str, Any]:
    recipe = trained.recipe
    files = {LITERT: folder / LITERT_FILE, KERAS: folder / KERAS_FILE}
    return {
        "name": recipe.arch,
        "network": recipe.arch,
        "labels": LABELS,
        "input": {"side_px": FACE_PX, "colour": "grey", "normalisation": NORMALISATION},
        "crop_margins": CROP_MARGINS,
        "architecture": " ".join(inspect.cleandoc(str(NETWORKS[recipe.arch].__doc__)).split()),
        "data": "FER2013: trained on Training, epoch chosen on PublicTest",
        "recipe": asdict(recipe),
        "epochs_run": trained.epochs_run,
        "chosen_epoch": trained.chosen_epoch,
        "files": {
            kind: {"name": file.name, "bytes": file.stat().st_size, "sha256": hashlib.sha256(file.read_bytes()).hexdigest()}
            for kind, file in files.items()
        },
        "limits": LIMITS,
    }


def _accuracy(folder: Path, network: Any, faces: Faces) -> dict[str, float | int]:
    """Share of right labels, one view a face: int8 on LiteRT, and float32."""
    inputs = normalise(faces.images)
    engine = LiteRTEngine(folder / LITERT_FILE)
    int8 = np.concatenate([engine.infer(batch) for batch in _batches(inputs)])
    float32 = np.concatenate([np.asarray(network(batch, training=False)) for batch in _batches(inputs)])
    return {"n": len(faces), "int8": _share_right(int8, faces), "float32": _share_right(float32, faces)}


def _batches(inputs: NDArray[np.float32]) -> Iterator[NDArray[np.float32]]:
    for start in range(0, len(inputs), EVALUATION_BATCH):
        yield inputs[start : start + EVALUATION_BATCH]


def _share_right(probabilities: NDArray[np.float32], faces: Faces) -> float:
    return round(float((probabilities.argmax(axis=1) == faces.labels).mean()), 4)
