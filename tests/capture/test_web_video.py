"""Video files at a web address: read from a server on this machine, which hangs up or falls silent when it is told to."""

from __future__ import annotations

import os

import cv2
import numpy as np
import pytest

from live_monitor.capture import web_video
from live_monitor.capture.web_video import OPTIONS_VARIABLE, WebVideo
from live_monitor.errors import SourceError
from tests.file_server import FileServer

LEVELS = tuple(range(10, 210, 4))
SIZE = (320, 240)
PLENTY = 1000


@pytest.fixture(scope="module")
def film(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """Two seconds, with the index at the end: whoever reads it asks for its beginning, its end, and its beginning again."""
    path = tmp_path_factory.mktemp("film") / "film.mp4"
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"mp4v"), 25.0, SIZE)
    noise = np.random.default_rng(0).integers(-9, 10, (SIZE[1], SIZE[0], 3))
    for level in LEVELS:
        writer.write((level + np.roll(noise, level, axis=1)).astype(np.uint8))
    writer.release()
    return path.read_bytes()


def levels(video: WebVideo) -> list[float]:
    """Mean grey level of each picture to the end."""
    seen = []
    while video.grab() is not None:
        image = video.retrieve()
        assert image is not None
        seen.append(float(np.mean(image)))
    return seen


def test_every_picture_is_delivered_in_order_and_then_it_ends(file_server: FileServer, film: bytes) -> None:
    video = WebVideo(file_server.give_parts(film))
    video.open()
    assert (video.live, video.claimed_frames) == (False, len(LEVELS))
    assert levels(video) == pytest.approx(LEVELS, abs=3)
    assert video.grab() is None
    video.close()


def test_opened_again_it_begins_again(file_server: FileServer, film: bytes) -> None:
    video = WebVideo(file_server.give_parts(film))
    for _ in range(2):
        video.open()
        assert video.grab() == 0.0
        video.close()
    assert video.grab() is None


def test_where_the_server_hangs_up_it_goes_on(file_server: FileServer, film: bytes) -> None:
    video = WebVideo(file_server.give_parts(film, stop_at=len(film) // 2, times=2))
    video.open()
    assert levels(video) == pytest.approx(LEVELS, abs=3)
    video.close()


def test_what_breaks_off_for_good_is_no_end(file_server: FileServer, film: bytes) -> None:
    video = WebVideo(file_server.give_parts(film, stop_at=len(film) // 2, times=PLENTY))
    video.open()
    with pytest.raises(SourceError, match=r"/file: broke off after \d\.\d of 2\.0 s; try again, or download it"):
        levels(video)
    video.close()


def test_a_server_that_falls_silent_is_given_up(file_server: FileServer, film: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(web_video, "TIMEOUTS", (cv2.CAP_PROP_READ_TIMEOUT_MSEC, 300))
    video = WebVideo(file_server.give_parts(film, stop_at=len(film) // 2, times=PLENTY, then_hang=True))
    video.open()
    with pytest.raises(SourceError, match="broke off after"):
        levels(video)
    video.close()


@pytest.mark.parametrize("body", [None, b"<html><video src=film.mp4></html>", b""], ids=["nothing there", "a page", "empty"])
def test_what_is_no_video_is_told_without_the_password(file_server: FileServer, body: bytes | None) -> None:
    url = file_server.url() if body is None else file_server.give(body)
    with pytest.raises(SourceError) as told:
        WebVideo(url.replace("//", "//me:secret@")).open()
    assert str(told.value).startswith(f"{url}: no video can be read there; check the address, which must be")


@pytest.mark.parametrize("own", [None, "rw_timeout;9000000"])
def test_the_options_for_it_are_nobody_elses(
    file_server: FileServer, film: bytes, monkeypatch: pytest.MonkeyPatch, own: str | None
) -> None:
    monkeypatch.delenv(OPTIONS_VARIABLE, raising=False)
    if own is not None:
        monkeypatch.setenv(OPTIONS_VARIABLE, own)
    video = WebVideo(file_server.give_parts(film))
    video.open()
    video.close()
    assert os.environ.get(OPTIONS_VARIABLE) == own
