"""Which thread goes first where there are fewer processor cores than threads that want one."""

from __future__ import annotations

import contextlib
import os
import sys
import threading

GIVES_WAY = 10
"""Niceness of a thread that waits for others more than they wait for it."""


def give_way() -> None:
    """Lets the calling thread run where others leave the processor idle; Linux only, elsewhere it changes nothing.

    A network's own threads wait for each other many times in one call: if one is pushed aside, all are held up.
    """
    if sys.platform == "linux":
        with contextlib.suppress(OSError):  # a sandbox may forbid it
            os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), GIVES_WAY)
