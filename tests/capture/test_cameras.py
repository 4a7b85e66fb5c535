"""Listing the cameras of a machine."""

from __future__ import annotations

from pathlib import Path

import cv2
import pytest

from live_monitor.capture import cameras
from live_monitor.capture.cameras import CameraInfo, list_cameras


class FakeCapture:
    """An open camera of 640x480 at 29.97 frames a second."""

    def __init__(self) -> None:
        self.released = False

    def get(self, prop: int) -> float:
        return {cv2.CAP_PROP_FRAME_WIDTH: 640.0, cv2.CAP_PROP_FRAME_HEIGHT: 480.0, cv2.CAP_PROP_FPS: 29.97003}[prop]

    def release(self) -> None:
        self.released = True


class Machine:
    """A machine with these cameras, which notes those that are tried and opened."""

    def __init__(self, present: set[str]) -> None:
        self.present = present
        self.tried: list[str] = []
        self.opened: list[FakeCapture] = []

    def open_camera(self, device: str) -> FakeCapture | None:
        self.tried.append(device)
        if device not in self.present:
            return None
        self.opened.append(FakeCapture())
        return self.opened[-1]


@pytest.fixture
def machine(monkeypatch: pytest.MonkeyPatch) -> Machine:
    machine = Machine(set())
    monkeypatch.setattr(cameras, "open_camera", machine.open_camera)
    monkeypatch.setattr("sys.platform", "linux")
    return machine


def add_node(sysfs: Path, index: int, name: str | None = None) -> None:
    (sysfs / f"video{index}").mkdir()
    if name is not None:
        (sysfs / f"video{index}" / "name").write_text(name + "\n", encoding="utf-8")


def test_a_camera_is_listed_with_name_size_and_rate(machine: Machine, tmp_path: Path) -> None:
    add_node(tmp_path, 0, "Lecture Cam")
    machine.present = {"0"}
    assert list_cameras(tmp_path) == [CameraInfo("0", "Lecture Cam", 640, 480, 29.97)]


def test_cameras_are_listed_in_the_order_of_their_numbers(machine: Machine, tmp_path: Path) -> None:
    for index in (10, 2, 0):
        add_node(tmp_path, index)
    machine.present = {"0", "2", "10"}
    assert [camera.device for camera in list_cameras(tmp_path)] == ["0", "2", "10"]


def test_a_camera_that_cannot_be_opened_is_left_out(machine: Machine, tmp_path: Path) -> None:
    for index in (0, 1):
        add_node(tmp_path, index)
    machine.present = {"1"}
    assert [camera.device for camera in list_cameras(tmp_path)] == ["1"]


def test_a_camera_without_a_name_is_listed(machine: Machine, tmp_path: Path) -> None:
    add_node(tmp_path, 0)
    machine.present = {"0"}
    assert list_cameras(tmp_path)[0].name == ""


def test_a_name_cut_off_inside_a_character_is_listed(machine: Machine, tmp_path: Path) -> None:
    add_node(tmp_path, 0, "")
    (tmp_path / "video0" / "name").write_bytes("USB 视频设备".encode()[:-1])
    machine.present = {"0"}
    assert list_cameras(tmp_path)[0].name.startswith("USB 视频设")


def test_every_camera_is_released(machine: Machine, tmp_path: Path) -> None:
    for index in (0, 1):
        add_node(tmp_path, index)
    machine.present = {"0", "1"}
    list_cameras(tmp_path)
    assert [capture.released for capture in machine.opened] == [True, True]


def test_no_camera_is_listed_or_tried_on_a_machine_without_any(machine: Machine, tmp_path: Path) -> None:
    assert list_cameras(tmp_path) == []
    assert list_cameras(tmp_path / "absent") == []
    assert machine.tried == []


def test_the_first_numbers_are_tried_if_the_system_lists_no_cameras(machine: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.platform", "darwin")
    machine.present = {"1"}
    assert [camera.device for camera in list_cameras()] == ["1"]
    assert machine.tried == [str(index) for index in range(cameras.MAX_CAMERAS)]


def test_a_camera_is_shown_as_the_option_that_opens_it() -> None:
    assert str(CameraInfo("0", "Lecture Cam", 640, 480, 29.97)) == "--camera 0: Lecture Cam, 640x480 at 29.97 fps"


def test_an_unknown_name_and_rate_are_not_shown() -> None:
    assert str(CameraInfo("1", "", 640, 480, 0.0)) == "--camera 1: 640x480"
