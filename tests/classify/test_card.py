"""A model's card and the weights it vouches for."""

from __future__ import annotations

import hashlib
import json
import math
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from live_monitor.classify.card import load_card
from live_monitor.classify.preprocess import NORMALISATION
from live_monitor.classify.quality import Limits
from live_monitor.errors import ModelError
from live_monitor.files.card import CARD_FILE, KERAS, LITERT
from live_monitor.labels import LABELS

WEIGHTS = b"weights"
Facts = dict[str, Any]


@pytest.fixture
def facts() -> Facts:
    return {
        "name": "toy",
        "network": "custom-cnn",
        "labels": list(LABELS),
        "input": {"side_px": 40, "colour": "grey", "normalisation": NORMALISATION},
        "crop_margins": {"haar": 0.1, "yunet": 0.2},
        "files": {LITERT: {"name": "toy.tflite", "sha256": hashlib.sha256(WEIGHTS).hexdigest()}},
    }


def write_model(folder: Path, facts: Facts) -> str:
    (folder / CARD_FILE).write_text(json.dumps(facts), encoding="utf-8")
    (folder / "toy.tflite").write_bytes(WEIGHTS)
    return str(folder)


def test_a_folder_with_a_card_is_a_model(tmp_path: Path, facts: Facts) -> None:
    card = load_card(write_model(tmp_path, facts))
    assert (card.name, card.input_px, card.crop_margin("haar"), card.crop_margin("yunet")) == ("toy", 40, 0.1, 0.2)


def test_a_card_may_have_a_temperature_and_a_second_head(tmp_path: Path, facts: Facts) -> None:
    plain = load_card(write_model(tmp_path, facts))
    np.testing.assert_array_equal(plain.calibration.matrix, np.eye(7))
    assert (plain.ferplus, plain.outputs) == (False, 7)
    both = load_card(write_model(tmp_path, facts | {"temperature": 1.5, "ferplus": True}))
    np.testing.assert_allclose(both.calibration.matrix, np.eye(7) / 1.5)
    assert (both.ferplus, both.outputs) == (True, 15)


def test_a_card_may_have_a_calibration(tmp_path: Path, facts: Facts) -> None:
    matrix, offsets = np.arange(49.0).reshape(7, 7).tolist(), list(range(7))
    calibration = load_card(write_model(tmp_path, facts | {"calibration": {"matrix": matrix, "offsets": offsets}})).calibration
    np.testing.assert_array_equal(calibration.matrix, matrix)
    np.testing.assert_array_equal(calibration.offsets, offsets)


@pytest.mark.parametrize(
    "calibration",
    [
        {},
        None,
        1.5,
        {"matrix": [[1.0] * 7] * 7},
        {"matrix": [[1.0] * 6] * 7, "offsets": [0.0] * 7},
        {"matrix": [[1.0] * 7] * 7, "offsets": [0.0] * 6},
        {"matrix": [[1.0] * 7] * 7, "offsets": [float("nan")] * 7},
        {"matrix": [[float("inf")] * 7] * 7, "offsets": [0.0] * 7},
        {"matrix": [["one"] * 7] * 7, "offsets": [0.0] * 7},
        {"matrix": [[1.0] * 7, [1.0] * 6], "offsets": [0.0] * 7},
    ],
)
def test_an_invalid_calibration_is_refused(tmp_path: Path, facts: Facts, calibration: object) -> None:
    with pytest.raises(ModelError, match="not a model card"):
        load_card(write_model(tmp_path, facts | {"calibration": calibration}))


def test_a_card_may_say_how_much_the_second_head_counts(tmp_path: Path, facts: Facts) -> None:
    assert load_card(write_model(tmp_path, facts | {"ferplus": True})).ferplus_share == 0
    assert load_card(write_model(tmp_path, facts | {"ferplus": True, "ferplus_share": 0.5})).ferplus_share == 0.5


@pytest.mark.parametrize(("ferplus", "share"), [(True, -0.1), (True, 1.1), (True, "half"), (True, None), (False, 0.5)])
def test_an_impossible_share_is_refused(tmp_path: Path, facts: Facts, ferplus: bool, share: object) -> None:
    with pytest.raises(ModelError, match="not a model card"):
        load_card(write_model(tmp_path, facts | {"ferplus": ferplus, "ferplus_share": share}))


@pytest.mark.parametrize("temperature", [0, -1, "hot", None, float("nan"), float("inf")])
def test_an_invalid_temperature_is_refused(tmp_path: Path, facts: Facts, temperature: object) -> None:
    with pytest.raises(ModelError, match="not a model card"):
        load_card(write_model(tmp_path, facts | {"temperature": temperature}))


def test_a_card_may_set_limits_of_readability_and_the_others_keep_their_defaults(tmp_path: Path, facts: Facts) -> None:
    assert load_card(write_model(tmp_path, facts)).readable == Limits()
    card = load_card(write_model(tmp_path, facts | {"readable": {"size_px": 14, "turn": None}}))
    assert card.readable == Limits(size_px=14.0, turn=math.inf)


@pytest.mark.parametrize(
    "readable", [{"size_px": -1}, {"turn": "far"}, {"darkest": float("nan")}, {"score": 0.5}, {"height": 1}, [], None, 7]
)
def test_invalid_limits_are_refused(tmp_path: Path, facts: Facts, readable: object) -> None:
    with pytest.raises(ModelError, match="not a model card, wrong or missing"):
        load_card(write_model(tmp_path, facts | {"readable": readable}))


@pytest.mark.parametrize("model", ["glance", "glance-wide"])
def test_glance_reads_smaller_darker_and_more_blurred_faces_than_custom_cnn(model: str) -> None:
    glance, custom_cnn = load_card(model).readable, load_card("custom-cnn").readable
    assert custom_cnn == Limits()
    assert all(getattr(glance, name) < getattr(custom_cnn, name) for name in ("size_px", "sharpness", "darkest"))


def test_the_card_says_where_the_weights_are(tmp_path: Path, facts: Facts) -> None:
    assert load_card(write_model(tmp_path, facts)).weights(LITERT) == tmp_path / "toy.tflite"


def test_the_whole_card_is_kept(tmp_path: Path, facts: Facts) -> None:
    facts["limits"] = "made up"
    assert load_card(write_model(tmp_path, facts)).facts["limits"] == "made up"


def test_the_shipped_model_has_weights_for_both_engines() -> None:
    card = load_card("custom-cnn")
    assert card.weights(LITERT).is_file()
    assert card.weights(KERAS).is_file()


def test_the_shipped_model_says_how_accurate_it_is_and_where_it_fails() -> None:
    facts = load_card("custom-cnn").facts
    assert 1 / len(LABELS) < facts["measured"]["PublicTest"]["accuracy"] < 1
    assert facts["limits"]


def test_a_detector_unknown_to_the_card_is_refused_with_a_list_of_those_it_knows(tmp_path: Path, facts: Facts) -> None:
    with pytest.raises(ModelError, match="toy: has no crop margin for the detector radar; choose one of haar, yunet"):
        load_card(write_model(tmp_path, facts)).crop_margin("radar")


def test_an_unknown_model_is_refused_with_a_list_of_the_shipped_ones() -> None:
    with pytest.raises(ModelError, match=r"no-such-model: no such model; shipped: .*custom-cnn"):
        load_card("no-such-model")


def test_a_file_is_refused_with_what_a_model_is(tmp_path: Path) -> None:
    video = tmp_path / "lesson.mp4"
    video.touch()
    with pytest.raises(ModelError) as refused:
        load_card(str(video))
    assert re.fullmatch(
        rf"{re.escape(str(video))}: is a file, not a model's folder; shipped: .*; or give a folder with a card\.json",
        str(refused.value),
    )


def test_too_long_a_name_is_printed_once_and_a_reinstall_is_not_suggested() -> None:
    with pytest.raises(ModelError) as refused:
        load_card("n" * 300)
    message = str(refused.value)
    assert message.startswith(f"{Path('n' * 300, CARD_FILE)}: cannot be read: File name too long; shipped: ")
    assert (message.count("nnn" * 100), "reinstall" in message) == (1, False)


def test_an_empty_name_is_not_a_model_even_beside_a_card(tmp_path: Path, facts: Facts, monkeypatch: pytest.MonkeyPatch) -> None:
    write_model(tmp_path, facts)
    monkeypatch.chdir(tmp_path)
    with pytest.raises(ModelError, match=r"^'': names no model; shipped: "):
        load_card("")


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        *(({"input": {"side_px": side, "normalisation": NORMALISATION}}, f"side_px {side}") for side in (-1, 0, 10**6)),
        ({"input": {"side_px": float("inf"), "normalisation": NORMALISATION}}, "cannot convert float infinity"),
        *(({"crop_margins": {"haar": margin}}, "crop margin") for margin in (float("nan"), float("inf"), -0.5)),
    ],
)
def test_a_size_or_margin_that_cannot_crop_a_face_is_refused(tmp_path: Path, facts: Facts, wrong: Facts, message: str) -> None:
    with pytest.raises(ModelError, match=f"not a model card, wrong or missing: {message}"):
        load_card(write_model(tmp_path, facts | wrong))


@pytest.mark.parametrize("key", ["name", "labels", "input", "crop_margins", "files"])
def test_a_card_that_lacks_something_is_refused_naming_what_is_missing(tmp_path: Path, facts: Facts, key: str) -> None:
    del facts[key]
    with pytest.raises(ModelError, match=f"not a model card, wrong or missing: '{key}'"):
        load_card(write_model(tmp_path, facts))


@pytest.mark.parametrize(
    "spoil",
    [
        lambda facts: facts["labels"].reverse(),
        lambda facts: facts["labels"].append("bored"),
        lambda facts: facts["input"].update(normalisation="0..1"),
    ],
    ids=["labels in another order", "other labels", "another normalisation"],
)
def test_a_card_for_other_labels_or_pixels_is_refused(tmp_path: Path, facts: Facts, spoil: Callable[[Facts], None]) -> None:
    spoil(facts)
    with pytest.raises(ModelError, match="this program works with"):
        load_card(write_model(tmp_path, facts))


@pytest.mark.parametrize("content", ["", "{", "[]", "7", '{"labels": 3}', '{"files": []}'])
def test_a_file_that_is_not_a_card_is_refused(tmp_path: Path, content: str) -> None:
    (tmp_path / CARD_FILE).write_text(content, encoding="utf-8")
    with pytest.raises(ModelError, match=CARD_FILE):
        load_card(str(tmp_path))


def test_damaged_weights_are_noticed(tmp_path: Path, facts: Facts) -> None:
    card = load_card(write_model(tmp_path, facts))
    (tmp_path / "toy.tflite").write_bytes(b"weightS")
    with pytest.raises(ModelError, match=r"toy\.tflite: damaged"):
        card.weights(LITERT)


def test_missing_weights_are_named(tmp_path: Path, facts: Facts) -> None:
    card = load_card(write_model(tmp_path, facts))
    (tmp_path / "toy.tflite").unlink()
    with pytest.raises(ModelError, match=r"toy\.tflite: cannot be read"):
        card.weights(LITERT)


def test_a_kind_of_weights_that_the_model_lacks_is_named(tmp_path: Path, facts: Facts) -> None:
    with pytest.raises(ModelError, match=f"toy: has no {KERAS} weights"):
        load_card(write_model(tmp_path, facts)).weights(KERAS)
