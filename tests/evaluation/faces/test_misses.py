"""Pictures of misses: what is drawn, which ones are written, and where."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest

from live_monitor.errors import OutputError
from live_monitor.evaluation.faces import misses
from live_monitor.evaluation.faces.evaluate import evaluate
from live_monitor.evaluation.faces.matching import match
from live_monitor.evaluation.faces.misses import (
    FALSE_BGR,
    FOUND_BGR,
    IGNORED_BGR,
    MISSED_BGR,
    draw,
    make_folders,
    write_misses,
)
from live_monitor.types import Box, Detection, Image
from tests.evaluation.faces.made import marked, script, seen, square, write_picture
from tests.fakes import grey_picture

FOUND, MISSED, NOTHING, SKIPPED, TINY = square(20, 40), square(120, 40), square(220, 40), square(20, 140), square(120, 140, 12)
COLOURS = {"found": FOUND_BGR, "missed": MISSED_BGR, "false": FALSE_BGR, "ignored": IGNORED_BGR}


def outline(image: Image, box: Box, of_width: int = 320) -> tuple[int, ...]:
    """Colour in the middle of the box's left edge; the box is in pixels of a picture of that width."""
    scale = image.shape[1] / of_width
    return tuple(image[round((box.y1 + box.y2) / 2 * scale), round(box.x1 * scale)].tolist())


def drawn(*detections: Detection, threshold: float = 0.5) -> Image:
    return draw(grey_picture(10, 320, 240), match([FOUND, MISSED, TINY], [SKIPPED], detections), threshold, 20)


def test_each_kind_of_box_has_its_colour() -> None:
    image = drawn(seen(FOUND, 0.9), seen(NOTHING, 0.8), seen(SKIPPED, 0.7))
    assert outline(image, FOUND) == FOUND_BGR
    assert outline(image, MISSED) == MISSED_BGR
    assert outline(image, NOTHING) == FALSE_BGR
    assert outline(image, SKIPPED) == outline(image, TINY) == IGNORED_BGR


def test_detections_below_the_threshold_are_neither_found_nor_false() -> None:
    image = drawn(seen(FOUND, 0.4), seen(NOTHING, 0.4))
    assert outline(image, FOUND) == MISSED_BGR
    assert outline(image, NOTHING) == (10, 10, 10)


def test_a_false_detection_shows_its_score_if_it_has_one() -> None:
    bare, scored = drawn(seen(NOTHING)), drawn(seen(NOTHING, 0.8))
    assert not np.array_equal(bare, scored)
    above = slice(0, round(36 * scored.shape[0] / 240))
    assert (scored[above] == FALSE_BGR).all(axis=2).any()
    assert not (bare[above] == FALSE_BGR).all(axis=2).any()


@pytest.mark.parametrize("box", [square(-30, -30), square(300, 220), Box(-500, -500, 900, 900), Box(10, 10, 1e12, 1e12)])
def test_a_box_that_leaves_the_picture_can_be_drawn(box: Box) -> None:
    assert drawn(seen(box, 0.99)).shape == drawn().shape


def test_the_given_picture_is_not_modified() -> None:
    for size in ((320, 240), (1280, 960)):
        image = grey_picture(10, *size)
        draw(image, match([FOUND], [], []), 0.5, 20)
        assert (image == 10).all()


@pytest.mark.parametrize(
    ("given", "made"), [((320, 240), (640, 480)), ((1280, 960), (1280, 960)), ((640, 20), (1280, 40)), ((2000, 30), (2000, 30))]
)
def test_small_pictures_are_enlarged_within_bounds(given: tuple[int, int], made: tuple[int, int]) -> None:
    height, width = draw(grey_picture(10, *given), match([], [], []), 0.5, 20).shape[:2]
    assert (width, height) == made


def test_only_pictures_with_mistakes_are_written_in_one_folder_per_detector(tmp_path: Path) -> None:
    pictures = [
        marked(write_picture(tmp_path / f"{name}.jpg", level), FOUND) for name, level in (("a", 10), ("b", 20), ("c", 30))
    ]
    right = [seen(FOUND, 0.9)]
    detectors = [
        script("sharp", {10: right, 20: right, 30: right}),
        script("blurred", {10: right, 30: [*right, seen(NOTHING, 0.9)]}),
    ]
    out = tmp_path / "new" / "misses"
    make_folders(out, ["sharp", "blurred"])
    write_misses(evaluate(detectors, pictures), out)
    assert sorted(str(path.relative_to(out)) for path in out.rglob("*")) == ["blurred", "blurred/b.png", "blurred/c.png", "sharp"]
    written = cv2.imread(str(out / "blurred" / "b.png"))
    assert written is not None
    assert tuple(written[80, 40].tolist()) == MISSED_BGR


def test_of_many_pictures_the_worst_are_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(misses, "MAX_PICTURES", 2)
    faces = {"one": [FOUND], "three": [FOUND, MISSED, NOTHING], "two": [FOUND, MISSED]}
    pictures = [marked(write_picture(tmp_path / f"{name}.png"), *boxes) for name, boxes in faces.items()]
    make_folders(tmp_path / "out", ["blind"])
    write_misses(evaluate([script("blind", {})], pictures), tmp_path / "out")
    assert {path.name for path in (tmp_path / "out" / "blind").iterdir()} == {"two.png", "three.png"}


def test_pictures_with_the_same_name_do_not_replace_each_other(tmp_path: Path) -> None:
    names = ("a/face.png", "b/face.png", "b/face-2.png", "b/FACE.jpg")
    pictures = [marked(write_picture(tmp_path / name), FOUND) for name in names]
    make_folders(tmp_path / "out", ["blind"])
    write_misses(evaluate([script("blind", {})], pictures), tmp_path / "out")
    written = {path.name.lower() for path in (tmp_path / "out" / "blind").iterdir()}
    assert written == {"face.png", "face-2.png", "face-2-2.png", "face-3.png"}


def test_a_picture_deleted_before_it_is_drawn_is_left_out(tmp_path: Path) -> None:
    path = write_picture(tmp_path / "a.png")
    evaluation = evaluate([script("blind", {})], [marked(path, FOUND)])
    path.unlink()
    make_folders(tmp_path / "out", ["blind"])
    write_misses(evaluation, tmp_path / "out")
    assert not list((tmp_path / "out" / "blind").iterdir())


def test_a_folder_that_cannot_be_created_is_an_output_error(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(OutputError, match=r"file: is a file, not a folder"):
        make_folders(tmp_path / "file", ["haar"])


def test_an_unwritable_picture_leaves_nothing_behind(tmp_path: Path) -> None:
    evaluation = evaluate([script("blind", {})], [marked(write_picture(tmp_path / "a.png"), FOUND)])
    (tmp_path / "out" / "blind" / "a.png").mkdir(parents=True)
    with pytest.raises(OutputError, match=r"a\.png: cannot be written"):
        write_misses(evaluation, tmp_path / "out")
    assert [path.name for path in (tmp_path / "out" / "blind").iterdir()] == ["a.png"]


def test_a_box_that_ends_far_beyond_the_picture_shows_its_near_edges() -> None:
    image = draw(grey_picture(10, 320, 240), match([Box(10, 10, 1e12, 1e12)], [], []), 0.5, 20)
    assert tuple(image[image.shape[0] // 2, 20].tolist()) == MISSED_BGR
    assert (image[:, -10:] != MISSED_BGR).any(axis=2)[40:].all()
