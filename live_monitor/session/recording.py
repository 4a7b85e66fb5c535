"""The recording: what the window shows, as a video, written while the session runs. It has no sound."""

from __future__ import annotations

import contextlib
import shutil
import statistics
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from types import TracebackType

import cv2
import numpy as np

from live_monitor.capture.video_capture import open_capture
from live_monitor.errors import OutputError, UsageError
from live_monitor.files.opencv_path import opencv_path
from live_monitor.overlay.live_view import LiveView
from live_monitor.overlay.view import View
from live_monitor.session.disk_thread import DiskThread
from live_monitor.session.new_file import new_file
from live_monitor.types import FrameResult, Image

FOURCCS = {".mp4": "mp4v", ".mkv": "mp4v", ".avi": "XVID"}
"""Codec of a file, by its suffix: of those in opencv-python's wheel, one that takes 7 ms and not 100 for a 720p picture."""

MIN_FPS, MAX_FPS, LIVE_FPS = 5.0, 60.0, 30.0
"""The recording of a file has the file's frame rate, within the first two; that of a live source has the last, as its frames may
arrive at any time."""

FPS_PICTURES = 8
LONGEST_STEP = 1.5
"""A file's first frames are held back until there are FPS_PICTURES, and the mean of the times between them gives its frame rate,
without those over LONGEST_STEP times the median: these are gaps. What the file claims is a mean with every gap in it, at which
frames get lost."""

SLACK = 0.9
"""A frame that is early or late by less than this share of a frame is written once all the same: the times of .mkv and .webm are
whole milliseconds, so that now and then one frame would be left out and another doubled."""

LONGEST_STILL_S, LONGEST_LIVE_STILL_S = 10.0, 2.0
"""A frame that stays longer is cut short: in a file a slide, from a live source a pause or a lost signal. Each second of it is up
to 60 pictures to be coded, for which the next one waits, and with it the window."""

MAX_SIDE_PX = 8190
"""MPEG-4, which all of FOURCCS write, allows no larger pictures: it has 13 bits for a side, which must be even."""

MIN_FREE_BYTES = 16_000_000
"""A video cannot be closed on a full disk, and OpenCV does not say that the disk is full: the recording ends before that."""


class Recording:
    """Writes pictures with their media time; a context manager. Only the main thread calls it.

    Coding a picture takes as long as all the rest of showing it, so a thread of its own does it while the next one is drawn.
    """

    def __init__(self, path: Path, *, live: bool) -> None:
        """Makes the file.

        Args:
            path: of the file, which must not be there already.
            live: whether the source is live, or late frames of a file are dropped.

        Raises:
            UsageError: its suffix is none of FOURCCS.
            OutputError: the file is there already, or cannot be made, or its name is not UTF-8.
        """
        if path.suffix.lower() not in FOURCCS:
            raise UsageError(f"{path}: not a kind of video that can be recorded; call it {path.stem}.mp4, .mkv or .avi")
        self._path, self._live = path, live
        self._opencv_path = opencv_path(path, OutputError)
        self._writer: cv2.VideoWriter | None = None
        self._size = (0, 0)
        self._fps = LIVE_FPS
        self._held_back: list[tuple[float, Image]] = []
        self._last: Image | None = None
        self._first_s = self._last_s = 0.0
        self._written = 0
        self._disk = DiskThread(path)
        self._closed = False
        new_file(path).close()

    def __enter__(self) -> Recording:
        return self

    def __exit__(self, _type: type[BaseException] | None, error: BaseException | None, _trace: TracebackType | None) -> None:
        # What went wrong with it first is what is reported.
        with contextlib.suppress(OutputError) if isinstance(error, OutputError) else contextlib.nullcontext():
            self.close()

    @property
    def begun(self) -> bool:
        """Whether there is something to keep, in the file or to be put there when it is closed."""
        return self._last is not None or bool(self._held_back)

    def close(self) -> None:
        """Closes the file, once; one without a single picture is deleted.

        Raises:
            OutputError: see `add`.
        """
        if self._closed:
            return
        self._closed = True
        try:
            if not self._disk.stuck:
                self._take_held_back()
                if self._last is not None:
                    self._write(self._last, 1)
                self._disk.wait()
        finally:
            whole = self._finish()
        if not whole:
            limit = "as when a disk or a user has a limit on file sizes"
            raise OutputError(f"{self._path}: the system has cut it off, {limit}; choose another folder")

    def _finish(self) -> bool:
        """Lets OpenCV close the file, or deletes one without a picture; returns False if the file has been cut off."""
        try:
            if self._writer is None:
                with contextlib.suppress(OSError):
                    self._path.unlink()
                return True
            if self._disk.stuck:  # which was said before
                return True
            self._disk.do(self._writer.release)
            return bool(self._disk.do(self._is_whole))
        finally:
            self._disk.close()

    def _is_whole(self) -> bool:
        """Whether the closed file says how many frames it has, which is written last: OpenCV does not say what failed."""
        capture = open_capture(self._opencv_path, cv2.CAP_FFMPEG)
        if capture is None:
            return False
        frames = capture.get(cv2.CAP_PROP_FRAME_COUNT)
        capture.release()
        return frames > 0

    def add(self, shown: Image, now_s: float) -> None:
        """Takes the next picture, which stays until the one after it.

        Args:
            shown: uint8 (H, W, 3) BGR, not changed afterwards. One of another size than the first is fitted into that.
            now_s: its media time in seconds.

        Raises:
            OutputError: the disk is nearly full, the file went away, or OpenCV cannot write such a video here; what was
                written until then can be played.
        """
        self._check_space(now_s)
        self._held_back.append((now_s, shown))
        if self._live or self._writer is not None or len(self._held_back) == FPS_PICTURES:
            self._take_held_back()

    def _take_held_back(self) -> None:
        """Settles the frame rate of a file, if that is still open, and takes the pictures that were held back."""
        held, self._held_back = self._held_back, []
        if self._writer is None and not self._live:
            self._fps = _frame_rate([now_s for now_s, _ in held])
        for now_s, shown in held:
            if self._last is None:
                self._first_s = now_s
            else:
                self._hold(self._last, now_s)
            self._last, self._last_s = shown, now_s

    def _hold(self, last: Image, now_s: float) -> None:
        """Writes the last picture as often as is due by now, or once where its stay is cut short."""
        if now_s - self._last_s > (LONGEST_LIVE_STILL_S if self._live else LONGEST_STILL_S):
            self._first_s = now_s - (self._written + 1) / self._fps
        due = (now_s - self._first_s) * self._fps - self._written
        self._write(last, 1 if abs(due - 1) < SLACK else max(0, round(due)))  # below 0 where frames come faster than self._fps

    def _write(self, shown: Image, times: int) -> None:
        """Hands a picture over to be coded; waits for the one before, so that none pile up."""
        if self._writer is None:
            self._writer = self._opened(shown)
        self._disk.start(self._code, self._writer, shown, times)
        self._written += times

    def _code(self, writer: cv2.VideoWriter, shown: Image, times: int) -> None:
        fitted = self._fitted(shown)
        for _ in range(times):
            writer.write(fitted)
            self._disk.progress()

    def _opened(self, first: Image) -> cv2.VideoWriter:
        height, width = first.shape[:2]
        # Codecs want even sides.
        self._size = width + width % 2, height + height % 2
        fourcc = cv2.VideoWriter.fourcc(*FOURCCS[self._path.suffix.lower()])
        writer = cv2.VideoWriter(self._opencv_path, cv2.CAP_FFMPEG, fourcc, self._fps, self._size)
        if not writer.isOpened():
            self._last = None
            raise OutputError(f"{self._path}: {self._why_not()}")
        return writer

    def _why_not(self) -> str:
        """Why OpenCV does not write this video, and what to try."""
        video = f"a video of {self._size[0]}x{self._size[1]} pixels"
        if max(self._size) > MAX_SIDE_PX:
            return f"{video} cannot be written, the limit is {MAX_SIDE_PX} a side; try --no-panel, or a smaller picture"
        another = "" if self._path.suffix.lower() == ".avi" else "; try a name that ends in .avi"
        return f"this OpenCV cannot write {video}{another}"

    def _fitted(self, shown: Image) -> Image:
        width, height = self._size
        if shown.shape[:2] == (height, width):
            return shown
        scale = min(1.0, width / shown.shape[1], height / shown.shape[0])
        if scale < 1:
            size = round(scale * shown.shape[1]), round(scale * shown.shape[0])
            shown = np.asarray(cv2.resize(shown, size, interpolation=cv2.INTER_AREA), np.uint8)
        left, top = (width - shown.shape[1]) // 2, (height - shown.shape[0]) // 2
        fitted = np.zeros((height, width, 3), np.uint8)
        fitted[top : top + shown.shape[0], left : left + shown.shape[1]] = shown
        return fitted

    def _check_space(self, now_s: float) -> None:
        try:
            free = self._disk.do(shutil.disk_usage, self._path).free
        except OSError as error:
            raise OutputError(f"{self._path}: cannot be written any more: {error.strerror}") from error
        if free < MIN_FREE_BYTES:
            failed = f"ends at {now_s:.1f} s" if self.begun else "cannot be written"
            least = f"{MIN_FREE_BYTES / 1e6:.0f} MB"
            raise OutputError(f"{self._path}: {failed}, as less than {least} is free there; free space")


def _frame_rate(times_s: Sequence[float]) -> float:
    """Frames a second of a file whose first frames have these media times; LIVE_FPS where they do not say."""
    steps_s = [later - earlier for earlier, later in pairwise(times_s) if later > earlier]
    if not steps_s:
        return LIVE_FPS
    # Of the two steps in the middle the shorter: the longer is likelier to be a gap.
    longest_s = LONGEST_STEP * statistics.median_low(steps_s)
    step_s = statistics.fmean(step_s for step_s in steps_s if step_s <= longest_s)
    return round(min(max(1 / step_s, MIN_FPS), MAX_FPS), 3)


class LiveViewRecorder:
    """Records a session that has no window, as the window would show it. Only the main thread calls it."""

    def __init__(self, recording: Recording, live_view: LiveView, view: View) -> None:
        self._recording, self._live_view, self._view = recording, live_view, view

    def add(self, result: FrameResult) -> None:
        """Draws and records the next result.

        Raises:
            OutputError: see `Recording.add`.
        """
        # Media time stands in for the clock, so that the frame rate and the panel's pace are those of the source.
        now_s = result.frame.pts_s
        self._live_view.take(result, now_s)
        self._recording.add(self._live_view.draw(now_s, self._view, outputs="recording"), now_s)
