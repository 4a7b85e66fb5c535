"""What a run ends with, with a window or without: a few numbers over all frames."""

from __future__ import annotations

import time
from collections import Counter
from typing import Any

from live_monitor.files.opencv_path import printable
from live_monitor.labels import LABELS, UNSURE
from live_monitor.pulse.held import held_s
from live_monitor.pulse.pulse import Pulse
from live_monitor.types import FrameResult


class Summary:
    """Adds up results as they come."""

    def __init__(self, source_name: str, *, live: bool = False) -> None:
        """Begins before the first result.

        Args:
            source_name: what messages call the source.
            live: whether the source is live, or late frames of a file are dropped.
        """
        self._source_name, self._live = source_name, live
        self._started_s = time.monotonic()
        self._labels: Counter[str] = Counter()
        self._tracks: dict[int, _TrackSummary] = {}
        self._pulse = Pulse(live=live)
        self.frames = 0
        self._frames_with_faces = 0
        self._first_pts_s = 0.0
        self._last: FrameResult | None = None

    def add(self, result: FrameResult) -> None:
        now_s = result.frame.pts_s
        if self._last is None:
            self._first_pts_s = now_s
        else:
            self._hold(self._last, now_s)
        self._last = result
        self.frames += 1
        self._frames_with_faces += bool(result.seen)
        self._labels.update(reading.label for reading in result.seen)
        for reading in result.seen:
            self._tracks.setdefault(reading.track.id, _TrackSummary(now_s)).last_s = now_s
        self._pulse.add(result)

    def _hold(self, before: FrameResult, now_s: float) -> None:
        """What was said at the frame before held until now."""
        step_s = held_s(before.frame.pts_s, now_s, live=self._live)
        for reading in before.seen:
            self._tracks[reading.track.id].seconds[reading.label] += step_s

    def as_json(self) -> dict[str, Any]:
        """Names and numbers.

        Returns:
            Seconds; frames per second; readable: share (0..1) of the faces' seconds in which they had a label; emotions: share
            of each label in those, for a single frame in its faces; pulse: means over the session of the indexes in
            `live_monitor.pulse.indexes`, None without a readable face; tracks: for each face its number, the media time at which
            it was first and last seen, the seconds for which it had each label, and for which none, see
            `live_monitor.pulse.held`.
        """
        faces = self._labels.total()
        shares = self._shares()
        readable = 1 - shares[UNSURE] if faces else 0.0
        elapsed_s = time.monotonic() - self._started_s
        return {
            "source": self._source_name,
            "frames": self.frames,
            "frames_with_faces": self._frames_with_faces,
            "dropped": self._last.dropped if self._last else 0,
            "media_s": round(self._last.frame.pts_s - self._first_pts_s, 3) if self._last else 0.0,
            "elapsed_s": round(elapsed_s, 3),
            "frames_per_s": round(self.frames / elapsed_s, 2) if elapsed_s else 0.0,
            "readings": faces,
            "faces_per_frame": round(faces / self.frames, 3) if self.frames else 0.0,
            "readable": round(readable, 4),
            "emotions": {label: round(shares[label] / readable, 4) if readable else 0.0 for label in LABELS},
            "pulse": self._pulse.session_means(),
            "tracks": [track.as_json(number) for number, track in sorted(self._tracks.items())],
        }

    def _shares(self) -> dict[str, float]:
        """Share of each label, and of none, in the faces' seconds, or in the readings if no time has passed."""
        seconds = {label: sum(track.seconds[label] for track in self._tracks.values()) for label in (*LABELS, UNSURE)}
        weights = seconds if any(seconds.values()) else self._labels
        whole = sum(weights.values()) or 1.0
        return {label: weights[label] / whole for label in seconds}

    def as_text(self) -> str:
        """The same for people, several lines."""
        facts = self.as_json()
        frames = facts["frames"]
        lines = [
            f"{printable(facts['source'])}: {frames} frame{'' if frames == 1 else 's'} ({facts['media_s']:.1f} s of video) "
            f"in {facts['elapsed_s']:.1f} s, {facts['frames_per_s']:.1f} frames/s, {facts['dropped']} dropped",
            f"faces: {facts['faces_per_frame']:.2f} a frame, in {facts['frames_with_faces']} of {frames} frames",
        ]
        if facts["readings"]:
            people = len(facts["tracks"])
            lines.append(f"people: {people} track{'' if people == 1 else 's'}, readable {facts['readable']:.1%} of the time")
        if facts["pulse"]:
            shares = sorted(facts["emotions"].items(), key=lambda item: -item[1])
            lines.append("expressions: " + ", ".join(f"{label} {share:.1%}" for label, share in shares if share))
            lines.append("pulse: " + ", ".join(f"{name} {value:+.2f}" for name, value in facts["pulse"].items()))
        return "\n".join(lines)


class _TrackSummary:
    """What is known about one face over the whole run."""

    def __init__(self, first_s: float) -> None:
        self._first_s = self.last_s = first_s
        self.seconds = dict.fromkeys((*LABELS, UNSURE), 0.0)

    def as_json(self, number: int) -> dict[str, Any]:
        seconds = {label: round(value, 3) for label, value in self.seconds.items()}
        return {"id": number, "first_s": round(self._first_s, 3), "last_s": round(self.last_s, 3), "seconds": seconds}
