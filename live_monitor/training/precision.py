"""The arithmetic of a training run: bfloat16 where something multiplies in it, else float32."""

from __future__ import annotations

import json
from pathlib import Path

from live_monitor.training.run_folder import SETTINGS_FILE

DTYPE_POLICIES = {"float32": "float32", "bfloat16": "mixed_bfloat16"}
"""Keras's policy for each precision of a recipe."""

CPU_FLAGS = ("avx512_bf16", "amx_bf16")
"""What Linux calls a processor's multiplication of bfloat16. Without it TensorFlow takes ten times as long as in float32."""

CPU_INFO = Path("/proc/cpuinfo")


def precision_here(wanted: str) -> str:
    """The precision for a new run whose user names none; `wanted` is its recipe's. Imports Keras to look for a GPU."""
    return wanted if wanted == "float32" or multiplies_bfloat16() else "float32"


def precision_begun(run: Path) -> str | None:
    """The precision a run was begun in; None where its folder holds none, or what another program keeps, which `Run` refuses."""
    try:
        begun: str = json.loads((run / SETTINGS_FILE).read_text(encoding="utf-8"))["precision"]
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
    import keras  # takes seconds

    try:
        return bool(keras.distribution.list_devices("gpu"))
    except RuntimeError:  # how JAX says that there is none
        return False
