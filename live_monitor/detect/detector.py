"""What finds faces, on two levels: a finder looks once at one picture, a detector decides how to look at each frame."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol

from live_monitor.types import Detection, Frame, Image

FAINT = 0.7
"""Share of the score of a sure face from which live view hears of a hit."""

SAME_FACE_OVERLAP = 0.6
"""Two boxes are one face when they share this much of the smaller one's area."""


class FaceFinder(Protocol):
    """A network or cascade: finds the faces of one picture, at the size the picture has. Belongs to one thread."""

    @property
    def name(self) -> str:
        """What --detector takes."""

    @property
    def sure_score(self) -> float:
        """Score from which a hit is a face; fainter ones, which it reports too, can only be a face that was there before."""

    @property
    def smallest_px(self) -> int:
        """Shorter side of the smallest face that it finds dependably, in pixels of the picture it is given."""

    @property
    def picture_px(self) -> int:
        """Pixels, width times height, that a picture should have when nobody says how small a face may be."""

    @property
    def wants_coarse_look(self) -> bool:
        """True when it misses faces that fill a large picture, and so must see a small copy of it too."""

    def find(self, picture: Image) -> list[Detection]:
        """Faces of uint8 (H, W, 3) BGR of any size, in pixels of that picture, any order, none twice."""


class FaceDetector(Protocol):
    """Finds the faces of a sequence of frames. Only the analysis thread calls it."""

    def set_min_face(self, px: int | None) -> None:
        """Longer side of the smallest face wanted from now on, in pixels of the frame; None: chosen by the picture."""

    def detect(self, frame: Frame) -> list[Detection]:
        """Faces in pixels of the frame, faint ones too, any order, none twice."""


def merge_overlapping(detections: Iterable[Detection]) -> list[Detection]:
    """Keeps one detection a face: of those that overlap by SAME_FACE_OVERLAP the one with the highest score.

    Returns:
        The detections kept, highest score first; None counts as 0.
    """
    kept: list[Detection] = []
    for detection in sorted(detections, key=lambda detection: -(detection.score or 0.0)):
        if not any(same_face(detection, other) for other in kept):
            kept.append(detection)
    return kept


def same_face(one: Detection, other: Detection) -> bool:
    """Whether two boxes overlap by SAME_FACE_OVERLAP."""
    return one.box.intersection(other.box) >= SAME_FACE_OVERLAP * min(one.box.area, other.box.area)
