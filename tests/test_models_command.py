"""`live-monitor models`, `models --verify` and `models pull`: what they print, and how they end."""

from __future__ import annotations

import hashlib
import io
import json
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from live_monitor.classify.card import load_card
from live_monitor.cli.stopped import Stopped
from live_monitor.detect.yunet_file import YUNET
from live_monitor.evaluation.emotions.facts import measured_facts
from live_monitor.files.download import Download
from live_monitor.files.resources import packaged_folder
from live_monitor.inventory import pull
from live_monitor.labels import LABELS
from tests.conftest import Run
from tests.fakes import write_clip
from tests.file_server import FileServer

CONTENT = bytes(range(256)) * 1000
MODELS = ("custom-cnn", "glance", "glance-plus", "glance-wide", "glimpse", "glimpse-plus")

pytestmark = pytest.mark.usefixtures("plain_environment")


@pytest.fixture
def weights(file_server: FileServer, monkeypatch: pytest.MonkeyPatch) -> Download:
    """The `yunet` of these tests: a file on the server on this machine."""
    digest = hashlib.sha256(CONTENT).hexdigest()
    weights = Download("yunet", "weights.onnx", file_server.give(CONTENT), digest, len(CONTENT), "MIT")
    monkeypatch.setitem(pull.DOWNLOADS, "yunet", weights)
    return weights


def row(out: str, name: str) -> str:
    [line] = [line for line in out.splitlines() if line.split()[0] == name]
    return line


@pytest.fixture
def own_models(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of custom-cnn in a copy of custom-cnn and facegrid that a test may change."""
    shutil.copytree(packaged_folder("models"), tmp_path / "models", ignore=shutil.ignore_patterns("glance*", "glimpse*"))
    for module in ("live_monitor.classify.card", "live_monitor.detect.card"):
        monkeypatch.setattr(f"{module}.packaged_folder", lambda name: tmp_path / name)
    return tmp_path / "models" / "custom-cnn"


def change_card(folder: Path, **changes: Any) -> None:
    card = json.loads((folder / "card.json").read_text(encoding="utf-8"))
    (folder / "card.json").write_text(json.dumps({**card, **changes}), encoding="utf-8")


def test_the_list_names_every_model_and_detector_in_columns(run: Run) -> None:
    code, out, err = run("models")
    assert (code, err) == (0, "")
    assert out.startswith("name          finds     size    ms for 32  PublicTest  PrivateTest  FER+    ECE    state\n")
    assert [line.split()[0] for line in out.splitlines()[1:]] == [*MODELS, "facegrid", "haar", "yunet"]
    for words in (("finds", *["emotions"] * len(MODELS), *["faces"] * 3), ("state", *["built in"] * (len(MODELS) + 2), "not")):
        assert len({line.index(word) for line, word in zip(out.splitlines(), words, strict=True)}) == 1
    assert max(map(len, out.splitlines())) <= 130


def test_the_list_has_the_size_and_measurements_of_a_model(run: Run, own_models: Path) -> None:
    public_test = {"n": 3589, "accuracy": 0.6604, "ferplus_label_accuracy": 0.735, "ece": 0.0474}
    private_test = {"n": 3589, "accuracy": 0.7, "ferplus_label_accuracy": 0.81, "ece": 0.02}
    change_card(
        own_models, measured={"PublicTest": public_test, "PrivateTest": private_test}, ms_per_batch={"1": 0.9, "32": 12.34}
    )
    words = row(run("models").out, "custom-cnn").split("  ")
    assert [word.strip() for word in words if word.strip()] == [
        "custom-cnn", "emotions", "4.1 MB", "12.3", "66.0 %", "70.0 %", "81.0 %", "0.020", "built in",
    ]  # fmt: skip


def test_the_list_leaves_out_what_was_not_measured(run: Run, own_models: Path) -> None:
    change_card(
        own_models, measured={"PublicTest": {"n": 3589, "accuracy": 0.6604, "ferplus_label_accuracy": None}}, ms_per_batch={}
    )
    assert row(run("models").out, "custom-cnn").split() == ["custom-cnn", "emotions", "4.1", "MB", "66.0", "%", "built", "in"]


def test_the_card_of_custom_cnn_has_its_measurements() -> None:
    facts = load_card("custom-cnn").facts
    assert {"PublicTest", "PrivateTest"} <= facts["measured"].keys()
    assert facts["ms_per_batch"].keys() == {"1", "8", "32"}


def test_the_list_says_how_to_get_what_is_not_installed(run: Run) -> None:
    assert re.search(r"faces +230 kB +not installed: live-monitor models pull yunet$", row(run("models").out, "yunet"))


def test_the_list_says_where_a_pulled_file_is(run: Run, weights: Download, cache: Path) -> None:
    run("models", "pull", "yunet")
    assert row(run("models").out, "yunet").endswith(f"installed: {cache / weights.file}")


def test_the_list_reports_a_damaged_detector(run: Run, weights: Download, cache: Path) -> None:
    cache.mkdir()
    (cache / weights.file).write_bytes(CONTENT[:1000])
    code, out, _ = run("models")
    assert code == 0
    assert f"{cache / weights.file}: damaged" in row(out, "yunet")


def test_the_list_reports_a_damaged_model_and_goes_on(run: Run, own_models: Path) -> None:
    (own_models / "model.tflite").write_bytes(b"damage")
    code, out, _ = run("models")
    assert code == 0
    assert "model.tflite: damaged" in row(out, "custom-cnn")
    assert row(out, "yunet")


def test_verifying_names_everything_that_is_undamaged(run: Run) -> None:
    lines = [f"{name}: checksums are right\n" for name in (*MODELS, "facegrid")]
    assert run("models", "--verify") == (0, "".join(lines), "")


@pytest.mark.usefixtures("weights")
def test_verifying_includes_what_was_pulled(run: Run) -> None:
    run("models", "pull", "yunet")
    assert run("models", "--verify").out.endswith("yunet: checksums are right\n")


@pytest.mark.parametrize("file", ["custom-cnn/model.tflite", "custom-cnn/model.weights.h5", "facegrid/model.weights.h5"])
def test_verifying_ends_in_3_at_a_damaged_file(run: Run, own_models: Path, file: str) -> None:
    (own_models.parent / file).write_bytes(b"damage")
    code, _, err = run("models", "--verify")
    assert code == 3
    assert err.startswith(f"Error: {own_models.parent / file}: damaged, ")
    assert err.count("\n") == 1


def test_verifying_ends_in_3_at_a_card_for_other_labels(run: Run, own_models: Path) -> None:
    change_card(own_models, labels=["bored", *LABELS[1:]])
    code, _, err = run("models", "--verify")
    assert code == 3
    assert "labels is ('bored', " in err


def test_verifying_with_data_measures_the_cards_accuracy_again(run: Run, own_models: Path, fer2013: Path) -> None:
    change_card(own_models, measured=measured_facts(own_models, fer2013, None, ["PublicTest"])["measured"])
    code, out, err = run("models", "--verify", "--data", fer2013)
    assert (code, err) == (0, "")
    assert out.endswith("custom-cnn: accuracy on PublicTest is right\n")


def test_verifying_ends_in_3_if_the_card_has_another_accuracy(run: Run, own_models: Path, fer2013: Path) -> None:
    change_card(own_models, measured={"PublicTest": {"n": 14, "accuracy": 0.999}})
    code, _, err = run("models", "--verify", "--data", fer2013)
    assert code == 3
    assert err.startswith("Error: model custom-cnn: PublicTest accuracy is ")
    assert err.count("\n") == 1


def test_verifying_says_if_a_card_has_no_accuracy(run: Run, own_models: Path, fer2013: Path) -> None:
    change_card(own_models, measured={})
    assert run("models", "--verify", "--data", fer2013).out.endswith("custom-cnn: its card gives no accuracy\n")


def test_pull_says_where_the_file_is_and_how_to_use_it(run: Run, weights: Download, cache: Path) -> None:
    path = cache / weights.file
    assert run("models", "pull", "yunet") == (0, f"{path}: checked; use it with --detector yunet (MIT licence)\n", "")
    assert path.read_bytes() == CONTENT


@pytest.mark.usefixtures("weights")
def test_a_file_already_there_is_not_fetched_again(run: Run, file_server: FileServer) -> None:
    run("models", "pull", "yunet")
    code, out, err = run("models", "pull", "yunet")
    assert (code, err) == (0, "")
    assert out.endswith("weights.onnx: already there, and its checksum is right\n")
    assert len(file_server.asked) == 1


def test_a_damaged_file_is_fetched_again(run: Run, weights: Download, cache: Path) -> None:
    cache.mkdir()
    (cache / weights.file).write_bytes(CONTENT[:1000])
    assert run("models", "pull", "yunet").code == 0
    assert (cache / weights.file).read_bytes() == CONTENT


@pytest.mark.usefixtures("weights")
def test_a_named_source_is_read_even_if_the_file_is_there(run: Run, file_server: FileServer) -> None:
    run("models", "pull", "yunet")
    assert run("models", "pull", "yunet", "--from", file_server.give(b"Not today.\n", path="/mirror")).code == 3


def test_the_source_can_be_set_in_the_environment(
    run: Run, weights: Download, file_server: FileServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "brought").write_bytes(CONTENT)
    monkeypatch.setenv("LIVE_MONITOR_MODELS_PULL_FROM", str(tmp_path / "brought"))
    assert run("models", "pull", "yunet").out.split(":")[0].endswith(weights.file)
    assert file_server.asked == []


def test_the_real_yunet_can_be_pulled_from_a_file(run: Run, shared_data: Path, cache: Path) -> None:
    code, out, err = run("models", "pull", "yunet", "--from", shared_data / "detectors" / YUNET.file)
    assert (code, out, err) == (0, f"{cache / YUNET.file}: checked; use it with --detector yunet (MIT licence)\n", "")
    assert row(run("models").out, "yunet").endswith(f"installed: {cache / YUNET.file}")


@pytest.mark.usefixtures("weights")
@pytest.mark.parametrize(
    ("arguments", "exit_code", "message"),
    [
        (["haar"], 2, "models pull haar: nothing to pull by this name; there is: yunet"),
        (["yunet", "--from", "ftp://example.org/file"], 2, "--from ftp://example.org/file: only http://"),
        (["yunet", "--from", "no-such-file"], 3, "no-such-file: cannot be read: "),
    ],
)
def test_a_failed_pull_ends_in_its_exit_code_and_one_line(run: Run, arguments: list[str], exit_code: int, message: str) -> None:
    code, out, err = run("models", "pull", *arguments)
    assert (code, out) == (exit_code, "")
    assert err.startswith(f"Error: {message}")
    assert err.count("\n") == 1


@pytest.mark.usefixtures("weights")
def test_an_unwritable_cache_ends_in_6(run: Run, cache: Path) -> None:
    cache.touch()
    code, out, err = run("models", "pull", "yunet")
    assert (code, out) == (6, "")
    assert err.startswith(f"Error: {cache}: cannot be written: ")
    assert err.count("\n") == 1


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        (["models", "push"], "push"),
        (["models", "pull"], "NAME"),
        (["models", "-v", "pull", "yunet"], "--verbose"),
        (["models", "--data", "x"], "go with --verify"),
        (["models", "--verify", "--votes", "x"], "--votes goes with --data"),
        (["models", "--verify", "--data", "gone"], "gone: no such file or folder"),
    ],
    ids=" ".join,
)
def test_invalid_or_misplaced_arguments_end_in_2(run: Run, arguments: list[str], named: str) -> None:
    code, _, err = run(*arguments)
    assert code == 2
    assert named in err.splitlines()[-1]


@pytest.mark.usefixtures("weights")
def test_verbose_shows_where_an_error_comes_from(run: Run) -> None:
    assert "Traceback" in run("models", "pull", "yunet", "--from", "no-such-file", "-v").err


class Terminal(io.StringIO):
    """Stands in for a terminal."""

    def isatty(self) -> bool:
        return True


@pytest.mark.usefixtures("weights")
def test_on_a_terminal_a_progress_bar_reaches_its_end(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    assert run("models", "pull", "yunet").code == 0
    assert "Pulling yunet" in terminal.getvalue()
    assert "100%" in terminal.getvalue()


@pytest.mark.usefixtures("weights")
def test_on_a_terminal_an_error_has_its_own_line(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    assert run("models", "pull", "yunet", "--from", "no-such-file").code == 3
    assert terminal.getvalue().splitlines()[-1].startswith("Error: no-such-file: ")


@pytest.mark.usefixtures("weights")
def test_ctrl_c_during_a_pull_ends_in_130_and_keeps_nothing(run: Run, cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(*_: object) -> None:
        raise Stopped(2)

    monkeypatch.setattr(pull._Arrived, "add", interrupt)
    assert run("models", "pull", "yunet") == (130, "", "")
    assert list(cache.iterdir()) == []


def test_an_analysis_does_not_load_code_that_goes_online(tmp_path: Path) -> None:
    clip = write_clip(tmp_path / "clip.avi", [20, 60])
    program = (
        "import sys; from live_monitor.cli.entry import _run; "
        f"assert _run(['--no-display', '--device', 'cpu', '--video', {str(clip)!r}]) == 0; print(*sys.modules, sep='\\n')"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert "live_monitor.detect.haar" in done.stdout.splitlines()
    assert "live_monitor.inventory.pull" not in done.stdout.splitlines()
