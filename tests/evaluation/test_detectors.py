"""The detectors to choose from, and the size of the pictures they are given."""

from __future__ import annotations

from pathlib import Path

import pytest

from live_monitor.errors import ModelError, UsageError
from live_monitor.evaluation.detectors import LOWEST_SCORE, NAMES, at_side, candidates
from live_monitor.evaluation.matching import match
from live_monitor.types import Box, Detection, Image
from tests.evaluation.made import FACE_BOXES, drawn_pair, seen
from tests.fakes import grey_picture

DRAWN = [Box(x, y, x + w, y + h) for x, y, w, h in FACE_BOXES]


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("side", [None, 160, 640])
def test_every_detector_finds_drawn_faces_in_the_pixels_of_the_picture_at_any_side(name: str, side: int | None) -> None:
    [candidate] = candidates([name], side)
    assert candidate.name == name
    assert match(DRAWN, [], candidate.find(drawn_pair())).found(candidate.threshold).all()


@pytest.mark.parametrize("name", NAMES)
def test_no_detector_finds_a_face_in_an_even_picture(name: str) -> None:
    assert not candidates([name])[0].find(grey_picture(90))


def test_none_named_means_all_and_one_named_twice_counts_once() -> None:
    assert [each.name for each in candidates([])] == list(NAMES)
    assert [each.name for each in candidates(["haar", "haar"])] == ["haar"]


@pytest.mark.parametrize(("side", "given_size"), [(64, (64, 48)), (320, (320, 240)), (1280, (1280, 960))])
def test_the_longest_side_is_set_and_boxes_are_told_in_the_given_picture(side: int, given_size: tuple[int, int]) -> None:
    sizes = []

    def lower_right_quarter(image: Image) -> list[Detection]:
        height, width = image.shape[:2]
        sizes.append((width, height))
        return [seen(Box(width / 2, height / 2, width, height), 0.7)]

    found = at_side(lower_right_quarter, side)(grey_picture(0, 320, 240))
    assert sizes == [given_size]
    assert found == [seen(Box(160, 120, 320, 240), 0.7)]


def test_a_very_flat_picture_keeps_a_row_of_pixels() -> None:
    assert at_side(lambda image: [seen(Box(0, 0, image.shape[1], image.shape[0]))], 32)(grey_picture(0, 640, 2)) == [
        seen(Box(0, 0, 640, 2))
    ]


def test_an_unknown_detector_is_refused_with_the_known_ones() -> None:
    with pytest.raises(UsageError, match="detector hare: is one of haar, haar-opencv-default"):
        candidates(["haar", "hare"])


def test_a_model_that_is_missing_or_damaged_is_a_model_error(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="no such model file"):
        candidates([str(tmp_path / "none.onnx")])
    (tmp_path / "text.onnx").write_text("no model", encoding="utf-8")
    with pytest.raises(ModelError, match="not a YuNet model"):
        candidates([str(tmp_path / "text.onnx")])


def test_two_models_of_the_same_name_are_refused(shared_data: Path, tmp_path: Path) -> None:
    [model] = (shared_data / "detectors").glob("*.onnx")
    (tmp_path / model.name).write_bytes(model.read_bytes())
    with pytest.raises(UsageError, match="two have the same name"):
        candidates([str(model), str(tmp_path / model.name)])


def test_a_yunet_model_gives_scores_in_pictures_of_any_size(shared_data: Path) -> None:
    [model] = (shared_data / "detectors").glob("*.onnx")
    [candidate] = candidates([str(model)])
    assert candidate.name == model.stem
    found = candidate.find(drawn_pair())
    assert match(DRAWN, [], found).found(candidate.threshold).all()
    assert all(each.score is not None and LOWEST_SCORE <= each.score <= 1 for each in found)
    assert candidate.find(grey_picture(90, 50, 40)) == []
