"""Stand-ins for camera, clock, display, detector and engine, and small videos made on the spot."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Container, Iterable, Sequence
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from live_monitor.classify.classifier import EmotionClassifier
from live_monitor.classify.engine import Engine
from live_monitor.classify.probabilities import Calibration
from live_monitor.detect.detector import Copy, Doubts, Expected, Look
from live_monitor.errors import SourceError
from live_monitor.labels import FERPLUS_LABELS, LABELS, UNSURE
from live_monitor.stages import Stages
from live_monitor.types import Box, Detection, Frame, Image, Reading, Track
from tests.drawn_faces import Expression, draw_face

FACE = Box(10, 10, 30, 30)

AS_THEY_ARE = Calibration.of_temperature(1.0)
"""Changes no logit."""


class FakeClock:
    """Time that passes only when somebody waits, and then at once."""

    def __init__(self) -> None:
        self.now_s = 100.0
        self.waits: list[float] = []

    def now(self) -> float:
        return self.now_s

    def wait(self, stop: threading.Event, seconds: float) -> None:
        if seconds > 0 and not stop.is_set():
            self.waits.append(seconds)
            self.now_s += seconds


class FakeSource:
    """Plays a script: a number is the media time of a picture, None a failed read, "hang" a read that waits for `let_go`.

    `failing_opens` are the attempts to open it that fail, the first being 1. Picture i is uniformly grey of level 10 * i
    (modulo 250). When the script is over, every read fails.
    """

    name = "fake"
    open_timeout_s = 9.0

    def __init__(
        self,
        script: Iterable[float | str | None],
        *,
        live: bool = False,
        failing_opens: Container[int] = (),
        open_hangs: bool = False,
    ) -> None:
        self.live = live
        self.opened = 0
        self.closed = 0
        self.hanging = threading.Event()
        self._script = iter(script)
        self._failing_opens = failing_opens
        self._open_hangs = open_hangs
        self._let_go = threading.Event()
        self._grabbed = -1

    def open(self) -> None:
        self.opened += 1
        if self._open_hangs:
            self.hanging.set()
            self._let_go.wait()
        if self.opened in self._failing_opens:
            raise SourceError("fake: cannot be opened; plug it in")

    def grab(self) -> float | None:
        step = next(self._script, None)
        if step == "hang":
            self.hanging.set()
            self._let_go.wait()
            return None
        if isinstance(step, str) or step is None:
            return None
        self._grabbed += 1
        return step

    def retrieve(self) -> Image | None:
        return grey_picture(self._grabbed * 10 % 250)

    def close(self) -> None:
        self.closed += 1

    def let_go(self) -> None:
        """Lets a hanging read return."""
        self._let_go.set()


class FakeDisplay:
    """Records pictures; presses one of `keys` per poll, and closes itself after `close_after` pictures."""

    def __init__(self, keys: Sequence[int | None] = (), close_after: int | None = None) -> None:
        self.shown: list[Image] = []
        self.keys = deque(keys)
        self.clicks: deque[tuple[int, int]] = deque()
        self.fullscreen = False
        self.was_closed = False
        self._close_after = close_after

    def show(self, image: Image) -> None:
        self.shown.append(image)

    def poll_key(self) -> int | None:
        return self.keys.popleft() if self.keys else None

    def poll_click(self) -> tuple[int, int] | None:
        return self.clicks.popleft() if self.clicks else None

    def set_fullscreen(self, wanted: bool) -> None:
        self.fullscreen = wanted

    def wait(self, seconds: float) -> None:
        time.sleep(0.001)

    @property
    def closed(self) -> bool:
        return self._close_after is not None and len(self.shown) >= self._close_after

    def close(self) -> None:
        self.was_closed = True


class FakeDetector:
    """Finds the same boxes in every frame."""

    def __init__(self, boxes: Sequence[Box] = (FACE,)) -> None:
        self.boxes = boxes
        self.min_face: int | None = None

    def set_min_face(self, px: int | None, *, smaller_too: bool) -> None:
        self.min_face = None if smaller_too else px

    def detect(self, frame: Frame, expected: Sequence[Expected] | None) -> Look:
        return Look([Detection(box) for box in self.boxes], everywhere=True)


class FakeEngine:
    """Answers "happy" for every face, and remembers its batches."""

    name = "fake"

    def __init__(self) -> None:
        self.batches: list[NDArray[np.float32]] = []

    def infer(self, faces: NDArray[np.float32]) -> NDArray[np.float32]:
        self.batches.append(faces)
        probabilities = np.full((len(faces), len(LABELS)), 0.05, np.float32)
        probabilities[:, LABELS.index("happy")] = 0.7
        return np.log(probabilities)


class AngryButNeutralToPeople(FakeEngine):
    """Answers angry by FER2013's labels, and neutral as FER+'s annotators see it."""

    def infer(self, faces: NDArray[np.float32]) -> NDArray[np.float32]:
        logits = np.zeros((len(faces), len(LABELS) + len(FERPLUS_LABELS)), np.float32)
        logits[:, LABELS.index("angry")] = 2
        logits[:, len(LABELS) + FERPLUS_LABELS.index("neutral")] = 4
        return logits


def reading_of(
    probabilities: NDArray[np.float32], box: Box = FACE, number: int = 1, why: str = "", *, coasting: bool = False
) -> Reading:
    """A face with these probabilities, both in this frame and over time."""
    label = UNSURE if why else LABELS[int(probabilities.argmax())]
    return Reading(Track(number, Detection(box), None if coasting else Detection(box)), probabilities, probabilities, label, why)


def eventually(condition: Callable[[], bool], within_s: float = 5.0) -> bool:
    """Waits until the condition holds; False if it never does."""
    deadline = time.monotonic() + within_s
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.002)
    return True


def fake_classifier(
    engine: Engine | None = None,
    *,
    input_px: int = 48,
    crop_margin: float = 0.0,
    calibration: Calibration = AS_THEY_ARE,
    ferplus_share: float = 0.0,
) -> EmotionClassifier:
    """A classifier that uses its engine's logits as they are."""
    return EmotionClassifier(
        engine or FakeEngine(),
        input_px=input_px,
        crop_margin=crop_margin,
        calibration=calibration,
        ferplus_share=ferplus_share,
    )


def fake_stages(boxes: Sequence[Box] = (FACE,), engine: FakeEngine | None = None) -> Stages:
    return Stages(FakeDetector(boxes), fake_classifier(engine))


def grey_picture(level: int, width: int = 64, height: int = 48) -> Image:
    return np.full((height, width, 3), level, np.uint8)


def write_clip(path: Path, levels: Sequence[int], fps: float = 25.0, size: tuple[int, int] = (64, 48)) -> Path:
    """A Motion-JPEG video whose picture i is uniformly grey of levels[i]."""
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"MJPG"), fps, size)
    assert writer.isOpened()
    for level in levels:
        writer.write(grey_picture(level, *size))
    writer.release()
    return path


def drawn_faces(count: int, seed: int = 0) -> NDArray[np.uint8]:
    """Faces as a network takes them, uint8 (count, 48, 48) grey, each with a different expression, skin and light."""
    rng = np.random.default_rng(seed)
    return np.stack([_drawn_face(rng) for _ in range(count)])


def _drawn_face(rng: np.random.Generator) -> NDArray[np.uint8]:
    picture = grey_picture(int(rng.integers(20, 120)), 96, 96)
    corners, mouth, brows = rng.uniform((-1, 0, -1), 1).tolist()
    blue, green, red = rng.integers((90, 120, 150), (170, 200, 245)).tolist()
    x, y = rng.integers(0, 9, 2).tolist()
    draw_face(picture, x, y, 88, Expression(corners, mouth, brows), (blue, green, red))
    grey = cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY)
    return cv2.resize(grey, (48, 48), interpolation=cv2.INTER_AREA).astype(np.uint8, copy=False)


PORTRAIT_FACE = Box(95, 60, 225, 190)
"""Where the face of `drawn_portrait` is."""


def drawn_portrait() -> Image:
    """A 320x240 picture of one drawn face."""
    picture = grey_picture(70, 320, 240)
    draw_face(picture, 80, 30, 160)
    return picture


class FakeFinder:
    """Finds the bright squares in a dark picture that are large enough for it, and remembers the sizes of the pictures."""

    name = "fake"
    sure_score = 0.5
    smallest_px = 20
    picture_px = 640 * 480
    copies: tuple[Copy, ...] = ()

    def __init__(self, blind_above_px: float = float("inf")) -> None:
        self.pictures: list[tuple[int, int]] = []
        self._blind_above_px = blind_above_px

    @property
    def doubts(self) -> Doubts | None:
        return None

    def find(self, picture: Image) -> list[Detection]:
        self.pictures.append((picture.shape[1], picture.shape[0]))
        _, _, stats, _ = cv2.connectedComponentsWithStats((picture[..., 0] > 160).astype(np.uint8))
        boxes = [Box(x, y, x + width, y + height) for x, y, width, height, _ in stats[1:].tolist()]
        return [
            Detection(box, 0.9, ((box.x1, box.y1),) * 5)
            for box in boxes
            if self.smallest_px - 1 <= min(box.width, box.height) <= self._blind_above_px
        ]


def squares(*boxes: Box, width: int = 1280, height: int = 960) -> Image:
    """Bright squares on a dark picture, for FakeFinder."""
    picture = grey_picture(0, width, height)
    for box in boxes:
        picture[int(box.y1) : int(box.y2), int(box.x1) : int(box.x2)] = 255
    return picture


def frame_of(image: Image, index: int = 0, pts_s: float = 0.0) -> Frame:
    return Frame(index, pts_s, pts_s, image)
