"""Makes the next batches in a thread while the network is busy with this one."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Generator
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

T = TypeVar("T")

PREFETCHED = 3


def prefetched(make: Callable[[int], T], first: int, end: int) -> Generator[T, None, None]:
    """Yields make(first), make(first + 1), ... up to make(end - 1), each made ahead of time in one thread.

    Close the generator if it is not read to its end.
    """
    with ThreadPoolExecutor(1) as thread:
        ahead = deque(thread.submit(make, index) for index in range(first, min(end, first + PREFETCHED)))
        try:
            for index in range(first, end):
                if index + PREFETCHED < end:
                    ahead.append(thread.submit(make, index + PREFETCHED))
                yield ahead.popleft().result()
        finally:
            for waiting in ahead:
                waiting.cancel()
