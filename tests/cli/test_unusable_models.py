"""Models, networks and cascades that are missing or unusable: each ends in 3 with one line."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from live_monitor.classify.card import load_card
from live_monitor.classify.litert_engine import LiteRTEngine
from tests.conftest import Run

pytestmark = pytest.mark.usefixtures("plain_environment")


@pytest.fixture
def model_copy(tmp_path: Path) -> Path:
    """The shipped model in a folder where it may be damaged."""
    return Path(shutil.copytree(load_card("custom-cnn").folder, tmp_path / "model"))


@pytest.mark.parametrize("content", [None, b"", b"a text, not a network", bytes(999)], ids=["missing", "empty", "text", "zeros"])
def test_a_detector_model_that_cannot_be_used_ends_in_3(run: Run, clip: Path, tmp_path: Path, content: bytes | None) -> None:
    model = tmp_path / "own.onnx"
    if content is not None:
        model.write_bytes(content)
    code, out, err = run("--no-display", "--video", clip, "--detector", "yunet", "--detector-model", model)
    assert (code, out) == (3, "")
    assert err.startswith(f"Error: {model}: ")
    assert "live-monitor models pull yunet" in err
    assert err.count("\n") == 1


def test_a_network_that_is_not_installed_ends_in_3_and_says_how_to_get_it(run: Run, clip: Path) -> None:
    code, out, err = run("--no-display", "--video", clip, "--detector", "yunet")
    assert (code, out) == (3, "")
    assert err == "Error: detector yunet: not installed; get it once with: live-monitor models pull yunet\n"


def test_a_model_that_does_not_exist_ends_in_3(run: Run, clip: Path) -> None:
    code, out, err = run("--no-display", "--video", clip, "--model", "no-such")
    assert (code, out) == (3, "")
    assert err.startswith("Error: no-such: no such model; shipped: ")
    assert err.count("\n") == 1


def test_damaged_weights_end_in_3(run: Run, clip: Path, model_copy: Path) -> None:
    with (model_copy / "model.tflite").open("r+b") as file:
        file.seek(5000)
        file.write(b"damage")
    code, out, err = run("--no-display", "--video", clip, "--model", model_copy, "--device", "cpu")
    assert (code, out) == (3, "")
    assert "model.tflite: damaged" in err
    assert err.count("\n") == 1


def test_weights_for_a_size_that_is_not_the_cards_end_in_3(run: Run, clip: Path, model_copy: Path) -> None:
    card = json.loads((model_copy / "card.json").read_text(encoding="utf-8"))
    card["input"]["side_px"] = 32
    (model_copy / "card.json").write_text(json.dumps(card), encoding="utf-8")
    code, out, err = run("--no-display", "--video", clip, "--model", model_copy, "--device", "cpu")
    assert (code, out) == (3, "")
    assert err == "Error: model custom-cnn: its weights do not take 32x32 grey faces; choose another --model\n"


def test_weights_that_give_nan_end_in_3(run: Run, clip: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def infer(_engine: LiteRTEngine, faces: NDArray[np.float32]) -> NDArray[np.float32]:
        return np.full((len(faces), 7), np.nan, np.float32)

    monkeypatch.setattr(LiteRTEngine, "infer", infer)
    code, out, err = run("--no-display", "--video", clip, "--model", "custom-cnn", "--device", "cpu")
    assert (code, out) == (3, "")
    assert err == "Error: model custom-cnn: its weights give infinity or NaN for a black face; choose another --model\n"


@pytest.mark.parametrize("content", [None, "no cascade"], ids=["missing", "not a cascade"])
def test_a_cascade_that_cannot_be_used_ends_in_3(run: Run, clip: Path, tmp_path: Path, content: str | None) -> None:
    cascade = tmp_path / "own.xml"
    if content is not None:
        cascade.write_text(content, encoding="utf-8")
    code, out, err = run("--no-display", "--video", clip, "--cascade", cascade)
    assert (code, out) == (3, "")
    assert err.startswith(f"Error: {cascade}: ")
    assert err.count("\n") == 1
