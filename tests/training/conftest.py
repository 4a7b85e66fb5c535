"""A tiny network to train."""

from __future__ import annotations

import pytest


@pytest.fixture
def _tiny_network(monkeypatch: pytest.MonkeyPatch) -> None:
    from live_monitor.classify.networks import NETWORKS  # with Keras, which most of these tests do without
    from tests.training.made import tiny

    monkeypatch.setitem(NETWORKS, "tiny", tiny)
