"""Measures the real pipeline on a real file: `live-monitor bench VIDEO`."""

from __future__ import annotations

import dataclasses
import math
import os
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from live_monitor.app import make_pipeline, results
from live_monitor.capture.video_file import VideoFile
from live_monitor.evaluation.faces.matching import match
from live_monitor.pulse.pulse import Pulse
from live_monitor.settings import Settings
from live_monitor.types import Detection

Faces = dict[int, list[Detection]]
"""Detections by index of the frame."""

Progress = Callable[[int], object]
"""Called with the number of frames done since the last call."""


def bench(video: VideoFile, settings: Settings, progress: Progress) -> dict[str, Any]:
    """Runs the pipeline without a display, then decodes the same file alone.

    Args:
        video: the file, not yet open.
        settings: `realtime` plays the file as a live source and adds the age of its results.
        progress: see Progress; each frame is counted twice, once in each of two runs; a third one, for carried boxes, is not.

    Returns:
        decode_fps, pipeline_fps, ratio, stages_ms {name: {median, p95}}, faces_per_frame, frames, first_result_s (from
        the start of the process), peak_rss_mb, result_age_ms {median, p95} (None unless realtime), dropped, carried (None
        unless boxes were carried through frames: see `_carried`), people_ms {name: {median, p95}} of
        `live_monitor.bench.people_cost`, environment.

    Raises:
        LiveMonitorError: the file or a model cannot be used.
    """
    measured = _run_pipeline(video, settings, progress)
    peak_rss_mb = _peak_rss_mb()
    # Only now: the memory of what measures must not count.
    from live_monitor.bench.people_cost import people_ms
    from live_monitor.process.environment import environment

    read_ms = _decode(video, progress)
    decode_fps = 1e3 * len(read_ms) / sum(read_ms)
    carried = _carried(video, settings, measured.pop("carried"))
    stages = {"read": read_ms, **measured.pop("stages_ms")}
    return {
        "decode_fps": round(decode_fps, 1),
        "pipeline_fps": round(measured["pipeline_fps"], 1),
        "ratio": round(measured["pipeline_fps"] / decode_fps, 4),
        "stages_ms": {name: _median_p95(times) for name, times in stages.items()},
        "faces_per_frame": round(measured["faces_per_frame"], 3),
        "frames": measured["frames"],
        "first_result_s": round(measured["first_result_s"], 3),
        "peak_rss_mb": round(peak_rss_mb, 1),
        "result_age_ms": _median_p95(measured["ages_ms"]) if settings.realtime else None,
        "dropped": measured["dropped"],
        "carried": carried,
        "people_ms": {name: _median_p95(times.tolist()) for name, times in people_ms().items()},
        "environment": environment(),
    }


def as_table(report: dict[str, Any]) -> str:
    """A report of `bench` for people, several lines."""
    rows = [
        ("decoding alone", f"{report['decode_fps']:.1f} frames/s"),
        ("pipeline", f"{report['pipeline_fps']:.1f} frames/s ({report['ratio']:.1%} of decoding alone)"),
        ("frames analysed", f"{report['frames']} ({report['dropped']} dropped)"),
        ("faces per frame", f"{report['faces_per_frame']:.2f}"),
        ("first result", f"{report['first_result_s']:.2f} s after process start"),
        ("peak memory", f"{report['peak_rss_mb']:.0f} MB"),
    ]
    times = dict(report["stages_ms"])
    if report["result_age_ms"] is not None:
        times["result age"] = report["result_age_ms"]
    if report["carried"] is not None:
        off = report["carried"]["off_px"]
        distance = f"{off['median']:.1f} px off at the median, {off['p95']:.1f} px p95, " if off else ""
        rows.append(("carried boxes", f"{distance}{report['carried']['lost']:.1%} lost"))
    rows += [(name, f"{ms['median']:.2f} ms median, {ms['p95']:.2f} ms p95") for name, ms in times.items()]
    rows.append(("people, 16 faces", ", ".join(f"{name} {ms['median']:.2f} ms" for name, ms in report["people_ms"].items())))
    width = max(len(name) for name, _ in rows)
    return "\n".join([*(f"{name:<{width}}  {value}" for name, value in rows), report["environment"]])


def _run_pipeline(video: VideoFile, settings: Settings, progress: Progress) -> dict[str, Any]:
    stages_ms: dict[str, list[float]] = {}
    ages_ms: list[float] = []
    carried: Faces = {}
    pulse = Pulse()
    faces = frames = dropped = 0
    first_result_s = first_s = 0.0
    for result in results(make_pipeline(video, settings, shown=False), video.name):
        if not frames:
            first_result_s, first_s = _process_age_s(), time.perf_counter()
        for name, milliseconds in result.stages_ms.items():
            stages_ms.setdefault(name, []).append(milliseconds)
        ages_ms.append(1e3 * result.age_s)
        now = time.perf_counter()
        pulse.add(result)
        stages_ms.setdefault("pulse", []).append(1e3 * (time.perf_counter() - now))
        if "carry" in result.stages_ms:
            carried[result.frame.index] = [reading.detection for reading in result.seen]
        faces += len(result.seen)
        frames += 1
        dropped = result.dropped
        progress(1)
    elapsed_s = time.perf_counter() - first_s
    return {
        # From first to last result: loading is reported on its own, as first_result_s.
        "pipeline_fps": (frames - 1) / elapsed_s if frames > 1 else 0.0,
        "stages_ms": stages_ms,
        "ages_ms": ages_ms,
        "faces_per_frame": faces / frames,
        "frames": frames,
        "first_result_s": first_result_s,
        "dropped": dropped,
        "carried": carried,
    }


def _carried(video: VideoFile, settings: Settings, carried: Faces) -> dict[str, Any] | None:
    """How far carried boxes are from those that a search finds, in a further run that searches every frame.

    Returns:
        off_px {median, p95}: distance of the centres, in pixels, None where all are lost; lost: share 0..1 of the faces found
        by a search that no carried box overlaps by the IoU of `live_monitor.evaluation.faces.matching`. None without such faces.
    """
    off_px: list[float] = []
    faces = 0
    every_frame = dataclasses.replace(settings, detect_every=1, realtime=False)
    for result in results(make_pipeline(video, every_frame, shown=False), video.name) if carried else ():
        if result.frame.index in carried:
            boxes = [reading.detection.box for reading in result.seen]
            found = match(boxes, [], carried[result.frame.index])
            faces += len(found.faces)
            matched = zip(found.detections, found.owners, found.first, strict=True)
            off_px += [math.dist(box.box.centre, found.faces[owner].centre) for box, owner, first in matched if first]
    if not faces:
        return None
    return {"off_px": _median_p95(off_px) if off_px else None, "lost": round(1 - len(off_px) / faces, 4)}


def _decode(video: VideoFile, progress: Progress) -> list[float]:
    video.open()
    times_ms = []
    try:
        start = time.perf_counter()
        while video.grab() is not None:
            if video.retrieve() is not None:
                now = time.perf_counter()
                times_ms.append(1e3 * (now - start))
                start = now
                progress(1)
    finally:
        video.close()
    return times_ms


def _median_p95(values: Sequence[float]) -> dict[str, float]:
    median, p95 = np.percentile(values, (50, 95))
    return {"median": round(float(median), 3), "p95": round(float(p95), 3)}


def _process_age_s() -> float:
    """Seconds since the operating system started this process."""
    if sys.platform == "linux":
        # Not psutil, which adds the time of boot: the kernel gives that in whole seconds.
        started_ticks = int(Path("/proc/self/stat").read_text(encoding="ascii").rpartition(")")[2].split()[19])
        return time.clock_gettime(time.CLOCK_BOOTTIME) - started_ticks / os.sysconf("SC_CLK_TCK")
    import psutil

    return time.time() - psutil.Process().create_time()


def _peak_rss_mb() -> float:
    """The process's largest resident memory so far, in MB (10^6 bytes)."""
    if sys.platform == "linux":
        # Not getrusage: there the peak of the parent before exec counts too.
        status = Path("/proc/self/status").read_text(encoding="ascii")
        return int(status.split("VmHWM:")[1].split()[0]) * 1024 / 1e6
    if sys.platform == "win32":
        import psutil

        return float(psutil.Process().memory_info().peak_wset) / 1e6
    import resource

    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
