"""Where the files that ship with the package are: models and cascades."""

from __future__ import annotations

import importlib.util
from pathlib import Path


def packaged_folder(name: str) -> Path:
    """The folder "models" or "cascades", installed with the package or beside it in a checkout."""
    spec = importlib.util.find_spec(f"live_monitor.{name}")
    if spec is not None and spec.origin is not None:
        return Path(spec.origin).parent
    return Path(__file__).parents[2] / name
