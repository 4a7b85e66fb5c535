"""DeepFace's emotion network, to compare with: `pip install live-monitor[deepface]`, fed as DeepFace itself feeds it."""

from __future__ import annotations

import contextlib
import sys
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from live_monitor.errors import ModelError, UsageError
from live_monitor.evaluation.emotions.answers import Answers
from live_monitor.labels import LABELS
from live_monitor.process.quiet import silent_stderr

DEEPFACE = "deepface"
"""The name that asks for it, among those of models."""

INPUT_PX = 224
"""Side to which DeepFace brings a face before its network makes it 48 pixels again."""

OUTPUT_LABELS = ("angry", "disgust", "fear", "happy", "sad", "surprise", "neutral")
"""DeepFace's own order (deepface 0.0.103, `DemographyUtils.EMOTION_LABELS`)."""

_COLUMNS = [OUTPUT_LABELS.index(label) for label in LABELS]


class DeepFaceModel:
    """The network in DeepFace's own wrapping: BGR faces of 224x224 pixels from 0 to 1."""

    name = DEEPFACE
    engine = "DeepFace, CPU"
    size_bytes = None

    def __init__(self, client: Any) -> None:
        self._client = client

    def answer(self, faces: NDArray[np.uint8]) -> Answers:
        batch = np.stack([_as_deepface_has_it(face) for face in faces])
        # For a single face it gives a row, for several a table.
        outputs = np.asarray(self._client.predict(batch), np.float32).reshape(len(faces), len(OUTPUT_LABELS))[:, _COLUMNS]
        return Answers(outputs / outputs.sum(axis=1, keepdims=True))


def load_deepface() -> DeepFaceModel:
    """Loads it; DeepFace looks for its weights in its own folder, and fetches them if they are not there.

    Raises:
        UsageError: the package is not installed, or not whole.
        ModelError: it cannot get its weights.
    """
    try:
        with contextlib.redirect_stdout(sys.stderr):  # only the report goes to stdout
            with silent_stderr(briefly=False):  # TensorFlow greets on import
                from deepface import DeepFace
            client = DeepFace.build_model("Emotion", task="facial_attribute")
    except ImportError as error:
        raise UsageError(f"deepface: not installed ({error}); get it with: pip install live-monitor[deepface]") from error
    except Exception as error:  # DeepFace raises ValueError, OSError and what its downloader raises
        reason = " ".join(str(error).split()).rstrip(".")
        raise ModelError(f"deepface: cannot be loaded: {reason}; put its weights where it looks for them") from error
    return DeepFaceModel(client)


def _as_deepface_has_it(face: NDArray[np.uint8]) -> NDArray[np.float32]:
    enlarged = cv2.resize(face.astype(np.float32) / 255, (INPUT_PX, INPUT_PX))
    return np.repeat(enlarged[:, :, np.newaxis], 3, axis=2).astype(np.float32, copy=False)
