"""What can be set, checked before anything is opened."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from live_monitor.detect.zones import Zone
from live_monitor.errors import UsageError
from live_monitor.settings import Settings


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"detector": "radar"}, "detector radar: is one of auto, facegrid, yunet, haar"),
        ({"detect_every": 0}, "detect_every 0: is at least 1"),
        ({"ignore": (Zone(0.5, 0, 0.6, 1),)}, r"--ignore 0\.5,0,0\.6,1: reaches outside the picture"),
        ({"ignore": ((0.5, 0, 0.6, 1),)}, r"--ignore 0\.5,0,0\.6,1: reaches outside the picture"),
        ({"detector": "facegrid", "profile": True}, "profile is for the detector haar, not for a network"),
        ({"detector": "yunet", "profile": True}, "profile is for the detector haar, not for a network"),
        ({"detector": "yunet", "cascade": Path("own.xml")}, "cascade is for the detector haar, not for a network"),
        ({"detector_model": Path("a.onnx"), "profile": True}, "profile is for the detector haar, not for a network"),
        ({"detector": "haar", "detector_model": Path("a.onnx")}, r"a\.onnx: is for a network, not for haar"),
    ],
)
def test_what_cannot_be_is_refused_with_its_value(values: dict[str, Any], message: str) -> None:
    with pytest.raises(UsageError, match=message):
        Settings(**values)


def test_every_default_is_valid() -> None:
    assert Settings().detector == "auto"


@pytest.mark.parametrize(
    "values", [{"profile": True}, {"cascade": Path("own.xml"), "detector": "haar"}, {"detector_model": Path("a.onnx")}]
)
def test_what_is_for_one_detector_goes_with_that_or_with_auto(values: dict[str, Any]) -> None:
    Settings(**values)
