"""A monitor with fakes, and what its display showed."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from live_monitor.capture.capture import CapturePolicy
from live_monitor.capture.source import Source
from live_monitor.classify.probabilities import softmax
from live_monitor.monitor.monitor import Monitor
from live_monitor.pipeline import Pipeline
from live_monitor.stages import Stages
from live_monitor.types import Image
from tests.fakes import FakeDisplay, FakeEngine, fake_stages, reading_of

FACE_FOUND = reading_of(softmax(FakeEngine().infer(np.zeros((1, 48, 48, 1), np.float32)))[0])


def make_monitor(source: Source, display: FakeDisplay, load_stages: Callable[[], Stages] = fake_stages) -> Monitor:
    policy = CapturePolicy(paced=not source.live, newest_wins=source.live)
    return Monitor(Pipeline(source, load_stages, policy), display)


def shown_levels(display: FakeDisplay) -> list[int]:
    """Grey levels of the pictures shown, from a corner where nothing is drawn, without repetitions."""
    levels = [int(image[-1, -1, 0]) for image in display.shown]
    return [level for index, level in enumerate(levels) if index == 0 or level != levels[index - 1]]


class WaitingDisplay(FakeDisplay):
    """Presses q once it has shown a certain picture."""

    def __init__(self, awaited: Image) -> None:
        super().__init__()
        self.seen = False
        self._awaited = awaited

    def show(self, image: Image) -> None:
        super().show(image)
        if np.array_equal(image, self._awaited):
            self.seen = True
            self.keys.append(ord("q"))
