"""TensorFlow on a GPU: one compiled function, warmed up for a few batch sizes so that none stalls the live view."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from live_monitor.classify.card import ModelCard
from live_monitor.files.card import KERAS
from live_monitor.networks.gpu import PRECISION, tensorflow_on

WARM_BATCHES = (1, 2, 4, 8, 16, 32)
"""A batch is padded to the next power of two: a GPU picks its kernels anew for every size it has not seen."""


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
        card.weights(KERAS)  # a model without them fails here, before TensorFlow takes seconds to load
        tf = tensorflow_on(device)
        from live_monitor.classify.networks import load_network

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
