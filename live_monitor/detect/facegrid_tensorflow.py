"""facegrid's network in TensorFlow, for a GPU: one compiled function for pictures of any size."""

from __future__ import annotations

from typing import Any

import numpy as np

from live_monitor.detect.card import DetectorCard
from live_monitor.detect.cells import CHANNELS, MIDDLE_GREY, MULTIPLE_PX
from live_monitor.detect.facegrid import OUTPUTS
from live_monitor.detect.grids import Tensor
from live_monitor.networks.gpu import PRECISION, tensorflow_on
from live_monitor.types import Image


class TensorFlowNetwork:
    """Runs a detector's Keras weights: in half precision on a GPU, else in float32."""

    def __init__(self, card: DetectorCard, device: str) -> None:
        """Loads and compiles the network, and runs it once.

        Args:
            card: the detector.
            device: "GPU", or "CPU" to compare with LiteRT where there is no GPU.

        Raises:
            UsageError: device is "GPU" and there is none.
            ModelError: the weights are missing, damaged or not facegrid's.
        """
        self._tf = tf = tensorflow_on(device)
        from live_monitor.detect.facegrid_network import load_facegrid

        self._device = f"/{device}:0"
        with tf.device(self._device):
            network = load_facegrid(card, PRECISION[device])

        def cells(picture: Any) -> Any:
            # As `to_input` does it, but on the device: what is copied there is a quarter as large.
            levels = (tf.cast(picture, tf.float32) - MIDDLE_GREY) / MIDDLE_GREY
            grids = network(levels[tf.newaxis], training=False)
            return [grids[name][0] for name in OUTPUTS]

        self._cells = tf.function(cells, input_signature=[tf.TensorSpec((None, None, CHANNELS), tf.uint8)])
        self.run(np.full((MULTIPLE_PX, MULTIPLE_PX, CHANNELS), MIDDLE_GREY, np.uint8))

    def run(self, image: Image) -> dict[str, Tensor]:
        """Outputs, by names like "score_8", for uint8 (h, w, 3) BGR, which it pads at the right and below to its multiple."""
        below, right = (-side % MULTIPLE_PX for side in image.shape[:2])
        padded = np.pad(image, ((0, below), (0, right), (0, 0)), constant_values=MIDDLE_GREY)
        with self._tf.device(self._device):
            grids = self._cells(padded)
        return {name: Tensor(grid.numpy()) for name, grid in zip(OUTPUTS, grids, strict=True)}
