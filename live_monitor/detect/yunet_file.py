"""The weights of YuNet: which file they are."""

from __future__ import annotations

from live_monitor.files.download import Download

YUNET = Download(
    name="yunet",
    file="face_detection_yunet_2026may.onnx",
    url="https://github.com/opencv/opencv_zoo/raw/main/models/face_detection_yunet/face_detection_yunet_2026may.onnx",
    sha256="ebafce4e3c118d6554634be5c27ab333b4c047a9a8c3faf1d7cf93101c22f0f0",
    size_bytes=229738,
    licence="MIT",
)
