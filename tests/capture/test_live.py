"""Cameras and streams; the streams are real ones, served on this machine and cut off in the middle."""

from __future__ import annotations

import os
import socket
import threading
from collections.abc import Iterator
from types import SimpleNamespace

import cv2
import numpy as np
import pytest

from live_monitor.capture import live, video_capture
from live_monitor.capture.capture import Capture, CapturePolicy, SourceState
from live_monitor.capture.clock import MonotonicClock
from live_monitor.capture.live import Camera, Stream, open_camera
from live_monitor.capture.network import OPEN_TIMEOUT_MS, OPEN_TIMEOUT_S
from live_monitor.errors import SourceError, UsageError
from live_monitor.mailbox import Mailbox
from live_monitor.types import Frame
from tests.fakes import eventually
from tests.stream_server import LEVEL, PICTURES_PER_S, StreamServer


@pytest.fixture
def server() -> Iterator[StreamServer]:
    server = StreamServer()
    yield server
    server.close()


@pytest.fixture
def silent_port() -> Iterator[int]:
    """A port that accepts connections and never sends anything."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield listener.getsockname()[1]


@pytest.fixture
def free_port() -> int:
    """A port on which nothing listens."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


def pictures(stream: Stream, number: int) -> list[float]:
    """Media times of the next frames."""
    times = [stream.grab() for _ in range(number)]
    assert None not in times
    return [time_s for time_s in times if time_s is not None]


def drain(stream: Stream) -> None:
    """Reads what was still on its way, until the signal is lost."""
    for _ in range(10 * PICTURES_PER_S):
        if stream.grab() is None:
            return
    pytest.fail("the stream never ended")


class TestStream:
    def test_the_pictures_sent_are_delivered(self, server: StreamServer) -> None:
        stream = Stream(server.url)
        stream.open()
        assert stream.grab() is not None
        image = stream.retrieve()
        stream.close()
        assert image is not None
        assert image.shape == (48, 64, 3)
        assert image.dtype == np.uint8
        assert float(image.mean()) == pytest.approx(LEVEL, abs=3)

    def test_an_address_may_have_surrounding_blanks_and_a_scheme_in_capitals(self, server: StreamServer) -> None:
        written = server.url.replace("http", "HTTP")
        stream = Stream(f" {written} ")
        stream.open()
        assert (stream.name, stream.grab()) == (f"stream {written}", 0.0)
        stream.close()

    def test_media_time_begins_at_0_and_increases(self, server: StreamServer) -> None:
        stream = Stream(server.url)
        stream.open()
        times = pictures(stream, 5)
        stream.close()
        assert times[0] == 0.0
        assert times == sorted(set(times))

    def test_a_cut_connection_is_a_lost_signal(self, server: StreamServer) -> None:
        stream = Stream(server.url)
        stream.open()
        pictures(stream, 3)
        server.cut()
        drain(stream)
        stream.close()

    def test_a_stream_that_falls_silent_is_a_lost_signal(self, server: StreamServer, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(live, "STREAM_TIMEOUTS", (cv2.CAP_PROP_READ_TIMEOUT_MSEC, 300))
        stream = Stream(server.url)
        stream.open()
        pictures(stream, 3)
        server.fall_silent()
        drain(stream)
        stream.close()

    def test_a_cut_stream_can_be_reopened(self, server: StreamServer) -> None:
        stream = Stream(server.url)
        stream.open()
        pictures(stream, 3)
        server.cut()
        drain(stream)
        stream.open()
        assert stream.grab() is not None
        stream.close()

    def test_media_time_goes_on_after_reopening(self, server: StreamServer) -> None:
        stream = Stream(server.url)
        stream.open()
        before_s = pictures(stream, 3)[-1]
        server.cut()
        stream.open()
        (after_s,) = pictures(stream, 1)
        stream.close()
        assert after_s > before_s

    def test_the_capture_side_reopens_a_cut_stream(self, server: StreamServer) -> None:
        frames: Mailbox[Frame] = Mailbox(newest_wins=True)
        policy = CapturePolicy(paced=False, newest_wins=True)
        capture = Capture(Stream(server.url), frames, policy, MonotonicClock())
        thread = threading.Thread(target=capture.run)
        thread.start()
        before = frames.get(5)
        server.cut()
        assert eventually(lambda: capture.state is SourceState.LOST)
        assert eventually(lambda: capture.state is SourceState.RUNNING)
        frames.get(0)
        after = frames.get(5)
        capture.stop()
        thread.join(5)
        assert not thread.is_alive()
        assert before is not None
        assert after is not None
        assert after.index > before.index

    @pytest.mark.parametrize("scheme", ["http", "tcp", "rtsp", "rtmp"])
    def test_an_address_where_nothing_listens_is_an_error(self, scheme: str, free_port: int) -> None:
        reason = ": Connection refused" if scheme == "http" else ""
        message = f"stream {scheme}://127.0.0.1:{free_port}/x: cannot be opened{reason}; check the address"
        with pytest.raises(SourceError, match=message):
            Stream(f"{scheme}://127.0.0.1:{free_port}/x").open()

    @pytest.mark.parametrize("scheme", ["http", "tcp", "rtsp"])
    def test_a_server_that_never_answers_is_given_up(
        self, scheme: str, silent_port: int, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(live, "STREAM_TIMEOUTS", (cv2.CAP_PROP_OPEN_TIMEOUT_MSEC, 200))
        with pytest.raises(SourceError):
            Stream(f"{scheme}://127.0.0.1:{silent_port}/x").open()

    def test_opencv_gives_up_opening_before_the_pipeline_does(self) -> None:
        assert OPEN_TIMEOUT_MS / 1000 < OPEN_TIMEOUT_S < 10

    def test_a_web_page_is_an_error(self) -> None:
        with socket.create_server(("127.0.0.1", 0)) as listener:

            def answer() -> None:
                connection, _ = listener.accept()
                with connection:
                    connection.recv(4096)
                    connection.sendall(b"HTTP/1.0 200 OK\r\nContent-Type: text/html\r\n\r\n<h1>It works</h1>")

            answering = threading.Thread(target=answer)
            answering.start()
            with pytest.raises(SourceError):
                Stream(f"http://127.0.0.1:{listener.getsockname()[1]}/").open()
            answering.join(5)

    def test_a_closed_stream_delivers_nothing(self, server: StreamServer) -> None:
        stream = Stream(server.url)
        stream.open()
        stream.close()
        stream.close()
        assert stream.grab() is None
        assert stream.retrieve() is None

    @pytest.mark.parametrize("url", ["rtsp://h/x", "RTSP://h/x", "rtmp://h/x", "https://h/x.m3u8", "udp://@:5000", "srt://h:9"])
    def test_a_stream_url_is_accepted_without_using_the_network(self, url: str) -> None:
        assert Stream(url).live

    @pytest.mark.parametrize("url", ["", "lecture.mp4", "/dev/video0", "file:///etc/passwd", "concat:a|b", "ftp://h/x", "0"])
    def test_text_that_is_not_a_stream_url_is_refused(self, url: str) -> None:
        with pytest.raises(UsageError, match="not a stream's URL"):
            Stream(url)

    def test_a_url_with_an_invalid_host_is_refused(self) -> None:
        with pytest.raises(UsageError):
            Stream("rtsp://[::1/live")


class TestPassword:
    @pytest.mark.parametrize("userinfo", ["admin:secret@", "secret@", ":secret@", "admin:se@secret@", "ad%40min:secret%2F@"])
    def test_the_name_shows_no_password(self, userinfo: str) -> None:
        assert Stream(f"rtsp://{userinfo}camera.local:554/live?channel=1").name == "stream rtsp://camera.local:554/live?channel=1"

    @pytest.mark.parametrize("userinfo", ["admin:sec/ret@", "admin:sec#ret@", "admin:sec?ret@"])
    def test_an_unescaped_password_is_not_shown_either(self, userinfo: str) -> None:
        name = Stream(f"rtsp://{userinfo}camera.local/live").name
        assert "sec" not in name
        assert "ret" not in name

    def test_the_error_for_a_mistyped_scheme_shows_no_password(self) -> None:
        with pytest.raises(UsageError) as refused:
            Stream("rtps://admin:secret@camera.local/live")
        assert "secret" not in str(refused.value)

    def test_the_error_for_a_failed_open_shows_no_password(self, free_port: int) -> None:
        with pytest.raises(SourceError) as refused:
            Stream(f"http://admin:secret@127.0.0.1:{free_port}/live").open()
        assert "secret" not in str(refused.value)

    def test_the_server_still_gets_the_password(self) -> None:
        with socket.create_server(("127.0.0.1", 0)) as listener:
            requests: list[bytes] = []

            def refuse() -> None:
                for answer in (b"HTTP/1.0 401 Unauthorized\r\nWWW-Authenticate: Basic realm=x\r\n\r\n", b""):
                    connection, _ = listener.accept()
                    with connection:
                        requests.append(connection.recv(4096))
                        connection.sendall(answer)

            answering = threading.Thread(target=refuse)
            answering.start()
            with pytest.raises(SourceError):
                Stream(f"http://admin:secret@127.0.0.1:{listener.getsockname()[1]}/live").open()
            answering.join(5)
        assert b"Authorization: Basic YWRtaW46c2VjcmV0" in requests[-1]


class FakeCapture:
    """Remembers the settings that were asked of it."""

    def __init__(self) -> None:
        self.settings: dict[int, float] = {}

    def set(self, prop: int, value: float) -> bool:
        self.settings[prop] = value
        return True

    def grab(self) -> bool:
        return True

    def release(self) -> None:
        pass


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str | int, int, FakeCapture]]:
    """What was opened: target, backend and the capture returned."""
    opened: list[tuple[str | int, int, FakeCapture]] = []

    def open_capture(target: str | int, backend: int) -> FakeCapture:
        opened.append((target, backend, FakeCapture()))
        return opened[-1][2]

    monkeypatch.setattr(video_capture, "open_capture", open_capture)
    monkeypatch.setattr("sys.platform", "linux")
    return opened


class TestCamera:
    @pytest.mark.parametrize(("device", "target"), [("0", 0), ("12", 12), ("/dev/video2", "/dev/video2")])
    def test_digits_are_an_index_and_anything_else_is_a_path(
        self, opened: list[tuple[str | int, int, FakeCapture]], device: str, target: str | int
    ) -> None:
        open_camera(device)
        assert opened[0][0] == target

    @pytest.mark.parametrize(
        ("platform", "backend"), [("linux", cv2.CAP_V4L2), ("darwin", cv2.CAP_AVFOUNDATION), ("win32", cv2.CAP_ANY)]
    )
    def test_each_system_has_its_own_backend(
        self,
        opened: list[tuple[str | int, int, FakeCapture]],
        monkeypatch: pytest.MonkeyPatch,
        platform: str,
        backend: int,
    ) -> None:
        monkeypatch.setattr("sys.platform", platform)
        open_camera("0")
        assert opened[0][1] == backend

    @pytest.mark.parametrize(("platform", "written"), [("darwin", ""), ("linux", "out device of bound")])
    def test_messages_about_cameras_are_silenced_on_macos_only(
        self, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str], platform: str, written: str
    ) -> None:
        monkeypatch.setattr(video_capture, "open_capture", lambda *_: os.write(2, b"out device of bound") and None)
        monkeypatch.setattr("sys.platform", platform)
        monkeypatch.setattr("live_monitor.process.quiet._SINK.others_have_their_own", True)
        assert open_camera("9") is None
        assert capfd.readouterr().err == written

    def test_size_and_rate_are_asked_of_the_camera(self, opened: list[tuple[str | int, int, FakeCapture]]) -> None:
        open_camera("0", (1280, 720), 30.0)
        settings = opened[0][2].settings
        assert settings[cv2.CAP_PROP_FOURCC] == cv2.VideoWriter.fourcc(*"MJPG")
        assert settings[cv2.CAP_PROP_FRAME_WIDTH] == 1280
        assert settings[cv2.CAP_PROP_FRAME_HEIGHT] == 720
        assert settings[cv2.CAP_PROP_FPS] == 30.0

    def test_a_camera_keeps_its_own_size_and_rate_by_default(self, opened: list[tuple[str | int, int, FakeCapture]]) -> None:
        open_camera("0")
        assert not opened[0][2].settings

    def test_a_camera_is_live_and_named_after_its_device(self) -> None:
        camera = Camera("/dev/video2")
        assert camera.live
        assert camera.name == "camera /dev/video2"

    def test_an_address_given_as_a_camera_shows_no_password(self) -> None:
        assert Camera("rtsp://admin:secret@10.0.0.7/live").name == "camera rtsp://10.0.0.7/live"

    def test_media_time_comes_from_the_finer_clock(self, monkeypatch: pytest.MonkeyPatch) -> None:
        fine_s = iter([100.0, 100.004, 100.008])
        monkeypatch.setattr(live, "time", SimpleNamespace(monotonic=lambda: 7.0, perf_counter=lambda: next(fine_s)))
        monkeypatch.setattr(video_capture, "open_capture", lambda *_: FakeCapture())
        camera = Camera("0")
        camera.open()
        assert [camera.grab() for _ in range(3)] == pytest.approx([0.0, 0.004, 0.008])

    def test_creating_a_camera_does_not_open_it(self, opened: list[tuple[str | int, int, FakeCapture]]) -> None:
        Camera("0")
        assert opened == []

    def test_the_error_on_a_machine_without_cameras_says_what_to_try(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("live_monitor.capture.cameras.list_cameras", list)
        with pytest.raises(SourceError, match=r"camera 99: cannot be opened; no camera was found: plug one in.*--video FILE"):
            Camera("99").open()

    def test_the_error_on_macos_says_how_to_get_camera_permission(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("live_monitor.capture.cameras.list_cameras", list)
        monkeypatch.setattr("sys.platform", "darwin")
        with pytest.raises(SourceError, match="run live-monitor cameras to be asked for the camera permission"):
            Camera("0").open()

    def test_the_error_for_a_wrong_number_lists_the_cameras(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("live_monitor.capture.cameras.list_cameras", lambda: ["--camera 1: Webcam, 640x480"])
        with pytest.raises(SourceError, match="camera 99: cannot be opened; cameras found: --camera 1: Webcam"):
            Camera("99").open()

    def test_reopening_a_lost_camera_does_not_open_the_others(
        self, opened: list[tuple[str | int, int, FakeCapture]], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("live_monitor.capture.cameras.list_cameras", lambda: pytest.fail("the other cameras are opened"))
        camera = Camera("0")
        camera.open()
        monkeypatch.setattr(video_capture, "open_capture", lambda *_: None)
        for _ in range(2):
            with pytest.raises(SourceError, match="camera 0: cannot be opened again"):
                camera.open()
