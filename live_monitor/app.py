"""The composition root: turns settings into a source, stages and a pipeline, and offers them as `analyze`."""

from __future__ import annotations

import dataclasses
import os
from collections.abc import Generator, Iterator
from pathlib import Path, PurePosixPath
from typing import Any
from urllib.parse import urlsplit

import numpy as np
from numpy.typing import NDArray

from live_monitor.capture.capture import CapturePolicy
from live_monitor.capture.live import Camera, Stream
from live_monitor.capture.network import STREAM_SCHEMES, WEB_SCHEMES, scheme
from live_monitor.capture.picture import Picture
from live_monitor.capture.source import Source
from live_monitor.capture.video_file import VideoFile
from live_monitor.capture.web_video import WebVideo
from live_monitor.classify.card import load_card
from live_monitor.classify.classifier import EmotionClassifier
from live_monitor.classify.engine import load_engine
from live_monitor.classify.quality import QualityGate
from live_monitor.classify.smoothing import Smoother
from live_monitor.detect.cadence import Cadence, EveryNth, KeepUp
from live_monitor.detect.choose import load_finder
from live_monitor.detect.size_to_fit import SizeToFit
from live_monitor.errors import SourceError, UsageError
from live_monitor.mailbox import Closed
from live_monitor.media_steps import MediaSteps
from live_monitor.pipeline import Pipeline
from live_monitor.settings import Settings
from live_monitor.stages import Stages
from live_monitor.track.tracker import Tracker
from live_monitor.types import FrameResult
from live_monitor.wishes import Wishes

GIVE_UP_S = 30.0
"""Without a window nobody sees "signal lost": a live source that stays silent this long ends the run."""

VIDEO_SUFFIXES = (".mp4", ".m4v", ".mkv", ".webm", ".mov", ".avi", ".mpg", ".mpeg")
"""A web address that ends like this is taken for a file's, every other one for a stream's."""

_WAIT_S = 0.1

AnySource = str | os.PathLike[str] | int | NDArray[np.uint8] | Source


def analyze(source: AnySource, **settings: Any) -> Iterator[FrameResult]:
    """Finds and labels every face of a source.

    Args:
        source: a video file's path, a URL, a camera's index, or one picture as uint8 (H, W, 3) BGR, (H, W, 4) BGRA or
            (H, W) grey; or a Source, such as `live_monitor.capture.screen.Screen("1")`. An http(s) URL whose path ends like a
            video file's name, see VIDEO_SUFFIXES, is read as a file, any other as a stream; where that is wrong, pass
            `live_monitor.capture.web_video.WebVideo(url)` or `live_monitor.capture.live.Stream(url)`.
        settings: the fields of `live_monitor.Settings`.

    Returns:
        One result for each frame analysed: of a file every frame, as fast as possible; of a camera or stream (or a file with
        realtime=True) the newest.

    Raises:
        LiveMonitorError: see `live_monitor.errors`; SourceError also when a live source is silent for GIVE_UP_S.
    """
    chosen = Settings(**settings)
    opened = make_source(source, chosen)
    return results(make_pipeline(opened, chosen, shown=False), opened.name)


def results(pipeline: Pipeline, source_name: str) -> Generator[FrameResult, None, None]:
    """Runs a pipeline without a window to its end, see `analyze`; closes it however the caller leaves."""
    lost, waited_s = "", 0.0
    try:
        pipeline.start()
        while True:
            result = pipeline.next_result(_WAIT_S)
            if result is not None:
                lost, waited_s = "signal lost, ", 0.0
                yield result
            # Time in which the process was stopped, as by Ctrl-Z or a sleeping computer, does not count as waiting.
            elif min(pipeline.silent_s, waited_s) > GIVE_UP_S:
                raise SourceError(f"{source_name}: {lost}no picture for {GIVE_UP_S:g} s")
            else:
                waited_s += _WAIT_S
    except Closed:
        return
    finally:
        pipeline.close()


def make_source(source: AnySource, settings: Settings) -> Source:
    """The source that a path, URL, index or picture stands for; a source stands for itself.

    Raises:
        UsageError: it is none of them.
    """
    if isinstance(source, Source):
        return source
    if isinstance(source, np.ndarray):
        return Picture(source)
    if isinstance(source, int | np.integer):
        return Camera(str(source), settings.size, settings.fps)
    try:
        text = os.fsdecode(source)
    except TypeError:
        kinds = "a path, a URL, a camera's index, a picture as an array, or a Source"
        raise UsageError(f"source {source!r}: is none of {kinds}") from None
    if not text:
        raise UsageError("source '': names nothing")
    if text.startswith("/dev/video"):
        return Camera(text, settings.size, settings.fps)
    if scheme(text) in STREAM_SCHEMES:
        return WebVideo(text) if _is_web_video(text) else Stream(text)
    return VideoFile(Path(text))


def _is_web_video(url: str) -> bool:
    return scheme(url) in WEB_SCHEMES and PurePosixPath(urlsplit(url.strip()).path).suffix.lower() in VIDEO_SUFFIXES


def make_pipeline(source: Source, settings: Settings, *, shown: bool, blur: bool = False) -> Pipeline:
    """A pipeline ready to start.

    Args:
        source: see `make_source`.
        settings: how to analyse.
        shown: results go to a window: a file then plays at its own speed.
        blur: faces are made unrecognisable, so those smaller than wanted must be found too.
    """
    realtime = settings.realtime and not source.live
    policy = CapturePolicy(paced=not source.live and (shown or realtime), newest_wins=source.live or realtime)
    on_time = policy.paced or policy.newest_wins
    wishes = Wishes(min_face=settings.min_face, blur=blur)
    return Pipeline(source, lambda: load_stages(settings, on_time=on_time), policy, wishes=wishes)


def load_stages(settings: Settings, *, on_time: bool) -> Stages:
    """Loads detector and classifier.

    Args:
        settings: which ones.
        on_time: frames come at a pace of their own, which analysis should keep up with.

    Raises:
        ModelError: a cascade or model is missing or damaged.
        UsageError: the device asked for is not there.
    """
    finder = load_finder(settings)
    card = load_card(settings.model)
    engine = load_engine(card, settings.device)
    return Stages(
        detector=SizeToFit(finder),
        classifier=EmotionClassifier(
            engine,
            input_px=card.input_px,
            crop_margin=card.crop_margin(finder.name),
            calibration=card.calibration,
            ferplus_share=card.ferplus_share,
        ),
        cadence=_cadence(settings.detect_every, on_time=on_time),
        tracker=Tracker(finder.sure_score),
        gate=QualityGate(dataclasses.replace(card.readable, score=finder.sure_score)),
        reading_times=MediaSteps(settings.read_every_s),
        smoother=Smoother(settings.smooth, card.unsure_below),
        zones=settings.ignore,
    )


def _cadence(every: int | None, *, on_time: bool) -> Cadence:
    if every is not None:
        return EveryNth(every)
    return KeepUp() if on_time else EveryNth(1)
