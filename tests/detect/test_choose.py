"""Which detector is used."""

from __future__ import annotations

import logging
import shutil
from pathlib import Path

import cv2
import numpy as np
import pytest

from live_monitor.detect.choose import load_finder
from live_monitor.detect.detector import FAINT
from live_monitor.detect.yunet_file import YUNET
from live_monitor.errors import ModelError
from live_monitor.files.resources import packaged_folder
from live_monitor.settings import Settings


@pytest.fixture
def yunet(shared_data: Path) -> Path:
    return shared_data / "detectors" / YUNET.file


@pytest.fixture
def _pulled(cache: Path, yunet: Path) -> None:
    cache.mkdir(parents=True)
    shutil.copy(yunet, cache / YUNET.file)


@pytest.mark.parametrize(
    ("settings", "name"),
    [
        (Settings(detector="facegrid"), "facegrid"),
        (Settings(detector="haar"), "haar"),
        (Settings(profile=True), "haar"),
        (Settings(detector_model=packaged_folder("models") / "facegrid"), "facegrid"),
    ],
    ids=["facegrid by name", "haar by name", "haar by --profile", "a folder"],
)
def test_the_requested_detector_is_used_without_a_message(
    settings: Settings, name: str, caplog: pytest.LogCaptureFixture
) -> None:
    assert load_finder(settings).name == name
    assert caplog.messages == []


@pytest.mark.usefixtures("_pulled")
def test_a_pulled_yunet_is_used_on_request(caplog: pytest.LogCaptureFixture) -> None:
    assert load_finder(Settings(detector="yunet")).name == "yunet"
    assert caplog.messages == []


@pytest.mark.usefixtures("_pulled")
def test_facegrid_is_the_default_even_if_yunet_was_pulled(caplog: pytest.LogCaptureFixture) -> None:
    assert load_finder(Settings()).name == "facegrid"
    assert caplog.messages == []


@pytest.mark.parametrize("detector", ["auto", "yunet"])
def test_your_own_yunet_works_without_a_pulled_one(detector: str, yunet: Path) -> None:
    assert load_finder(Settings(detector=detector, detector_model=yunet)).name == "yunet"


def test_the_error_for_a_missing_yunet_says_how_to_get_it() -> None:
    with pytest.raises(ModelError, match="detector yunet: not installed; get it once with: live-monitor models pull yunet"):
        load_finder(Settings(detector="yunet"))


def test_a_damaged_yunet_is_an_error(cache: Path) -> None:
    cache.mkdir(parents=True)
    (cache / YUNET.file).write_bytes(b"half of it")
    with pytest.raises(ModelError, match="damaged"):
        load_finder(Settings(detector="yunet"))


@pytest.mark.parametrize(
    ("detector", "message"), [("auto", "no such detector model"), ("facegrid", "cannot be read"), ("yunet", "no such detector")]
)
def test_a_missing_network_of_your_own_is_an_error(tmp_path: Path, detector: str, message: str) -> None:
    with pytest.raises(ModelError, match=message):
        load_finder(Settings(detector=detector, detector_model=tmp_path / "none"))


def test_verbose_says_which_detector_was_chosen(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "live_monitor")
    load_finder(Settings(detector="haar"))
    assert caplog.messages == ["detector: haar"]


@pytest.mark.parametrize("name", ["facegrid", "yunet"])
@pytest.mark.usefixtures("_pulled")
def test_a_network_also_reports_faint_hits(shared_data: Path, name: str) -> None:
    finder = load_finder(Settings(detector=name))
    faint = [
        found.score
        for photo in sorted((shared_data / "photos").glob("group-*.jpg"))
        for found in finder.find(np.asarray(cv2.imread(str(photo)), np.uint8))
        if found.score is not None and found.score < finder.sure_score
    ]
    assert faint
    assert min(faint) >= FAINT * finder.sure_score


def test_a_model_name_with_a_null_byte_is_an_error() -> None:
    with pytest.raises(ModelError, match="cannot be read"):
        load_finder(Settings(detector="yunet", detector_model=Path("a\0b")))
