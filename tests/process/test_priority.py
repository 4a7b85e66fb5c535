"""A thread that gives way, and the others that do not."""

from __future__ import annotations

import os
import sys
import threading

import pytest

from live_monitor.process.priority import GIVES_WAY, give_way


def own_priority() -> int:
    return os.getpriority(os.PRIO_PROCESS, threading.get_native_id())


@pytest.mark.skipif(sys.platform != "linux", reason="threads do not have their own priorities here")
def test_only_the_thread_that_gives_way_has_a_lower_priority() -> None:
    before = own_priority()
    seen: list[int] = []

    def work() -> None:
        give_way()
        seen.append(own_priority())

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert seen == [max(before, GIVES_WAY)]
    assert own_priority() == before


def test_nothing_happens_if_it_is_not_permitted(monkeypatch: pytest.MonkeyPatch) -> None:
    def forbid(*_arguments: int) -> None:
        raise PermissionError

    monkeypatch.setattr(os, "setpriority", forbid, raising=False)
    give_way()
