"""A narrower network starts with the most important channels of the wide one."""

from __future__ import annotations

from typing import Any

import keras
import numpy as np

from live_monitor.classify.networks import glance, glimpse
from live_monitor.classify.preprocess import normalise
from live_monitor.training.narrow import narrow
from tests.fakes import drawn_faces


def trained_glance() -> Any:
    """As if trained: its batch normalisation no longer has its initial gammas, betas and variances."""
    network, rng = glance(), np.random.default_rng(4)
    for layer in network.layers:
        if isinstance(layer, keras.layers.BatchNormalization):
            gamma, beta, mean, variance = layer.get_weights()
            kept = [rng.uniform(0.5, 1.5, gamma.shape), rng.normal(0, 0.5, beta.shape), mean, rng.uniform(0.5, 2, variance.shape)]
            layer.set_weights(kept)
    return network


def before(layer: Any) -> Any:
    return layer.input._keras_history.operation


def readers(network: Any) -> list[Any]:
    """The second convolution of every block: it reads the first through batch normalisation and ReLU."""
    sums = [layer for layer in network.layers if isinstance(layer, keras.layers.Add)]
    ends = [tensor._keras_history.operation for layer in sums for tensor in layer.input]
    last = [before(end) for end in ends if isinstance(end, keras.layers.BatchNormalization)]
    return [layer for layer in last if layer.kernel_size == (3, 3)]


def test_unread_channels_are_dropped_first() -> None:
    wide, narrower, rng = trained_glance(), glimpse(), np.random.default_rng(5)
    for reader in readers(wide):
        (kernel,) = reader.get_weights()
        unread = rng.permutation(kernel.shape[2])[: kernel.shape[2] // 2]
        kernel[:, :, unread] = 0
        reader.set_weights([kernel])
    assert_answers_alike(narrower, wide)


def test_channels_that_are_always_zero_are_dropped_before_quiet_ones() -> None:
    wide, narrower = trained_glance(), glimpse()
    for reader in readers(wide):
        normalisation = before(before(reader))
        gamma, beta, *statistics = normalisation.get_weights()
        gamma[:], beta[::2], beta[1::2] = 1e-3, -1.0, 0.1
        normalisation.set_weights([gamma, beta, *statistics])
    assert_answers_alike(narrower, wide)


def test_a_network_of_the_same_width_gets_every_weight() -> None:
    assert_answers_alike(glance(), trained_glance())


def assert_answers_alike(network: Any, wide: Any) -> None:
    """The network, started with the wide one's weights, answers like it."""
    narrow(wide, network)
    faces = normalise(drawn_faces(4))
    np.testing.assert_allclose(np.asarray(network(faces)), np.asarray(wide(faces)), rtol=1e-3, atol=1e-3)
