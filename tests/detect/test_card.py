"""The detector's card, and folders without one."""

from __future__ import annotations

import json
import math
import shutil
from pathlib import Path
from typing import Any

import pytest

from live_monitor.detect.card import NAME, load_detector_card
from live_monitor.errors import ModelError
from live_monitor.files.card import CARD_FILE, LITERT
from live_monitor.files.resources import packaged_folder


@pytest.fixture
def own_copy(tmp_path: Path) -> Path:
    return shutil.copytree(packaged_folder("models") / NAME, tmp_path / NAME)


def edit(folder: Path, **changes: Any) -> None:
    card = json.loads((folder / CARD_FILE).read_text(encoding="utf-8"))
    (folder / CARD_FILE).write_text(json.dumps(card | changes), encoding="utf-8")


def test_the_shipped_weights_are_small_and_their_card_is_complete() -> None:
    card = load_detector_card()
    assert len(card.weights(LITERT)) <= 700_000
    assert {"architecture", "data", "recipe", "measured", "limits"} <= set(card.facts)
    assert card.smallest_px <= 24


def test_a_missing_card_is_named(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"card\.json: cannot be read: No such file"):
        load_detector_card(tmp_path)


def test_a_file_instead_of_a_folder_is_refused_with_advice(tmp_path: Path) -> None:
    video = tmp_path / "lesson.mp4"
    video.touch()
    with pytest.raises(ModelError) as refused:
        load_detector_card(video)
    advice = "check its name, or give a folder that train-detector made"
    assert str(refused.value) == f"{video}: is a file, not a detector's folder; {advice}"


def test_the_advice_for_a_folder_without_a_card_is_not_to_reinstall(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"^(?!.*reinstall).*; check its name, or give a folder that train-detector made$"):
        load_detector_card(tmp_path)


def test_a_card_that_is_not_json_is_named(own_copy: Path) -> None:
    (own_copy / CARD_FILE).write_text("{", encoding="utf-8")
    with pytest.raises(ModelError, match=r"card\.json: not JSON"):
        load_detector_card(own_copy)


@pytest.mark.parametrize(
    "changes", [{"threshold": "high"}, {"files": []}, {"smallest_px": None}, {"smallest_px": 0}, {"smallest_px": math.inf}]
)
def test_json_that_is_not_a_card_is_named(own_copy: Path, changes: dict[str, Any]) -> None:
    edit(own_copy, **changes)
    with pytest.raises(ModelError, match="not a detector's card"):
        load_detector_card(own_copy)


@pytest.mark.parametrize("changes", [{"network": "custom-cnn"}, {"threshold": 0}, {"threshold": 1.0}])
def test_a_card_with_another_network_or_an_impossible_threshold_is_refused(own_copy: Path, changes: dict[str, Any]) -> None:
    edit(own_copy, **changes)
    with pytest.raises(ModelError, match="not a facegrid's"):
        load_detector_card(own_copy)


def test_missing_weights_are_named(own_copy: Path) -> None:
    (own_copy / "model.tflite").unlink()
    with pytest.raises(ModelError, match=r"model\.tflite: cannot be read"):
        load_detector_card(own_copy).weights(LITERT)


def test_damaged_weights_are_named(own_copy: Path) -> None:
    (own_copy / "model.tflite").write_bytes(b"half a file")
    with pytest.raises(ModelError, match=r"model\.tflite: damaged, its SHA-256 is"):
        load_detector_card(own_copy).weights(LITERT)


def test_a_card_without_weights_for_the_cpu_is_named(own_copy: Path) -> None:
    edit(own_copy, files={})
    with pytest.raises(ModelError, match="lists no litert weights"):
        load_detector_card(own_copy).weights(LITERT)
