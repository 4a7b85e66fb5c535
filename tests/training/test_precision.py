"""Which arithmetic a training run uses by default."""

from __future__ import annotations

from pathlib import Path

import keras
import pytest

from live_monitor.training import precision
from live_monitor.training.precision import precision_begun, precision_here


@pytest.fixture
def cpu(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """The file that describes the machine's processor; there is no GPU."""
    info = tmp_path / "cpuinfo"
    monkeypatch.setattr(precision, "CPU_INFO", info)
    monkeypatch.setattr(keras.distribution, "list_devices", lambda _type: [])
    return info


@pytest.mark.parametrize(
    ("vendor", "flags", "expected"),
    [
        ("AuthenticAMD", "avx2 avx512_bf16", "bfloat16"),
        ("AuthenticAMD", "avx2", "float32"),
        ("GenuineIntel", "avx512_bf16 amx_bf16", "bfloat16"),
        ("GenuineIntel", "avx512_bf16", "float32"),
    ],
)
def test_bfloat16_is_for_processors_that_are_faster_with_it(cpu: Path, vendor: str, flags: str, expected: str) -> None:
    cpu.write_text(f"processor\t: 0\nvendor_id\t: {vendor}\nflags\t\t: fpu {flags} sse\n", encoding="ascii")
    assert precision_here("bfloat16") == expected


@pytest.mark.usefixtures("cpu")
def test_an_unknown_processor_uses_float32() -> None:
    assert precision_here("bfloat16") == "float32"


@pytest.mark.usefixtures("cpu")
def test_that_jax_raises_without_a_gpu_is_not_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    def none(_type: str) -> list[str]:
        raise RuntimeError("Unknown backend: 'gpu' requested")

    monkeypatch.setattr(keras.distribution, "list_devices", none)
    assert precision_here("bfloat16") == "float32"


@pytest.mark.usefixtures("cpu")
def test_a_gpu_uses_bfloat16(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keras.distribution, "list_devices", lambda type_: [f"{type_}:0"])
    assert precision_here("bfloat16") == "bfloat16"


def test_a_float32_recipe_stays_float32(cpu: Path) -> None:
    cpu.write_text("flags\t\t: amx_bf16\n", encoding="ascii")
    assert precision_here("float32") == "float32"


def test_a_run_resumes_in_the_precision_it_started_in(tmp_path: Path) -> None:
    (tmp_path / "settings.json").write_text('{"precision": "bfloat16"}', encoding="utf-8")
    assert precision_begun(tmp_path) == "bfloat16"


@pytest.mark.parametrize("settings", ['{"theme": "dark"}', '{"precision": "high"}', '{"precision": []}', "[]", "{", "\xff"])
def test_settings_of_another_program_are_ignored(tmp_path: Path, settings: str) -> None:
    (tmp_path / "settings.json").write_text(settings, encoding="latin-1")
    assert precision_begun(tmp_path) is None


def test_a_folder_with_too_long_a_name_holds_no_run(tmp_path: Path) -> None:
    assert precision_begun(tmp_path / ("n" * 300)) is None
