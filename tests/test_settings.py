"""What can be set, checked before anything is opened."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from live_monitor.detect.zones import Zone
from live_monitor.errors import UsageError
from live_monitor.settings import Settings


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"detector": "radar"}, "detector 'radar': must be one of auto, facegrid, yunet, haar"),
        ({"detect_every": 0}, "detect_every 0: must be a whole number of at least 1"),
        ({"detect_every": 2.5}, r"detect_every 2\.5: must be a whole number of at least 1"),
        ({"min_face": "40"}, "min_face '40': must be a whole number of pixels, from 1 to 1048576"),
        ({"min_face": 10**400}, "min_face 1000*: must be a whole number of pixels"),
        ({"size": 5}, "size 5: must be a width and a height in whole pixels"),
        ({"size": (640, 480, 3)}, r"size \(640, 480, 3\): must be a width and a height"),
        ({"size": "640x480"}, "size '640x480': must be a width and a height"),
        ({"size": (10**400, 480)}, r"size \(1000*, 480\): must be a width and a height"),
        ({"fps": "30"}, r"fps '30': must be from 1 to 1000"),
        ({"fps": 0.5}, r"fps 0\.5: must be from 1 to 1000"),
        ({"realtime": "no"}, "realtime 'no': must be True or False"),
        ({"smooth": None}, "smooth None: must be from 0 to 60 seconds"),
        ({"smooth": float("nan")}, "smooth nan: must be from 0 to 60 seconds"),
        ({"read_every": -1}, r"read_every -1: must be 0, or from 0\.001 to 10 seconds"),
        ({"read_every": 5e-324}, r"read_every 5e-324: must be 0, or from 0\.001 to 10 seconds"),
        ({"read_every": "0.5"}, r"read_every '0\.5': must be 0, or from"),
        ({"detector_model": 3}, "detector_model 3: must be a path"),
        ({"cascade": True}, "cascade True: must be a path"),
        ({"model": None}, "model None: must be a model's name or a folder"),
        ({"device": ["gpu"]}, r"device \['gpu'\]: must be one of auto, cpu, gpu"),
        ({"ignore": None}, "ignore None: must be a list of parts of the picture"),
        ({"ignore": (Zone(0.5, 0, 0.6, 1),)}, r"--ignore 0\.5,0,0\.6,1: reaches outside the picture"),
        ({"ignore": ((0.5, 0, 0.6, 1),)}, r"--ignore 0\.5,0,0\.6,1: reaches outside the picture"),
        ({"ignore": ((0, 0, 1),)}, r"ignore \(0, 0, 1\): must be x, y, width and height in fractions of the picture"),
        ({"ignore": (0, 0, 1, 1)}, "ignore 0: must be x, y, width and height in fractions of the picture"),
        ({"ignore": ((10**400, 0, 1, 1),)}, r"ignore \(1000*, 0, 1, 1\): must be x, y, width and height"),
        ({"ignore": (("left", 0, 1, 1),)}, r"ignore \('left', 0, 1, 1\): must be x, y, width and height"),
        ({"detector": "facegrid", "profile": True}, "profile is for the detector haar, not for a network"),
        ({"detector": "yunet", "profile": True}, "profile is for the detector haar, not for a network"),
        ({"detector": "yunet", "cascade": Path("own.xml")}, "cascade is for the detector haar, not for a network"),
        ({"detector_model": Path("a.onnx"), "profile": True}, "profile is for the detector haar, not for a network"),
        ({"detector": "haar", "detector_model": Path("a.onnx")}, r"a\.onnx: is for a network, not for haar"),
    ],
)
def test_an_invalid_value_is_refused_and_named(values: dict[str, Any], message: str) -> None:
    with pytest.raises(UsageError, match=message):
        Settings(**values)


def test_four_plain_numbers_are_a_zone_too() -> None:
    plain: Any = [(0, 0, 0.5, 1), [0.5, 0, 0.5, 1]]
    assert Settings(ignore=plain).ignore == (Zone(0, 0, 0.5, 1), Zone(0.5, 0, 0.5, 1))
    assert all(isinstance(zone, Zone) for zone in Settings(ignore=plain).ignore)


def test_a_path_may_be_text() -> None:
    assert Settings(detector_model="models/own").detector_model == Path("models/own")  # type: ignore[arg-type]
    assert Settings(cascade="own.xml").cascade == Path("own.xml")  # type: ignore[arg-type]


def test_a_models_folder_may_be_a_path() -> None:
    assert Settings(model=Path("own")).model == "own"  # type: ignore[arg-type]


def test_numpy_numbers_become_python_numbers() -> None:
    numbers: dict[str, Any] = {"min_face": np.int64(40), "size": np.array((640, 480)), "smooth": np.float32(1), "fps": 30}
    chosen = Settings(**numbers, profile=np.True_)  # type: ignore[arg-type]
    assert (chosen.min_face, chosen.size, chosen.smooth, chosen.fps, chosen.profile) == (40, (640, 480), 1.0, 30.0, True)
    kinds = {type(value) for value in (chosen.min_face, *(chosen.size or ()), chosen.smooth, chosen.fps, chosen.profile)}
    assert kinds == {int, float, bool}


def test_every_default_is_valid() -> None:
    assert Settings().detector == "auto"


@pytest.mark.parametrize(
    ("values", "seconds"),
    [({}, 0.2), ({"smooth": 0.0}, 0.0), ({"read_every": 1.0, "smooth": 0.0}, 1.0), ({"read_every": 0.0}, 0.0)],
)
def test_without_smoothing_every_frame_is_read_by_default(values: dict[str, Any], seconds: float) -> None:
    assert Settings(**values).read_every_s == seconds


@pytest.mark.parametrize(
    "values", [{"profile": True}, {"cascade": Path("own.xml"), "detector": "haar"}, {"detector_model": Path("a.onnx")}]
)
def test_a_setting_for_one_detector_goes_with_that_detector_or_auto(values: dict[str, Any]) -> None:
    Settings(**values)
