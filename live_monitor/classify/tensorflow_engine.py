"""TensorFlow on a GPU: one compiled function, warmed up for a few batch sizes so that none stalls the live view."""

from __future__ import annotations

import os
from typing import Any

import numpy as np
from numpy.typing import NDArray

from live_monitor.classify.card import KERAS, ModelCard
from live_monitor.errors import UsageError
from live_monitor.quiet import silent_stderr

WARM_BATCHES = (1, 2, 4, 8, 16, 32)
"""A batch is padded to the next power of two: a GPU picks its kernels anew for every size it has not seen."""

PRECISION = {"GPU": "float16", "CPU": "float32"}
"""Of the arithmetic: a CPU has none in half precision that is quick."""


def gpu_available() -> bool:
    """Whether TensorFlow finds a GPU it can use; imports TensorFlow."""
    return bool(_tensorflow().config.list_physical_devices("GPU"))


class TensorFlowEngine:
    """Runs one of the project's networks with the weights of a .weights.h5 file: in half precision on a GPU, else in float32."""

    def __init__(self, card: ModelCard, device: str) -> None:
        """Loads and compiles the network.

        Args:
            card: the model; its weights are what Keras's `save_weights` wrote.
            device: "GPU", or "CPU" to compare engines where there is no GPU.

        Raises:
            UsageError: device is "GPU" and there is none.
            ModelError: there is no such network, or the weights are missing, damaged or not its own.
        """
        card.weights(KERAS)  # a model without them is told before TensorFlow takes its seconds
        tf = _tensorflow()
        from live_monitor.classify.networks import load_network

        if device == "GPU" and not gpu_available():
            raise UsageError("--device gpu: TensorFlow finds no GPU here; use --device cpu, or install tensorflow[and-cuda]")
        for gpu in tf.config.list_physical_devices("GPU"):
            tf.config.experimental.set_memory_growth(gpu, True)
        self.name = f"TensorFlow, {device}"
        self._device = f"/{device}:0"
        with tf.device(self._device):
            self._network = load_network(card, PRECISION[device])
        _, height, width, channels = self._network.input_shape
        signature = tf.TensorSpec((None, height, width, channels), tf.float32)
        self._infer = tf.function(lambda faces: self._network(faces, training=False), input_signature=[signature])
        for batch in WARM_BATCHES:
            self.infer(np.zeros((batch, height, width, channels), np.float32))

    def infer(self, faces: NDArray[np.float32]) -> NDArray[np.float32]:
        import tensorflow as tf

        count = len(faces)
        padding = (1 << (count - 1).bit_length()) - count
        padded = np.pad(faces, ((0, padding), (0, 0), (0, 0), (0, 0)))
        with tf.device(self._device):
            logits: NDArray[np.float32] = self._infer(padded).numpy()
        return logits[:count]


def _tensorflow() -> Any:
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    with silent_stderr():
        import tensorflow
    return tensorflow
