"""What a video file and one at a web address have in common. Nothing a video says about itself is trusted: see `MediaClock`."""

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
"""Decoding gets threads for this share of the cores. With one for every core it holds up the networks, whose threads wait for
each other: everything became 10 to 20 % slower."""

WHOLE_SHARE = 0.99
REST_S = 3.0
"""A loss and the end of a video look alike: see `Recorded.is_short`."""

LARGEST_PLAUSIBLE_COUNT = 10_000_000
LONGEST_PLAUSIBLE_S = 7 * 24 * 3600.0


class Recorded:
    """Every readable picture of a video that has an end, in order, turned upright if the video asks for it.

    Attributes:
        claimed_frames: how many frames the video, once open, says it has: a hint for progress bars, None when implausible.
        claimed_s: seconds from the first to the last of them, at the rate that it says it has; 0 when these seconds, or the
            number, are implausible. The rate alone may be implausible: slides have one picture a minute.
        grabbed: how many frames were read since it was opened.
        reached_s: the latest timestamp among these, as the video has it, not mended by `MediaClock`.
    """

    live = False

    def __init__(
        self, name: str, open_timeout_s: float, opener: Callable[[], cv2.VideoCapture], patience_s: float = math.inf
    ) -> None:
        """Sets it up without opening it.

        Args:
            name: what messages call it.
            open_timeout_s: see `live_monitor.capture.source.Source`.
            opener: returns a capture that is open, or raises SourceError.
            patience_s: a grab that takes longer, with all failed attempts before it, is the end.
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
        """Opens it, or reopens it from its beginning.

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
        # The last frame lasts a while too, and the number may have been rounded down.
        self._clock = MediaClock(fps, _duration_s(frames and frames + 1, fps))
        self.grabbed, self.reached_s = 0, 0.0

    def grab(self) -> float | None:
        if self._capture is None:
            return None
        began_s = time.monotonic()
        for _ in range(FAILED_GRABS_AT_END):
            grabbed = video_capture.grab(self._capture)
            if time.monotonic() - began_s > self._patience_s:
                break  # even if a frame came in the end: reading it was broken off, and half of it is missing
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
        """Whether what was read ends before WHOLE_SHARE of both the time and the frames claimed, and more than REST_S early.

        Time alone says little, since timestamps may be broken. So does the number of frames, since .mkv and .webm do not hold
        one: what they claim is the length of the whole at one rate, even if the sound is longer than the pictures, or begins
        earlier. A loss within the last REST_S cannot be told from that, and passes for the end; sound that goes on alone for
        longer, or a last picture that stays for longer in such a file, passes for a loss.
        """
        rest_s = self.claimed_s - self.reached_s
        few = self.grabbed < WHOLE_SHARE * (self.claimed_frames or 0)
        return few and rest_s > max(REST_S, (1 - WHOLE_SHARE) * self.claimed_s)

    def close(self) -> None:
        if self._capture is not None:
            self._capture.release()
            self._capture = None


def _duration_s(frames: int, fps: float) -> float:
    """Seconds that so many frames take at this rate; 0 when implausible."""
    return frames / fps if fps > 0 and 0 < frames / fps < LONGEST_PLAUSIBLE_S else 0.0


def open_recorded(target: str, parameters: Sequence[int] = ()) -> cv2.VideoCapture | None:
    """An open capture of an absolute path or a URL, or None; `parameters` as OpenCV takes them."""
    threads = (cv2.CAP_PROP_N_THREADS, max(1, round(CORES_SHARE * (os.cpu_count() or 1))))
    return video_capture.open_capture(target, cv2.CAP_FFMPEG, (*threads, *parameters))
