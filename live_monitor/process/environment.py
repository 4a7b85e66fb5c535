"""What a measurement was made with."""

from __future__ import annotations

import importlib.metadata
import os
import platform

DISTRIBUTIONS = ("live-monitor", "opencv-python", "ai-edge-litert", "tensorflow", "numpy")


def environment() -> str:
    """Versions and machine in one line."""
    versions = []
    for name in DISTRIBUTIONS:
        try:
            versions.append(f"{name} {importlib.metadata.version(name)}")
        except importlib.metadata.PackageNotFoundError:
            continue
    system = f"Python {platform.python_version()}, {platform.system()} {platform.machine()}, {os.cpu_count()} cores"
    return ", ".join([*versions, system])
