"""What the layouts of FER2013 may hold, what is left out of them, and what is refused."""

from __future__ import annotations

import shutil
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import pytest

from live_monitor.dataset.fer2013 import read_fer2013
from live_monitor.dataset.layouts import read_layout
from live_monitor.errors import UsageError
from live_monitor.labels import LABELS
from tests.dataset.made import Row, png, rows, write_csv, write_folder, write_zip

HEADER = "emotion,pixels,Usage\n"
PIXELS = " ".join(["7"] * 48 * 48)
GREY = np.full((48, 48), 90, np.uint8)
WHAT_TO_GIVE = r"give FER2013's folder, its zip or fer2013\.csv"


@pytest.fixture(params=["folder", "zip"])
def kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def write_pictures(path: Path, kind: str, more: dict[str, bytes]) -> Path:
    """The tiny set, with some more files."""
    if kind == "zip":
        write_zip(path, rows())
        with zipfile.ZipFile(path, "a") as archive:
            for name, content in more.items():
                archive.writestr(name, content)
        return path
    write_folder(path, rows())
    for name, content in more.items():
        (path / name).parent.mkdir(parents=True, exist_ok=True)
        (path / name).write_bytes(content)
    return path


@pytest.mark.parametrize(
    ("name", "label"), [("angry", "angry"), ("disgusted", "disgust"), ("fearful", "fear"), ("surprised", "surprise")]
)
def test_other_names_of_labels_are_accepted(tmp_path: Path, kind: str, name: str, label: str) -> None:
    content = read_layout(write_pictures(tmp_path / "set", kind, {f"train/{name}/Training_90.png": png(GREY)}))
    [row] = [row for row in content.rows if row.number == 90]
    assert row.label == LABELS.index(label)


def test_pictures_may_be_jpeg(tmp_path: Path, kind: str) -> None:
    jpeg = cv2.imencode(".jpg", GREY)[1].tobytes()
    content = read_layout(write_pictures(tmp_path / "set", kind, {"test/happy/PrivateTest_10131363.jpg": jpeg}))
    [row] = [row for row in content.rows if row.number == 10131363]
    assert (row.split, row.image.tolist()) == ("PrivateTest", GREY.tolist())


@pytest.mark.parametrize("name", ["readme.txt", "train/happy/.DS_Store", "__MACOSX/train/happy/._Training_1.png"])
def test_other_files_are_ignored(tmp_path: Path, kind: str, name: str) -> None:
    content = read_layout(write_pictures(tmp_path / "set", kind, {name: b"something"}))
    assert (len(content.rows), content.skipped) == (len(rows()), [])


@pytest.mark.parametrize(
    ("file", "picture", "why"),
    [
        ("train/happy/Training_90.png", b"", "not a picture that can be read"),
        ("train/happy/Training_90.png", b"no picture", "not a picture that can be read"),
        ("train/happy/Training_90.png", png(rows()[0].face)[:400], "not a picture that can be read"),
        ("train/happy/Training_90.png", png(GREY[:47]), "48x47 pixels, not 48x48"),
        ("train/happy/Training_90.png", png(np.zeros((96, 96), np.uint8)), "96x96 pixels, not 48x48"),
        ("train/happy/Training_90.png", png(np.dstack([GREY] * 3)), "in colour, not grey"),
        ("train/happy/Training_90.png", png(GREY.astype(np.uint16)), "16 bits a pixel, not 8"),
        ("train/bored/Training_90.png", png(GREY), "'bored' is none of angry, disgust, fear"),
        ("train/happy/Training_one.png", png(GREY), "'one' is not the number of a row"),
        (f"train/happy/Training_{10**20}.png", png(GREY), f"'{10**20}' is not the number of a row"),
    ],
    ids=["empty", "text", "truncated", "47 pixels", "96 pixels", "RGB", "16 bits", "unknown label", "no row number", "huge"],
)  # fmt: skip
def test_a_picture_that_cannot_be_used_is_named_and_left_out(
    tmp_path: Path, kind: str, capfd: pytest.CaptureFixture[str], file: str, picture: bytes, why: str
) -> None:
    content = read_layout(write_pictures(tmp_path / "set", kind, {file: picture}))
    assert len(content.rows) == len(rows())
    [skipped] = content.skipped
    assert skipped.split == "Training"
    assert str(skipped).startswith(f"{file}: {why}")
    assert capfd.readouterr().err == ""


def test_pictures_left_out_are_listed_in_the_order_of_their_names(tmp_path: Path, kind: str) -> None:
    files = [f"train/{label}/Training_90.png" for label in ("sad", "angry", "happy")]
    content = read_layout(write_pictures(tmp_path / "set", kind, dict.fromkeys(files, b"")))
    assert [skipped.where for skipped in content.skipped] == sorted(files)


@pytest.mark.parametrize(
    ("row", "why"),
    [
        ("3,1 2 3,Training", "3 pixels, not 2304"),
        (f"3,{PIXELS} 7,Training", "2305 pixels, not 2304"),
        (f"3,{PIXELS[:-1]}x,Training", "a pixel is not a number from 0 to 255"),
        (f"3,{PIXELS[:-1]}256,Training", "a pixel is not a number from 0 to 255"),
        (f"3,{PIXELS[:-1]}-1,Training", "a pixel is not a number from 0 to 255"),
        (f"happy,{PIXELS},Training", "emotion 'happy' is not 0 to 6"),
        (f"7,{PIXELS},Training", "emotion '7' is not 0 to 6"),
        (f"-1,{PIXELS},Training", "emotion '-1' is not 0 to 6"),
        (f"3,{PIXELS * 50},Training", "115151 pixels, not 2304"),
        (f"3,{PIXELS}", "2 columns, not 3"),
        (f'3,"{PIXELS},Training', ""),
        (f"3,{PIXELS},Test", "Usage 'Test' is none of Training, PublicTest, PrivateTest"),
        ("\xff\x00", "1 columns, not 3"),
    ],
    ids=[
        "too few pixels", "too many pixels", "a letter", "a level above 255", "a negative level", "a label in words",
        "a label above 6", "a negative label", "a very long row", "missing column", "an open quote", "unknown split", "bytes",
    ],
)  # fmt: skip
def test_a_broken_row_of_a_csv_is_named_and_left_out(tmp_path: Path, row: str, why: str) -> None:
    file = tmp_path / "fer2013.csv"
    rest = "".join(f"{label},{PIXELS},Training\n" for label in range(1, 7))
    file.write_text(f"{HEADER}0,{PIXELS},Training\n{row}\n{rest}", encoding="latin-1")
    content = read_layout(file)
    assert [str(skipped) for skipped in content.skipped] == ([f"line 3: {why}"] if why else [])
    used = [(0, 0), *((label + 1, label) for label in range(1, 7))]
    assert [(each.number, each.label) for each in content.rows if each.number != 1] == used


@pytest.mark.parametrize("header", ["emotion, Usage, pixels", '"emotion","Usage","pixels"'])
def test_a_csv_may_have_another_order_of_columns_quotes_and_line_ends(tmp_path: Path, header: str) -> None:
    file = tmp_path / "icml_face_data.csv"
    lines = [header, *(f'{label},PublicTest,"{PIXELS}"' for label in range(7)), "", ""]
    file.write_bytes(("\ufeff" + "\r\n".join(lines)).encode())
    content = read_layout(file)
    assert [(row.split, row.number, row.label, row.image[47, 47]) for row in content.rows] == [
        ("PublicTest", label, label, 7) for label in range(7)
    ]
    assert content.skipped == []


def test_blank_lines_of_a_csv_are_not_rows_but_count_as_lines(tmp_path: Path) -> None:
    file = tmp_path / "fer2013.csv"
    lines = [f"{label},{PIXELS},Training" for label in range(7)]
    file.write_text(HEADER + "\n".join([lines[0], "", "broken", " ", *lines[1:]]), encoding="utf-8")
    content = read_layout(file)
    assert [skipped.where for skipped in content.skipped] == ["line 4"]
    assert [(row.number, row.label) for row in content.rows] == [(0, 0), *((label + 1, label) for label in range(1, 7))]


def test_a_path_that_does_not_exist_is_named(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=f"nowhere: no such file or folder; {WHAT_TO_GIVE}"):
        read_layout(tmp_path / "nowhere")


def test_an_empty_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=f"is empty; {WHAT_TO_GIVE}"):
        read_layout(tmp_path)


def test_pictures_that_are_not_from_fer2013_are_refused(tmp_path: Path, kind: str) -> None:
    if kind == "zip":
        with zipfile.ZipFile(tmp_path / "set", "w") as archive:
            archive.writestr("happy/holiday.png", png(GREY))
    else:
        (tmp_path / "set").mkdir()
        (tmp_path / "set" / "holiday.png").write_bytes(png(GREY))
    with pytest.raises(UsageError, match=rf"set: is not FER2013: no picture .* train/happy/Training_7\.png; {WHAT_TO_GIVE}"):
        read_layout(tmp_path / "set")


@pytest.mark.parametrize(
    ("missing", "names"), [(["train/disgust"], "train/disgust"), (["test/fear", "train/sad"], "test/fear, train/sad")]
)
@pytest.mark.parametrize("write", [write_folder, write_zip, write_csv])
def test_a_missing_class_is_refused(
    tmp_path: Path, write: Callable[[Path, list[Row]], Path], missing: list[str], names: str
) -> None:
    path = write(tmp_path / "set", [row for row in rows() if row.file.rpartition("/")[0] not in missing])
    with pytest.raises(UsageError, match=f"no pictures in {names}; part of FER2013 is missing, get it again"):
        read_layout(path)


@pytest.mark.parametrize("content", [b"", b"a text\n", b"\xff\xd8\xff\xe0 a photo \x00" * 9], ids=["empty", "text", "binary"])
def test_a_file_that_is_not_a_csv_is_refused(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "file"
    file.write_bytes(content)
    with pytest.raises(UsageError, match=f"file: is not FER2013: neither a zip nor a CSV with .*; {WHAT_TO_GIVE}"):
        read_layout(file)


def test_a_csv_without_a_usable_row_is_refused_with_the_reason(tmp_path: Path) -> None:
    file = tmp_path / "fer2013.csv"
    file.write_text(f"{HEADER}7,{PIXELS},Training\n", encoding="utf-8")
    with pytest.raises(UsageError, match=r"holds no face that can be used \(line 2: emotion '7' is not 0 to 6\)"):
        read_layout(file)


def test_a_zip_with_a_damaged_picture_is_refused(tmp_path: Path) -> None:
    path = write_zip(tmp_path / "archive.zip", rows())
    content = bytearray(path.read_bytes())
    content[content.index(b"IDAT") + 10] ^= 0xFF
    path.write_bytes(content)
    with pytest.raises(UsageError, match=r"archive\.zip: damaged: .*; download it again"):
        read_layout(path)


def test_a_truncated_zip_is_refused(tmp_path: Path) -> None:
    path = write_zip(tmp_path / "archive.zip", rows())
    path.write_bytes(path.read_bytes()[:5000])
    with pytest.raises(UsageError, match=r"archive\.zip: damaged: .*; download it again"):
        read_layout(path)


def test_a_broken_link_is_named_and_left_out(tmp_path: Path) -> None:
    folder = write_folder(tmp_path / "set", rows())
    (folder / "train" / "happy" / "Training_90.png").symlink_to(tmp_path / "gone")
    assert [str(skipped) for skipped in read_layout(folder).skipped] == [
        "train/happy/Training_90.png: cannot be read: No such file or directory"
    ]


def test_a_folder_without_train_can_be_read(tmp_path: Path) -> None:
    folder = write_folder(tmp_path / "set", rows())
    shutil.rmtree(folder / "train")
    assert {row.split for row in read_layout(folder).rows} == {"PublicTest", "PrivateTest"}


@pytest.mark.skipif(sys.platform == "win32", reason="links need a special permission there")
def test_folders_may_be_links_even_in_a_circle(tmp_path: Path) -> None:
    real = write_folder(tmp_path / "real", rows())
    linked = tmp_path / "linked"
    linked.mkdir()
    for name in ("train", "test"):
        (linked / name).symlink_to(real / name)
    (real / "train" / "again").symlink_to(linked)
    assert len(read_layout(linked).rows) == len(rows())
    assert read_fer2013(linked).splits["Training"].images.shape == (28, 48, 48)


def test_names_of_labels_may_have_capitals(tmp_path: Path, kind: str) -> None:
    content = read_layout(write_pictures(tmp_path / "set", kind, {"train/Happy/Training_90.png": png(GREY)}))
    [row] = [row for row in content.rows if row.number == 90]
    assert row.label == LABELS.index("happy")


def test_a_zip_may_have_names_with_backslashes(tmp_path: Path) -> None:
    path = tmp_path / "set.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for row in rows():
            archive.writestr(row.file, png(row.face))
    path.write_bytes(path.read_bytes().replace(b"train/", b"train\\"))
    assert len(read_layout(path).rows) == len(rows())


def test_a_second_picture_of_a_row_is_left_out(tmp_path: Path, kind: str) -> None:
    first = rows()[0]
    content = read_layout(write_pictures(tmp_path / "set", kind, {f"copy/{first.file}": png(first.face)}))
    assert len(content.rows) == len(rows())
    assert [str(one) for one in content.skipped] == [f"{first.file}: another picture of this row is there already"]


def test_a_csv_and_a_folder_have_the_same_rows(tmp_path: Path) -> None:
    from_csv = read_layout(write_csv(tmp_path / "fer2013.csv", rows())).rows
    from_folder = read_layout(write_folder(tmp_path / "set", rows())).rows
    assert [(row.split, row.number, row.label) for row in from_csv] == sorted(
        ((row.split, row.number, row.label) for row in from_folder), key=lambda row: row[1]
    )
