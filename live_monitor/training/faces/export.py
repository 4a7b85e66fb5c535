"""Makes a detector of a trained facegrid: int8 LiteRT and float16 Keras weights, and the card that describes them."""

from __future__ import annotations

import contextlib
import io
import math
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import keras
import numpy as np
from numpy.typing import NDArray

from live_monitor.detect.card import NAME
from live_monitor.detect.cells import to_input
from live_monitor.detect.facegrid import LiteRTNetwork
from live_monitor.detect.facegrid_network import facegrid
from live_monitor.evaluation.faces.evaluate import SMALLEST_PX
from live_monitor.evaluation.faces.matching import Pool
from live_monitor.files.output_folder import writing
from live_monitor.networks.dtype_policy import dtype_policy
from live_monitor.process.quiet import silent_stderr
from live_monitor.training.backend import refuse_other_backend
from live_monitor.training.faces.average_precision import Looked, judge, landmark_error
from live_monitor.training.faces.compose import Composer
from live_monitor.training.faces.look import Sight, keras_sight, litert_sight, look
from live_monitor.training.faces.pictures import NEGATIVE, FacePictures, Picture
from live_monitor.training.faces.train import TrainedDetector
from live_monitor.training.model_folder import architecture, write_card, write_weights
from live_monitor.training.recipe_facts import recipe_facts
from live_monitor.training.run_folder import load_best

CALIBRATION_SAMPLES = 200
"""Composed samples that the ranges of int8 are taken from."""

MEASURED_PX = (640, 320)
"""Longest sides of the pictures that are measured."""

WANTED_PRECISION = 0.95
FALSE_FACES_PER_PICTURE = 0.02
"""The threshold is the lowest with this precision on the pictures kept apart, both on those with boxes by people and on the
others, and with no more than so many false faces in a picture without a face."""

_THRESHOLDS = np.arange(0.2, 0.9, 0.01)

LIMITS = (
    "Finds faces from 20 pixels up in the picture it is given, and about half of those from 10 to 20; under 6 pixels it says "
    "nothing. Faces over about 350 pixels, turned to the side, upside down or very blurred are found less dependably. Measured "
    "on a few hundred pictures kept apart; of the kinds photo, frame and portrait the truth is what YuNet found, which is no "
    "truth, so that only the sources with boxes by people tell which of the two is better."
)


def export(
    trained: TrainedDetector, pictures: FacePictures, folder: Path, say: Callable[[str], None] = lambda _: None
) -> dict[str, Any]:
    """Makes a detector, measures it on the engine that runs live, and writes its folder, the card last: without it there is none.

    Args:
        trained: what training ended with.
        pictures: the ranges of int8 are taken from those to train on; those kept apart are measured.
        folder: where the detector goes; made if missing.
        say: called with a line for people, before what takes long.

    Returns:
        The card.

    Raises:
        UsageError: Keras does not run on TensorFlow, which makes the LiteRT file, or the weights are missing or damaged.
        OutputError: the folder cannot be written.
    """
    refuse_other_backend()
    network = _trained(trained, "float32")
    say(f"the int8 weights are being made, with {CALIBRATION_SAMPLES} samples")
    litert = _to_int8(network, pictures.training, trained.recipe.seed)
    # Before anything is written: it takes minutes, in which the folder would hold no detector, or half of another one.
    measured = _measure(litert, network, pictures.kept_apart, say)
    with writing(folder):
        files = write_weights(folder, litert, _trained(trained, "float16"))
        card = _card(trained, network, files) | measured
        write_card(folder, card)
    return card


def finds_nothing(card: Mapping[str, Any]) -> bool:
    """Whether by its card a detector finds none of the faces kept apart at its threshold, at any size."""
    kinds = [figures for kinds in card["measured"].values() for figures in kinds.values() if isinstance(figures, dict)]
    recalls = [figures["recall"] for figures in kinds if "recall" in figures]
    return bool(recalls) and not any(recalls)


def _trained(trained: TrainedDetector, policy: str) -> Any:
    with dtype_policy(policy):
        network = facegrid()
    load_best(network, trained.best)
    return network


def _to_int8(network: Any, pictures: Sequence[Picture], seed: int) -> bytes:
    """A LiteRT file with int8 input, weights, arithmetic and outputs."""
    import tensorflow as tf

    # Keras's own layer becomes seven operations with shapes worked out at run time, which split the graph for the CPU.
    same = facegrid(_RepeatedCells())
    same.set_weights(network.get_weights())
    converter = tf.lite.TFLiteConverter.from_keras_model(same)
    converter.optimizations = [tf.lite.Optimize.DEFAULT]
    converter.representative_dataset = lambda: _calibration(pictures, seed)
    converter.target_spec.supported_ops = [tf.lite.OpsSet.TFLITE_BUILTINS_INT8]
    converter.inference_input_type = converter.inference_output_type = tf.int8
    with silent_stderr(briefly=False), contextlib.redirect_stdout(io.StringIO()), warnings.catch_warnings():
        # TensorFlow warns that it was not told a range which it then measures.
        warnings.simplefilter("ignore", UserWarning)
        return bytes(converter.convert())


class _RepeatedCells(keras.layers.Layer):  # type: ignore[misc]  # Keras ships no types
    """What UpSampling2D(2) does, in operations that LiteRT runs in int8 at any size."""

    def call(self, cells: Any) -> Any:
        import tensorflow as tf

        return tf.nn.depth_to_space(tf.concat([cells] * 4, axis=-1), 2)

    def compute_output_shape(self, shape: tuple[int | None, ...]) -> tuple[int | None, ...]:
        images, height, width, channels = shape
        return images, height and 2 * height, width and 2 * width, channels


def _calibration(pictures: Sequence[Picture], seed: int) -> Iterator[list[NDArray[np.float32]]]:
    composer = Composer(pictures)
    for number in range(CALIBRATION_SAMPLES):
        image = composer.compose(np.random.default_rng((seed, number))).image
        # Black and white in every one: together they fix the input's range, so that a level is one step of int8.
        image[0, 0], image[0, 1] = 0, 255
        yield [to_input(image)[None]]


def _card(trained: TrainedDetector, network: Any, files: dict[str, dict[str, Any]]) -> dict[str, Any]:
    return {
        "name": NAME,
        "network": NAME,
        "parameters": network.count_params(),
        "input": {"colour": "BGR", "range": "(level - 128) / 128", "multiple_px": 32},
        "smallest_px": SMALLEST_PX,
        "architecture": architecture(facegrid),
        "data": "Composed of pictures with boxes by people and of others labelled by YuNet; a fifth kept apart for choosing",
        "recipe": recipe_facts(trained.recipe),
        "steps_run": trained.steps_run,
        "chosen_step": trained.chosen_step,
        "files": files,
        "limits": LIMITS,
    }


def _measure(litert: bytes, network: Any, pictures: Sequence[Picture], say: Callable[[str], None]) -> dict[str, Any]:
    """The threshold, and what was measured on the pictures kept apart, by longest side."""

    def looked_at(weights: str, sight: Sight, side: int) -> list[Looked]:
        say(f"the {weights} weights search {len(pictures)} pictures kept apart, at {side} pixels")
        return look(sight, pictures, side)

    live = litert_sight(LiteRTNetwork(litert, threads=2))
    by_side = {side: looked_at("int8", live, side) for side in MEASURED_PX}
    threshold = choose_threshold(list(by_side.values()), pictures)
    measured = {}
    for side, looked in by_side.items():
        as_float = looked_at("float", keras_sight(network), side)
        measured[str(side)] = _figures(looked, as_float, pictures, threshold)
    return {"threshold": threshold, "measured": measured}


def _figures(
    looked: Sequence[Looked], as_float: Sequence[Looked], pictures: Sequence[Picture], threshold: float
) -> dict[str, Any]:
    figures: dict[str, Any] = {}
    for kind in sorted({picture.kind for picture in pictures}):
        rows = [row for row, picture in enumerate(pictures) if picture.kind == kind]
        judged = judge([looked[row] for row in rows])
        figures[kind] = {"pictures": len(rows), "faces": judged.faces, "false_faces": judged.false(threshold)}
        if judged.faces:
            figures[kind] |= {
                "average_precision": _rounded(judged.average_precision()),
                "average_precision_float": _rounded(judge([as_float[row] for row in rows]).average_precision()),
                "precision": _rounded(_precision(judged, threshold)),
                "recall": _rounded(judged.recall(threshold)),
            }
    error = landmark_error(looked, threshold)
    return figures | ({} if math.isnan(error) else {"landmark_error_of_width": _rounded(error)})


def _precision(judged: Pool, threshold: float) -> float:
    """Where nothing is found, nothing is wrong: 1."""
    precision = judged.precision(threshold)
    return 1.0 if precision is None else precision


def choose_threshold(sizes: Sequence[Sequence[Looked]], pictures: Sequence[Picture]) -> float:
    """The lowest threshold that keeps WANTED_PRECISION and FALSE_FACES_PER_PICTURE at every size, else the highest tried.

    Args:
        sizes: what was found in the pictures, once for each size they were searched at.
        pictures: the same ones; a face that people left out counts as a mistake: precision is a little higher than it seems.
    """
    boxed = [
        judge([one for one, of in zip(looked, pictures, strict=True) if of.by_people == by_people])
        for looked in sizes
        for by_people in {picture.by_people for picture in pictures}
    ]
    empty = [[one for one, of in zip(looked, pictures, strict=True) if of.kind == NEGATIVE] for looked in sizes]
    allowed = FALSE_FACES_PER_PICTURE * sum(picture.kind == NEGATIVE for picture in pictures)
    for threshold in _THRESHOLDS:
        precise = all(_precision(one, threshold) >= WANTED_PRECISION for one in boxed)
        # Here every box counts that would be shown, even one too small to be judged.
        if precise and all(sum(int((one.scores >= threshold).sum()) for one in looked) <= allowed for looked in empty):
            break
    return round(float(threshold), 2)


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 4)
