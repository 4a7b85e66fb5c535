"""The pipeline: capture thread -> mailbox -> analysis thread -> mailbox -> whoever asks for results.

Three threads and two mailboxes, through which all pictures and results pass. The capture thread owns the source; the analysis
thread owns the stages; results are taken by one thread, the main one. Besides the mailboxes they share only what one of them
sets and the others read: `Pipeline.wishes`, whether somebody is watching and how many frames were dropped while nobody was, the
frame held during a pause, and the capture's `state`, `skipped`, `last_arrival_s` and `last_gap_s`. An error in either thread
closes the mailbox that it fills, and is raised where results are taken.
"""

from __future__ import annotations

import atexit
import dataclasses
import logging
import threading
import time
from collections.abc import Callable

from live_monitor.capture.capture import Capture, CapturePolicy, SourceState
from live_monitor.capture.clock import Clock, MonotonicClock
from live_monitor.capture.source import Source
from live_monitor.errors import SourceError
from live_monitor.mailbox import Closed, Mailbox
from live_monitor.process.priority import give_way
from live_monitor.stages import Stages
from live_monitor.types import Frame, FrameResult
from live_monitor.wishes import Wishes

logger = logging.getLogger(__name__)

SIGNAL_LOST_S, SIGNAL_LOST_GAPS = 2.0, 2.0
"""A live source has lost its signal when it has sent no frame for this long, and for this many times the gap between its last
two, whether its read failed or never returned."""

JOIN_S, JOIN_AT_EXIT_S = 0.5, 10.0
"""How long `close` waits for the threads: a read that never returns must not keep the program from ending. And how long a Python
program that has not closed the pipeline, or could not, waits at its end for the frame being analysed: a thread that the
interpreter stops in the middle of OpenCV takes the process down with it."""

_WAIT_S = 0.5


class Pipeline:
    """Runs a source through the stages. All methods belong to one thread, the one that takes results."""

    def __init__(
        self,
        source: Source,
        load_stages: Callable[[], Stages],
        policy: CapturePolicy,
        clock: Clock | None = None,
        wishes: Wishes = Wishes(),  # noqa: B008, it is frozen
    ) -> None:
        """Sets everything up; nothing is opened or loaded before `start`.

        Args:
            source: opened, read and released by the capture thread alone.
            load_stages: called once, on the analysis thread: loading never keeps a window from opening.
            policy: what happens when analysis is slower or faster than the source.
            clock: stands in for real time in tests.
            wishes: how the user wants the first frames to be analysed.
        """
        self.wishes = wishes
        """Replaced as a whole, by the thread that takes results; valid from the next frame on."""

        self.newest_wins = policy.newest_wins
        """Whether frames are dropped when analysis, or whoever takes results, is late or pauses."""

        self._clock = clock or MonotonicClock()
        self._live = source.live
        self._unpaced = not (policy.paced or policy.newest_wins)
        self._frames: Mailbox[Frame] = Mailbox(newest_wins=policy.newest_wins)
        self._results: Mailbox[FrameResult] = Mailbox(newest_wins=policy.newest_wins)
        self._capture = Capture(source, self._frames, policy, self._clock)
        self._load_stages = load_stages
        self._loaded = threading.Event()
        self._watched = threading.Event()
        self._watched.set()
        self._dropped_at_pause = self._unwatched = 0
        self._in_hand: Frame | None = None
        self._started_s = 0.0
        self._threads = (
            threading.Thread(target=self._run_capture, name="capture", daemon=True),
            threading.Thread(target=self._run_analysis, name="analysis", daemon=True),
        )

    @property
    def loading(self) -> bool:
        """True until the stages are ready."""
        return not self._loaded.is_set()

    @property
    def silent_s(self) -> float:
        """Seconds since the last picture of a live source; 0 for a file, and while the source is still opening."""
        if not self._live or self._capture.state is SourceState.OPENING:
            return 0.0
        return self._clock.now() - self._capture.last_arrival_s

    @property
    def signal_lost(self) -> bool:
        patience_s = max(SIGNAL_LOST_S, SIGNAL_LOST_GAPS * self._capture.last_gap_s)
        return self._capture.state is SourceState.LOST or self.silent_s > patience_s

    @property
    def paused(self) -> bool:
        return not self._watched.is_set()

    def pause(self) -> None:
        """Stops the analysis: a file waits where it is; a live source, or a file in real time, goes on and loses frames."""
        self._dropped_at_pause = self._frames.dropped
        self._watched.clear()

    def resume(self) -> None:
        """Goes on; frames lost during the pause do not count as dropped."""
        self._unwatched += self._frames.dropped - self._dropped_at_pause
        self._watched.set()

    def start(self) -> None:
        self._started_s = self._clock.now()
        for thread in self._threads:
            thread.start()
        atexit.register(self._close_at_exit)

    def next_result(self, timeout_s: float) -> FrameResult | None:
        """Waits for the next result.

        Returns:
            The result, or None when none came in time.

        Raises:
            Closed: the source has ended and all its results were taken.
            SourceError: the source did not open within its `open_timeout_s`.
            LiveMonitorError: whatever stopped the capture or analysis thread.
        """
        source = self._capture.source
        waited_s = self._clock.now() - self._started_s
        if self._capture.state is SourceState.OPENING and waited_s > source.open_timeout_s:
            raise SourceError(f"{source.name}: did not answer within {source.open_timeout_s:g} s; check the address or the cable")
        result = self._results.get(timeout_s)
        # A result that a newer one replaced is a frame that nobody saw, too.
        return result and dataclasses.replace(result, dropped=result.dropped + self._results.dropped)

    def waiting_frame(self) -> Frame | None:
        """The frame that waits for analysis, to be shown while the stages are loading, or in a pause before the first result."""
        return self._frames.peek() or self._in_hand

    def close(self) -> bool:
        """Ends both threads.

        Returns:
            False when one of them hangs in a call that cannot be interrupted; it is left behind.
        """
        self._capture.stop()
        self._watched.set()
        self._frames.cancel()
        self._results.cancel()
        deadline = time.monotonic() + JOIN_S
        for thread in self._threads:
            # A generator that is collected as garbage is closed on any thread.
            if thread.is_alive() and thread is not threading.current_thread():
                thread.join(max(0.0, deadline - time.monotonic()))
        if any(thread.is_alive() for thread in self._threads):
            return False
        atexit.unregister(self._close_at_exit)
        return True

    def _close_at_exit(self) -> None:
        self.close()
        _, analysis = self._threads
        analysis.join(JOIN_AT_EXIT_S)

    def _run_capture(self) -> None:
        if self._unpaced:
            # Reading ahead is quick; the analysis is what such a file is waiting for.
            give_way()
        try:
            self._capture.run()
            self._frames.close()
        except BaseException as error:  # raised again where results are taken
            self._frames.close(error)
            if self.loading:
                # Nothing has been analysed yet, so a source that cannot be opened is reported at once.
                self._results.close(error)

    def _run_analysis(self) -> None:
        try:
            stages = self._load_stages()
            self._loaded.set()
            while True:
                frame = self._next_frame()
                if frame is not None and not self._results.put(self._analyse(stages, frame)):
                    return
        except Closed:
            self._results.close()
        except BaseException as error:  # raised again where results are taken
            self._results.close(error)
        finally:
            self._frames.cancel()

    def _next_frame(self) -> Frame | None:
        """The frame to analyse next, once somebody is watching; None when none came in time."""
        self._watched.wait()
        frame = self._frames.get(_WAIT_S)
        if frame is None or not self.paused:
            return frame
        # The pause began while this thread waited for the frame, which is old when the pause ends, unless the source waits too.
        self._in_hand = frame
        self._watched.wait()
        self._in_hand = None
        newer = self._frames.get(0) if self.newest_wins and self._frames.peek() else None  # at the end get alone would raise
        return newer or frame

    def _analyse(self, stages: Stages, frame: Frame) -> FrameResult:
        analysed = stages.analyse(frame, self.wishes)
        return FrameResult(
            frame=frame,
            readings=analysed.readings,
            stages_ms=analysed.stages_ms,
            finished_s=self._clock.now(),
            dropped=self._frames.dropped - self._unwatched + self._capture.skipped,
            left_out=analysed.left_out,
            newcomers=analysed.newcomers,
        )
