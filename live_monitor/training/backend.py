"""Which of Keras's backends makes what the program runs."""

from __future__ import annotations

import keras

from live_monitor.errors import UsageError

XLA = keras.backend.backend() != "tensorflow"
"""On a CPU TensorFlow's XLA makes a step several times slower, though Keras would choose it; JAX has nothing else."""


def refuse_other_backend() -> None:
    """Ends a command that has trained but cannot export.

    Raises:
        UsageError: Keras does not run on TensorFlow, which makes the LiteRT file.
    """
    if keras.backend.backend() != "tensorflow":
        raise UsageError(
            f"trained on {keras.backend.backend()}, but a model is made by TensorFlow; repeat the command with --resume and "
            "without KERAS_BACKEND"
        )
