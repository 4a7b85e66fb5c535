"""Batch normalisation that does not slow down training on a CPU."""

from __future__ import annotations

from typing import Any

import keras


class BatchNormalization(keras.layers.BatchNormalization):  # type: ignore[misc]  # Keras ships no types
    """Keras's own layer, with TensorFlow's fused kernel for pictures in training.

    Keras spells it out in a dozen float32 operations, which took two fifths of a training step in bfloat16 on two cores. On
    other backends, and outside training, it is Keras's own. The running variance is the unbiased one of the fused kernel.
    """

    def call(self, inputs: Any, training: bool | None = None, mask: Any = None) -> Any:
        if not training or keras.backend.backend() != "tensorflow" or len(inputs.shape) != 4:
            return super().call(inputs, training=training, mask=mask)
        import tensorflow as tf

        outputs, mean, variance, *_ = tf.compat.v1.nn.fused_batch_norm(
            inputs, self.gamma, self.beta, epsilon=self.epsilon, is_training=True
        )
        kept = self.momentum
        self.moving_mean.assign(self.moving_mean * kept + mean * (1 - kept))
        self.moving_variance.assign(self.moving_variance * kept + variance * (1 - kept))
        return outputs
