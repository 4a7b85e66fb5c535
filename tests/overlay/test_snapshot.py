"""Writing snapshots."""

from __future__ import annotations

import datetime
from pathlib import Path

import cv2
import numpy as np
import pytest

from live_monitor.overlay.snapshot import write_snapshot
from tests.fakes import drawn_portrait

NOON = datetime.datetime(2026, 11, 25, 12, 0, 7, tzinfo=datetime.timezone.utc)


def test_a_snapshot_is_the_picture_named_after_the_time(tmp_path: Path) -> None:
    path = write_snapshot(drawn_portrait(), tmp_path / "new", NOON)
    assert path == tmp_path / "new" / "live-monitor-20261125-120007.png"
    np.testing.assert_array_equal(cv2.imread(str(path)), drawn_portrait())


def test_snapshots_of_the_same_second_do_not_replace_each_other(tmp_path: Path) -> None:
    paths = {write_snapshot(drawn_portrait(), tmp_path, NOON) for _ in range(3)}
    assert set(tmp_path.iterdir()) == paths
    assert len(paths) == 3


def test_a_folder_that_cannot_be_made_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(OSError, match="file"):
        write_snapshot(drawn_portrait(), tmp_path / "file", NOON)
