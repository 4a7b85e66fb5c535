"""Fixtures that every test may use."""

from __future__ import annotations

from pathlib import Path

import pytest

from live_monitor.quiet import silence_libraries

silence_libraries()

SHARED_DATA = Path(__file__).parents[2] / "shared" / "data"


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of real videos, photos and faces; a test that needs it is skipped where it is absent."""
    if not SHARED_DATA.is_dir():
        pytest.skip(f"no real data at {SHARED_DATA}")
    return SHARED_DATA
