"""Gives a network the weights of a similar one with more channels inside its blocks, which it then learns to do without."""

from __future__ import annotations

import math
from typing import Any

import keras
import numpy as np
from numpy.typing import NDArray


def narrow(wide: Any, network: Any) -> None:
    """Sets a network's weights to the wide one's; a convolution that is narrower gets the channels that contribute most.

    Args:
        wide: a Keras model.
        network: with the same layers; some convolutions have fewer outputs, which one other convolution reads after batch
            normalisation and ReLU.
    """
    pairs = {theirs: own for own, theirs in zip(network.layers, wide.layers, strict=True)}
    for theirs, own in pairs.items():
        if not isinstance(own, keras.layers.Conv2D) or own.kernel.shape[2] == theirs.kernel.shape[2]:
            _set_if_alike(own, theirs)
            continue
        normalisation = _before(_before(theirs))
        before = _before(normalisation)
        kept = _strongest(normalisation, theirs.get_weights()[0], own.kernel.shape[2])
        pairs[before].set_weights([before.get_weights()[0][..., kept]])
        pairs[normalisation].set_weights([weight[kept] for weight in normalisation.get_weights()])
        own.set_weights([theirs.get_weights()[0][:, :, kept]])


def _set_if_alike(own: Any, theirs: Any) -> None:
    """Layers of another shape are set together with the convolution that reads them."""
    weights = theirs.get_weights()
    if [weight.shape for weight in weights] == [weight.shape for weight in own.get_weights()]:
        own.set_weights(weights)


def _before(layer: Any) -> Any:
    """The layer that this one reads."""
    return layer.input._keras_history.operation


def _strongest(normalisation: Any, kernel: NDArray[np.float32], count: int) -> NDArray[np.int64]:
    """The channels that contribute most to what the next convolution gives, in their order.

    After batch normalisation a channel is about normal with mean beta and deviation gamma; the mean square of what ReLU leaves
    of it is (beta^2 + gamma^2) Phi(beta / gamma) + beta gamma phi(beta / gamma). It contributes that times the sum of its squared
    weights.
    """
    gamma, beta = (np.asarray(weight, np.float64) for weight in normalisation.get_weights()[:2])
    gamma = np.maximum(np.abs(gamma), np.finfo(np.float32).tiny)
    ratio = beta / gamma
    below = np.array([0.5 * (1 + math.erf(value / math.sqrt(2))) for value in ratio])
    density = np.exp(-(ratio**2) / 2) / math.sqrt(2 * math.pi)
    power = (beta**2 + gamma**2) * below + beta * gamma * density
    contribution = power * np.square(kernel, dtype=np.float64).sum(axis=(0, 1, 3))
    return np.sort(np.argsort(-contribution, kind="stable")[:count])
