"""The networks this project trains, as Keras 3 models: float32 (n, 48, 48, 1) in, logits (n, outputs) out.

The first seven outputs are FER2013's labels; fifteen outputs are those and FER+'s eight classes.

A model ships its weights and the name of its network, not Keras's own file of both: that one opens only with the
version of Keras that wrote it, or a newer one.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import keras

from live_monitor.classify.card import ModelCard
from live_monitor.classify.preprocess import FACE_PX
from live_monitor.errors import ModelError
from live_monitor.files.card import KERAS
from live_monitor.labels import LABELS
from live_monitor.networks.batch_norm import BatchNormalization
from live_monitor.networks.dtype_policy import dtype_policy

CONV_WIDTHS = (64, 128, 256, 512)
DENSE_WIDTHS = (512, 256)
CONV_DROPOUT = 0.2
DENSE_DROPOUT = 0.4
"""Widths and dropout rates of the brief's networks."""

IMAGENET_STD = 60.0
"""About the spread of the grey levels that ResNet50's pretrained convolutions were made for."""

GLANCE_WIDTHS = (32, 48, 96, 192)
GLANCE_WIDE_WIDTHS = (32, 64, 128, 256)
STARE_WIDTHS = (64, 128, 256, 512)
BLOCKS_A_STAGE = 2
POOLED_DROPOUT = 0.3


def custom_cnn(outputs: int = len(LABELS)) -> Any:
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
    return keras.Model(inputs, _dense_head(x, outputs), name="custom-cnn")


def resnet50(outputs: int = len(LABELS), weights: str | None = None) -> Any:
    """The project brief's transfer learning: ResNet50 (He et al. 2016, arXiv 1512.03385), flattened, then three dense layers.

    28 million parameters. A grey face goes into all three of its channels, scaled to about the spread of ImageNet's pixels
    around their mean, which its pretrained convolutions expect.

    Args:
        outputs: logits wanted.
        weights: those of the convolutions: "imagenet" (Keras downloads them once), a file that Keras can load, or None for
            random ones.
    """
    layers = keras.layers
    inputs = layers.Input((FACE_PX, FACE_PX, 1))
    x = layers.Concatenate()([layers.Rescaling(IMAGENET_STD)(inputs)] * 3)
    convolutions = keras.applications.ResNet50(include_top=False, weights=weights, input_shape=(FACE_PX, FACE_PX, 3))
    return keras.Model(inputs, _dense_head(convolutions(x), outputs), name="resnet50")


def glance(outputs: int = len(LABELS)) -> Any:
    """This project's own: a small residual network (He et al. 2016) of six blocks at 24, 12 and 6 pixels.

    A 3x3 convolution of 32 channels at full resolution, two blocks each of 48, 96 and 192 channels, global average, dense.
    Every convolution is followed by batch normalisation, so that int8 and float are the same graph. 1.6 million parameters.
    """
    return _residual("glance", GLANCE_WIDTHS, outputs)


def glance_wide(outputs: int = len(LABELS)) -> Any:
    """glance with a third more channels: it takes half as long again, and reads blurred and noisy faces better.

    2.8 million parameters.
    """
    return _residual("glance-wide", GLANCE_WIDE_WIDTHS, outputs)


def glimpse(outputs: int = len(LABELS)) -> Any:
    """glance with half as many channels inside its blocks: half the multiplications, 0.8 million parameters."""
    return _residual("glimpse", GLANCE_WIDTHS, outputs, inside=0.5)


def glimpse_wide(outputs: int = len(LABELS)) -> Any:
    """glance-wide with half as many channels inside its blocks: half the multiplications, 1.4 million parameters."""
    return _residual("glimpse-wide", GLANCE_WIDE_WIDTHS, outputs, inside=0.5)


def stare(outputs: int = len(LABELS)) -> Any:
    """Made to teach: glance with two blocks at full resolution too, and two to three times its channels.

    11 million parameters, ten times glance's multiplications: it needs a GPU.
    """
    return _residual("stare", STARE_WIDTHS, outputs, full_size_blocks=BLOCKS_A_STAGE)


def _residual(name: str, widths: tuple[int, ...], outputs: int, inside: float = 1.0, full_size_blocks: int = 0) -> Any:
    layers = keras.layers
    inputs = layers.Input((FACE_PX, FACE_PX, 1))
    x = layers.ReLU()(_convolution(inputs, widths[0], 3))
    for _ in range(full_size_blocks):
        x = _block(x, widths[0], widths[0], stride=1)
    for width in widths[1:]:
        for number in range(BLOCKS_A_STAGE):
            x = _block(x, width, round(inside * width), stride=2 if number == 0 else 1)
    x = layers.GlobalAveragePooling2D()(x)
    x = layers.Dropout(POOLED_DROPOUT)(x)
    return keras.Model(inputs, layers.Dense(outputs, dtype="float32")(x), name=name)


def _block(x: Any, width: int, inside: int, stride: int) -> Any:
    """Two convolutions, with `inside` channels between them, beside a shortcut that averages where they stride.

    He et al. 2019, arXiv 1812.01187.
    """
    layers = keras.layers
    y = layers.ReLU()(_convolution(x, inside, 3, stride))
    y = _convolution(y, width, 3)
    if stride > 1:
        x = layers.AveragePooling2D(stride)(x)
    if x.shape[-1] != width:
        x = _convolution(x, width, 1)
    return layers.ReLU()(layers.Add()([x, y]))


def _convolution(x: Any, width: int, size: int, stride: int = 1) -> Any:
    convolution = keras.layers.Conv2D(width, size, stride, padding="same", use_bias=False, kernel_initializer="he_normal")
    return BatchNormalization(momentum=0.95)(convolution(x))


def _dense_head(x: Any, outputs: int) -> Any:
    """The brief's dense layers of 512, 256 and 7, after flattened convolutions."""
    layers = keras.layers
    x = layers.Flatten()(x)
    for width in DENSE_WIDTHS:
        x = layers.Dense(width, use_bias=False, kernel_initializer="he_normal")(x)
        x = layers.BatchNormalization()(x)
        x = layers.ReLU()(x)
        x = layers.Dropout(DENSE_DROPOUT)(x)
    return layers.Dense(outputs, dtype="float32")(x)


NETWORKS: dict[str, Callable[..., Any]] = {
    "custom-cnn": custom_cnn,
    "glance": glance,
    "glance-wide": glance_wide,
    "glimpse": glimpse,
    "glimpse-wide": glimpse_wide,
    "resnet50": resnet50,
    "stare": stare,
}
"""Every network `live-monitor train --arch` knows, by name; called with the number of outputs."""

WIDER = {"glimpse": "glance", "glimpse-wide": "glance-wide"}
"""For each network, the same one with wider blocks, whose weights it can begin with."""


def load_network(card: ModelCard, precision: str) -> Any:
    """A model's network with its weights, in a precision that Keras has a dtype policy for.

    Raises:
        ModelError: there is no such network, or the weights are missing, damaged or not its own.
    """
    weights = card.weights(KERAS)
    if card.network not in NETWORKS:
        raise ModelError(f"{weights}: for a network {card.network}, but this program knows only {', '.join(NETWORKS)}")
    with dtype_policy(precision):
        network = NETWORKS[card.network](card.outputs)
    try:
        network.load_weights(weights)
    except (ValueError, OSError, KeyError) as error:
        reason = str(error).partition("\n")[0]  # the other lines name every layer
        raise ModelError(f"{weights}: not weights of {card.network}: {reason}") from error
    return network
