"""What runs a network, and which engine runs it here."""

from __future__ import annotations

import logging
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from live_monitor.classify.card import ModelCard
from live_monitor.errors import ModelError
from live_monitor.files.card import KERAS, LITERT
from live_monitor.networks.gpu import gpu_available, nvidia_driver_found

logger = logging.getLogger(__name__)


class Engine(Protocol):
    """A loaded network. Only the analysis thread calls it."""

    @property
    def name(self) -> str:
        """Engine and device, for people."""

    def infer(self, faces: NDArray[np.float32]) -> NDArray[np.float32]:
        """Logits (n, k) of normalised faces (n, h, w, 1), all in one call; any n from 1.

        The first seven are for LABELS; `ModelCard.outputs` gives k, `live_monitor.classify.probabilities` what all mean.
        """


def load_engine(card: ModelCard, device: str) -> Engine:
    """The engine for a model.

    Args:
        card: the model.
        device: "cpu": LiteRT; "gpu": TensorFlow on the first GPU; "auto": the GPU if one can be used, else LiteRT.

    The engine is warm: it has run once, which also shows that the weights are what the card says.

    Raises:
        ModelError: the weights are missing, damaged, or take other faces or give other labels than the card says.
        UsageError: device is "gpu" and TensorFlow can use no GPU.
    """
    engine = _load(card, device)
    face = np.zeros((1, card.input_px, card.input_px, 1), np.float32)
    try:
        given = engine.infer(face)
    except (ValueError, RuntimeError, TypeError) as error:
        size = f"{card.input_px}x{card.input_px}"
        raise ModelError(f"model {card.name}: its weights do not take {size} grey faces; choose another --model") from error
    if given.shape != (1, card.outputs):
        raise ModelError(
            f"model {card.name}: its weights give {given.shape[-1]} numbers a face, not {card.outputs}; choose another --model"
        )
    if not np.isfinite(given).all():
        raise ModelError(f"model {card.name}: its weights give infinity or NaN for a black face; choose another --model")
    logger.info("model %s on %s", card.name, engine.name)
    return engine


def _load(card: ModelCard, device: str) -> Engine:
    if device == "gpu" or (device == "auto" and KERAS in card.files and nvidia_driver_found()):
        from live_monitor.classify.tensorflow_engine import TensorFlowEngine

        if device == "gpu" or gpu_available():
            return TensorFlowEngine(card, "GPU")
    from live_monitor.classify.litert_engine import LiteRTEngine

    return LiteRTEngine(card.weights(LITERT))
