"""A narrower network begins with what says most in the wide one."""

from __future__ import annotations

from typing import Any

import keras
import numpy as np

from live_monitor.classify.networks import glance, glimpse
from live_monitor.classify.preprocess import normalise
from live_monitor.training.narrow import narrow
from tests.fakes import drawn_faces


def trained_glance() -> Any:
    """Its batch normalisation has seen faces: means, spreads, gammas and betas are no longer those it was made with."""
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


def test_channels_that_nothing_reads_are_the_first_to_go() -> None:
    wide, narrower, rng = trained_glance(), glimpse(), np.random.default_rng(5)
    for reader in readers(wide):
        (kernel,) = reader.get_weights()
        unread = rng.permutation(kernel.shape[2])[: kernel.shape[2] // 2]
        kernel[:, :, unread] = 0
        reader.set_weights([kernel])
    assert_says_the_same(narrower, wide)


def test_channels_that_are_always_nought_go_before_quiet_ones() -> None:
    wide, narrower = trained_glance(), glimpse()
    for reader in readers(wide):
        normalisation = before(before(reader))
        gamma, beta, *statistics = normalisation.get_weights()
        gamma[:], beta[::2], beta[1::2] = 1e-3, -1.0, 0.1
        normalisation.set_weights([gamma, beta, *statistics])
    assert_says_the_same(narrower, wide)


def test_a_network_as_wide_gets_every_weight() -> None:
    assert_says_the_same(glance(), trained_glance())


def assert_says_the_same(network: Any, wide: Any) -> None:
    """The network, begun with the wide one's weights, answers like it."""
    narrow(wide, network)
    faces = normalise(drawn_faces(4))
    np.testing.assert_allclose(np.asarray(network(faces)), np.asarray(wide(faces)), rtol=1e-3, atol=1e-3)
