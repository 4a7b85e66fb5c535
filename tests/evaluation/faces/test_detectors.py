"""The detectors to choose from, and the size of the pictures they search."""

from __future__ import annotations

import json
import os
import shutil
import sys
from pathlib import Path

import pytest

from live_monitor.detect.choose import load_finder
from live_monitor.detect.size_to_fit import SizeToFit
from live_monitor.detect.yunet_file import YUNET
from live_monitor.errors import ModelError, UsageError
from live_monitor.evaluation.faces.detectors import NAMES, at_side, candidates
from live_monitor.evaluation.faces.evaluate import read_picture
from live_monitor.evaluation.faces.matching import match
from live_monitor.files.resources import packaged_folder
from live_monitor.settings import Settings
from live_monitor.types import Box, Detection, Image
from tests.evaluation.faces.made import FACE_BOXES, drawn_pair, seen
from tests.fakes import grey_picture

CASCADES = ["haar", "haar-opencv"]
ALWAYS_THERE = ["facegrid", *CASCADES]
DRAWN = [Box(x, y, x + w, y + h) for x, y, w, h in FACE_BOXES]


@pytest.fixture
def model(shared_data: Path) -> Path:
    return shared_data / "detectors" / YUNET.file


@pytest.fixture
def facegrid(tmp_path: Path) -> Path:
    """A facegrid with a different threshold."""
    shutil.copytree(packaged_folder("models") / "facegrid", tmp_path / "mine")
    card = tmp_path / "mine" / "card.json"
    card.write_text(json.dumps(json.loads(card.read_text(encoding="utf-8")) | {"threshold": 0.123}), encoding="utf-8")
    return tmp_path / "mine"


@pytest.mark.parametrize("names", [["facegrid"], ["facegrid", "haar"], []])
def test_a_given_folder_replaces_the_shipped_facegrid(facegrid: Path, names: list[str]) -> None:
    assert candidates(names, model=facegrid)[0].threshold == 0.123


def test_a_missing_facegrid_is_not_replaced_by_the_shipped_one(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"nowhere.card\.json: cannot be read"):
        candidates(["facegrid"], model=tmp_path / "nowhere")


@pytest.mark.parametrize("name", ["yunet", "yunet-opencv"])
def test_a_facegrid_given_as_a_yunet_is_not_replaced_by_the_installed_one(facegrid: Path, name: str) -> None:
    with pytest.raises(ModelError, match=r"mine: cannot be read"):
        candidates([name], model=facegrid)


def test_a_model_goes_to_the_network_of_its_kind(facegrid: Path) -> None:
    with pytest.raises(ModelError, match="yunet: not installed"):
        candidates(["facegrid", "yunet"], model=facegrid)
    with pytest.raises(ModelError, match=r"none\.onnx: no such detector model"):
        candidates(["facegrid", "yunet"], model=Path("none.onnx"))


def test_a_model_that_no_named_detector_uses_is_refused(facegrid: Path) -> None:
    with pytest.raises(UsageError, match="mine: is for a network, not for haar, haar-opencv"):
        candidates(CASCADES, model=facegrid)


def test_a_model_with_too_long_a_path_cannot_be_read() -> None:
    with pytest.raises(ModelError, match="x: cannot be read"):
        candidates([], model=Path("x" * 5000))


@pytest.mark.parametrize("name", CASCADES)
@pytest.mark.parametrize("side", [None, 160, 640])
def test_every_detector_finds_drawn_faces_in_picture_pixels_at_any_side(name: str, side: int | None) -> None:
    [candidate] = candidates([name], side)
    assert candidate.name == name
    assert match(DRAWN, [], candidate.find(drawn_pair())).found(candidate.threshold).all()


@pytest.mark.parametrize("name", CASCADES)
def test_no_detector_finds_a_face_in_a_uniform_picture(name: str) -> None:
    assert not candidates([name])[0].find(grey_picture(90))


def test_no_names_mean_all_that_can_run_and_a_repeated_name_counts_once(model: Path) -> None:
    assert [each.name for each in candidates([])] == ALWAYS_THERE
    assert [each.name for each in candidates([], model=model)] == list(NAMES)
    assert [each.name for each in candidates(["haar", "haar"])] == ["haar"]


@pytest.mark.parametrize(("side", "given_size"), [(64, (64, 48)), (320, (320, 240)), (1280, (1280, 960))])
def test_the_longest_side_is_set_and_boxes_are_in_pixels_of_the_given_picture(side: int, given_size: tuple[int, int]) -> None:
    sizes = []

    def lower_right_quarter(image: Image) -> list[Detection]:
        height, width = image.shape[:2]
        sizes.append((width, height))
        return [seen(Box(width / 2, height / 2, width, height), 0.7)]

    found = at_side(lower_right_quarter, side)(grey_picture(0, 320, 240))
    assert sizes == [given_size]
    assert found == [seen(Box(160, 120, 320, 240), 0.7)]


def test_a_very_flat_picture_keeps_at_least_one_row_of_pixels() -> None:
    assert at_side(lambda image: [seen(Box(0, 0, image.shape[1], image.shape[0]))], 32)(grey_picture(0, 640, 2)) == [
        seen(Box(0, 0, 640, 2))
    ]


@pytest.mark.parametrize("name", ["facegrid", "yunet"])
def test_a_network_finds_what_the_live_view_finds(shared_data: Path, model: Path, name: str) -> None:
    own = {"yunet": model}.get(name)
    [candidate] = candidates([name], model=own)
    photo = read_picture(shared_data / "photos" / "group-1.jpg")
    assert not isinstance(photo, str), photo
    live = SizeToFit(load_finder(Settings(detector=name, detector_model=own))).look_once(photo)
    assert candidate.find(photo) == live
    assert candidate.find_faint is not None
    assert len(candidate.find_faint(photo)) > len(live)


def test_an_unknown_detector_is_refused_with_the_known_ones() -> None:
    with pytest.raises(UsageError, match="detector hare: must be one of facegrid, yunet, haar, yunet-opencv, haar-opencv"):
        candidates(["haar", "hare"])


@pytest.mark.parametrize("name", ["yunet", "yunet-opencv"])
def test_a_missing_or_damaged_network_is_a_model_error(tmp_path: Path, name: str) -> None:
    with pytest.raises(ModelError, match="live-monitor models pull yunet"):
        candidates([name])
    with pytest.raises(ModelError, match="no such detector model"):
        candidates([name], model=tmp_path / "none.onnx")
    (tmp_path / "text.onnx").write_text("no model", encoding="utf-8")
    with pytest.raises(ModelError, match="not a YuNet"):
        candidates([name], model=tmp_path / "text.onnx")


@pytest.mark.skipif(sys.platform != "linux", reason="other systems have no such names")
@pytest.mark.parametrize("name", ["yunet", "yunet-opencv"])
def test_a_networks_file_name_need_not_be_utf8(model: Path, tmp_path: Path, name: str) -> None:
    named = Path(shutil.copy(model, tmp_path / os.fsdecode(b"y\xff.onnx")))
    [candidate] = candidates([name], model=named)
    assert candidate.find(drawn_pair())


@pytest.mark.parametrize("name", ["yunet", "yunet-opencv"])
def test_the_network_gives_scores_in_pictures_of_any_size(model: Path, name: str) -> None:
    [candidate] = candidates([name], model=model)
    found = candidate.find(drawn_pair())
    assert match(DRAWN, [], found).found(candidate.threshold).all()
    assert all(each.score is not None and each.score <= 1 for each in found)
    assert candidate.find(grey_picture(90, 50, 40)) == []


def test_at_a_given_side_our_use_of_the_network_finds_all_that_opencvs_does(shared_data: Path, model: Path) -> None:
    ours, opencvs = candidates(["yunet", "yunet-opencv"], 640, model)
    photo = read_picture(shared_data / "photos" / "group-1.jpg")
    assert not isinstance(photo, str), photo
    truth = [found.box for found in opencvs.find(photo) if found.score is not None and found.score > opencvs.threshold]
    assert truth
    assert match(truth, [], ours.find(photo)).found(ours.threshold).all()
