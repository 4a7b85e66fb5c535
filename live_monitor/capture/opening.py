"""Who opens a network address when: OpenCV takes FFmpeg's options from the environment, which all threads share."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterator


class Opening:
    """Keeps those who open an address with options for FFmpeg apart from all others."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._opening_without = self._wanting_options = 0
        self._opening_with = False

    @contextlib.contextmanager
    def without_options(self) -> Iterator[None]:
        """Opening without options, beside others without, who may be waiting for a server that does not answer."""
        with self._changed:
            self._changed.wait_for(lambda: not self._wanting_options)
            self._opening_without += 1
        try:
            yield
        finally:
            with self._changed:
                self._opening_without -= 1
                self._changed.notify_all()

    @contextlib.contextmanager
    def with_options(self) -> Iterator[None]:
        """Opening with options, while no other address is being opened."""
        with self._changed:
            self._wanting_options += 1
            self._changed.wait_for(lambda: not (self._opening_with or self._opening_without))
            self._opening_with = True
        try:
            yield
        finally:
            with self._changed:
                self._wanting_options -= 1
                self._opening_with = False
                self._changed.notify_all()


OPENING = Opening()
"""Shared by all sources of this process."""
