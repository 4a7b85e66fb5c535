"""A run's history for TensorBoard, beside its own files."""

from __future__ import annotations

import functools
import re
from pathlib import Path
from typing import Any

import tensorflow as tf

from live_monitor.training.run_folder import Line

FOLDER = "tensorboard"


def write_scalars(run: Path, line: Line) -> None:
    """Adds an epoch's line of history to the run's TensorBoard folder.

    Raises:
        OSError: it cannot be written.
    """
    try:
        writer = _writer(run / FOLDER)
        with writer.as_default(step=int(line["epoch"])):
            for name, value in line.items():
                tf.summary.scalar(name, value)
        writer.flush()
    except (tf.errors.OpError, ValueError) as error:  # ValueError: a name that is not UTF-8
        reason = re.sub(r"\{\{.*\}\} | \[Op:.*", "", str(error).splitlines()[0])  # without the names of TensorFlow's own nodes
        raise OSError(f"{FOLDER}/: {reason}") from error


@functools.cache
def _writer(folder: Path) -> Any:
    return tf.summary.create_file_writer(str(folder))
