"""What every training run's folder has: settings that a resumed run must repeat, and files that are whole or not there."""

from __future__ import annotations

import json
import os
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from live_monitor.errors import UsageError

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

SETTINGS_FILE = "settings.json"


def claim(folder: Path, recipe: DataclassInstance, *, resume: bool) -> None:
    """Makes the folder of a new run, or makes sure that a stopped one is the same.

    Raises:
        UsageError: a run is already there and is not to be resumed, or it has another recipe.
        OSError: the folder cannot be written.
    """
    settings = folder / SETTINGS_FILE
    wanted = json.dumps(asdict(recipe), indent=2)
    if settings.exists() and not resume:
        raise UsageError(f"{folder}: already holds a run; add --resume to go on with it, or choose another folder")
    if settings.exists() and settings.read_text(encoding="utf-8") != wanted:
        raise UsageError(f"{folder}: was started with other settings, see {settings}; repeat them or choose another folder")
    folder.mkdir(parents=True, exist_ok=True)
    settings.write_text(wanted, encoding="utf-8")


def save_weights_whole(network: Any, path: Path) -> None:
    """Never leaves half a file of a Keras network's weights: the whole one appears at once."""
    unfinished = path.with_name("unfinished.weights.h5")
    network.save_weights(unfinished)
    os.replace(unfinished, path)
