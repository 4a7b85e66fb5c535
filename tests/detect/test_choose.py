"""Which detector is used, and what is said when it is not the best."""

from __future__ import annotations

import logging
import shutil
from pathlib import Path

import pytest

from live_monitor.detect.choose import load_finder
from live_monitor.detect.yunet_file import YUNET
from live_monitor.errors import ModelError
from live_monitor.settings import Settings


@pytest.fixture
def _pulled(cache: Path, shared_data: Path) -> None:
    cache.mkdir(parents=True)
    shutil.copy(shared_data / "detectors" / YUNET.file, cache / YUNET.file)


@pytest.mark.usefixtures("_pulled")
@pytest.mark.parametrize("detector", ["auto", "yunet"])
def test_once_pulled_the_network_is_used_by_itself_and_nothing_is_said(detector: str, caplog: pytest.LogCaptureFixture) -> None:
    assert load_finder(Settings(detector=detector)).name == "yunet"
    assert caplog.messages == []


def test_without_it_one_line_says_how_to_get_it_and_the_cascade_is_used(caplog: pytest.LogCaptureFixture) -> None:
    assert load_finder(Settings()).name == "haar"
    [message] = caplog.messages
    assert message == (
        "detector yunet: not installed; get it once with: live-monitor models pull yunet; "
        "until then the cascade is used: it finds fewer faces, and slowly"
    )


def test_a_network_that_was_asked_for_is_not_replaced() -> None:
    with pytest.raises(ModelError, match="detector yunet: not installed; get it once with: live-monitor models pull yunet"):
        load_finder(Settings(detector="yunet"))


def test_a_damaged_network_is_told_and_the_cascade_is_used(cache: Path, caplog: pytest.LogCaptureFixture) -> None:
    cache.mkdir(parents=True)
    (cache / YUNET.file).write_bytes(b"half of it")
    assert load_finder(Settings()).name == "haar"
    [message] = caplog.messages
    assert f"{YUNET.file}: damaged" in message
    assert "live-monitor models pull yunet" in message


def test_a_damaged_network_that_was_asked_for_is_an_error(cache: Path) -> None:
    cache.mkdir(parents=True)
    (cache / YUNET.file).write_bytes(b"half of it")
    with pytest.raises(ModelError, match="damaged"):
        load_finder(Settings(detector="yunet"))


@pytest.mark.usefixtures("_pulled")
@pytest.mark.parametrize("settings", [Settings(detector="haar"), Settings(profile=True)], ids=["by name", "by what is for it"])
def test_the_cascade_can_be_asked_for(settings: Settings, caplog: pytest.LogCaptureFixture) -> None:
    assert load_finder(settings).name == "haar"
    assert caplog.messages == []


@pytest.mark.parametrize("detector", ["auto", "yunet"])
def test_a_network_of_ones_own_needs_no_installed_one(detector: str, shared_data: Path) -> None:
    model = shared_data / "detectors" / YUNET.file
    assert load_finder(Settings(detector=detector, detector_model=model)).name == "yunet"


def test_a_network_of_ones_own_that_is_missing_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"no\.onnx: no such detector model"):
        load_finder(Settings(detector_model=tmp_path / "no.onnx"))


def test_the_choice_is_told_with_verbose(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "live_monitor")
    load_finder(Settings(detector="haar"))
    assert caplog.messages == ["detector: haar"]
