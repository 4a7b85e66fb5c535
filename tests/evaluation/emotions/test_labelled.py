"""Reading the faces that are evaluated."""

from __future__ import annotations

import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from live_monitor.errors import UsageError
from live_monitor.evaluation.emotions.labelled import at_face_size, from_fer2013, from_npz
from live_monitor.labels import FERPLUS_LABELS
from tests.dataset.made import rows
from tests.evaluation.emotions.made import SEEN, TRUE, plain_faces

IMAGES = plain_faces(range(3))


def test_a_split_of_fer2013_has_its_faces_and_labels(fer2013: Path) -> None:
    faces = from_fer2013(fer2013, "PublicTest", None)
    expected = [row for row in rows() if row.usage == "PublicTest"]
    assert (faces.name, len(faces), faces.majority) == ("PublicTest", 14, None)
    np.testing.assert_array_equal(faces.images, [row.face for row in expected])
    assert faces.labels.tolist() == [row.label for row in expected]


def test_each_face_gets_the_majority_vote_of_its_own_row(numbered: Path, votes: Path) -> None:
    majority = from_fer2013(numbered, "PublicTest", votes).majority
    assert majority is not None
    assert majority.tolist() == [
        FERPLUS_LABELS.index("neutral"),
        -1,
        FERPLUS_LABELS.index("happiness"),
        *[FERPLUS_LABELS.index("neutral")] * 11,
    ]


def test_votes_for_other_rows_are_refused(fer2013: Path, votes: Path) -> None:
    with pytest.raises(UsageError, match="votes do not fit"):
        from_fer2013(fer2013, "PublicTest", votes)


def test_an_npz_gives_its_faces_at_their_own_size(npz: Path) -> None:
    faces = from_npz(npz)
    assert (faces.name, faces.images.shape, faces.labels.tolist()) == ("faces.npz", (10, 60, 60), list(TRUE))


def test_faces_that_are_not_square_are_not_squashed(tmp_path: Path) -> None:
    np.savez(tmp_path / "faces.npz", images=plain_faces(range(3), 48)[:, :, 6:-5], labels=np.arange(3))
    images = from_npz(tmp_path / "faces.npz").images
    assert images.shape == (3, 48, 48)
    np.testing.assert_array_equal(images[:, :, 5:-6], plain_faces(range(3), 48)[:, :, 6:-5])


def test_faces_are_resized_to_48_pixels() -> None:
    np.testing.assert_array_equal(at_face_size(plain_faces(SEEN, 96)), plain_faces(SEEN))


@pytest.mark.parametrize("dtype", [np.uint8, np.int32, np.int64])
def test_labels_may_be_integers_of_any_type(tmp_path: Path, dtype: type) -> None:
    np.savez(tmp_path / "faces.npz", images=IMAGES, labels=np.arange(3).astype(dtype))
    assert from_npz(tmp_path / "faces.npz").labels.dtype == np.int64


@pytest.mark.parametrize(
    ("arrays", "complaint"),
    [
        ({"images": IMAGES}, "labels is not a file in the archive"),
        ({"labels": np.arange(3)}, "images is not a file in the archive"),
        ({"images": IMAGES / 255, "labels": np.arange(3)}, "images are float64 (3, 48, 48)"),
        ({"images": IMAGES[0], "labels": np.arange(3)}, "images are uint8 (48, 48)"),
        ({"images": IMAGES[:0], "labels": np.arange(0)}, "images are uint8 (0, 48, 48)"),
        ({"images": IMAGES, "labels": np.arange(2)}, "labels are int64 (2,) for 3 images"),
        ({"images": IMAGES, "labels": np.eye(3, dtype=int)}, "labels are int64 (3, 3) for 3 images"),
        ({"images": IMAGES, "labels": np.array([0, 1, 7])}, "label 7 is not 0 to 6"),
        ({"images": IMAGES, "labels": np.array([0, -1, 2])}, "label -1 is not 0 to 6"),
        ({"images": IMAGES, "labels": np.array([0, 1, 2.5])}, "labels are float64, not whole numbers"),
        ({"images": IMAGES, "labels": np.array(["a", "b", "c"])}, "labels are <U1, not whole numbers"),
        ({"images": np.array([None] * 3), "labels": np.arange(3)}, "not a .npz file that can be read"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_an_npz_with_other_arrays_is_refused_in_one_line(tmp_path: Path, arrays: dict[str, Any], complaint: str) -> None:
    path = tmp_path / "faces.npz"
    np.savez(path, **arrays)
    assert_refused(path, complaint)


@pytest.mark.parametrize(
    ("compression", "content"),
    [
        (zipfile.ZIP_STORED, b"words"),
        (zipfile.ZIP_STORED, b"\x93NUMPY\x01\x00\x10\x00{'descr': (((((("),
        (zipfile.ZIP_LZMA, b"words"),
    ],
    ids=["not an array", "damaged header", "compressed"],
)
def test_an_archive_without_arrays_is_refused_in_one_line(tmp_path: Path, compression: int, content: bytes) -> None:
    path = tmp_path / "faces.npz"
    with zipfile.ZipFile(path, "w", compression) as archive:
        for name in ("images.npy", "labels.npy"):
            archive.writestr(name, content)
    if compression == zipfile.ZIP_LZMA:
        whole = path.read_bytes()
        path.write_bytes(whole[:60] + b"\xff" * 8 + whole[68:])  # where the compressed words are
    assert_refused(path, "not a .npz file that can be read")


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 cut off", b"no archive at all", b"\x93NUMPY\x01\x00"])
def test_a_file_that_is_not_an_npz_is_refused_in_one_line(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "faces.npz"
    path.write_bytes(content)
    assert_refused(path, "not a .npz file that can be read")


def test_a_single_array_is_not_an_npz(tmp_path: Path) -> None:
    path = tmp_path / "faces.npy"
    np.save(path, IMAGES)
    assert_refused(path, "not a .npz file that can be read")


def test_a_damaged_npz_is_refused_in_one_line(tmp_path: Path) -> None:
    path = tmp_path / "faces.npz"
    np.savez_compressed(path, images=IMAGES, labels=np.arange(3))
    content = bytearray(path.read_bytes())
    content[60:90] = bytes(30)
    path.write_bytes(content)
    assert_refused(path, "not a .npz file that can be read")


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    assert_refused(tmp_path / "gone.npz", "cannot be read: No such file or directory")


def assert_refused(path: Path, complaint: str) -> None:
    with pytest.raises(UsageError) as caught:
        from_npz(path)
    message = str(caught.value)
    assert message.startswith(f"{path}: ")
    assert complaint in message
    assert message.endswith("give a .npz with images uint8 (n, h, w) and labels (n,) of 0 to 6")
    assert "\n" not in message
