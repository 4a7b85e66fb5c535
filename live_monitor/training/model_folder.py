"""The folder of an emotion model or a detector, as training makes it: two files of weights, and the card that lists them."""

from __future__ import annotations

import hashlib
import inspect
import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from live_monitor.files.card import CARD_FILE, KERAS, LITERT
from live_monitor.files.whole_file import write_whole
from live_monitor.training.run_folder import save_weights_whole

LITERT_FILE, KERAS_FILE = "model.tflite", "model.weights.h5"


def write_weights(folder: Path, litert: bytes, network: Any) -> dict[str, dict[str, Any]]:
    """Writes both kinds of weights.

    Args:
        folder: made if missing.
        litert: a LiteRT file's content.
        network: a Keras network, in the precision that its weights are to be kept in.

    Returns:
        What a card says of them under "files".

    Raises:
        OSError: the folder cannot be written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    files = {LITERT: folder / LITERT_FILE, KERAS: folder / KERAS_FILE}
    write_whole(files[LITERT], litert)
    save_weights_whole(network, files[KERAS])
    return {
        kind: {"name": file.name, "bytes": file.stat().st_size, "sha256": hashlib.sha256(file.read_bytes()).hexdigest()}
        for kind, file in files.items()
    }


def write_card(folder: Path, card: Mapping[str, Any]) -> None:
    """Writes the card beside the weights; a folder without one is not a model."""
    write_whole(folder / CARD_FILE, (json.dumps(card, indent=2) + "\n").encode())


def architecture(network: Callable[..., Any]) -> str:
    """What the docstring of a function that makes a network says of it, in one line."""
    return " ".join(inspect.cleandoc(str(network.__doc__)).partition("\n\nArgs:")[0].split())
