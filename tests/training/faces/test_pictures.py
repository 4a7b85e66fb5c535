"""Reading the pictures a detector learns from."""

from __future__ import annotations

import json
import math
import shutil
import struct
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from live_monitor.errors import UsageError
from live_monitor.training.faces.pictures import (
    HUMAN_WEIGHT,
    LONGEST_PX,
    NEGATIVE,
    SINGLE,
    TEACHER_WEIGHT,
    FacePictures,
    load_pictures,
)
from tests.training.faces.conftest import BY_PEOPLE, SCENES, SINGLES, jpg, picture, write_data


@pytest.fixture
def own_copy(detector_data: Path, tmp_path: Path) -> Path:
    return shutil.copytree(detector_data, tmp_path / "data")


def names(pictures: FacePictures) -> tuple[list[tuple[str, str]], list[tuple[str, str]]]:
    training, apart = ([(one.kind, one.name) for one in half] for half in (pictures.training, pictures.kept_apart))
    return training, apart


def test_a_fifth_of_the_scenes_and_of_the_pictures_marked_by_people_is_kept_apart(detector_data: Path) -> None:
    pictures = load_pictures(detector_data)
    assert len(pictures.training) + len(pictures.kept_apart) == SCENES + SINGLES + BY_PEOPLE
    kinds = [one.kind for one in pictures.kept_apart]
    assert kinds.count("photo") + kinds.count(NEGATIVE) == SCENES // 5
    assert 0 < kinds.count("people") < BY_PEOPLE / 2
    assert SINGLE not in kinds


def test_consecutive_scenes_as_from_one_video_stay_on_one_side(detector_data: Path) -> None:
    pictures = load_pictures(detector_data)
    apart = [int(Path(one.name).stem) for one in pictures.kept_apart if one.kind != "people"]
    assert sorted(apart) == list(range(80, 100))


def test_the_same_folder_gives_the_same_halves(detector_data: Path) -> None:
    assert names(load_pictures(detector_data)) == names(load_pictures(detector_data))


def test_a_look_alike_of_a_picture_kept_apart_is_not_trained_on(own_copy: Path) -> None:
    apart = next(one.name for one in load_pictures(own_copy).kept_apart if one.kind == "people")
    labels = own_copy / "faces" / "faces.json"
    rows = json.loads(labels.read_text(encoding="utf-8"))
    twin = next(row["image"] for row in rows if row["image"] in {name for kind, name in names(load_pictures(own_copy))[0]})
    assert ("people", twin) in names(load_pictures(own_copy))[0]
    shutil.copyfile(own_copy / "faces" / apart, own_copy / "faces" / twin)
    assert ("people", twin) not in names(load_pictures(own_copy))[0]


def test_boxes_become_corners_and_people_weigh_more_than_the_teacher(detector_data: Path) -> None:
    by_kind = {one.kind: one for one in load_pictures(detector_data).training}
    _, faces = picture(2000 + SINGLES - 1, (60,), size=64)
    x, y, width, height = faces[0]["box"]
    np.testing.assert_allclose(by_kind[SINGLE].boxes, [[x, y, x + width, y + height]], rtol=1e-5)
    assert by_kind["people"].weight == HUMAN_WEIGHT > by_kind["photo"].weight == TEACHER_WEIGHT
    assert np.isnan(by_kind["people"].landmarks).all()
    assert np.isfinite(by_kind["photo"].landmarks).all()


def test_a_large_picture_is_reduced_with_its_boxes(own_copy: Path) -> None:
    file = own_copy / "faces" / "0.jpg"
    small = cv2.imread(str(file))
    assert small is not None
    labels = own_copy / "faces" / "faces.json"
    rows = json.loads(labels.read_text(encoding="utf-8"))
    rows[0]["boxes"] = [[100, 50, 200, 400]]
    labels.write_text(json.dumps(rows), encoding="utf-8")
    file.write_bytes(jpg(np.asarray(cv2.resize(small, (2 * LONGEST_PX, LONGEST_PX)), np.uint8)))
    pictures = load_pictures(own_copy)
    reduced = next(one for one in (*pictures.training, *pictures.kept_apart) if (one.kind, one.name) == ("people", "0.jpg"))
    assert reduced.image.shape == (LONGEST_PX // 2, LONGEST_PX, 3)
    assert reduced.scale == 0.5
    np.testing.assert_allclose(reduced.boxes, [[50, 25, 150, 225]])


@pytest.mark.parametrize(
    "file", ["faces/faces.json", "detector_train/scenes.zip", "detector_train/single_faces.json", "faces/3.jpg"]
)
def test_a_missing_file_is_named(own_copy: Path, file: str) -> None:
    (own_copy / file).unlink()
    with pytest.raises(UsageError, match=rf"{Path(file).name}: no such file"):
        load_pictures(own_copy)


def test_a_missing_folder_is_named(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no such file; give a folder with faces/ and detector_train/"):
        load_pictures(tmp_path / "nowhere")


@pytest.mark.parametrize("file", ["faces/faces.json", "detector_train/scenes.json"])
@pytest.mark.parametrize(
    "content", ["{broken", "[1]", '[{"image": "0.jpg"}]', '[{"image": "0.jpg", "source": "people", "boxes": 5}]']
)
def test_an_invalid_label_file_is_named(own_copy: Path, file: str, content: str) -> None:
    (own_copy / file).write_text(content, encoding="utf-8")
    with pytest.raises(UsageError, match=rf"{Path(file).name}: not in the layout"):
        load_pictures(own_copy)


@pytest.mark.parametrize("change", [{"kind": None}, {"faces": [{"box": [1, 1, 9, 9], "landmarks": [1.0] * 20}]}])
def test_a_scene_without_a_kind_or_with_landmarks_of_two_faces_for_one_is_named(own_copy: Path, change: dict[str, Any]) -> None:
    def changed(row: dict[str, Any]) -> dict[str, Any]:
        return {name: value for name, value in (row | change).items() if value is not None}

    rewrite(own_copy / "detector_train" / "scenes.json", changed)
    with pytest.raises(UsageError, match=r"scenes\.json: not in the layout"):
        load_pictures(own_copy)


def test_a_damaged_zip_is_named(own_copy: Path) -> None:
    (own_copy / "detector_train" / "scenes.zip").write_bytes(b"PK nothing")
    with pytest.raises(UsageError, match=r"scenes\.zip: damaged"):
        load_pictures(own_copy)


def test_a_damaged_picture_is_named(own_copy: Path) -> None:
    (own_copy / "faces" / "3.jpg").write_bytes(b"no picture")
    with pytest.raises(UsageError, match=r"3\.jpg is not a readable picture"):
        load_pictures(own_copy)


@pytest.mark.parametrize("name", ["", "folder"])
def test_a_folder_in_place_of_a_picture_is_named_with_the_file_that_lists_it(own_copy: Path, name: str) -> None:
    (own_copy / "faces" / "folder").mkdir()
    rewrite(own_copy / "faces" / "faces.json", lambda row: row | {"image": name})
    with pytest.raises(UsageError, match=rf"{own_copy / 'faces' / name}: cannot be read: .*; it is named in .*faces\.json"):
        load_pictures(own_copy)


@pytest.mark.parametrize(("file", "where"), [("faces/faces.json", ""), ("faces/3.jpg", r"; it is named in .*faces\.json")])
def test_a_file_that_cannot_be_opened_is_named_with_the_systems_reason(
    own_copy: Path, monkeypatch: pytest.MonkeyPatch, file: str, where: str
) -> None:
    def refuse(path: Path) -> bytes:
        if path == own_copy / file:
            raise PermissionError(13, "Permission denied", str(path))
        return read_bytes(path)

    read_bytes = Path.read_bytes
    monkeypatch.setattr(Path, "read_bytes", refuse)
    with pytest.raises(UsageError, match=rf"{file}: cannot be read: Permission denied{where}$"):
        load_pictures(own_copy)


def test_a_picture_too_large_for_opencv_is_named(own_copy: Path) -> None:
    head = struct.pack(">II5B", 100_000, 100_000, 8, 0, 0, 0, 0)
    chunks = [(b"IHDR", head), (b"IDAT", zlib.compress(b"")), (b"IEND", b"")]
    png = b"".join(struct.pack(">I", len(data)) + tag + data + struct.pack(">I", zlib.crc32(tag + data)) for tag, data in chunks)
    (own_copy / "faces" / "3.jpg").write_bytes(b"\x89PNG\r\n\x1a\n" + png)
    with pytest.raises(UsageError, match=r"faces\.json: .*3\.jpg is not a readable picture"):
        load_pictures(own_copy)


def test_an_encrypted_zip_is_named_with_the_picture(own_copy: Path) -> None:
    path = own_copy / "detector_train" / "scenes.zip"
    content = bytearray(path.read_bytes())
    for mark, flags in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        content[content.index(mark) + flags] |= 1
    path.write_bytes(content)
    with pytest.raises(UsageError, match=r"scenes\.zip: damaged: File '0\.jpg' is encrypted"):
        load_pictures(own_copy)


@pytest.mark.parametrize(
    "box", [[math.nan, 1, 5, 5], [1, 1, math.inf, 5], [1, 1, 0, 5], [1, 1, 5, -5], [1, 2, 3], ["1", "x", 2, 3]]
)
@pytest.mark.parametrize("file", ["faces/faces.json", "detector_train/scenes.json"])
def test_an_invalid_box_is_refused_and_its_picture_named(own_copy: Path, file: str, box: list[Any]) -> None:
    _, (known,) = picture(1, (48,))
    rewrite(own_copy / file, lambda row: row | {"boxes": [box] * 4, "faces": [known | {"box": box}] * 4})
    with pytest.raises(UsageError, match=rf"{Path(file).name}: 0\.jpg: box .* (is not four numbers|has no area)"):
        load_pictures(own_copy)


def rewrite(labels: Path, change: Callable[[dict[str, Any]], dict[str, Any]]) -> None:
    """Changes the first row of a label file."""
    first, *others = json.loads(labels.read_text(encoding="utf-8"))
    labels.write_text(json.dumps([change(first), *others]), encoding="utf-8")


def test_too_few_pictures_to_keep_any_apart_are_refused(tmp_path: Path) -> None:
    data = write_data(tmp_path / "data")
    for labels in (data / "faces" / "faces.json", data / "detector_train" / "scenes.json"):
        labels.write_text("[]", encoding="utf-8")
    with pytest.raises(UsageError, match="too few pictures"):
        load_pictures(data)


def test_no_real_picture_is_on_both_sides_of_the_split(shared_data: Path) -> None:
    pictures = load_pictures(shared_data)
    training, apart = (set(half) for half in names(pictures))
    assert len(training) > 5000
    assert len(apart) > 300
    assert not training & apart
    assert {"facemask853", "photo", "frame", "portrait", NEGATIVE} <= {kind for kind, _ in apart}
