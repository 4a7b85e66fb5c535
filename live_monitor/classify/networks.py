"""The networks this project trains, as Keras 3 models: float32 (n, 48, 48, 1) in, logits (n, 7) out.

A model ships its weights and the name of its network, not Keras's own file of both: that one opens only with the
version of Keras that wrote it, or a newer one.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from typing import Any

import keras

from live_monitor.classify.preprocess import FACE_PX
from live_monitor.labels import LABELS

CONV_WIDTHS = (64, 128, 256, 512)
DENSE_WIDTHS = (512, 256)
CONV_DROPOUT = 0.2
DENSE_DROPOUT = 0.4


def custom_cnn() -> Any:
    """The project brief's own network: four 3x3 convolutions with pooling, then three dense layers.

    Convolution, batch normalisation and ReLU come in this order, so that a converter folds the three into one.
    4.0 million parameters.
    """
    layers = keras.layers
    inputs = layers.Input((FACE_PX, FACE_PX, 1))
    x = inputs
    for width in CONV_WIDTHS:
        x = layers.Conv2D(width, 3, padding="same", use_bias=False, kernel_initializer="he_normal")(x)
        x = layers.BatchNormalization()(x)
        x = layers.ReLU()(x)
        x = layers.MaxPooling2D()(x)
        x = layers.Dropout(CONV_DROPOUT)(x)
    x = layers.Flatten()(x)
    for width in DENSE_WIDTHS:
        x = layers.Dense(width, use_bias=False, kernel_initializer="he_normal")(x)
        x = layers.BatchNormalization()(x)
        x = layers.ReLU()(x)
        x = layers.Dropout(DENSE_DROPOUT)(x)
    outputs = layers.Dense(len(LABELS), dtype="float32")(x)
    return keras.Model(inputs, outputs, name="custom-cnn")


@contextlib.contextmanager
def dtype_policy(name: str) -> Iterator[None]:
    """Networks built inside have Keras's dtype policy of that name, such as "float16"; afterwards all is as before."""
    before = keras.config.dtype_policy()
    keras.config.set_dtype_policy(name)
    try:
        yield
    finally:
        keras.config.set_dtype_policy(before)


NETWORKS: dict[str, Callable[[], Any]] = {"custom-cnn": custom_cnn}
"""Every network `live-monitor train --arch` knows, by name."""
