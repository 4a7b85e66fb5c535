"""Pipelines with fake stages, how these tests take their results, and a detector that makes them wait."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence

import pytest

from live_monitor.capture.capture import CapturePolicy
from live_monitor.capture.source import Source
from live_monitor.detect.detector import Expected, Look
from live_monitor.mailbox import Closed
from live_monitor.pipeline import Pipeline
from live_monitor.stages import Stages
from live_monitor.types import Frame, FrameResult
from tests.fakes import FakeClock, FakeDetector, FakeSource, fake_classifier, fake_stages

EVERY_FRAME = CapturePolicy(paced=False, newest_wins=False)
NEWEST = CapturePolicy(paced=False, newest_wins=True)

LONG_S = 10.0

Build = Callable[..., Pipeline]


@pytest.fixture
def build() -> Iterator[Build]:
    """Makes pipelines with fake stages, and closes them."""
    pipelines: list[Pipeline] = []

    def build(source: Source, load_stages: Callable[[], Stages] = fake_stages, clock: FakeClock | None = None) -> Pipeline:
        policy = NEWEST if source.live else EVERY_FRAME
        pipelines.append(Pipeline(source, load_stages, policy, clock))
        return pipelines[-1]

    yield build
    for pipeline in pipelines:
        pipeline.close()


def finish(pipeline: Pipeline) -> list[FrameResult]:
    """Starts a pipeline and takes all its results."""
    pipeline.start()
    results: list[FrameResult] = []
    while True:
        try:
            result = pipeline.next_result(LONG_S)
        except Closed:
            return results
        assert result is not None
        results.append(result)


def opening(build: Build) -> tuple[FakeClock, FakeSource, Pipeline]:
    """A pipeline whose live source has started to open and does not answer."""
    clock = FakeClock()
    source = FakeSource([], live=True, open_hangs=True)
    pipeline = build(source, clock=clock)
    pipeline.start()
    assert source.hanging.wait(LONG_S)
    return clock, source, pipeline


def take(pipeline: Pipeline) -> FrameResult:
    result = pipeline.next_result(LONG_S)
    assert result is not None
    return result


class GatedDetector(FakeDetector):
    """Lets no picture pass until the gate is opened."""

    def __init__(self) -> None:
        super().__init__()
        self.entered = threading.Event()
        self.gate = threading.Event()

    def detect(self, frame: Frame, expected: Sequence[Expected] | None) -> Look:
        self.entered.set()
        assert self.gate.wait(LONG_S)
        return super().detect(frame, expected)

    def stages(self) -> Stages:
        return Stages(self, fake_classifier())
