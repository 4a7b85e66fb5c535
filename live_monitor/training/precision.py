"""The arithmetic of a training run: bfloat16 where something multiplies in it, else float32."""

from __future__ import annotations

import json
from pathlib import Path

import keras

from live_monitor.training.run_folder import SETTINGS_FILE

DTYPE_POLICIES = {"float32": "float32", "bfloat16": "mixed_bfloat16"}
"""Keras's policy for each precision of a recipe."""

CPU_FLAGS = ("avx512_bf16", "amx_bf16")
"""What Linux calls a processor's multiplication of bfloat16. Without it TensorFlow takes ten times as long as in float32."""

CPU_INFO = Path("/proc/cpuinfo")


def precision_here(wanted: str, run: Path) -> str:
    """The precision for a run whose user names none.

    Args:
        wanted: a recipe's.
        run: its folder; a run that was begun keeps the precision it has.
    """
    begun = _begun(run / SETTINGS_FILE)
    if begun is not None:
        return begun
    return wanted if wanted == "float32" or multiplies_bfloat16() else "float32"


def _begun(settings: Path) -> str | None:
    """The precision in a run's settings; None where there are none, or those of another program, which `Run` refuses."""
    try:
        begun: str = json.loads(settings.read_text(encoding="utf-8"))["precision"]
        return begun if begun in DTYPE_POLICIES else None
    except (OSError, ValueError, KeyError, TypeError):
        return None


def multiplies_bfloat16() -> bool:
    """Whether this machine has a GPU, or a processor that is known to multiply bfloat16."""
    if _has_gpu():
        return True
    try:
        flags = CPU_INFO.read_text(encoding="ascii", errors="ignore").split()
    except OSError:  # only Linux tells
        return False
    return any(flag in flags for flag in CPU_FLAGS)


def _has_gpu() -> bool:
    try:
        return bool(keras.distribution.list_devices("gpu"))
    except RuntimeError:  # how JAX says that there is none
        return False
