"""The networks this project trains."""

from __future__ import annotations

from typing import Any

import keras
import numpy as np
import pytest

from live_monitor.classify.networks import NETWORKS
from live_monitor.networks.batch_norm import BatchNormalization
from live_monitor.networks.dtype_policy import dtype_policy

pytestmark = pytest.mark.usefixtures("_same_precision_afterwards")


@pytest.mark.parametrize("name", ["custom-cnn", "glance", "glance-wide", "glimpse", "glimpse-wide", "stare"])
@pytest.mark.parametrize("outputs", [7, 15])
def test_a_network_takes_a_face_and_gives_the_requested_number_of_logits(name: str, outputs: int) -> None:
    network = NETWORKS[name](outputs)
    assert network.input_shape == (None, 48, 48, 1)
    assert network.output_shape == (None, outputs)
    assert network.name == name


def test_resnet50_is_fifty_layers_deep_and_ends_as_the_brief_says() -> None:
    network = NETWORKS["resnet50"]()
    assert network.output_shape == (None, 7)
    assert [layer.units for layer in network.layers if isinstance(layer, keras.layers.Dense)] == [512, 256, 7]
    [convolutions] = [layer for layer in network.layers if isinstance(layer, keras.Model)]
    # 49 in the main path, 4 beside it; the fiftieth layer is the classifier, which is left out.
    assert sum(isinstance(layer, keras.layers.Conv2D) for layer in convolutions.layers) == 53


def test_the_briefs_network_has_its_four_convolutions() -> None:
    layers = NETWORKS["custom-cnn"]().layers
    assert [layer.filters for layer in layers if isinstance(layer, keras.layers.Conv2D)] == [64, 128, 256, 512]


def test_glance_is_small() -> None:
    assert NETWORKS["glance"](15).count_params() < 1_700_000


def test_stare_has_most_layers_at_full_resolution() -> None:
    shapes = [layer.output.shape[1] for layer in NETWORKS["stare"]().layers if isinstance(layer, keras.layers.ReLU)]
    assert shapes == [48] * 5 + [24] * 4 + [12] * 4 + [6] * 4


def test_a_precision_policy_ends_with_its_block() -> None:
    before = keras.config.dtype_policy().name
    with dtype_policy("float16"):
        assert keras.config.dtype_policy().name == "float16"
    assert keras.config.dtype_policy().name == before


def normalised(layer: Any, pictures: np.ndarray, *, training: bool) -> np.ndarray:
    return np.asarray(layer(pictures, training=training))


def test_the_fused_normalisation_gives_the_results_of_keras_in_training() -> None:
    pictures = np.random.default_rng(0).normal(2, 3, (8, 6, 6, 4)).astype(np.float32)
    ours, keras_own = BatchNormalization(), keras.layers.BatchNormalization()
    np.testing.assert_allclose(
        normalised(ours, pictures, training=True), normalised(keras_own, pictures, training=True), atol=1e-4
    )
    for mine, own in zip(ours.get_weights(), keras_own.get_weights(), strict=True):
        np.testing.assert_allclose(mine, own, rtol=1e-2)


def test_the_fused_normalisation_has_the_gradients_of_keras() -> None:
    import tensorflow as tf

    pictures = tf.constant(np.random.default_rng(1).normal(2, 3, (8, 6, 6, 4)), tf.float32)
    gradients = []
    for layer in (BatchNormalization(), keras.layers.BatchNormalization()):
        with tf.GradientTape() as tape:
            tape.watch(pictures)
            loss = tf.reduce_sum(layer(pictures, training=True) ** 3)
        gradients.append(tape.gradient(loss, pictures).numpy())
    np.testing.assert_allclose(gradients[0], gradients[1], atol=1e-3)
