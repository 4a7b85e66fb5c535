"""Which thread goes first where there are fewer processor cores than threads that want one."""

from __future__ import annotations

import contextlib
import os
import sys
import threading

GIVES_WAY = 10
"""Niceness of a thread that others wait for less than it waits for them."""


def give_way() -> None:
    """Lets the calling thread run where others leave the processor idle; Linux only, elsewhere it changes nothing.

    A network's own threads wait for each other many times in one call: one of them pushed aside holds all of them up.
    """
    if sys.platform == "linux":
        with contextlib.suppress(OSError):  # a sandbox may forbid it
            os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), GIVES_WAY)
