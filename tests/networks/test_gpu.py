"""TensorFlow as the networks get it."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from live_monitor.networks import gpu


class FakeTensorFlow:
    """Has one GPU and remembers what is set of it; `refusal` is raised instead."""

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


def test_a_gpu_is_taken_piece_by_piece(monkeypatch: pytest.MonkeyPatch) -> None:
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
def test_a_gpu_that_the_calling_program_has_set_up_stays_so(refusal: Exception, monkeypatch: pytest.MonkeyPatch) -> None:
    tensorflow = FakeTensorFlow(refusal)
    monkeypatch.setattr(gpu, "_tensorflow", lambda: tensorflow)
    assert gpu.tensorflow_on("GPU") is tensorflow
