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
IMAGENET_STD = 60.0


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
    return keras.Model(inputs, _dense_head(x), name="custom-cnn")


def resnet50(weights: str | None = None) -> Any:
    """The project brief's transfer learning: ResNet50 (He et al. 2016, arXiv 1512.03385), flattened, then three dense layers.

    26 million parameters. A grey face goes into all three of its channels, scaled to about the spread of ImageNet's pixels
    around their mean, which its pretrained convolutions expect.

    Args:
        weights: of the convolutions: "imagenet" (Keras downloads them once), a file that Keras can load, or None: random.
    """
    layers = keras.layers
    inputs = layers.Input((FACE_PX, FACE_PX, 1))
    x = layers.Concatenate()([layers.Rescaling(IMAGENET_STD)(inputs)] * 3)
    convolutions = keras.applications.ResNet50(include_top=False, weights=weights, input_shape=(FACE_PX, FACE_PX, 3))
    return keras.Model(inputs, _dense_head(convolutions(x)), name="resnet50")


def _dense_head(x: Any) -> Any:
    """The brief's dense layers of 512, 256 and 7, behind flattened convolutions."""
    layers = keras.layers
    x = layers.Flatten()(x)
    for width in DENSE_WIDTHS:
        x = layers.Dense(width, use_bias=False, kernel_initializer="he_normal")(x)
        x = layers.BatchNormalization()(x)
        x = layers.ReLU()(x)
        x = layers.Dropout(DENSE_DROPOUT)(x)
    return layers.Dense(len(LABELS), dtype="float32")(x)


@contextlib.contextmanager
def dtype_policy(name: str) -> Iterator[None]:
    """Networks built inside have Keras's dtype policy of that name, such as "float16"; afterwards all is as before."""
    before = keras.config.dtype_policy()
    keras.config.set_dtype_policy(name)
    try:
        yield
    finally:
        keras.config.set_dtype_policy(before)


NETWORKS: dict[str, Callable[[], Any]] = {"custom-cnn": custom_cnn, "resnet50": resnet50}
"""Every network `live-monitor train --arch` knows, by name."""
