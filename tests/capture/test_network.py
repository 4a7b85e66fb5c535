"""What a network address is taken for."""

from __future__ import annotations

import pytest

from live_monitor.capture.network import scheme


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("https://host/film.mp4", "https"),
        ("HTTP://host/film.mp4", "http"),
        ("rtsp://me:secret@host/live", "rtsp"),
        ("rtsp", ""),
        ("http:film.mp4", ""),
        (r"C:\film.mp4", ""),
        ("films/film.mp4", ""),
        ("http://[::1/film.mp4", ""),
    ],
)
def test_an_address_has_a_scheme_and_a_file_has_none(address: str, expected: str) -> None:
    assert scheme(address) == expected
