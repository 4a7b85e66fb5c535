"""Data that several tests of this folder read."""

from __future__ import annotations

from pathlib import Path

import pytest

from live_monitor.dataset.fer2013 import Fer2013, read_fer2013


@pytest.fixture(scope="session")
def real_fer2013(shared_data: Path) -> Fer2013:
    return read_fer2013(shared_data / "fer2013" / "fer2013.zip")
