"""TensorFlow for the networks that run on a GPU. Importing it takes seconds and 600 MB, so it is put off until one is wanted."""

from __future__ import annotations

import contextlib
import os
import sys
from typing import Any

from live_monitor.errors import UsageError
from live_monitor.networks.keras_backend import load_keras
from live_monitor.process.quiet import silent_stderr

PRECISION = {"GPU": "float16", "CPU": "float32"}
"""Precision of the arithmetic: a CPU is not quick in half precision."""

_NVIDIA_DRIVERS = ("/proc/driver/nvidia/version", "/usr/lib/wsl/lib/libcuda.so.1")
"""Where Linux has the driver, and where WSL2 has that of Windows."""


def nvidia_driver_found() -> bool:
    """Whether importing TensorFlow to look for a GPU can possibly find one; on native Windows it has used none since 2.11."""
    return sys.platform == "linux" and any(map(os.path.exists, _NVIDIA_DRIVERS))


def gpu_available() -> bool:
    """Whether TensorFlow finds a GPU it can use; imports TensorFlow."""
    return bool(_tensorflow().config.list_physical_devices("GPU"))


def tensorflow_on(device: str) -> Any:
    """TensorFlow, ready for networks on "GPU", or on "CPU", to compare where there is no GPU.

    Raises:
        UsageError: device is "GPU" and there is none, or Keras does not run on TensorFlow.
    """
    tf = _tensorflow()
    if (backend := load_keras()) != "tensorflow":
        raise UsageError(f"KERAS_BACKEND={backend}: is for training only; this runs on TensorFlow, so leave it out")
    if device == "GPU" and not gpu_available():
        gpus = {"linux": ", or install tensorflow[and-cuda]", "win32": ", or run it in WSL2"}.get(sys.platform, "")
        raise UsageError(f"--device gpu: TensorFlow finds no GPU here; use --device cpu{gpus}")
    for gpu in tf.config.list_physical_devices("GPU"):
        # Else it takes all of the memory. A program that set up the GPU before it called this package has decided that already.
        with contextlib.suppress(RuntimeError, ValueError):
            tf.config.experimental.set_memory_growth(gpu, True)
    return tf


def _tensorflow() -> Any:
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    with silent_stderr(briefly=False):
        import tensorflow
    return tensorflow
