"""Video files at a web address, read from a server on this machine that hangs up or falls silent on request."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from types import SimpleNamespace

import cv2
import numpy as np
import pytest

from live_monitor.capture import recorded, video_capture, web_video
from live_monitor.capture.live import Stream
from live_monitor.capture.web_video import OPTIONS_VARIABLE, WebVideo
from live_monitor.errors import SourceError
from tests.file_server import FileServer

LEVELS = tuple(range(10, 210, 4))
SIZE = (320, 240)
PLENTY = 1000


@pytest.fixture(scope="module")
def film(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """Ten seconds, with the index at the end: a reader asks for the beginning, the end, and the beginning again."""
    path = tmp_path_factory.mktemp("film") / "film.mp4"
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"mp4v"), 5.0, SIZE)
    noise = np.random.default_rng(0).integers(-9, 10, (SIZE[1], SIZE[0], 3))
    for level in LEVELS:
        writer.write((level + np.roll(noise, level, axis=1)).astype(np.uint8))
    writer.release()
    return path.read_bytes()


@pytest.fixture
def keeping_server(monkeypatch: pytest.MonkeyPatch) -> Iterator[FileServer]:
    """A server that keeps its connections open, as most do."""
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    server = FileServer(keep_connections=True)
    yield server
    server.close()


def levels(video: WebVideo) -> list[float]:
    """Mean grey level of each frame up to the end."""
    seen = []
    while video.grab() is not None:
        image = video.retrieve()
        assert image is not None
        seen.append(float(np.mean(image)))
    return seen


def test_every_frame_is_delivered_in_order_until_the_end(file_server: FileServer, film: bytes) -> None:
    video = WebVideo(file_server.give_parts(film))
    video.open()
    assert (video.live, video.claimed_frames) == (False, len(LEVELS))
    assert levels(video) == pytest.approx(LEVELS, abs=3)
    assert video.grab() is None
    video.close()


def test_every_frame_is_delivered_over_kept_connections_too(keeping_server: FileServer, film: bytes) -> None:
    video = WebVideo(keeping_server.give_parts(film))
    video.open()
    assert levels(video) == pytest.approx(LEVELS, abs=3)
    video.close()


@pytest.mark.parametrize("scheme", [" http", "HTTP"])
def test_an_address_may_have_surrounding_blanks_and_a_scheme_in_capitals(
    file_server: FileServer, film: bytes, scheme: str
) -> None:
    written = file_server.give_parts(film).replace("http", scheme) + "\n"
    video = WebVideo(written)
    video.open()
    assert (video.name, video.grab()) == (written.strip(), 0.0)
    video.close()


def test_a_reopened_video_begins_again(file_server: FileServer, film: bytes) -> None:
    video = WebVideo(file_server.give_parts(film))
    for _ in range(2):
        video.open()
        assert video.grab() == 0.0
        video.close()
    assert video.grab() is None


@pytest.mark.parametrize("server", ["file_server", "keeping_server"])
def test_a_video_goes_on_after_the_server_hangs_up(request: pytest.FixtureRequest, server: str, film: bytes) -> None:
    served: FileServer = request.getfixturevalue(server)
    video = WebVideo(served.give_parts(film, stop_at=len(film) // 2, times=2))
    video.open()
    assert levels(video) == pytest.approx(LEVELS, abs=3)
    video.close()


def test_a_video_that_breaks_off_for_good_is_an_error(file_server: FileServer, film: bytes) -> None:
    video = WebVideo(file_server.give_parts(film, stop_at=len(film) // 2, times=PLENTY))
    video.open()
    with pytest.raises(SourceError, match=r"/file: broke off after \d\.\d of 9\.8 s; try again, or download it"):
        levels(video)
    video.close()


def test_a_server_that_falls_silent_is_given_up(file_server: FileServer, film: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(web_video, "READ_TIMEOUT_MS", 300)
    video = WebVideo(file_server.give_parts(film, stop_at=len(film) // 2, times=PLENTY, then_hang=True))
    video.open()
    with pytest.raises(SourceError, match="broke off after"):
        levels(video)
    video.close()


def test_the_error_for_a_server_that_does_not_send_parts_of_files_says_so(file_server: FileServer, film: bytes) -> None:
    video = WebVideo(file_server.give(film))
    video.open()
    with pytest.raises(SourceError, match=r"/file: no picture of it can be read; its server may not send parts of files: do"):
        video.grab()
    video.close()


@pytest.mark.parametrize("body", [None, b"<html><video src=film.mp4></html>", b""], ids=["missing", "a page", "empty"])
def test_the_error_where_there_is_no_video_shows_no_password(file_server: FileServer, body: bytes | None) -> None:
    url = file_server.url() if body is None else file_server.give(body)
    with pytest.raises(SourceError) as error:
        WebVideo(url.replace("//", "//me:secret@")).open()
    assert str(error.value).startswith(f"{url}: no video can be read there; check the address, which must be")


def test_the_name_shows_no_password() -> None:
    assert WebVideo(" https://me:secret@host/film.mp4 ").name == "https://host/film.mp4"


def test_the_error_says_what_the_server_answers(file_server: FileServer) -> None:
    with pytest.raises(SourceError) as error:
        WebVideo(file_server.url()).open()
    assert str(error.value) == f"{file_server.url()}: cannot be opened: the server answers 404 Not Found; check the address"


@pytest.mark.parametrize("own", [None, "rw_timeout;9000000"])
def test_the_ffmpeg_options_do_not_stay_in_the_environment(
    file_server: FileServer, film: bytes, monkeypatch: pytest.MonkeyPatch, own: str | None
) -> None:
    monkeypatch.delenv(OPTIONS_VARIABLE, raising=False)
    if own is not None:
        monkeypatch.setenv(OPTIONS_VARIABLE, own)
    video = WebVideo(file_server.give_parts(film))
    video.open()
    video.close()
    assert os.environ.get(OPTIONS_VARIABLE) == own


class Claims:
    """An open capture of a video that claims this many frames at this rate, and has frames at these times."""

    def __init__(self, frames: float, fps: float, times_s: list[float]) -> None:
        self._properties = {cv2.CAP_PROP_FRAME_COUNT: frames, cv2.CAP_PROP_FPS: fps}
        self._times_s = iter(times_s)

    def get(self, prop: int) -> float:
        return self._properties[prop]

    def grab(self) -> bool:
        time_s = next(self._times_s, None)
        if time_s is not None:
            self._properties[cv2.CAP_PROP_POS_MSEC] = 1000 * time_s
        return time_s is not None


def read_whole(monkeypatch: pytest.MonkeyPatch, claims: Claims) -> None:
    """Reads a video to its end."""
    monkeypatch.setattr(video_capture, "open_capture", lambda *_: claims)
    video = WebVideo("https://host/film.mkv")
    video.open()
    while video.grab() is not None:
        pass


AT_25_FPS = [index / 25 for index in range(50)]


@pytest.mark.parametrize(
    "claims",
    [
        Claims(19, 19 / 216, [12.0 * index for index in range(19)]),
        Claims(5401, 25.0, [12.0 * index for index in range(19)]),
        Claims(77, 25.0, AT_25_FPS),
        Claims(102, 25.0, AT_25_FPS),
        Claims(102, 25.0, [2 + time_s for time_s in AT_25_FPS]),
        Claims(400, 25.0, [0.0] * 200 + [index / 25 for index in range(200)]),
        Claims(400, 25.0, [0.0] * 400),
        Claims(110, 25.0, [*(index / 25 for index in range(100)), 0.0]),
        Claims(-1.0, 25.0, AT_25_FPS),
    ],
    ids=["slides", "slides in .mkv", "longer sound", "late frames", "late times", "time again", "no time", "back", "no claim"],
)
def test_a_complete_video_that_claims_too_much_ends_without_an_error(monkeypatch: pytest.MonkeyPatch, claims: Claims) -> None:
    read_whole(monkeypatch, claims)


@pytest.mark.parametrize(
    "claims",
    [
        Claims(20, 1 / 12, [12.0 * index for index in range(10)]),
        Claims(5401, 25.0, [12.0 * index for index in range(10)]),
        Claims(250, 25.0, AT_25_FPS),
    ],
    ids=["slides", "slides in .mkv", "a fifth"],
)
def test_an_incomplete_video_is_an_error(monkeypatch: pytest.MonkeyPatch, claims: Claims) -> None:
    with pytest.raises(SourceError, match="broke off after"):
        read_whole(monkeypatch, claims)


class Silent(Claims):
    """Two seconds of ten, then nothing: each grab takes this many seconds, and the first of them may give half a picture."""

    def __init__(self, takes_s: float, *, gives: bool) -> None:
        super().__init__(250, 25.0, AT_25_FPS)
        self.now_s = 0.0
        self._takes_s = takes_s
        self._gives = gives

    def monotonic(self) -> float:
        return self.now_s

    def grab(self) -> bool:
        if super().grab():
            return True
        self.now_s += self._takes_s
        gives, self._gives = self._gives, False
        return gives


@pytest.mark.parametrize(
    ("takes_s", "gives"), [(0.01, False), (7.6, False), (15.1, False), (15.1, True)], ids=["quick", "slow", "silent", "half"]
)
def test_a_silence_is_waited_out_only_once_and_half_a_picture_does_not_count(
    monkeypatch: pytest.MonkeyPatch, takes_s: float, gives: bool
) -> None:
    silent = Silent(takes_s, gives=gives)
    monkeypatch.setattr(recorded, "time", silent)
    with pytest.raises(SourceError, match=r"broke off after 2\.0 of 10\.0 s"):
        read_whole(monkeypatch, silent)
    assert silent.now_s < 20


@pytest.fixture
def opening(monkeypatch: pytest.MonkeyPatch) -> SimpleNamespace:
    """A fake open: the first call waits for `let_go`, and each notes the options that it would get."""
    opening = SimpleNamespace(options=[], began=threading.Event(), let_go=threading.Event())

    def open_capture(*_: object) -> Claims:
        opening.options.append(os.environ.get(OPTIONS_VARIABLE))
        if not opening.began.is_set():
            opening.began.set()
            assert opening.let_go.wait(5)
        return Claims(1, 25.0, [])

    monkeypatch.delenv(OPTIONS_VARIABLE, raising=False)
    monkeypatch.setattr(video_capture, "open_capture", open_capture)
    return opening


def test_a_stream_opened_at_the_same_time_does_not_get_the_options(opening: SimpleNamespace) -> None:
    sources = (WebVideo("https://host/film.mp4"), Stream("rtsp://host/live"))
    video, stream = (threading.Thread(target=source.open) for source in sources)
    video.start()
    assert opening.began.wait(5)
    stream.start()
    stream.join(0.05)
    opening.let_go.set()
    for thread in (video, stream):
        thread.join(5)
        assert not thread.is_alive()
    assert opening.options == [web_video.OPTIONS, None]


@pytest.mark.timeout(5)
def test_a_stream_that_does_not_answer_does_not_block_other_streams(opening: SimpleNamespace) -> None:
    dead = threading.Thread(target=Stream("rtsp://dead/live").open)
    dead.start()
    assert opening.began.wait(5)
    Stream("rtsp://host/live").open()
    assert dead.is_alive()
    video = threading.Thread(target=WebVideo("https://host/film.mp4").open)
    video.start()
    video.join(0.05)
    assert opening.options == [None, None], "its options would be the dead stream's too"
    opening.let_go.set()
    for thread in (dead, video):
        thread.join(5)
    assert opening.options == [None, None, web_video.OPTIONS]


def test_options_removed_meanwhile_are_no_error(monkeypatch: pytest.MonkeyPatch) -> None:
    def open_capture(*_: object) -> Claims:
        del os.environ[OPTIONS_VARIABLE]
        return Claims(1, 25.0, [])

    monkeypatch.delenv(OPTIONS_VARIABLE, raising=False)
    monkeypatch.setattr(video_capture, "open_capture", open_capture)
    WebVideo("https://host/film.mp4").open()
    assert OPTIONS_VARIABLE not in os.environ
