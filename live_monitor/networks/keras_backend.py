"""What Keras runs on: the environment variable KERAS_BACKEND decides, or else Keras's own settings."""

from __future__ import annotations

import os

from live_monitor.errors import UsageError
from live_monitor.process.quiet import silent_stderr


def load_keras() -> str:
    """Imports TensorFlow and Keras, which takes seconds.

    Returns:
        The name of the backend: "tensorflow", or "jax".

    Raises:
        UsageError: there is no such backend, or it is not installed.
    """
    try:
        with silent_stderr(briefly=False):
            # First TensorFlow, which prints a greeting on import, and whose import Keras puts off when it runs on JAX.
            import tensorflow  # noqa: F401, I001
            import keras
    except (ImportError, ValueError) as error:
        chosen = os.environ.get("KERAS_BACKEND")
        if chosen is None:
            raise
        reason = " ".join(str(error).split())
        raise UsageError(f"KERAS_BACKEND={chosen}: cannot be used: {reason}; set it to jax, or leave it out") from error
    name: str = keras.backend.backend()
    return name
