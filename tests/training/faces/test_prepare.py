"""Preparing the pictures that a detector is trained on."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from live_monitor.dataset.fer2013 import load_fer2013
from live_monitor.detect.detector import FaceFinder
from live_monitor.errors import ModelError, UsageError
from live_monitor.training.faces import mistakes, prepare, unmarked
from live_monitor.training.faces.pictures import CUTOUT, SINGLE, Picture, load_pictures
from live_monitor.training.faces.prepare import prepared, refuse_unusable
from live_monitor.training.faces.recipe import Recipe
from live_monitor.training.run_folder import STATE_FILE


@pytest.fixture(scope="module")
def pictures(detector_data: Path) -> list[Picture]:
    return list(load_pictures(detector_data).training)


@pytest.fixture
def loaded(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, Path, float]]:
    """The detectors that were loaded, and their thresholds: stand-ins that find nobody."""
    loaded: list[tuple[str, Path, float]] = []

    def stand_in(kind: str) -> None:
        def load(model: Path, *, threshold: float) -> str:
            loaded.append((kind, model, threshold))
            return kind

        monkeypatch.setattr(prepare, kind, load)

    stand_in("FaceGrid")
    stand_in("YuNetFinder")
    for step in ("with_unmarked", "with_mistakes", "with_faint"):
        monkeypatch.setattr(prepare, step, lambda pictures, *_: pictures)
    return loaded


def said(pictures: Sequence[Picture], recipe: Recipe) -> list[str]:
    lines: list[str] = []
    prepared(pictures, recipe, lines.append)
    return lines


def test_without_a_teacher_pictures_are_left_unchanged(
    pictures: list[Picture], tmp_path: Path, loaded: list[tuple[str, Path, float]]
) -> None:
    assert list(prepared(pictures, Recipe(weights=str(tmp_path)), pytest.fail)) == pictures
    assert not loaded


@pytest.mark.parametrize(("model", "kind"), [("a.onnx", "YuNetFinder"), ("folder", "FaceGrid")])
def test_a_teacher_of_either_kind_also_reports_what_it_hardly_sees(
    model: str, kind: str, pictures: list[Picture], tmp_path: Path, loaded: list[tuple[str, Path, float]]
) -> None:
    (tmp_path / "folder").mkdir()
    assert said(pictures, Recipe(teacher=str(tmp_path / model))) == [f"{tmp_path / model} searches {len(pictures)} pictures"]
    assert loaded == [(kind, tmp_path / model, unmarked.FAINTEST)]


@pytest.mark.parametrize(("option", "error"), [("weights", ModelError), ("teacher", ModelError), ("cutouts", UsageError)])
def test_missing_files_are_named_before_pictures_are_read(tmp_path: Path, option: str, error: type[Exception]) -> None:
    with pytest.raises(error, match="nowhere"):
        refuse_unusable(Recipe(**{option: str(tmp_path / "nowhere")}), tmp_path / "run")  # type: ignore[arg-type]


def test_a_resumed_run_needs_its_initial_weights_only_to_keep_some(tmp_path: Path) -> None:
    (tmp_path / STATE_FILE).touch()
    recipe = Recipe(weights=str(tmp_path / "nowhere"))
    refuse_unusable(recipe, tmp_path)
    with pytest.raises(ModelError, match="nowhere"):
        refuse_unusable(replace(recipe, keep=0.5), tmp_path)


@pytest.mark.parametrize("name", ["nowhere.onnx", "n" * 300])
def test_a_missing_teacher_is_named(pictures: list[Picture], tmp_path: Path, name: str) -> None:
    with pytest.raises(ModelError, match=re.escape(name)):
        prepared(pictures, Recipe(teacher=str(tmp_path / name)), lambda _: None)


@pytest.mark.usefixtures("loaded")
def test_unmarked_faces_are_found_by_the_teacher_and_the_initial_detector(
    pictures: list[Picture], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[tuple[object, ...]] = []

    def add_one(pictures: Sequence[Picture], *detectors: FaceFinder) -> list[Picture]:
        asked.append(detectors)
        return [replace(picture, unmarked=np.ones((1, 4), np.float32)) for picture in pictures]

    monkeypatch.setattr(prepare, "with_unmarked", add_one)
    for weights in (None, str(tmp_path)):
        ready = prepared(pictures, Recipe(teacher="a.onnx", weights=weights), lambda _: None)
        assert all(len(picture.unmarked) and not len(picture.mistakes) and not len(picture.faint) for picture in ready)
    assert asked == [("YuNetFinder", None), ("YuNetFinder", "FaceGrid")]


def test_with_a_teacher_mistakes_and_faint_faces_of_the_initial_detector_are_looked_for(
    pictures: list[Picture], tmp_path: Path, loaded: list[tuple[str, Path, float]], monkeypatch: pytest.MonkeyPatch
) -> None:
    def add_one(pictures: Sequence[Picture], _: FaceFinder) -> list[Picture]:
        return [replace(picture, mistakes=np.ones((1, 4), np.float32)) for picture in pictures]

    def all_faint(pictures: Sequence[Picture], _: FaceFinder) -> list[Picture]:
        return [replace(picture, faint=np.arange(len(picture.boxes))) for picture in pictures]

    monkeypatch.setattr(prepare, "with_mistakes", add_one)
    monkeypatch.setattr(prepare, "with_faint", all_faint)
    ready = prepared(pictures, Recipe(teacher="a.onnx", weights=str(tmp_path)), lambda _: None)
    assert loaded[1:] == [("FaceGrid", tmp_path, mistakes.FAINTEST)]
    assert all(len(picture.mistakes) and len(picture.faint) == len(picture.boxes) for picture in ready)


@pytest.mark.usefixtures("loaded")
@pytest.mark.parametrize("teacher", [None, "a.onnx"])
def test_what_people_judged_not_a_face_is_a_mistake(pictures: list[Picture], tmp_path: Path, teacher: str | None) -> None:
    boxes = tmp_path / "no-faces.json"
    boxes.write_text(json.dumps([{"image": pictures[0].name, "boxes": [[1, 2, 10, 20]]}]), encoding="utf-8")
    ready = prepared(pictures, Recipe(teacher=teacher, no_faces=str(boxes)), lambda _: None)
    assert ready[0].mistakes.tolist() == [[1, 2, 11, 22]] * len(mistakes.SCALES)
    assert {picture.name for picture in ready if len(picture.mistakes)} == {pictures[0].name}


@pytest.mark.usefixtures("loaded")
def test_added_faces_are_marked_before_the_detectors_search(
    pictures: list[Picture], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    boxes = tmp_path / "faces.json"
    boxes.write_text(json.dumps([{"image": pictures[0].name, "boxes": [[1, 2, 10, 20]]}]), encoding="utf-8")
    looked_at: list[Picture] = []

    def look(pictures: Sequence[Picture], *_: FaceFinder) -> Sequence[Picture]:
        looked_at.extend(pictures)
        return pictures

    monkeypatch.setattr(prepare, "with_unmarked", look)
    ready = prepared(pictures, Recipe(teacher="a.onnx", more_faces=str(boxes)), lambda _: None)
    assert looked_at == ready
    assert ready[0].boxes.tolist() == [*pictures[0].boxes.tolist(), [1, 2, 11, 22]]


@pytest.mark.parametrize("recipe_with", [lambda file: Recipe(more_faces=file), lambda file: Recipe(no_faces=file)])
def test_a_file_of_boxes_that_names_none_of_the_pictures_is_refused(
    pictures: list[Picture], tmp_path: Path, recipe_with: Callable[[str], Recipe]
) -> None:
    boxes = tmp_path / "boxes.json"
    boxes.write_text('[{"image": "nowhere.jpg", "boxes": []}]', encoding="utf-8")
    with pytest.raises(UsageError, match="none of its 1 pictures is one to train on; name them as the training data does"):
        prepared(pictures, recipe_with(str(boxes)), pytest.fail)


def test_a_file_of_boxes_that_names_only_single_faces_is_refused(pictures: list[Picture], tmp_path: Path) -> None:
    alone = replace(next(picture for picture in pictures if picture.kind == SINGLE), name="alone.jpg")
    boxes = tmp_path / "boxes.json"
    boxes.write_text('[{"image": "alone.jpg", "boxes": [[1, 2, 10, 20]]}]', encoding="utf-8")
    with pytest.raises(UsageError, match="none of its 1 pictures is one to train on"):
        prepared([*pictures, alone], Recipe(more_faces=str(boxes)), pytest.fail)


@pytest.mark.usefixtures("loaded")
def test_faces_of_fer2013_are_added_where_the_teacher_finds_them(
    pictures: list[Picture], fer2013: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    single = next(one for one in pictures if one.kind == SINGLE)
    given: list[int] = []

    def two_of(faces: NDArray[np.uint8], _: FaceFinder) -> list[Picture]:
        given.append(len(faces))
        return [replace(single, kind=CUTOUT)] * 2

    monkeypatch.setattr(prepare, "cutouts", two_of)
    lines: list[str] = []
    ready = prepared(pictures, Recipe(teacher="a.onnx", cutouts=str(fer2013)), lines.append)
    assert [picture.kind for picture in ready[len(pictures) :]] == [CUTOUT] * 2
    assert lines[1] == f"a.onnx searches {given[0]} faces of {fer2013}"
    assert given == [len(load_fer2013(fer2013, "Training"))]


@pytest.mark.usefixtures("loaded")
def test_missing_cutouts_are_named_before_the_teacher_searches(pictures: list[Picture], tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=re.escape(str(tmp_path / "nowhere"))):
        prepared(pictures, Recipe(teacher="a.onnx", cutouts=str(tmp_path / "nowhere")), pytest.fail)
