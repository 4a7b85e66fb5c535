"""facegrid's network in Keras 3, for training and for a GPU; the live CPU finder runs its LiteRT export instead."""

from __future__ import annotations

import tempfile
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import keras

from live_monitor.detect.card import DetectorCard
from live_monitor.detect.cells import CHANNELS, SCORE, STRIDES, VALUES
from live_monitor.errors import ModelError
from live_monitor.files.card import KERAS
from live_monitor.networks.batch_norm import BatchNormalization
from live_monitor.networks.dtype_policy import dtype_policy

STEM_WIDTHS = (16, 32)
"""Convolutions that halve the picture, before the first grid."""

GRID_WIDTHS = (48, 64, 64)
GRID_BLOCKS = (2, 2, 3)
"""Width and residual blocks at strides 8, 16 and 32."""

PYRAMID_WIDTH = 48

RARE_FACE = -4.0
"""First guess of a score, as a logit: faces are rare, and training should not have to learn that first."""


def facegrid(upsample: Callable[[Any], Any] | None = None) -> Any:
    """An anchor-free face detector of plain 3x3 convolutions, for pictures in colour, multiples of 32 pixels wide and high.

    Two convolutions of 16 and 32 channels halve the picture twice; 48, 64 and 64 channels with two, two and three residual
    blocks follow at strides 8, 16 and 32; a top-down pyramid of 48 channels joins the three; a block and three 1x1
    convolutions a grid give score, box and landmarks. Plain convolutions, because on a CPU they train faster than
    depthwise ones of the same quality and run as fast. 0.39 million parameters.

    Args:
        upsample: doubles a grid by repeating its cells, for a runtime that has a quicker way; None: Keras's layer.

    Returns:
        A model of float32 (n, h, w, 3), see `cells.to_input`, to one tensor (n, h / stride, w / stride, k) for every stride
        and kind of `cells.VALUES`, named like "score_8". The score is a logit.
    """
    inputs = keras.layers.Input((None, None, CHANNELS))
    x = inputs
    for width in STEM_WIDTHS:
        x = _convolution(x, width, 3, strides=2)
    grids = []
    for width, blocks in zip(GRID_WIDTHS, GRID_BLOCKS, strict=True):
        x = _convolution(x, width, 3, strides=2)
        for _ in range(blocks):
            x = _residual(x)
        grids.append(x)
    outputs: dict[str, Any] = {}
    for stride, level in zip(STRIDES, _pyramid(grids, upsample or keras.layers.UpSampling2D(2)), strict=True):
        outputs |= _head(_residual(level), stride)
    return keras.Model(inputs, outputs, name="facegrid")


def load_facegrid(card: DetectorCard, precision: str) -> Any:
    """A trained detector's network with its weights, in a precision that Keras has a dtype policy for.

    Raises:
        ModelError: the weights are missing, damaged or not facegrid's.
    """
    with dtype_policy(precision):
        network = facegrid()
    with tempfile.TemporaryDirectory() as scratch:
        file = Path(scratch) / "whole.weights.h5"  # Keras reads files only, and looks at how the name ends
        file.write_bytes(card.weights(KERAS))
        try:
            with warnings.catch_warnings():
                # With another network's file Keras warns as well.
                warnings.simplefilter("ignore", UserWarning)
                network.load_weights(file)
        except (ValueError, OSError, KeyError) as error:
            reason = str(error).partition("\n")[0]  # the other lines name every layer
            raise ModelError(
                f"{card.folder}: these weights are not facegrid's: {reason}; give a folder that train-detector made"
            ) from error
    return network


def _pyramid(grids: list[Any], upsample: Callable[[Any], Any]) -> list[Any]:
    levels = [_convolution(grid, PYRAMID_WIDTH, 1) for grid in grids]
    for finer in reversed(range(len(levels) - 1)):
        levels[finer] = keras.layers.Add()([levels[finer], upsample(levels[finer + 1])])
    return levels


def _convolution(x: Any, width: int, side: int, *, strides: int = 1) -> Any:
    x = keras.layers.Conv2D(width, side, strides, "same", use_bias=False, kernel_initializer="he_normal")(x)
    return keras.layers.ReLU()(BatchNormalization()(x))


def _residual(x: Any) -> Any:
    width = x.shape[-1]
    y = keras.layers.Conv2D(width, 3, padding="same", use_bias=False, kernel_initializer="he_normal")(x)
    y = BatchNormalization()(y)
    return keras.layers.ReLU()(keras.layers.Add()([x, y]))


def _head(x: Any, stride: int) -> dict[str, Any]:
    # A tensor for each kind: quantised together, the widest range would ruin the others.
    outputs = {}
    for kind, values in VALUES.items():
        bias = keras.initializers.Constant(RARE_FACE if kind == SCORE else 0.0)
        head = keras.layers.Conv2D(
            values,
            1,
            bias_initializer=bias,
            kernel_initializer=keras.initializers.RandomNormal(stddev=0.01),
            dtype="float32",
            name=f"{kind}_{stride}",
        )
        outputs[head.name] = head(x)
    return outputs
