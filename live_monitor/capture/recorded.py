"""What a video file and one at a web address have in common. Nothing a video says of itself is trusted: see `MediaClock`."""

from __future__ import annotations

import math
import os
import time
from collections.abc import Callable, Sequence

import cv2

from live_monitor.capture import video_capture
from live_monitor.capture.source import MediaClock
from live_monitor.types import Image

FAILED_GRABS_AT_END = 60
"""A broken packet and the end of the file look alike; only this many failures in a row are the end."""

CORES_SHARE = 0.5
"""Share of the cores that decoding has a thread for. With one for each it holds up the networks, whose threads wait for each
other: the whole became 10 to 20 % slower."""

WHOLE_SHARE = 0.99
REST_S = 3.0
"""What is lost and the end of a video look alike: see `Recorded.is_short`."""

LARGEST_PLAUSIBLE_COUNT = 10_000_000
LONGEST_PLAUSIBLE_S = 7 * 24 * 3600.0


class Recorded:
    """Every readable picture of a video that has an end, in order, turned upright as it asks.

    Attributes:
        claimed_frames: how many the video says it has, once it is open: a hint for progress bars, None when implausible.
        claimed_s: seconds from the first to the last of them, at the rate that it says it has: 0 when these seconds, or the
            number, are implausible. The rate alone may be: slides have one picture in a minute.
        grabbed: how many pictures were read since it was opened.
        reached_s: the latest time that one of these claimed, as the video has it, without the mending of `MediaClock`.
    """

    live = False

    def __init__(
        self, name: str, open_timeout_s: float, opener: Callable[[], cv2.VideoCapture], patience_s: float = math.inf
    ) -> None:
        """Sets it up without opening it.

        Args:
            name: how messages call it.
            open_timeout_s: see `live_monitor.capture.source.Source`.
            opener: returns a capture that is open, or raises SourceError.
            patience_s: what takes longer is the end: a grab, with all failures before it.
        """
        self.name = name
        self.open_timeout_s = open_timeout_s
        self.claimed_frames: int | None = None
        self.claimed_s = 0.0
        self.grabbed = 0
        self.reached_s = 0.0
        self._opener = opener
        self._patience_s = patience_s
        self._capture: cv2.VideoCapture | None = None
        self._clock = MediaClock(0.0)

    def open(self) -> None:
        """Opens it, again from its beginning.

        Raises:
            SourceError: it cannot be opened; the message says why, or what to try.
        """
        self.close()
        self._capture = self._opener()
        fps = self._capture.get(cv2.CAP_PROP_FPS)
        count = self._capture.get(cv2.CAP_PROP_FRAME_COUNT)
        frames = int(count) if 0 < count < LARGEST_PLAUSIBLE_COUNT else 0
        self.claimed_frames = frames or None
        self.claimed_s = _duration_s(frames - 1, fps)
        # The last picture lasts too, and the number may have been rounded down.
        self._clock = MediaClock(fps, _duration_s(frames and frames + 1, fps))
        self.grabbed, self.reached_s = 0, 0.0

    def grab(self) -> float | None:
        if self._capture is None:
            return None
        began_s = time.monotonic()
        for _ in range(FAILED_GRABS_AT_END):
            grabbed = video_capture.grab(self._capture)
            if time.monotonic() - began_s > self._patience_s:
                break  # also where a picture came in the end: its reading was broken off, and half of it is missing
            if grabbed:
                claim_s = self._capture.get(cv2.CAP_PROP_POS_MSEC) / 1000
                self.grabbed += 1
                self.reached_s = max(self.reached_s, claim_s)
                return self._clock.advance(claim_s)
        return None

    def retrieve(self) -> Image | None:
        return None if self._capture is None else video_capture.retrieve(self._capture)

    @property
    def is_short(self) -> bool:
        """Whether what was read ends before WHOLE_SHARE of both the time and the pictures claimed, and more than REST_S early.

        Time alone says little, since timestamps may be broken; so do pictures, since .mkv and .webm have no number of them:
        what they claim is the length of the whole at one rate, also where the sound is longer than the pictures, or begins
        earlier. What is lost of the last REST_S is not told from that, and passes for the end; sound that is alone for longer,
        or a last picture that stands for longer in such a file, passes for a loss.
        """
        rest_s = self.claimed_s - self.reached_s
        few = self.grabbed < WHOLE_SHARE * (self.claimed_frames or 0)
        return few and rest_s > max(REST_S, (1 - WHOLE_SHARE) * self.claimed_s)

    def close(self) -> None:
        if self._capture is not None:
            self._capture.release()
            self._capture = None


def _duration_s(frames: int, fps: float) -> float:
    """What so many pictures take at this rate; 0 when implausible."""
    return frames / fps if fps > 0 and 0 < frames / fps < LONGEST_PLAUSIBLE_S else 0.0


def open_recorded(target: str, parameters: Sequence[int] = ()) -> cv2.VideoCapture | None:
    """A capture of an absolute path or a URL that is open, or None; `parameters` as OpenCV takes them."""
    threads = (cv2.CAP_PROP_N_THREADS, max(1, round(CORES_SHARE * (os.cpu_count() or 1))))
    return video_capture.open_capture(target, cv2.CAP_FFMPEG, (*threads, *parameters))
