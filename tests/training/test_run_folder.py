"""Folders of runs that are taken, incomplete or damaged."""

from __future__ import annotations

from pathlib import Path

import pytest

from live_monitor.errors import OutputError, UsageError
from live_monitor.training.recipe import Recipe
from live_monitor.training.run_folder import BEST_FILE, load_best, refuse_taken, save_weights_whole
from tests.training.made import tiny


@pytest.mark.parametrize("content", [None, b"", b"no weights"])
def test_missing_or_damaged_best_weights_are_named(tmp_path: Path, content: bytes | None) -> None:
    best = tmp_path / BEST_FILE
    if content is not None:
        best.write_bytes(content)
    with pytest.raises(UsageError) as raised:
        load_best(tiny(), best)
    assert str(raised.value) == f"{best}: missing or damaged; delete {tmp_path} and start again"


def test_a_file_in_place_of_the_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "run").touch()
    with pytest.raises(OutputError, match=r"run: is a file, not a folder; choose another name$"):
        refuse_taken(tmp_path / "run", Recipe(), resume=False)


def test_a_failed_write_keeps_the_previous_weights_and_leaves_nothing_else(tmp_path: Path) -> None:
    class OnAFullDisk:
        """Writes half of its weights."""

        def save_weights(self, path: Path) -> None:
            path.write_bytes(b"half")
            raise OSError("no space left")

    best = tmp_path / BEST_FILE
    best.write_bytes(b"whole")
    with pytest.raises(OSError, match="no space left"):
        save_weights_whole(OnAFullDisk(), best)
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == {BEST_FILE: b"whole"}
