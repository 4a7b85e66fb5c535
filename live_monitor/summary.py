"""What a run without a window ends with: a few numbers over all frames."""

from __future__ import annotations

import time
from collections import Counter
from typing import Any

from live_monitor.labels import LABELS
from live_monitor.types import FrameResult


class Summary:
    """Adds up results as they come."""

    def __init__(self, source_name: str) -> None:
        self._source_name = source_name
        self._started_s = time.monotonic()
        self._labels: Counter[str] = Counter()
        self.frames = 0
        self._frames_with_faces = 0
        self._first_pts_s = 0.0
        self._last: FrameResult | None = None

    def add(self, result: FrameResult) -> None:
        if self._last is None:
            self._first_pts_s = result.frame.pts_s
        self._last = result
        self.frames += 1
        self._frames_with_faces += bool(result.readings)
        self._labels.update(reading.label for reading in result.readings)

    def as_json(self) -> dict[str, Any]:
        """Names and numbers: seconds, frames per second, and the share (0..1) of each label among all readings."""
        faces = self._labels.total()
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
            "emotions": {label: round(self._labels[label] / faces, 4) if faces else 0.0 for label in LABELS},
        }

    def as_text(self) -> str:
        """The same for people, several lines."""
        facts = self.as_json()
        lines = [
            f"{facts['source']}: {facts['frames']} frames ({facts['media_s']:.1f} s of video) "
            f"in {facts['elapsed_s']:.1f} s, {facts['frames_per_s']:.1f} frames/s, {facts['dropped']} dropped",
            f"faces: {facts['faces_per_frame']:.2f} a frame, in {facts['frames_with_faces']} of {facts['frames']} frames",
        ]
        if facts["readings"]:
            shares = sorted(facts["emotions"].items(), key=lambda item: -item[1])
            lines.append("looks: " + ", ".join(f"{label} {share:.1%}" for label, share in shares if share))
        return "\n".join(lines)
