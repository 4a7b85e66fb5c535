"""What finds faces, on two levels: a finder searches one picture once, a detector decides how to search each frame."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Sequence
from typing import NamedTuple, Protocol

from live_monitor.types import Box, Detection, Frame, Image

FAINT = 0.7
"""Share of a sure face's score from which a hit is reported to the live view."""

SAME_FACE_OVERLAP = 0.6
"""Two boxes are one face when they share this much of the smaller one's area."""

MIRRORED_LANDMARKS = (1, 0, 2, 4, 3)
"""What each of a face's landmarks (right eye, left eye, nose, right and left corner of the mouth) becomes in the mirror."""


class FaceFinder(Protocol):
    """A network or cascade: finds the faces of one picture, at the size the picture has. Belongs to one thread."""

    @property
    def name(self) -> str:
        """What --detector takes."""

    @property
    def sure_score(self) -> float:
        """Score from which a hit is a face; fainter hits, which it reports too, can only be faces that were there before."""

    @property
    def smallest_px(self) -> int:
        """Shorter side of the smallest face that it finds dependably, in pixels of the picture it is given."""

    @property
    def picture_px(self) -> int:
        """Pixels, width times height, that a picture should have when nobody says how small a face may be."""

    @property
    def copies(self) -> tuple[Copy, ...]:
        """Smaller copies of a large picture that it must see too, as it misses faces that fill the picture."""

    @property
    def doubts(self) -> Doubts | None:
        """How it judges small hits with a closer look; None: it does not."""

    def find(self, picture: Image) -> list[Detection]:
        """Faces of uint8 (H, W, 3) BGR of any size, in pixels of that picture, any order, none twice."""


class Copy(NamedTuple):
    """A smaller copy of a picture, to be searched too.

    Attributes:
        side_px: its longest side.
        least_face_px: width in the copy from which a face counts; a smaller one is seen better in the larger picture.
    """

    side_px: int
    least_face_px: float


SMALLEST_COPY = Copy(320, 25)
"""On the pictures kept apart, searching at 640 pixels and in this copy too gave an average precision of 0.987; when only faces
of 50 pixels and up counted in the copy, 0.982."""


class Doubts(NamedTuple):
    """How a finder judges hits with a closer look.

    Attributes:
        finder: the same one, reporting hits from a lower score on.
        least_score: score from which a hit is reported after the closer look.
    """

    finder: FaceFinder
    least_score: float


class Expected(NamedTuple):
    """A face that should be in the next frame.

    Attributes:
        box: where, in pixels of the frame.
        known: it counts and was seen in the last frame, so that it is looked for everywhere if it is not found at once.
    """

    box: Box
    known: bool


class Look(NamedTuple):
    """What a detector found in a frame.

    Attributes:
        faces: in pixels of the frame, faint ones too, any order, none twice.
        everywhere: False when it looked only where faces were expected, which says nothing about newcomers.
    """

    faces: list[Detection]
    everywhere: bool


class FaceDetector(Protocol):
    """Finds the faces of a sequence of frames. Only the analysis thread calls it."""

    def set_min_face(self, px: int | None, *, smaller_too: bool) -> None:
        """Sets the smallest face to look for from now on.

        Args:
            px: longer side of the smallest face wanted, in pixels of the frame; None: chosen to fit the picture.
            smaller_too: also find the smaller faces that would be found with None.
        """

    def detect(self, frame: Frame, expected: Sequence[Expected] | None) -> Look:
        """Searches the next frame of a sequence, in which these faces should be; None: nothing is known about it."""


def in_pixels_of(found: Detection, scale: tuple[float, float], shift: tuple[float, float] = (0.0, 0.0)) -> Detection:
    """A detection in pixels of another picture, where its point (x, y) is (x, y) * scale + shift."""
    (across, down), (right, below), (x1, y1, x2, y2) = scale, shift, found.box
    box = Box(x1 * across + right, y1 * down + below, x2 * across + right, y2 * down + below)
    points = found.landmarks and tuple((x * across + right, y * down + below) for x, y in found.landmarks)
    return dataclasses.replace(found, box=box, landmarks=points)


def mirrored(found: Detection, width_px: float) -> Detection:
    """A detection in the mirror image of its picture, which has this width."""
    x1, y1, x2, y2 = found.box
    points = found.landmarks and [found.landmarks[point] for point in MIRRORED_LANDMARKS]
    there = points and tuple((width_px - x, y) for x, y in points)
    return dataclasses.replace(found, box=Box(width_px - x2, y1, width_px - x1, y2), landmarks=there or None)


def merge_overlapping(detections: Iterable[Detection]) -> list[Detection]:
    """Keeps one detection for each face: of those that overlap by SAME_FACE_OVERLAP, the one with the highest score.

    Returns:
        The detections kept, highest score first; a score of None counts as 0.
    """
    kept: list[Detection] = []
    for detection in sorted(detections, key=lambda detection: -(detection.score or 0.0)):
        if not any(same_face(detection, other) for other in kept):
            kept.append(detection)
    return kept


def same_face(one: Detection, other: Detection) -> bool:
    """Whether two boxes overlap by SAME_FACE_OVERLAP."""
    return overlap(one.box, other.box) >= SAME_FACE_OVERLAP


def overlap(one: Box, other: Box) -> float:
    """Share of the smaller box's area that both cover, 0..1."""
    shared = one.intersection(other)
    return shared / min(one.area, other.area) if shared else 0.0
