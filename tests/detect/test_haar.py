"""The Viola-Jones detector on drawn and on real faces."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from live_monitor.detect.haar import FRONTAL, PROFILE, HaarFinder
from live_monitor.detect.size_to_fit import SizeToFit
from live_monitor.errors import ModelError
from live_monitor.types import Box, Image
from tests.fakes import PORTRAIT_FACE, drawn_portrait, grey_picture

SINGLE_FACES = ("angry.jpg", "disgusted.jpg", "fearful.jpg", "neutral.jpg", "sad.jpg", "surprised.jpg")
PROFILE_PHOTO = "45-m7-di-ph.jpg"
MIN_FOUND_IN_GALLERY = 0.95


def read(photo: Path) -> Image:
    image = cv2.imread(str(photo))
    assert image is not None, photo
    return image.astype(np.uint8, copy=False)


def mirrored(image: Image) -> Image:
    return np.ascontiguousarray(image[:, ::-1])


def boxes(finder: HaarFinder, image: Image) -> list[Box]:
    """The faces it is sure of: fainter hits can only be faces that are known already."""
    return [found.box for found in finder.find(image) if found.score is not None and found.score >= finder.sure_score]


def opencv_cascade(name: str) -> Path:
    return Path(cv2.__file__).parent / "data" / name


def overlap(one: Box, other: Box) -> float:
    """Intersection over union, 0..1."""
    common = one.intersection(other)
    return common / (one.area + other.area - common)


@pytest.fixture(scope="module")
def finder() -> HaarFinder:
    return HaarFinder()


@pytest.fixture(scope="module")
def profile_finder() -> HaarFinder:
    return HaarFinder(profile=True)


def test_a_face_is_found_where_it_is(finder: HaarFinder) -> None:
    [box] = boxes(finder, drawn_portrait())
    assert overlap(box, PORTRAIT_FACE) > 0.6


def test_boxes_are_in_pixels_of_the_full_picture_whatever_its_size(finder: HaarFinder) -> None:
    enlarged = cv2.resize(drawn_portrait(), None, fx=5, fy=5).astype(np.uint8, copy=False)
    [box] = boxes(finder, enlarged)
    assert overlap(box, Box(*(5 * value for value in PORTRAIT_FACE))) > 0.6


def test_no_face_is_found_in_a_plain_grey_picture(finder: HaarFinder) -> None:
    assert boxes(finder, grey_picture(128, 640, 480)) == []


@pytest.mark.parametrize(("width", "height"), [(1, 1), (1, 480), (640, 2), (23, 23)])
def test_a_picture_too_small_for_a_face_is_no_error(profile_finder: HaarFinder, width: int, height: int) -> None:
    assert boxes(profile_finder, grey_picture(128, width, height)) == []


def test_a_clearer_face_has_a_higher_score(finder: HaarFinder) -> None:
    portrait = drawn_portrait()
    [sharp] = finder.find(portrait)
    [faint] = finder.find(cv2.GaussianBlur(portrait, (0, 0), 8).astype(np.uint8, copy=False))
    assert sharp.score is not None
    assert faint.score is not None
    assert 0 < faint.score < sharp.score < 1


def test_your_own_cascade_replaces_the_frontal_one() -> None:
    number_plates = HaarFinder(cascade=opencv_cascade("haarcascade_russian_plate_number.xml"))
    assert boxes(number_plates, drawn_portrait()) == []


def test_giving_the_default_cascade_changes_nothing(finder: HaarFinder) -> None:
    given = HaarFinder(cascade=opencv_cascade(FRONTAL))
    assert boxes(given, drawn_portrait()) == boxes(finder, drawn_portrait())


def test_a_cascade_is_read_even_if_opencv_cannot_open_its_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class OnWindows:
        """Not a subclass: subclasses of OpenCV's classes crash the garbage collector."""

        def __init__(self, real: Callable[[], cv2.CascadeClassifier] = cv2.CascadeClassifier) -> None:
            self._real = real()

        def load(self, filename: str) -> bool:
            return filename.isascii() and self._real.load(filename)

        def __getattr__(self, name: str) -> Any:
            return getattr(self._real, name)

    monkeypatch.setattr(cv2, "CascadeClassifier", OnWindows)
    cascade = tmp_path / "J\u00fcrgen" / "own.xml"
    cascade.parent.mkdir()
    cascade.write_bytes(opencv_cascade(FRONTAL).read_bytes())
    assert boxes(HaarFinder(cascade=cascade), drawn_portrait()) == boxes(HaarFinder(), drawn_portrait())
    for damaged in (b"", b"\xff", b"not xml", b"<opencv_storage><a>1</a></opencv_storage>", cascade.read_bytes()[:20_000]):
        cascade.write_bytes(damaged)
        with pytest.raises(ModelError, match=r"own\.xml: not a cascade that OpenCV can read"):
            HaarFinder(cascade=cascade)


def test_a_missing_cascade_is_named(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"no\.xml: no such cascade file"):
        HaarFinder(cascade=tmp_path / "no.xml")


@pytest.mark.parametrize("content", ["", "not xml", "<?xml version='1.0'?><opencv_storage><a>1</a></opencv_storage>"])
def test_a_file_that_is_not_a_cascade_is_refused(tmp_path: Path, content: str) -> None:
    broken = tmp_path / "broken.xml"
    broken.write_text(content, encoding="utf-8")
    with pytest.raises(ModelError, match=r"broken\.xml: not a cascade that OpenCV can read"):
        HaarFinder(cascade=broken)


def test_a_truncated_cascade_is_refused(tmp_path: Path) -> None:
    broken = tmp_path / "broken.xml"
    broken.write_bytes(opencv_cascade(FRONTAL).read_bytes()[:20_000])
    with pytest.raises(ModelError, match=r"broken\.xml: not a cascade that OpenCV can read"):
        HaarFinder(cascade=broken)


def test_a_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="no such cascade file"):
        HaarFinder(cascade=tmp_path)


def test_a_missing_profile_cascade_is_named_with_how_to_get_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cv2.data, "haarcascades", str(tmp_path))  # type: ignore[attr-defined]
    with pytest.raises(ModelError, match=rf'{PROFILE}: not found in .* pip install --force-reinstall "opencv-python'):
        HaarFinder(cascade=opencv_cascade(FRONTAL), profile=True)


@pytest.mark.parametrize("name", SINGLE_FACES)
def test_one_face_is_found_in_a_photo_of_one_person(finder: HaarFinder, shared_data: Path, name: str) -> None:
    assert len(boxes(finder, read(shared_data / "photos" / name))) == 1


def test_no_face_is_found_in_a_drawing_of_mountains(profile_finder: HaarFinder, shared_data: Path) -> None:
    assert boxes(profile_finder, read(shared_data / "photos" / "free-mountain-vector-01.jpg")) == []


def test_most_of_a_historic_group_of_29_are_found_and_nobody_twice(finder: HaarFinder, shared_data: Path) -> None:
    photo = read(shared_data / "photos" / "solvay1927.jpg")
    found = [detection.box for detection in SizeToFit(finder).look_once(photo)]
    assert 20 <= len(found) <= 29
    assert max(overlap(one, other) for one in found for other in found if one is not other) < 0.5


def test_a_face_from_the_side_is_found_only_on_request(finder: HaarFinder, profile_finder: HaarFinder, shared_data: Path) -> None:
    photo = read(shared_data / "photos" / PROFILE_PHOTO)
    assert boxes(finder, photo) == []
    assert len(boxes(profile_finder, photo)) == 1


def test_faces_turned_to_either_side_are_found(profile_finder: HaarFinder, shared_data: Path) -> None:
    photo = read(shared_data / "photos" / PROFILE_PHOTO)
    photo = np.hstack([photo, np.full_like(photo, 128)])
    [one_way] = boxes(profile_finder, photo)
    [other_way] = boxes(profile_finder, mirrored(photo))
    width = photo.shape[1]
    assert overlap(one_way, Box(width - other_way.x2, other_way.y1, width - other_way.x1, other_way.y2)) > 0.8


def test_nearly_all_faces_of_a_call_of_nine_are_found_each_in_its_own_tile(finder: HaarFinder, shared_data: Path) -> None:
    frames = every_nth_frame(shared_data / "videos" / "call_gallery_9.mp4", 60)
    found = 0
    for frame in frames:
        height, width = frame.shape[:2]
        centres = [detection.box.centre for detection in SizeToFit(finder).look_once(frame)]
        tiles = [(int(3 * x / width), int(3 * y / height)) for x, y in centres]
        assert len(set(tiles)) == len(tiles)
        found += len(tiles)
    assert found >= MIN_FOUND_IN_GALLERY * 9 * len(frames)


def test_no_face_is_found_in_a_video_without_faces(profile_finder: HaarFinder, shared_data: Path) -> None:
    frames = every_nth_frame(shared_data / "videos" / "no_face.mp4", 10)
    assert [boxes(profile_finder, frame) for frame in frames] == [[]] * len(frames)


def every_nth_frame(video: Path, step: int) -> list[Image]:
    capture = cv2.VideoCapture(str(video))
    frames = []
    index = 0
    while capture.grab():
        if index % step == 0:
            frames.append(capture.retrieve()[1].astype(np.uint8, copy=False))
        index += 1
    capture.release()
    assert frames, video
    return frames
