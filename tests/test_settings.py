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
        ({"read_every": -1}, "read_every -1: is from 0 to 10 seconds"),
        ({"ignore": (Zone(0.5, 0, 0.6, 1),)}, r"--ignore 0\.5,0,0\.6,1: reaches outside the picture"),
        ({"ignore": ((0.5, 0, 0.6, 1),)}, r"--ignore 0\.5,0,0\.6,1: reaches outside the picture"),
        ({"ignore": ((0, 0, 1),)}, r"ignore \(0, 0, 1\): is x, y, width and height in fractions of the picture"),
        ({"ignore": (0, 0, 1, 1)}, "ignore 0: is x, y, width and height in fractions of the picture"),
        ({"ignore": (("left", 0, 1, 1),)}, r"ignore \('left', 0, 1, 1\): is x, y, width and height"),
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


def test_four_plain_numbers_are_a_zone_too() -> None:
    plain: Any = [(0, 0, 0.5, 1), [0.5, 0, 0.5, 1]]
    assert Settings(ignore=plain).ignore == (Zone(0, 0, 0.5, 1), Zone(0.5, 0, 0.5, 1))
    assert all(isinstance(zone, Zone) for zone in Settings(ignore=plain).ignore)


def test_every_default_is_valid() -> None:
    assert Settings().detector == "auto"


@pytest.mark.parametrize(
    ("values", "seconds"),
    [({}, 0.2), ({"smooth": 0.0}, 0.0), ({"read_every": 1.0, "smooth": 0.0}, 1.0), ({"read_every": 0.0}, 0.0)],
)
def test_where_every_frame_speaks_for_itself_every_frame_is_read(values: dict[str, Any], seconds: float) -> None:
    assert Settings(**values).read_every_s == seconds


@pytest.mark.parametrize(
    "values", [{"profile": True}, {"cascade": Path("own.xml"), "detector": "haar"}, {"detector_model": Path("a.onnx")}]
)
def test_what_is_for_one_detector_goes_with_that_or_with_auto(values: dict[str, Any]) -> None:
    Settings(**values)
