"""A tiny network to train, in runs without plots."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from live_monitor.training import recipe


@pytest.fixture
def _tiny_network(monkeypatch: pytest.MonkeyPatch) -> None:
    from live_monitor.classify.networks import NETWORKS  # with Keras, which most of these tests do without
    from tests.training.made import tiny

    monkeypatch.setitem(NETWORKS, "tiny", tiny)
    monkeypatch.setattr(recipe, "NETWORK_NAMES", (*recipe.NETWORK_NAMES, "tiny"))


@pytest.fixture
def _drawn() -> None:
    """Runs draw their plots; see `_undrawn`."""


@pytest.fixture(autouse=True)
def _undrawn(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Leaves the plots of runs empty: drawing them takes most of a tiny run's time."""
    if "_drawn" in request.fixturenames:
        return

    def plot(_history: object, _panels: object, file: Path, **_x: str) -> None:
        file.write_bytes(b"")

    for module in ("live_monitor.training.train", "live_monitor.training.faces.train"):
        if module in sys.modules:
            monkeypatch.setattr(f"{module}.plot_curves", plot)
    if "live_monitor.training.train" in sys.modules:
        monkeypatch.setattr("live_monitor.training.train.confusion_png", lambda _confusion, _title: b"")
