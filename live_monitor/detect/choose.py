"""Which detector is used: this project's own network, unless another is asked for."""

from __future__ import annotations

import logging
from pathlib import Path

from live_monitor.detect import yunet
from live_monitor.detect.card import load_detector_card
from live_monitor.detect.detector import FAINT, FaceFinder
from live_monitor.detect.facegrid import FaceGrid
from live_monitor.detect.haar import HaarFinder
from live_monitor.detect.yunet import YuNetFinder
from live_monitor.detect.yunet_file import YUNET
from live_monitor.errors import ModelError
from live_monitor.files.download import find, verify
from live_monitor.files.path_kind import is_folder
from live_monitor.settings import Settings

logger = logging.getLogger(__name__)


def load_finder(settings: Settings) -> FaceFinder:
    """Loads the detector that `settings.detector` names; for "auto", the one that other settings are for, else facegrid.

    Raises:
        ModelError: a network or cascade is missing or damaged.
        UsageError: a GPU is wanted and there is none.
    """
    finder = _load(_name(settings), settings)
    logger.info("detector: %s", finder.name)
    return finder


def _name(settings: Settings) -> str:
    if settings.detector != "auto":
        return settings.detector
    if settings.profile or settings.cascade:
        return "haar"
    if settings.detector_model is not None and not is_folder(settings.detector_model):
        return "yunet"
    return "facegrid"


def _load(name: str, settings: Settings) -> FaceFinder:
    if name == "haar":
        return HaarFinder(profile=settings.profile, cascade=settings.cascade)
    if name == "yunet":
        return YuNetFinder(settings.detector_model or yunet_model(), threshold=FAINT * yunet.THRESHOLD)
    faint = FAINT * load_detector_card(settings.detector_model).threshold
    # By default it stays on the CPU, where a pass takes few milliseconds, even if there is a GPU.
    device = "GPU" if settings.device == "gpu" else "CPU"
    return FaceGrid(settings.detector_model, threshold=faint, device=device)


def yunet_model() -> Path:
    """YuNet's file, as pulled.

    Raises:
        ModelError: there is none, or it is damaged.
    """
    path = find(YUNET)
    if path is None:
        raise ModelError("detector yunet: not installed; get it once with: live-monitor models pull yunet")
    verify(path, YUNET)
    return path
