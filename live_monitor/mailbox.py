"""A one-slot mailbox between two threads, through which all frames and all results pass."""

from __future__ import annotations

import threading
import time
from typing import Generic, TypeVar

T = TypeVar("T")


class Closed(Exception):
    """The mailbox is empty and nothing more will come."""


class Mailbox(Generic[T]):
    """Holds at most one item. Any thread may call any method.

    A live source must never wait for its consumer, so there the newest item replaces the waiting one, which is counted
    in `dropped`. A file must lose nothing, so there `put` waits for the slot.
    """

    def __init__(self, *, newest_wins: bool) -> None:
        self._newest_wins = newest_wins
        self._changed = threading.Condition()
        self._items: list[T] = []
        self._closed = False
        self._error: BaseException | None = None
        self._dropped = 0

    @property
    def dropped(self) -> int:
        """Items that a newer one replaced."""
        return self._dropped

    def put(self, item: T) -> bool:
        """Hands an item over.

        Returns:
            False when the mailbox was closed, before or while waiting; the item is then not taken.
        """
        with self._changed:
            if self._newest_wins and not self._closed:
                self._dropped += len(self._items)
                self._items.clear()
            while self._items and not self._closed:
                self._changed.wait()
            if self._closed:
                return False
            self._items.append(item)
            self._changed.notify_all()
            return True

    def get(self, timeout_s: float) -> T | None:
        """Takes the item, waiting for it.

        Returns:
            The item, or None when none came in time.

        Raises:
            Closed: closed without error, and empty.
            BaseException: the error it was closed with, once empty.
        """
        deadline = time.monotonic() + timeout_s
        with self._changed:
            while not self._items:
                if self._closed:
                    raise self._error or Closed
                remaining = deadline - time.monotonic()
                if remaining <= 0:
                    return None
                self._changed.wait(remaining)
            item = self._items.pop()
            self._changed.notify_all()
            return item

    def peek(self) -> T | None:
        """The waiting item, left where it is; None when there is none."""
        with self._changed:
            return self._items[0] if self._items else None

    def close(self, error: BaseException | None = None) -> None:
        """Ends the mailbox from the sending side: a waiting item can still be taken, then `error` or Closed is raised."""
        with self._changed:
            if not self._closed:
                self._closed, self._error = True, error
            self._changed.notify_all()

    def cancel(self) -> None:
        """Ends the mailbox from the receiving side: the waiting item is thrown away and every wait ends."""
        with self._changed:
            self._items.clear()
            self._closed = True
            self._changed.notify_all()
