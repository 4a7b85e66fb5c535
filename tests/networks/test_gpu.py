"""How TensorFlow is set up for the networks."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from live_monitor.errors import UsageError
from live_monitor.networks import gpu


class FakeTensorFlow:
    """Has one GPU and remembers its settings; if there is a `refusal`, setting anything raises it."""

    def __init__(self, refusal: Exception | None = None) -> None:
        self.growing: list[str] = []
        self.config = SimpleNamespace(
            list_physical_devices=lambda _kind: ["GPU:0"],
            experimental=SimpleNamespace(set_memory_growth=self._set_memory_growth),
        )
        self._refusal = refusal

    def _set_memory_growth(self, device: str, enable: bool) -> None:
        if self._refusal:
            raise self._refusal
        self.growing += [device] * enable


def test_memory_of_the_gpu_is_taken_only_as_needed(monkeypatch: pytest.MonkeyPatch) -> None:
    tensorflow = FakeTensorFlow()
    monkeypatch.setattr(gpu, "_tensorflow", lambda: tensorflow)
    assert gpu.tensorflow_on("GPU") is tensorflow
    assert tensorflow.growing == ["GPU:0"]


@pytest.mark.parametrize(
    "refusal",
    [
        RuntimeError("Physical devices cannot be modified after being initialized"),
        ValueError("Cannot set memory growth on device when virtual devices configured"),
    ],
    ids=["in use", "divided"],
)
def test_a_gpu_that_the_calling_program_has_set_up_is_not_changed(refusal: Exception, monkeypatch: pytest.MonkeyPatch) -> None:
    tensorflow = FakeTensorFlow(refusal)
    monkeypatch.setattr(gpu, "_tensorflow", lambda: tensorflow)
    assert gpu.tensorflow_on("GPU") is tensorflow


@pytest.mark.parametrize(
    ("platform", "advice"),
    [("linux", r", or install tensorflow\[and-cuda\]$"), ("win32", ", or run it in WSL2$"), ("darwin", "$")],
)
def test_the_error_without_a_gpu_says_where_tensorflow_can_use_one(
    platform: str, advice: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gpu, "_tensorflow", FakeTensorFlow)
    monkeypatch.setattr(gpu, "gpu_available", lambda: False)
    monkeypatch.setattr("sys.platform", platform)
    with pytest.raises(UsageError, match=f"use --device cpu{advice}"):
        gpu.tensorflow_on("GPU")


@pytest.mark.parametrize("driver", ["/proc/driver/nvidia/version", "/usr/lib/wsl/lib/libcuda.so.1"], ids=["linux", "wsl2"])
@pytest.mark.parametrize(("platform", "found"), [("linux", True), ("win32", False), ("darwin", False)])
def test_a_gpu_is_looked_for_only_where_tensorflow_can_use_one(
    driver: str, platform: str, found: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("os.path.exists", lambda path: path == driver)
    monkeypatch.setattr("sys.platform", platform)
    assert gpu.nvidia_driver_found() == found
