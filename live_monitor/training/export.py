"""Makes a model of a trained network: int8 LiteRT and float16 Keras weights, and the card that describes them."""

from __future__ import annotations

import contextlib
import io
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from live_monitor.classify.card import calibration_of
from live_monitor.classify.litert_engine import LiteRTEngine
from live_monitor.classify.networks import NETWORKS
from live_monitor.classify.preprocess import FACE_PX, NORMALISATION, normalise
from live_monitor.classify.probabilities import emotion_logits, probabilities
from live_monitor.detect.choose import load_finder
from live_monitor.evaluation.emotions.facts import measured_facts
from live_monitor.evaluation.emotions.labelled import LabelledFaces, from_fer2013
from live_monitor.evaluation.unsure.coverage import at_coverage
from live_monitor.files.output_folder import writing
from live_monitor.labels import LABELS
from live_monitor.process.quiet import silent_stderr
from live_monitor.settings import Settings
from live_monitor.training.backend import refuse_other_backend
from live_monitor.training.calibrate import calibration_faces, fit_calibration, fit_temperature
from live_monitor.training.model_folder import LITERT_FILE, architecture, write_card, write_weights
from live_monitor.training.recipe_facts import recipe_facts
from live_monitor.training.train import TrainedNetwork

EVALUATION_BATCH = 64

CROP_MARGINS = {"facegrid": 0.0, "haar": 0.0, "yunet": 0.0}
"""For each detector, of margins of -0.1 to 0.15, the one nearest to 0 that is within one standard error of the best."""

CROP_MARGINS_NOTE = (
    "Measured with glance as int8 on the faces that each detector finds among 1,800 of FER2013's PublicTest, 906 of another "
    "source and 11 photos, for margins of -0.1 to 0.15. Read right with 0 and with the best margin, standard error 0.9 to "
    "1.0: facegrid, 2,680 faces, 63.7 %, at -0.025 64.0 %; haar, 2,271 faces, 64.4 %, at 0.15 64.5 %; yunet, 2,568 faces, "
    "63.8 %, at -0.05 64.2 %. All but the photos end about where the box does, so that they do not tell what wider crops "
    "cost. Once more with today's facegrid, all 3,589 PublicTest faces and the 906: 66.0 % with 0, 66.2 % with 0.05."
)

LIMITS = (
    "Trained on FER2013: faces from web pictures, mostly frontal, with labels people agree on two times in three. Faces "
    "under 48 pixels, turned, dark, blurred or covered ones are read far worse than the numbers here say. It names the look "
    "of a face, not what a person feels."
)


def export(
    trained: TrainedNetwork,
    data: Path,
    folder: Path,
    *,
    votes: Path | None = None,
    ferplus_share: float = 0.0,
    private_test: bool = False,
) -> dict[str, Any]:
    """Writes a model's folder and measures what was written, on the engine that runs live.

    Args:
        trained: what training ended with.
        data: FER2013; calibration and the probability below which a face is unsure come from PublicTest, which is measured too.
        folder: where the model goes; made if missing.
        votes: FER+'s file, to measure by.
        ferplus_share: how much FER+'s annotators count in a face's label, see
            `live_monitor.classify.probabilities.emotion_logits`; 0 for a network that has not learnt their votes.
        private_test: measure PrivateTest too.

    Returns:
        The card.

    Raises:
        OutputError: the folder cannot be written.
        UsageError: Keras does not run on TensorFlow, which makes the LiteRT file.
    """
    refuse_other_backend()
    public_test = from_fer2013(data, "PublicTest", None)
    with writing(folder):
        network = trained.network()
        files = write_weights(folder, _to_int8(network), trained.network("float16"))
        chosen = _chosen_on(public_test, folder / LITERT_FILE, ferplus_share, softened=trained.recipe.softened)
        card = _card(trained, network.count_params(), files) | chosen
        write_card(folder, card)
        card |= measured_facts(folder, data, votes, ["PublicTest", *(["PrivateTest"] if private_test else [])])
        write_card(folder, card)
    return card


def _to_int8(network: Any) -> bytes:
    """A LiteRT file with int8 weights, and float32 input and output.

    Activations become int8 with a range of their own for every face. Ranges fixed beforehand moved a face's
    probabilities by up to 0.1 (custom-cnn) and 0.07 (glance) from the float network's, these by 0.01; for 32 faces glance took
    15 ms with fixed ranges and 13 with these.
    """
    import tensorflow as tf

    converter = tf.lite.TFLiteConverter.from_keras_model(network)
    converter.optimizations = [tf.lite.Optimize.DEFAULT]
    with silent_stderr(briefly=False), contextlib.redirect_stdout(io.StringIO()):
        return bytes(converter.convert())


def _chosen_on(faces: LabelledFaces, litert: Path, ferplus_share: float, *, softened: bool) -> dict[str, Any]:
    """Entries for the card: FER+'s share, and for it the calibration and the probability below which a face is unsure.

    See `live_monitor.evaluation.unsure`. The other limits, the card's "readable", take thirty times as many faces to measure:
    `live-monitor evaluate-unsure` does that.
    """
    finder = load_finder(Settings())
    images, labels = calibration_faces(faces, finder, CROP_MARGINS[finder.name])
    engine = LiteRTEngine(litert)
    starts = range(0, len(images), EVALUATION_BATCH)
    logits = np.concatenate([engine.infer(normalise(images[start : start + EVALUATION_BATCH])) for start in starts])
    fitted = _fitted(logits, labels, ferplus_share, softened=softened)
    said = probabilities(logits[: len(faces)], calibration_of(fitted), ferplus_share)
    confidence, right = said.max(axis=1).astype(np.float64), said.argmax(axis=1) == faces.labels
    unsure_below = at_coverage(confidence, right, np.ones(len(faces), np.bool_)).unsure_below
    return {"ferplus_share": ferplus_share, **fitted, "unsure_below": round(unsure_below, 3)}


def _fitted(logits: NDArray[np.float32], labels: NDArray[np.int64], ferplus_share: float, *, softened: bool) -> dict[str, Any]:
    """A card's calibration: a single temperature where that does, else a matrix and offsets.

    It does where the network has learnt the labels as they are, see `live_monitor.training.recipe.Recipe.softened`, and where
    FER+'s annotators have a share, as a matrix would pull the answers back to FER2013's labels.
    """
    if ferplus_share or not softened:
        return {"temperature": round(fit_temperature(emotion_logits(logits, ferplus_share), labels), 4)}
    calibration = fit_calibration(emotion_logits(logits), labels)
    both = {"matrix": calibration.matrix, "offsets": calibration.offsets}
    return {"calibration": {name: np.round(values.astype(np.float64), 4).tolist() for name, values in both.items()}}


def _card(trained: TrainedNetwork, parameters: int, files: dict[str, dict[str, Any]]) -> dict[str, Any]:
    recipe = trained.recipe
    return {
        "name": recipe.arch,
        "network": recipe.arch,
        "labels": LABELS,
        "input": {"side_px": FACE_PX, "colour": "grey", "normalisation": NORMALISATION},
        "crop_margins": CROP_MARGINS,
        "crop_margins_note": CROP_MARGINS_NOTE,
        "architecture": architecture(NETWORKS[recipe.arch]),
        "parameters": parameters,
        "ferplus": trained.outputs > len(LABELS),
        "data": "FER2013: trained on Training, epoch and calibration chosen on PublicTest"
        + ("; FER+'s votes on the same Training faces" if recipe.votes else ""),
        "recipe": recipe_facts(recipe),
        "epochs_run": len(trained.history),
        "chosen_epoch": trained.chosen_epoch,
        "files": files,
        "limits": LIMITS,
    }
