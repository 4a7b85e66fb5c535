"""What following people costs per frame: tracking, quality gate, smoothing, pulse and panel, with made-up faces."""

from __future__ import annotations

import time

import numpy as np
from numpy.typing import NDArray

from live_monitor.classify.crop import crop_faces
from live_monitor.classify.preprocess import FACE_PX
from live_monitor.classify.quality import QualityGate
from live_monitor.classify.smoothing import Smoother
from live_monitor.media_steps import MediaSteps
from live_monitor.overlay.live_view import PANEL_EVERY_S
from live_monitor.overlay.panel import draw_panel
from live_monitor.pulse.pulse import SHOWN_S, Pulse
from live_monitor.settings import DEFAULT_READ_EVERY_S
from live_monitor.track.scene import Scene
from live_monitor.track.tracker import Tracker
from live_monitor.types import Box, Detection, Frame, FrameResult

FACES, COLUMNS = 16, 4
WIDTH, HEIGHT = 1280, 720
FPS, STEPS = 30.0, 20
FRAMES_A_STEP = round(FPS * DEFAULT_READ_EVERY_S)
JITTER_PX = 1.5

LANDMARKS = ((0.3, 0.4), (0.7, 0.4), (0.5, 0.6), (0.35, 0.8), (0.65, 0.8))
"""In fractions of a box."""


def people_ms() -> dict[str, NDArray[np.float64]]:
    """Milliseconds a frame in each of STEPS steps between two readings of FACES faces, by stage; "all" is their sum.

    Gate and smoothing have most to do in the frame in which faces are read; the panel, with a full chart, is drawn only
    every PANEL_EVERY_S. Their cost is spread over the frames between.
    """
    rng = np.random.default_rng(0)
    image = rng.integers(0, 256, (HEIGHT, WIDTH, 3), dtype=np.uint8)
    scene, tracker, gate, smoother, pulse = Scene(), Tracker(), QualityGate(), Smoother(), Pulse()
    times: dict[str, list[float]] = {name: [] for name in ("track", "gate", "smooth", "pulse", "panel")}
    reading_times = MediaSteps(DEFAULT_READ_EVERY_S)
    for index in range(STEPS * FRAMES_A_STEP):
        frame = Frame(index, index / FPS, 0.0, image)
        found = [_face(number, rng) for number in range(FACES)]
        rows = rng.dirichlet(np.ones(7), FACES).astype(np.float32)
        crops = crop_faces(image, [face.box for face in found], FACE_PX, 0.0)
        laps = [time.perf_counter()]
        tracks = tracker.follow(frame, found, looked=True, cut=scene.cut(image))
        laps.append(time.perf_counter())
        read = tracks if reading_times.due(frame.pts_s) else []
        flaws = gate.flaws(crops[: len(read)], found[: len(read)])
        laps.append(time.perf_counter())
        readings = smoother.read(tracks, read, rows[: len(read)], flaws, frame.pts_s)
        # The chart fills in a few frames, not in minutes.
        result = FrameResult(Frame(index, index * SHOWN_S / (STEPS * FRAMES_A_STEP), 0.0, image), readings, {}, 0.0, 0)
        laps.append(time.perf_counter())
        pulse.add(result)
        laps.append(time.perf_counter())
        draw_panel(pulse, WIDTH, HEIGHT)
        laps.append(time.perf_counter())
        for name, lap in zip(times, np.diff(laps).tolist(), strict=True):
            times[name].append(1e3 * lap / (FPS * PANEL_EVERY_S if name == "panel" else 1.0))
    stages = {name: np.array(values).reshape(STEPS, FRAMES_A_STEP).mean(axis=1) for name, values in times.items()}
    return {**stages, "all": np.sum(list(stages.values()), axis=0)}


def _face(number: int, rng: np.random.Generator) -> Detection:
    x, y = (number % COLUMNS) * WIDTH / COLUMNS + 120, (number // COLUMNS) * HEIGHT / COLUMNS + 50
    side = HEIGHT / COLUMNS / 2
    dx, dy = rng.normal(0.0, JITTER_PX, 2).tolist()
    landmarks = tuple((x + dx + across * side, y + dy + down * side) for across, down in LANDMARKS)
    return Detection(Box(x + dx, y + dy, x + dx + side, y + dy + side), 0.9, landmarks)
