"""Telling addresses from paths, and hiding passwords."""

from __future__ import annotations

import pytest

from live_monitor.capture.network import is_address, scheme, tidied, without_password


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("https://host/film.mp4", "https"),
        ("HTTP://host/film.mp4", "http"),
        ("\u00a0http://host/film.mp4\n", "http"),
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


@pytest.mark.parametrize("text", ["ftp://host/film.mp4", "file:///film.mp4", "http://[::1", " HTTP://host"])
def test_anything_meant_as_an_address_is_one(text: str) -> None:
    assert is_address(text)


@pytest.mark.parametrize("text", ["film.mp4", "file:film.mp4", r"C:\film.mp4", "C://film.mp4", "films/http://film.mp4", ""])
def test_a_path_is_not_an_address(text: str) -> None:
    assert not is_address(text)


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        (" HTTPS://Host/Film.mp4\n", "https://Host/Film.mp4"),
        ("Rtsp://host/a b?to=RTSP://host", "rtsp://host/a b?to=RTSP://host"),
        (" Film", "Film"),
    ],
)
def test_only_surrounding_blanks_and_the_case_of_the_scheme_are_tidied(url: str, expected: str) -> None:
    assert tidied(url) == expected


@pytest.mark.parametrize(
    "address",
    [
        "https://peer.tube/@anna/lecture.mp4",
        "https://host/film.mp4?mail=a@b.org",
        "https://host:8080/film.mp4",
        "http://[::1]:8080/film.mp4",
        "rtsp://host",
    ],
)
def test_an_address_without_a_password_is_shown_unchanged(address: str) -> None:
    assert without_password(address) == address


@pytest.mark.parametrize(
    "user",
    [
        "me:secret",
        "me",
        ":secret",
        "me:sec/ret",
        "me:s@cr/et",
        "me:12/34",
        "me:sec?ret",
        "me:sec#ret",
        "me@home.org:sec/ret",
        "home/me:secret",
        "me:secret@peer.tube/",
    ],
)
def test_a_user_name_and_a_password_are_never_shown(user: str) -> None:
    assert without_password(f"https://{user}@host/film.mp4") == "https://host/film.mp4"
