"""A run's history for TensorBoard, where it cannot be written; to test that it is written takes the extra."""

from __future__ import annotations

from pathlib import Path

import pytest

from live_monitor.errors import OutputError
from live_monitor.files.output_folder import writing
from live_monitor.training.tensorboard import FOLDER, write_scalars


def test_an_unwritable_folder_gives_a_short_message(tmp_path: Path) -> None:
    (tmp_path / FOLDER).touch()
    said = r"cannot be written: tensorboard/: [^{\[]+; free space or choose another folder$"
    with pytest.raises(OutputError, match=said), writing(tmp_path):
        write_scalars(tmp_path, {"epoch": 1, "loss": 2.0})
