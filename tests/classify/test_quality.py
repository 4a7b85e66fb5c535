"""What makes a face unreadable."""

from __future__ import annotations

import dataclasses

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from live_monitor.classify.quality import (
    BLURRED,
    EVERY_FACE,
    FAINT,
    TOO_BRIGHT,
    TOO_DARK,
    TOO_SMALL,
    TURNED,
    Limits,
    QualityGate,
    measure,
)
from live_monitor.types import Box, Detection
from tests.fakes import drawn_faces

FRONTAL = ((30.0, 40.0), (70.0, 40.0), (50.0, 60.0), (35.0, 80.0), (65.0, 80.0))
GOOD = Detection(Box(0, 0, 100, 100), 0.9, FRONTAL)
FACE = drawn_faces(1)
GATE = QualityGate(Limits(score=0.6))


def flaw(faces: NDArray[np.uint8] = FACE, found: Detection = GOOD) -> str:
    return GATE.flaws(faces, [found])[0]


def turned(nose_x: float) -> Detection:
    return dataclasses.replace(GOOD, landmarks=(*FRONTAL[:2], (nose_x, 60.0), *FRONTAL[3:]))


def test_a_good_face_has_no_flaw() -> None:
    assert flaw() == ""


def test_a_face_without_landmarks_or_score_is_judged_by_the_rest() -> None:
    assert flaw(found=Detection(GOOD.box)) == ""


@pytest.mark.parametrize(
    ("faces", "found", "expected"),
    [
        (FACE, dataclasses.replace(GOOD, box=Box(0, 0, 12, 14)), TOO_SMALL),
        ((FACE * 0.1).astype(np.uint8), GOOD, TOO_DARK),
        (np.minimum(255, FACE.astype(int) * 4).astype(np.uint8), GOOD, TOO_BRIGHT),
        (cv2.GaussianBlur(FACE[0], (0, 0), 4)[np.newaxis].astype(np.uint8), GOOD, BLURRED),
        (FACE, turned(80.0), TURNED),
        (FACE, turned(20.0), TURNED),
        (FACE, dataclasses.replace(GOOD, score=0.5), FAINT),
    ],
    ids=["small", "dark", "bright", "blurred", "to the left", "to the right", "faint"],
)
def test_a_flaw_is_named(faces: NDArray[np.uint8], found: Detection, expected: str) -> None:
    assert flaw(faces, found) == expected


def test_the_size_of_a_face_is_its_longer_side() -> None:
    least = GATE.limits.size_px
    assert flaw(found=dataclasses.replace(GOOD, box=Box(0, 0, 0.7 * least, least))) == ""
    assert flaw(found=dataclasses.replace(GOOD, box=Box(0, 0, 0.7 * least, 0.99 * least))) == TOO_SMALL


def test_only_pure_white_counts_as_too_bright() -> None:
    pale, white = (np.tile(np.array([40, level], np.uint8), (1, 48, 24)) for level in (240, 252))
    assert [measure(face, [GOOD]).clipped[0] for face in (pale, white)] == [0.0, 0.5]


def test_a_head_tilted_to_the_shoulder_is_not_turned_away() -> None:
    angle = np.deg2rad(40)
    tilted = tuple((x * np.cos(angle) - y * np.sin(angle), x * np.sin(angle) + y * np.cos(angle)) for x, y in FRONTAL)
    assert measure(FACE, [dataclasses.replace(GOOD, landmarks=tilted)]).turn[0] == pytest.approx(0, abs=1e-6)


def test_a_pale_face_does_not_count_as_blurred() -> None:
    pale = (100 + FACE * 0.25).astype(np.uint8)
    assert measure(pale, [GOOD]).sharpness[0] == pytest.approx(measure(FACE, [GOOD]).sharpness[0], rel=0.25)


def test_landmarks_all_in_one_point_count_as_turned_away() -> None:
    assert flaw(found=dataclasses.replace(GOOD, landmarks=((5.0, 5.0),) * 5)) == TURNED


def test_faces_are_judged_one_by_one() -> None:
    faces = np.concatenate([FACE, FACE // 10, FACE]).astype(np.uint8)
    assert GATE.flaws(faces, [GOOD] * 3) == ["", TOO_DARK, ""]


def test_without_faces_there_are_no_flaws() -> None:
    assert GATE.flaws(np.empty((0, 48, 48), np.uint8), []) == []


@pytest.mark.parametrize("level", [0, 255])
def test_a_gate_can_let_every_face_through(level: int) -> None:
    assert QualityGate(EVERY_FACE).flaws(np.full((1, 48, 48), level, np.uint8), [Detection(Box(0, 0, 1, 1), 0.0)]) == [""]
