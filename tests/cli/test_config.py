"""Options kept in a file."""

from __future__ import annotations

import json
import os
from pathlib import Path

import cv2
import pytest

from tests.cli.conftest import last_line
from tests.conftest import Run

pytestmark = pytest.mark.usefixtures("plain_environment")


TEXTS = ("video", "log", "record", "cascade", "detector-model", "snapshots", "model", "camera")


@pytest.fixture
def config(tmp_path: Path) -> Path:
    return tmp_path / "classroom.toml"


def test_options_can_be_kept_in_a_file(run: Run, portrait_clip: Path, config: Path) -> None:
    config.write_text(
        f'video = "{portrait_clip}"\nno-display = true\nmin-face = 30\nsmooth = 1.5\ndetect-every = 2\nignore = ["0,0,1,1"]\n',
        encoding="utf-8",
    )
    code, out, err = run("--config", config, "--no-display", "--json")
    assert (code, err) == (0, "")
    assert (json.loads(out)["frames"], json.loads(out)["readings"]) == (5, 0)


def test_a_tilde_stands_for_the_users_home(
    run: Run, clip: Path, config: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("USERPROFILE" if os.name == "nt" else "HOME", str(tmp_path))
    config.write_text('log = "~/lesson.csv"\n', encoding="utf-8")
    assert run("--config", config, "--no-display", "--video", clip).code == 0
    assert (tmp_path / "lesson.csv").exists()


def test_a_single_zone_needs_no_list(run: Run, portrait_clip: Path, config: Path) -> None:
    config.write_text('ignore = "0,0,1,1"\n', encoding="utf-8")
    assert json.loads(run("--config", config, "--no-display", "--json", "--video", portrait_clip).out)["readings"] == 0


def test_the_command_line_and_the_environment_override_the_file(
    run: Run, clip: Path, config: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    config.write_text('model = "no-such"\n', encoding="utf-8")
    assert run("--config", config, "--no-display", "--video", clip).code == 3
    assert run("--config", config, "--no-display", "--video", clip, "--model", "custom-cnn").code == 0
    monkeypatch.setenv("LIVE_MONITOR_MODEL", "custom-cnn")
    assert run("--config", config, "--no-display", "--video", clip).code == 0


def test_a_file_with_a_byte_order_mark_can_be_read(run: Run, clip: Path, config: Path) -> None:
    config.write_text("no-display = true\n", encoding="utf-8-sig")
    assert run("--config", config, "--video", clip).code == 0


def test_the_file_can_be_named_in_the_environment(run: Run, clip: Path, config: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    config.write_text('model = "no-such"\n', encoding="utf-8")
    monkeypatch.setenv("LIVE_MONITOR_CONFIG", str(config))
    assert run("--no-display", "--video", clip).code == 3


def test_a_source_on_the_command_line_overrides_another_in_the_file(run: Run, clip: Path, config: Path) -> None:
    config.write_text("camera = 99\nno-display = true\n", encoding="utf-8")
    assert run("--config", config).code == 4
    assert run("--config", config, "--video", clip).code == 0


def test_a_source_in_the_environment_overrides_another_in_the_file(
    run: Run, config: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    config.write_text('video = "nowhere.mp4"\n', encoding="utf-8")
    monkeypatch.setenv("LIVE_MONITOR_CAMERA", "99")
    assert "camera 99" in run("--config", config, "--no-display").err


def test_two_sources_in_one_file_are_refused(run: Run, config: Path) -> None:
    config.write_text('camera = 0\nvideo = "lesson.mp4"\n', encoding="utf-8")
    code, out, err = run("--config", config)
    assert (code, out, err) == (
        2,
        "",
        f"Error: --camera 0 and --video lesson.mp4: choose one source (set in {config}: camera, video)\n",
    )


def test_the_options_of_a_command_are_in_its_table(run: Run, clip: Path, config: Path) -> None:
    config.write_text('model = "no-such"\n[bench]\nmodel = "nor-this"\n', encoding="utf-8")
    code, _, err = run("--config", config, "bench", clip)
    assert (code, "nor-this" in err) == (3, True)


def test_a_switch_can_be_off(run: Run, clip: Path, config: Path) -> None:
    config.write_text('no-display = false\nvideo = "x"\n', encoding="utf-8")
    assert run("--config", config, "--no-display", "--video", clip).code == 0


@pytest.mark.parametrize("text", ["panel = false", "no-panel = true"])
def test_a_switch_with_two_names_can_be_set_by_either(run: Run, clip: Path, config: Path, tmp_path: Path, text: str) -> None:
    config.write_text(text, encoding="utf-8")
    plain, configured = tmp_path / "plain.mp4", tmp_path / "configured.mp4"
    assert run("--no-display", "--video", clip, "--record", plain).code == 0
    assert run("--config", config, "--no-display", "--video", clip, "--record", configured).code == 0
    with_panel, without = (cv2.VideoCapture(str(video)).get(cv2.CAP_PROP_FRAME_WIDTH) for video in (plain, configured))
    assert without < with_panel


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("min-faces = 30", "min-faces: no such option; write it as on the command line, without the leading dashes"),
        ("min_face = 30", "min_face: no such option"),
        ("help = true", "help: no such option"),
        ('config = "more.toml"', "config: no such option"),
        ("[dance]\nx = 1", "dance: no such option"),
        ("[bench]\nfaces = 3", "faces in [bench]: no such option"),
        ("[models.pull]\nto = 3", "to in [models.pull]: no such option"),
        ('blur = "yes"', "blur: must be true or false, not 'yes'"),
        ("min-face = true", "min-face: must be a text or a number, not True"),
        ("min-face = [30, 40]", "min-face: takes one value, not a list"),
        ("model = {name = 1}", "model: must be a text or a number, not {'name': 1}"),
        ("min-face 30", "not TOML: "),
        *((f'{name} = "a\\u0000b"', f"{name}: holds a null byte, which no option takes") for name in TEXTS),
        ('ignore = ["0,0,1,1", "\\u0000"]', "ignore: holds a null byte"),
        ('[bench]\ncascade = "\\u0000"', "cascade in [bench]: holds a null byte"),
    ],
)
def test_a_mistake_in_the_file_is_named(run: Run, config: Path, text: str, message: str) -> None:
    config.write_text(text + "\n", encoding="utf-8")
    code, out, err = run("--config", config)
    assert (code, out) == (2, "")
    assert err.startswith(f"Error: {config}: {message}")
    assert err.count("\n") == 1


@pytest.mark.parametrize("value", ["small", "2.5", "0"])
def test_an_invalid_value_is_named_with_its_option(run: Run, config: Path, value: str) -> None:
    config.write_text(f"min-face = {json.dumps(value) if value == 'small' else value}\n", encoding="utf-8")
    code, out, err = run("--config", config)
    assert (code, out) == (2, "")
    assert "--min-face" in last_line(err)
    assert value in last_line(err)


@pytest.mark.parametrize(
    ("text", "option"),
    [("smooth = -1", "smooth"), ('min-face = "small"', "min-face"), ('size = "0x480"', "size"), ('cascade = ""', "cascade")],
)
def test_an_invalid_value_is_named_with_its_file(run: Run, config: Path, text: str, option: str) -> None:
    config.write_text(text + "\n", encoding="utf-8")
    assert f"Invalid value for '--{option}' in {config}: " in last_line(run("--config", config).err)


def test_an_invalid_value_in_the_table_of_a_command_is_named_with_its_file(run: Run, config: Path) -> None:
    config.write_text("[bench]\nsmooth = -1\n", encoding="utf-8")
    assert f"Invalid value for '--smooth' in {config}: " in last_line(run("--config", config, "bench", "x").err)


def test_an_invalid_value_on_the_command_line_is_named_without_the_file(run: Run, config: Path) -> None:
    config.write_text("smooth = 1\n", encoding="utf-8")
    assert str(config) not in run("--config", config, "--smooth", "-1").err


@pytest.mark.parametrize(
    ("text", "options"),
    [
        ('ignore = ["0,0,1"]', "ignore"),
        ('camera = 0\nscreen = "left"', "camera, screen"),
        ('stream = "lecture"\nno-display = true', "stream"),
    ],
)
def test_an_error_found_later_names_the_file_too(run: Run, config: Path, text: str, options: str) -> None:
    config.write_text(text + "\n", encoding="utf-8")
    code, _, err = run("--config", config, "--no-display")
    assert (code, last_line(err).endswith(f"(set in {config}: {options})")) == (2, True)


def test_an_error_from_the_environment_and_the_file_names_both(run: Run, config: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    config.write_text("profile = true\n", encoding="utf-8")
    monkeypatch.setenv("LIVE_MONITOR_DETECTOR", "yunet")
    err = run("--config", config, "--no-display").err
    assert err.endswith(f"(set in the environment: LIVE_MONITOR_DETECTOR and in {config}: profile)\n")


def test_a_file_that_cannot_be_read_is_named(run: Run, config: Path, tmp_path: Path) -> None:
    assert run("--config", config).err.startswith(f"Error: {config}: no such file; --config takes a file of options, such as")
    assert run("--config", tmp_path).err.startswith(f"Error: {tmp_path}: cannot be read: ")
    config.write_bytes(b"\xff\xfe\x00")
    assert run("--config", config).err.startswith(f"Error: {config}: not TOML: ")
