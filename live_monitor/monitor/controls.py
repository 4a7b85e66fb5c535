"""What a user controls while the monitor runs: each action of `live_monitor.overlay.keys`, and clicks on faces."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable

from live_monitor.overlay.keys import Action
from live_monitor.overlay.view import View
from live_monitor.wishes import Wishes

FACE_SIZES_PX = (12, 16, 20, 24, 32, 40, 48, 64, 80, 96, 128, 160, 200)
"""What + and - step through; below the first one the size is chosen to fit the picture."""

MESSAGE_S = 4.0
"""How long a message stays."""

_TOGGLED = {
    Action.PANEL: "panel",
    Action.BLUR: "blur",
    Action.NUMBERS: "numbers",
    Action.DETAILS: "details",
    Action.MIRROR: "mirror",
    Action.HELP: "help",
}
"""The field of View that an action turns on and off."""


class Controls:
    """The user's choices. Belongs to the main thread.

    Attributes:
        view: what is shown.
        wishes: how to analyse.
        fullscreen: whether the window fills the screen.
        paused: whether the picture stands still.
        quit: whether the user wants to quit.
    """

    def __init__(self, view: View, wishes: Wishes, *, fullscreen: bool = False) -> None:
        self.view = view
        self.wishes = wishes
        self.fullscreen = fullscreen
        self.paused = False
        self.quit = False
        self._message = ""
        self._message_until_s = 0.0

    def say(self, message: str, now_s: float) -> None:
        """Shows a message for a while from now, in seconds of the monotonic clock."""
        self._message, self._message_until_s = message, now_s + MESSAGE_S

    def message(self, now_s: float) -> str:
        return self._message if now_s < self._message_until_s else ""

    def act(self, action: Action, now_s: float, snapshot: Callable[[], str], mark: Callable[[], str]) -> None:
        """Does what a key asks for.

        Args:
            action: see Action.
            now_s: seconds of the monotonic clock.
            snapshot: writes one and says where it is, or why not.
            mark: marks the moment and says so.
        """
        if action in _TOGGLED:
            name = _TOGGLED[action]
            self.view = dataclasses.replace(self.view, **{name: not getattr(self.view, name)})
            self.wishes = dataclasses.replace(self.wishes, blur=self.view.blur)
        elif action is Action.QUIT:
            self.quit = True
        elif action is Action.PAUSE:
            self.paused = not self.paused
        elif action is Action.FULL_SCREEN:
            self.fullscreen = not self.fullscreen
        elif action is Action.SNAPSHOT:
            self.say(snapshot(), now_s)
        elif action is Action.MARKER:
            self.say(mark(), now_s)
        else:
            self._change_size(action, now_s)

    def leave_out(self, number: int, now_s: float, *, known: bool = True) -> None:
        """Leaves a face out, or takes it back.

        Args:
            number: the face's.
            now_s: seconds of the monotonic clock.
            known: whether anything is known of it in the picture that is shown; if not, that was analysed without it.
        """
        back = number in self.wishes.left_out
        self.wishes = dataclasses.replace(self.wishes, left_out=self.wishes.left_out ^ {number})
        when = " when you resume" if back and self.paused and not known else ""
        self.say(f"Face {number} is {'taken back' if back else 'left out'}{when}", now_s)

    def _change_size(self, action: Action, now_s: float) -> None:
        current = self.wishes.min_face or 0
        if action is Action.LARGER:
            size = next((px for px in FACE_SIZES_PX if px > current), max(current, FACE_SIZES_PX[-1]))
        else:
            size = next((px for px in reversed(FACE_SIZES_PX) if px < current), 0)
        self.wishes = dataclasses.replace(self.wishes, min_face=size or None)
        self.say(f"Smallest face: {size} pixels" if size else "Smallest face: chosen to fit the picture", now_s)
