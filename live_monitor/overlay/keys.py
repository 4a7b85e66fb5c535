"""What the keys do: the one table of them."""

from __future__ import annotations

import enum
from typing import NamedTuple


class Action(enum.Enum):
    """What a user can ask of the window."""

    QUIT = enum.auto()
    PAUSE = enum.auto()
    PANEL = enum.auto()
    BLUR = enum.auto()
    NUMBERS = enum.auto()
    DETAILS = enum.auto()
    MIRROR = enum.auto()
    FULL_SCREEN = enum.auto()
    SNAPSHOT = enum.auto()
    MARKER = enum.auto()
    LARGER = enum.auto()
    SMALLER = enum.auto()
    HELP = enum.auto()


class Key(NamedTuple):
    """A key or two that do the same: as they are shown, the codes they send, what is done, and how it is explained."""

    shown: str
    codes: tuple[int, ...]
    action: Action
    explanation: str


KEYS = (
    Key("q  Esc", (ord("q"), ord("Q"), 27), Action.QUIT, "quit"),
    Key("space", (ord(" "),), Action.PAUSE, "pause, resume"),
    Key("p", (ord("p"),), Action.PANEL, "panel with the pulse of the class"),
    Key("b", (ord("b"),), Action.BLUR, "blur faces"),
    Key("i", (ord("i"),), Action.NUMBERS, "numbers of the faces"),
    Key("d", (ord("d"),), Action.DETAILS, "details: all seven emotions, times"),
    Key("m", (ord("m"),), Action.MIRROR, "mirror"),
    Key("f", (ord("f"),), Action.FULL_SCREEN, "full screen"),
    Key("s", (ord("s"),), Action.SNAPSHOT, "write a snapshot"),
    Key("n", (ord("n"),), Action.MARKER, "mark this moment"),
    Key("+", (ord("+"), ord("=")), Action.LARGER, "smallest face: set, then larger"),
    Key("-", (ord("-"),), Action.SMALLER, "smallest face: smaller, then auto"),
    Key("h", (ord("h"),), Action.HELP, "this help"),
)

MOUSE_HELP = ("click", "leave a face out, take it back")

ACTIONS = {code: key.action for key in KEYS for code in key.codes}
"""By the code of a key."""
