"""Which detector is used: the network where its file is, else the cascade."""

from __future__ import annotations

import logging
from pathlib import Path

from live_monitor.detect.detector import FaceFinder
from live_monitor.detect.haar import HaarFinder
from live_monitor.detect.yunet import YuNetFinder
from live_monitor.detect.yunet_file import YUNET
from live_monitor.download import find, verify
from live_monitor.errors import ModelError
from live_monitor.settings import Settings

logger = logging.getLogger(__name__)


def load_finder(settings: Settings) -> FaceFinder:
    """Loads what `settings.detector` names.

    Raises:
        ModelError: a network or cascade is missing or damaged.
    """
    of_cascade = settings.detector == "haar" or settings.profile or settings.cascade
    finder = _cascade(settings) if of_cascade else _network(settings)
    logger.info("detector: %s", finder.name)
    return finder


def _cascade(settings: Settings) -> FaceFinder:
    return HaarFinder(profile=settings.profile, cascade=settings.cascade)


def _network(settings: Settings) -> FaceFinder:
    """YuNet; the cascade if any detector will do and YuNet is not there, which is told in one line."""
    if settings.detector_model is not None:
        return YuNetFinder(settings.detector_model)
    try:
        return YuNetFinder(yunet_model())
    except ModelError as error:
        if settings.detector == "yunet":
            raise
        logger.warning("%s; until then the cascade is used: it finds fewer faces, and slowly", error)
        return _cascade(settings)


def yunet_model() -> Path:
    """The installed file of YuNet.

    Raises:
        ModelError: there is none, or it is damaged.
    """
    path = find(YUNET)
    if path is None:
        raise ModelError("detector yunet: not installed; get it once with: live-monitor models pull yunet")
    verify(path, YUNET)
    return path
