"""Batches made ahead of time."""

from __future__ import annotations

import contextlib
import threading

import pytest

from live_monitor.training.prefetch import PREFETCHED, prefetched


def test_all_batches_come_in_order() -> None:
    assert list(prefetched(lambda index: index * index, 2, 9)) == [4, 9, 16, 25, 36, 49, 64]


def test_an_empty_range_gives_no_batches() -> None:
    assert list(prefetched(str, 3, 3)) == []


def test_the_next_batches_are_made_while_one_is_used() -> None:
    made = threading.Semaphore(0)

    def make(index: int) -> int:
        made.release()
        return index

    with contextlib.closing(prefetched(make, 0, 100)) as batches:
        next(batches)
        assert all(made.acquire(timeout=5) for _ in range(1 + PREFETCHED))


def test_an_error_in_the_thread_is_raised_for_the_caller() -> None:
    with pytest.raises(ZeroDivisionError):
        list(prefetched(lambda index: 1 // index, 0, 2))


def test_leaving_early_ends_the_thread() -> None:
    before = threading.active_count()
    with contextlib.closing(prefetched(str, 0, 10_000)) as batches:
        next(batches)
    assert threading.active_count() == before
