"""The precision of a training run's arithmetic: bfloat16 where that is quicker, else float32."""

from __future__ import annotations

import json
from pathlib import Path

from live_monitor.training.run_folder import SETTINGS_FILE

DTYPE_POLICIES = {"float32": "float32", "bfloat16": "mixed_bfloat16"}
"""Keras's policy for each precision of a recipe."""

QUICK_IN_BFLOAT16 = ({"amx_bf16"}, {"AuthenticAMD", "avx512_bf16"})
"""What Linux says of processors on which TensorFlow learns more quickly in bfloat16. An Emerald Rapids Xeon whose AMX is withheld
has avx512_bf16 too, but takes 1.4 times as long as in float32; one that cannot multiply bfloat16 takes ten times as long."""

CPU_INFO = Path("/proc/cpuinfo")


def precision_here(wanted: str) -> str:
    """The precision for a new run whose user names none; `wanted` is its recipe's. Imports Keras to look for a GPU."""
    return wanted if wanted == "float32" or quick_in_bfloat16() else "float32"


def precision_begun(run: Path) -> str | None:
    """The precision a run was begun in; None where its folder holds no run, or another program's, which `Run` refuses."""
    try:
        begun: str = json.loads((run / SETTINGS_FILE).read_text(encoding="utf-8"))["precision"]
        return begun if begun in DTYPE_POLICIES else None
    except (OSError, ValueError, KeyError, TypeError):
        return None


def quick_in_bfloat16() -> bool:
    """Whether this machine has a GPU, or a processor that is known to be quicker in bfloat16."""
    if _has_gpu():
        return True
    try:
        cpu_words = set(CPU_INFO.read_text(encoding="ascii", errors="ignore").split())
    except OSError:  # only Linux has this file
        return False
    return any(words <= cpu_words for words in QUICK_IN_BFLOAT16)


def _has_gpu() -> bool:
    import keras  # takes seconds

    try:
        return bool(keras.distribution.list_devices("gpu"))
    except RuntimeError:  # how JAX says that there is none
        return False
