"""What keys and clicks do to the controls."""

from __future__ import annotations

from collections import Counter

import pytest

from live_monitor.monitor.controls import FACE_SIZES_PX, MESSAGE_S, Controls
from live_monitor.overlay.faces import face_at
from live_monitor.overlay.keys import ACTIONS, KEYS, Action
from live_monitor.overlay.view import View
from live_monitor.types import Box, Detection, Track
from live_monitor.wishes import Wishes


def controls(min_face: int | None = None) -> Controls:
    return Controls(View(), Wishes(min_face=min_face))


def press(chosen: Controls, key: str) -> None:
    chosen.act(ACTIONS[ord(key)], 10.0, lambda: "Snapshot: here", lambda: "Marker 1")


def test_no_key_does_two_things() -> None:
    codes = Counter(code for key in KEYS for code in key.codes)
    assert max(codes.values()) == 1


def test_every_action_has_a_key() -> None:
    assert {key.action for key in KEYS} == set(Action)


@pytest.mark.parametrize(
    ("key", "field"), [("p", "panel"), ("b", "blur"), ("i", "numbers"), ("d", "details"), ("m", "mirror"), ("h", "help")]
)
def test_a_key_turns_a_part_of_the_view_on_and_off(key: str, field: str) -> None:
    chosen = controls()
    before = getattr(chosen.view, field)
    press(chosen, key)
    assert getattr(chosen.view, field) is not before
    press(chosen, key)
    assert getattr(chosen.view, field) is before


@pytest.mark.parametrize(("key", "field"), [(" ", "paused"), ("f", "fullscreen")])
def test_space_and_f_turn_on_and_off(key: str, field: str) -> None:
    chosen = controls()
    press(chosen, key)
    assert getattr(chosen, field)
    press(chosen, key)
    assert not getattr(chosen, field)


@pytest.mark.parametrize(("key", "message"), [("s", "Snapshot: here"), ("n", "Marker 1")])
def test_a_message_is_shown_for_a_while(key: str, message: str) -> None:
    chosen = controls()
    press(chosen, key)
    assert chosen.message(10.0) == message
    assert chosen.message(10.0 + MESSAGE_S) == ""


def test_plus_and_minus_change_the_smallest_face() -> None:
    chosen = controls(min_face=40)
    press(chosen, "+")
    assert chosen.wishes.min_face == 48
    press(chosen, "-")
    press(chosen, "-")
    assert chosen.wishes.min_face == 32
    assert chosen.message(10.0) == "Smallest face: 32 pixels"


def test_minus_at_the_smallest_size_returns_to_the_default() -> None:
    chosen = controls(min_face=12)
    press(chosen, "-")
    assert chosen.wishes.min_face is None
    press(chosen, "+")
    assert chosen.wishes.min_face == 12


@pytest.mark.parametrize("size", [FACE_SIZES_PX[-1], 300])
def test_plus_at_the_largest_size_changes_nothing(size: int) -> None:
    chosen = controls(min_face=size)
    press(chosen, "+")
    assert chosen.wishes.min_face == size
    assert chosen.message(10.0) == f"Smallest face: {size} pixels"


def test_a_face_is_left_out_and_taken_back() -> None:
    chosen = controls()
    chosen.leave_out(3, 10.0)
    assert chosen.wishes.left_out == {3}
    chosen.leave_out(3, 11.0)
    assert chosen.wishes.left_out == frozenset()
    assert chosen.message(11.0) == "Face 3 is taken back"


def test_the_message_in_a_pause_says_that_a_face_is_taken_back_afterwards() -> None:
    chosen = controls()
    chosen.leave_out(3, 10.0)
    chosen.act(Action.PAUSE, 11.0, str, str)
    chosen.leave_out(3, 12.0, known=False)
    assert chosen.message(12.0) == "Face 3 is taken back when you resume"
    chosen.leave_out(4, 13.0)
    chosen.leave_out(4, 14.0, known=True)
    assert chosen.message(14.0) == "Face 4 is taken back"


def test_the_analysis_knows_whether_faces_are_blurred() -> None:
    chosen = controls()
    seen = []
    for _ in range(2):
        chosen.act(Action.BLUR, 10.0, str, str)
        seen.append((chosen.view.blur, chosen.wishes.blur))
    assert seen == [(True, True), (False, False)]


def test_a_click_selects_the_smallest_face_around_it() -> None:
    around, inside, beside = Box(100, 20, 300, 220), Box(150, 120, 200, 170), Box(400, 10, 450, 60)
    tracks = [Track(number, Detection(box), None) for number, box in enumerate((around, inside, beside), start=1)]
    points = [(160, 130), (120, 40), (420, 20), (420, 70), (150, 250), (450, 20), (400, 10)]
    assert [face_at(point, tracks) for point in points] == [2, 1, 3, None, None, None, 3]
