"""Where faces are looked for, and how large that picture is.

Five times a second the whole frame is searched, reduced as far as the faces in it allow, and now and then at full size; in the
frames between, only the places where faces are expected.
"""

from __future__ import annotations

import logging
import math
from collections.abc import Iterable, Sequence

from live_monitor.detect.detector import SMALLEST_COPY, Expected, FaceFinder, Look, merge_overlapping, same_face
from live_monitor.detect.look import look
from live_monitor.detect.surroundings import QUICK, WIDE, Scale, Surroundings, pixels_around
from live_monitor.media_steps import MediaSteps
from live_monitor.scaling import MAX_ENLARGED
from live_monitor.types import Box, Detection, Frame, Image

logger = logging.getLogger(__name__)

EVERYWHERE_EVERY_S = 0.2
"""Time between two searches of the whole frame, in steps that all frame rates share. Faces are read as often, so that nobody
waits longer for a first label."""

FULL_LOOK_EVERY_S = 1.0
CALM_FULL_LOOK_EVERY_S = 2.0
"""Time between two searches at full size, which find newcomers smaller than everybody else; the longer one after a search that
found no more faces than the one before. The fitted size is decided then, not in every frame, so that it is the same at any frame
rate."""

SEARCH_AGAIN_S = 0.5
"""A face that is lost is looked for at the other size at once, but not more often than this: that long it stays in the result
anyway. The same holds for the search at full size after a cut, when nothing is known about how small the faces are."""

LOST_ENLARGES = 1.5
"""When a size loses a face that a search at full size sees in the same frame, it is too small by this factor."""

NEWCOMER_S = 0.4
"""A size chosen for somebody new is decided once more after this long: most false faces are seen only once."""

WORTH_IT = 0.6
"""Share of the whole frame's pixels, at the fitted size, above which looking only around faces is not worth it."""

SIDE_STEP_PX = 32
SHRINK = 0.8
"""The size rises at once, but falls only when it may fall to this share: otherwise it would flicker between two steps."""


class SizeToFit:
    """Chooses the size and looks, frame after frame. Belongs to one thread."""

    def __init__(self, finder: FaceFinder) -> None:
        """Sets the policy up.

        Args:
            finder: searches the pictures.
        """
        self._finder = finder
        self._min_face: int | None = None
        self._smaller_too = False
        self._everywhere = MediaSteps(EVERYWHERE_EVERY_S)
        self._expected: Sequence[Expected] = ()
        self._faces_before = 0
        self._side_px = 0
        self._full_look_due_s = self._searched_s = -math.inf
        self._fit_again_s = math.inf

    def set_min_face(self, px: int | None, *, smaller_too: bool) -> None:
        """See `FaceDetector`; None: what a search at full size finds, which costs about the same for a frame of any size."""
        if (px, smaller_too) != (self._min_face, self._smaller_too):
            self._min_face, self._smaller_too = px, smaller_too
            self._side_px, self._full_look_due_s = 0, -math.inf

    def detect(self, frame: Frame, expected: Sequence[Expected] | None) -> Look:
        """Faces of the next frame; frames come in the order of their media time."""
        full_px = self._full_side_px(frame.image)
        everywhere = self._everywhere.due(frame.pts_s) or expected is None
        self._expected = expected or ()
        if expected is None and frame.pts_s < self._full_look_due_s and self._may_search(frame):
            self._full_look_due_s = frame.pts_s
        if frame.pts_s >= self._full_look_due_s:
            return Look(self._full_look(frame, full_px), everywhere=True)
        if not everywhere and frame.pts_s < self._fit_again_s and self._is_worth_it(frame, full_px):
            found = self._look_around(frame.image)
            if found is not None:
                return Look(found, everywhere=False)
        return Look(self._fitted_look(frame, full_px), everywhere=True)

    def look_once(self, image: Image) -> list[Detection]:
        """Faces of a picture on its own, searched at full size."""
        return self._look(image, self._full_side_px(image))

    def _look(self, image: Image, side_px: int) -> list[Detection]:
        return self._large_enough(look(self._finder, image, side_px))

    def _look_around(self, image: Image) -> list[Detection] | None:
        """Looks where faces are expected, and nowhere when there are none; None when a known face is not found there.

        A known face that is lost is first looked for in wider surroundings, which costs far less than searching the whole frame.
        """
        if not self._expected:
            return []
        found = self._found_around(image, [face.box for face in self._expected], QUICK)
        faces = [face for face in found if face is not None]
        lost = [face.box for face, again in zip(self._expected, found, strict=True) if face.known and again is None]
        for again in self._found_around(image, lost, WIDE) if lost else ():
            if again is None or any(same_face(again, other) for other in faces):
                return None
            faces.append(again)
        return self._large_enough(faces)

    def _found_around(self, image: Image, boxes: Sequence[Box], scale: Scale) -> list[Detection | None]:
        around = Surroundings(image, boxes, scale)
        return around.found_again(self._finder.find(around.picture()))

    def _large_enough(self, found: Iterable[Detection]) -> list[Detection]:
        least = 0 if self._smaller_too else self._min_face or 0
        return [detection for detection in found if max(detection.box.width, detection.box.height) >= least]

    def _is_worth_it(self, frame: Frame, full_px: int) -> bool:
        scale = min(self._side_px, full_px) / max(frame.width, frame.height)
        return not self._expected or pixels_around(len(self._expected)) <= WORTH_IT * frame.width * frame.height * scale**2

    def _full_side_px(self, image: Image) -> int:
        height, width = map(int, image.shape[:2])
        by_picture = scale = min(math.sqrt(self._finder.picture_px / (width * height)), MAX_ENLARGED)
        if self._min_face is not None:
            scale = min(self._finder.smallest_px / self._min_face, max(1.0, by_picture))
        if self._smaller_too:
            scale = max(scale, by_picture)
        return max(1, round(max(width, height) * scale))

    def _full_look(self, frame: Frame, full_px: int) -> list[Detection]:
        """Searches at full size, adds faces that a smaller picture shows better, and decides on the size for the next frames."""
        detections = self._look(frame.image, full_px)
        self._plan(frame.pts_s, len(self._sure(detections)))
        if 0 < self._side_px < full_px and self._lost_somebody(detections):
            detections = self._with_lost(detections, self._look(frame.image, self._side_px))
        self._fit(frame, self._sure(detections), full_px)
        return detections

    def _fitted_look(self, frame: Frame, full_px: int) -> list[Detection]:
        """Searches at the fitted size, and at full size too if somebody is lost."""
        side_px = min(self._side_px, full_px)
        detections = self._look(frame.image, side_px)
        if frame.pts_s >= self._fit_again_s:
            self._fit(frame, self._sure(detections), side_px)
        if side_px < full_px and self._lost_somebody(detections) and self._may_search(frame):
            detections = self._with_lost(detections, self._look(frame.image, full_px))
        return detections

    def _may_search(self, frame: Frame) -> bool:
        """Whether an extra search is allowed again, see SEARCH_AGAIN_S; if so, its time is noted."""
        due = frame.pts_s - self._searched_s >= SEARCH_AGAIN_S
        if due:
            self._searched_s = frame.pts_s
        return due

    def _with_lost(self, detections: Sequence[Detection], others: Sequence[Detection]) -> list[Detection]:
        """Adds lost faces from a search at another size; the sure ones' boxes stay, or they would jump from size to size."""
        sure = [found for found in detections if self._is_sure(found)]
        faint = [found for found in detections if not self._is_sure(found)]
        lost = [found for found in others if _among(found.box, self._known())]
        return sure + [
            found for found in merge_overlapping([*faint, *lost]) if not any(same_face(found, known) for known in sure)
        ]

    def _lost_somebody(self, detections: Sequence[Detection]) -> bool:
        found = [detection.box for detection in detections]
        return not all(_among(box, found) for box in self._known())

    def _plan(self, now_s: float, faces: int) -> None:
        """Plans the next search at full size for a fixed time after this one was due, not after the frame that came then."""
        every_s = FULL_LOOK_EVERY_S if faces > self._faces_before else CALM_FULL_LOOK_EVERY_S
        self._faces_before = faces
        late_s = now_s - self._full_look_due_s
        self._full_look_due_s = now_s + every_s - (late_s if late_s < every_s else 0.0)

    def _fit(self, frame: Frame, sure: Sequence[Box], looked_px: int) -> None:
        """Sets the size for the next frames by the smallest face, and tries it: faces known before must be found at it too.

        The size rises at once, and falls only when it may fall far.
        """
        expected = [face.box for face in self._expected]
        anybody_new = not all(_among(box, expected) for box in sure)
        self._fit_again_s = frame.pts_s + NEWCOMER_S if anybody_new else math.inf
        wanted_px = self._wanted_px(frame, sure)
        if wanted_px > self._side_px or wanted_px <= SHRINK * self._side_px:
            self._use(frame, wanted_px)
        known = [box for box in sure if _among(box, self._known())] if expected else sure
        if self._side_px < looked_px:
            found = self._sure(self._look(frame.image, self._side_px))
            if not all(_among(box, found) for box in known):
                self._use(frame, LOST_ENLARGES * self._side_px)

    def _wanted_px(self, frame: Frame, boxes: Sequence[Box]) -> float:
        """Longest side of the smallest picture in which the finder sees all these faces."""
        smallest = min((min(box.width, box.height) for box in boxes), default=math.inf)
        wanted_px = max(frame.width, frame.height) * self._finder.smallest_px / max(smallest, 1.0)
        return max(SMALLEST_COPY.side_px, SIDE_STEP_PX * math.ceil(wanted_px / SIDE_STEP_PX))

    def _use(self, frame: Frame, side_px: float) -> None:
        side_px = min(round(side_px), self._full_side_px(frame.image))
        if side_px != self._side_px:
            self._side_px = side_px
            logger.info("%s: looks for faces in pictures with a longest side of %d pixels", self._finder.name, side_px)

    def _known(self) -> list[Box]:
        return [face.box for face in self._expected if face.known]

    def _sure(self, detections: Sequence[Detection]) -> list[Box]:
        return [found.box for found in detections if self._is_sure(found)]

    def _is_sure(self, found: Detection) -> bool:
        return found.score is None or found.score >= self._finder.sure_score


def _among(box: Box, boxes: Sequence[Box]) -> bool:
    return any(box.intersection(other) > 0 for other in boxes)
