"""How large the picture is that faces are looked for in: as small as the faces being seen allow, full size now and then."""

from __future__ import annotations

import logging
import math
from collections.abc import Sequence

from live_monitor.detect.detector import FaceFinder, merge_overlapping
from live_monitor.detect.look import COARSE_SIDE_PX, look
from live_monitor.types import Box, Detection, Frame, Image

logger = logging.getLogger(__name__)

FULL_LOOK_EVERY_S = 1.0
CALM_FULL_LOOK_EVERY_S = 2.0
"""Time between two looks at full size, which find somebody new who is smaller than all who are there; the longer one after
a look that found nobody new."""

SEARCH_AGAIN_S = 0.2
"""A face that is lost is looked for in the other size at once, but not more often than this."""

LOST_ENLARGES = 1.5
"""A size at which a face was lost is too small by this."""

REMEMBER_S = 2.0
NEWCOMER_S = 0.4
"""How long a face decides on the size, and how long one that no look before has seen: most false faces are seen once."""

MOST_ENLARGED = 1.6
"""Small pictures are enlarged up to this, large ones never: faces of 12 pixels then become large enough to be found."""

SIDE_STEP_PX = 32
SHRINK = 0.8
"""The size rises at once, and falls when it may fall to this share: else it would flicker between two steps."""


class SizeToFit:
    """Chooses the size and looks, frame after frame. Belongs to one thread."""

    def __init__(self, finder: FaceFinder, min_face: int | None = None) -> None:
        """Sets the policy up.

        Args:
            finder: searches the pictures.
            min_face: longer side of the smallest face wanted, in pixels of the frame; None: what a full look finds that
                costs about the same for a picture of any size, see `FaceFinder.picture_px`.
        """
        self._finder = finder
        self._min_face = min_face
        self._wanted: list[tuple[float, float]] = []
        self._seen: list[Box] = []
        self._side_px = 0
        self._full_look_s = -math.inf
        self._full_look_every_s = FULL_LOOK_EVERY_S
        self._faces = 0

    def set_min_face(self, px: int | None) -> None:
        if px != self._min_face:
            self._min_face, self._side_px, self._full_look_s = px, 0, -math.inf

    def detect(self, frame: Frame) -> list[Detection]:
        """Faces of the next frame; frames come in the order of their media time."""
        since_full_s = frame.pts_s - self._full_look_s
        full_px = self._full_side_px(frame.image)
        full = since_full_s >= self._full_look_every_s or self._side_px >= full_px
        detections = self._look(frame.image, full_px if full else self._side_px)
        if self._count(detections) < self._faces and self._side_px < full_px and since_full_s >= SEARCH_AGAIN_S:
            detections, full = self._search_again(frame, detections, self._side_px if full else full_px), True
        if full:
            found_new = self._count(detections) > self._faces
            self._full_look_every_s = FULL_LOOK_EVERY_S if found_new else CALM_FULL_LOOK_EVERY_S
            self._full_look_s = frame.pts_s
        self._faces = self._count(detections)
        self._fit(frame, detections)
        return detections

    def look_once(self, image: Image) -> list[Detection]:
        """Faces of a picture on its own, looked at in full size."""
        return self._look(image, self._full_side_px(image))

    def _search_again(self, frame: Frame, detections: list[Detection], side_px: int) -> list[Detection]:
        """Adds the faces seen in the picture at another size; if there are any, the fitted size was too small."""
        merged = merge_overlapping([*detections, *self._look(frame.image, side_px)])
        if self._count(merged) > self._count(detections):
            self._wanted.append((frame.pts_s + REMEMBER_S, LOST_ENLARGES * self._side_px))
        return merged

    def _look(self, image: Image, side_px: int) -> list[Detection]:
        found = look(self._finder, image, side_px)
        if self._min_face is None:
            return found
        return [detection for detection in found if max(detection.box.width, detection.box.height) >= self._min_face]

    def _full_side_px(self, image: Image) -> int:
        height, width = map(int, image.shape[:2])
        scale = min(math.sqrt(self._finder.picture_px / (width * height)), MOST_ENLARGED)
        if self._min_face is not None:
            scale = min(self._finder.smallest_px / self._min_face, max(1.0, scale))
        return max(1, round(max(width, height) * scale))

    def _fit(self, frame: Frame, detections: Sequence[Detection]) -> None:
        """Sets the size for the next frames: the largest wanted lately."""
        sure = [found.box for found in detections if self._is_sure(found)]
        known, new = [box for box in sure if self._was_seen(box)], [box for box in sure if not self._was_seen(box)]
        for boxes, lasts_s in ((known, REMEMBER_S), (new, NEWCOMER_S)):
            if boxes:
                smallest = min(min(box.width, box.height) for box in boxes)
                side_px = max(frame.width, frame.height) * self._finder.smallest_px / max(smallest, 1.0)
                self._wanted.append((frame.pts_s + lasts_s, side_px))
        self._seen = sure
        self._wanted = [wish for wish in self._wanted if wish[0] >= frame.pts_s]
        wanted_px = max((side_px for _, side_px in self._wanted), default=0.0)
        side_px = max(COARSE_SIDE_PX, SIDE_STEP_PX * math.ceil(wanted_px / SIDE_STEP_PX))
        side_px = min(side_px, self._full_side_px(frame.image))
        if side_px > self._side_px or side_px <= SHRINK * self._side_px:
            self._side_px = side_px
            logger.info("%s: looks for faces in pictures of %d pixels, longest side", self._finder.name, side_px)

    def _was_seen(self, box: Box) -> bool:
        return any(box.intersection(seen) > 0 for seen in self._seen)

    def _is_sure(self, found: Detection) -> bool:
        return found.score is None or found.score >= self._finder.sure_score

    def _count(self, detections: Sequence[Detection]) -> int:
        return sum(map(self._is_sure, detections))
