"""What a measurement was made with, in one line."""

from __future__ import annotations

import re
import subprocess
import sys

import pytest

from live_monitor.process.environment import environment


def test_versions_and_machine_are_named_in_one_line() -> None:
    assert re.fullmatch(r"live-monitor [\d.]+, opencv-python [\d.]+, .*numpy [\d.]+, Python [\d.]+, .* cores", environment())


@pytest.mark.parametrize("kind", ["faces", "emotions"])
def test_reports_that_include_it_do_not_load_the_application(kind: str) -> None:
    program = f"import sys, live_monitor.evaluation.{kind}.report; print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout.split()
    assert not {"live_monitor.app", "live_monitor.pipeline", "live_monitor.overlay"} & set(loaded)
