"""Both formats of marked faces, what is refused in them, and where pictures are looked for."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import pytest

from live_monitor.errors import UsageError
from live_monitor.evaluation.faces.annotations import MarkedPicture, load_annotations, load_boxes
from live_monitor.types import Box
from tests.evaluation.faces.made import write_json, write_picture

WIDER = """0--Parade/one.jpg
3
10 20 30 40 0 0 0 0 0 0 
50 60 70 80 2 1 0 1 0 0 
5 6 0 8 0 0 0 0 0 0 
0--Parade/none.jpg
0
0 0 0 0 0 0 0 0 0 0 
1--Handshaking/two.jpg
1
1 2 3 4 0 0 0 0 2 1 
"""  # noqa: W291  (the published file ends its lines so)


@pytest.fixture
def one_picture(tmp_path: Path) -> Path:
    return write_picture(tmp_path / "one.png")


def write_wider(path: Path, text: str = WIDER) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def refused(path: Path, pictures: Path | None = None) -> str:
    """The error message, which is one line and starts with the file's name."""
    with pytest.raises(UsageError) as caught:
        load_annotations(path, pictures)
    message = str(caught.value)
    assert message.startswith(f"{pictures or path}: ")
    assert "\n" not in message
    return message


def test_json_boxes_become_corners_with_a_label_each(one_picture: Path, tmp_path: Path) -> None:
    entry = {"image": "one.png", "boxes": [[1, 2, 30, 40], [5.5, 6, 7, 8]], "labels": ["with_mask", "bare"], "size": [320, 240]}
    expected = MarkedPicture(one_picture, (Box(1, 2, 31, 42), Box(5.5, 6, 12.5, 14)), (), ("with_mask", "bare"))
    assert load_annotations(write_json(tmp_path / "faces.json", [entry])) == [expected]


def test_json_may_name_boxes_that_do_not_count(one_picture: Path, tmp_path: Path) -> None:
    path = write_json(tmp_path / "faces.json", [{"image": "one.png", "boxes": [[1, 2, 30, 40]], "ignored": [[5, 6, 7, 8]]}])
    assert load_annotations(path) == [MarkedPicture(one_picture, (Box(1, 2, 31, 42),), (Box(5, 6, 12, 14),))]


def test_boxes_alone_need_no_pictures(tmp_path: Path) -> None:
    path = write_json(tmp_path / "boxes.json", [{"image": "nowhere.png", "boxes": [[1, 2, 30, 40]]}])
    assert load_boxes(path) == {"nowhere.png": (Box(1, 2, 31, 42),)}


def test_boxes_of_a_picture_named_twice_become_one_list(tmp_path: Path) -> None:
    entries = [{"image": "one.png", "boxes": [[1, 2, 30, 40]]}, {"image": "one.png", "boxes": [[5, 6, 7, 8]]}]
    assert load_boxes(write_json(tmp_path / "boxes.json", entries)) == {"one.png": (Box(1, 2, 31, 42), Box(5, 6, 12, 14))}


def test_json_needs_no_labels_and_no_faces(one_picture: Path, tmp_path: Path) -> None:
    path = write_json(tmp_path / "faces.json", [{"image": "one.png", "boxes": []}])
    assert load_annotations(path) == [MarkedPicture(one_picture, ())]


def test_the_format_is_recognised_by_the_content_not_the_name(one_picture: Path, tmp_path: Path) -> None:
    path = tmp_path / "bbx_gt.txt"
    path.write_bytes(b'\xef\xbb\xbf\n [{"image": "one.png", "boxes": []}]')
    assert load_annotations(path) == [MarkedPicture(one_picture, ())]


def test_wider_gives_faces_and_ignores_invalid_and_empty_boxes(tmp_path: Path) -> None:
    write_picture(tmp_path / "0--Parade" / "one.jpg")
    assert load_annotations(write_wider(tmp_path / "wider_face_val_bbx_gt.txt")) == [
        MarkedPicture(
            tmp_path / "0--Parade" / "one.jpg", (Box(10, 20, 40, 60),), (Box(50, 60, 120, 140), Box(5, 6, 5, 14))
        ),
        MarkedPicture(tmp_path / "0--Parade" / "none.jpg", ()),
        MarkedPicture(tmp_path / "1--Handshaking" / "two.jpg", (Box(1, 2, 4, 6),)),
    ]  # fmt: skip


@pytest.mark.usefixtures("one_picture")
def test_the_line_of_zeros_after_a_count_of_zero_may_be_missing(tmp_path: Path) -> None:
    path = write_wider(tmp_path / "faces.txt", "one.png\n0\none.png\n1\n1 2 3 4 0 0 0 0 0 0\n")
    assert [len(picture.faces) for picture in load_annotations(path)] == [0, 1]


@pytest.mark.parametrize(
    ("annotations", "folder"),
    [
        ("faces.txt", "."),
        ("faces.txt", "images"),
        ("wider_face_split/wider_face_val_bbx_gt.txt", "WIDER_val/images"),
        ("wider_face_split/wider_face_train_bbx_gt.txt", "WIDER_train/images"),
    ],
)
def test_pictures_are_found_where_wider_face_publishes_them(tmp_path: Path, annotations: str, folder: str) -> None:
    path = write_wider(tmp_path / annotations)
    picture = write_picture(tmp_path / folder / "1--Handshaking" / "two.jpg")
    assert load_annotations(path)[2].path.samefile(picture)


@pytest.mark.parametrize("folder", [".", "images"])
def test_pictures_are_looked_for_only_in_the_given_folder(tmp_path: Path, folder: str) -> None:
    path = write_json(tmp_path / "faces.json", [{"image": name, "boxes": []} for name in ("here.png", "beside.png")])
    here, _ = write_picture(tmp_path / "given" / folder / "here.png"), write_picture(tmp_path / "beside.png")
    found = load_annotations(path, tmp_path / "given")
    assert found[0].path.samefile(here)
    assert found[1].path == tmp_path / "given" / "beside.png"


@pytest.mark.usefixtures("one_picture")
def test_a_missing_picture_keeps_its_place(tmp_path: Path) -> None:
    path = write_json(tmp_path / "faces.json", [{"image": name, "boxes": []} for name in ("gone.png", "one.png", "n" * 300)])
    assert [picture.path.name for picture in load_annotations(path)][:2] == ["gone.png", "one.png"]


def test_finding_no_picture_at_all_is_refused_with_advice(tmp_path: Path) -> None:
    message = refused(write_wider(tmp_path / "faces.txt"))
    assert message.endswith(f"none of its 3 pictures is in {tmp_path}; give their folder with --pictures")


@pytest.mark.parametrize("name", ["nowhere", "n" * 300])
def test_a_missing_folder_of_pictures_is_refused(tmp_path: Path, name: str) -> None:
    assert "no such folder" in refused(write_wider(tmp_path / "faces.txt"), tmp_path / name)


@pytest.mark.usefixtures("one_picture")
@pytest.mark.parametrize(
    ("entry", "complaint"),
    [
        ({"boxes": []}, "{'boxes': []} is not"),
        ({"image": "one.png"}, "is not {"),
        ({"image": 5, "boxes": []}, "is not {"),
        (["one.png"], "['one.png'] is not"),
        ({"image": "\ud800.png", "boxes": []}, r"'\ud800.png' is not the name of a file"),
        ({"image": "one.png", "boxes": [[1, 2, 3]]}, "box [1, 2, 3] is not four numbers"),
        ({"image": "one.png", "boxes": [5]}, "box 5 is not four numbers"),
        ({"image": "one.png", "boxes": [[1, 2, "3", 4]]}, "box [1, 2, '3', 4] is not four numbers"),
        ({"image": "one.png", "boxes": [[1, 2, True, 4]]}, "box [1, 2, True, 4] is not four numbers"),
        ({"image": "one.png", "boxes": [[1, 2, float("nan"), 4]]}, "box [1, 2, nan, 4] is not four numbers"),
        ({"image": "one.png", "boxes": [[1, 2, 10**400, 4]]}, "is not four numbers"),
        ({"image": "one.png", "boxes": [[1, 2, 0, 4]]}, "box [1, 2, 0, 4] has no area"),
        ({"image": "one.png", "boxes": [[1, 2, 3, -4]]}, "box [1, 2, 3, -4] has no area"),
        ({"image": "one.png", "boxes": [], "ignored": 5}, "ignored 5 is not a list of boxes"),
        ({"image": "one.png", "boxes": [], "ignored": [[1, 2, 3]]}, "box [1, 2, 3] is not four numbers"),
        ({"image": "one.png", "boxes": [[1, 2, 3, 4]], "labels": []}, "0 labels for 1 boxes"),
        ({"image": "one.png", "boxes": [[1, 2, 3, 4]], "labels": [7]}, "labels [7] is not a list of words"),
    ],
)
def test_a_wrong_entry_is_named_by_number_and_value(tmp_path: Path, entry: Any, complaint: str) -> None:
    path = write_json(tmp_path / "faces.json", [{"image": "one.png", "boxes": []}, entry])
    message = refused(path)
    assert message.startswith(f"{path}: entry 2: ")
    assert complaint in message
    assert len(message) < len(str(path)) + 150


@pytest.mark.usefixtures("one_picture")
@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("one.png", "ends after 'one.png', before its number of faces"),
        ("one.png\nmany\n", "line 2: 'many' is not a number of faces"),
        ("one.png\n-1\n", "line 2: '-1' is not a number of faces"),
        ("one.png\n1.5\n", "line 2: '1.5' is not a number of faces"),
        ("Dear reader,\n\nthis is a letter.", "line 3: 'this is a letter.' is not a number of faces"),
        ("one.png\n2\n1 2 3 4 0 0 0 0 0 0\n", "ends after 1 of the 2 faces of one.png"),
        ("one.png\n1\n1 2 3 4\n", "line 3: '1 2 3 4' is not the ten numbers x y w h"),
        ("one.png\n1\n1 2 3 x 0 0 0 0 0 0\n", "line 3: '1 2 3 x 0 0 0 0 0 0' is not the ten numbers"),
        ("one.png\n1\n1 2 3 inf 0 0 0 0 0 0\n", "is not the ten numbers"),
        ("one.png\n1\n1 2 3 4 0 0 0 0 0 0\n5 6 7 8 0 0 0 0 0 0\n", "before its number of faces"),
        ("", "names no picture"),
        ("[]", "names no picture"),
        ("{}", "not a list of"),
        ('[{"image": "one.png"', "broken JSON: "),
        ("[" * 100_000, "broken JSON: "),
    ],
)
def test_a_file_of_neither_format_is_refused_with_line_and_value(tmp_path: Path, text: str, complaint: str) -> None:
    assert complaint in refused(write_wider(tmp_path / "faces.txt", text))


def test_a_missing_file_a_folder_and_a_picture_are_refused(one_picture: Path, tmp_path: Path) -> None:
    assert refused(tmp_path / "none.json").endswith("no such file")
    assert "is a folder" in refused(tmp_path)
    assert "is not text" in refused(one_picture)


@pytest.mark.skipif(sys.platform == "win32", reason="links need special rights there")
def test_a_file_that_cannot_be_opened_is_refused_with_the_systems_reason(tmp_path: Path) -> None:
    (tmp_path / "faces.json").symlink_to("faces.json")
    assert "cannot be read: Too many levels of symbolic links" in refused(tmp_path / "faces.json")


def test_the_shared_faces_are_read_whole(shared_data: Path) -> None:
    path = shared_data / "faces" / "faces.json"
    pictures = load_annotations(path)
    entries = json.loads(path.read_text(encoding="utf-8"))
    assert len(pictures) == len(entries)
    assert [len(picture.faces) for picture in pictures] == [len(entry["boxes"]) for entry in entries]
    assert all(picture.path.is_file() for picture in pictures)
