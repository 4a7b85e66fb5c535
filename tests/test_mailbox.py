"""The mailbox: one slot, two ways to treat a slow consumer, and an end for every wait."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator

import pytest

from live_monitor.mailbox import Closed, Mailbox
from tests.fakes import eventually

NEVER_S = 0.0
LONG_S = 10.0


@pytest.fixture(params=[True, False], ids=["newest wins", "sender waits"])
def mailbox(request: pytest.FixtureRequest) -> Mailbox[int]:
    return Mailbox(newest_wins=request.param)


class Background:
    """Runs a call in a thread and keeps what it returned or raised."""

    def __init__(self, call: Callable[[], object]) -> None:
        self.result: object = None
        self.error: BaseException | None = None
        self._call = call
        self._thread = threading.Thread(target=self._run)
        self._thread.start()

    def _run(self) -> None:
        try:
            self.result = self._call()
        except BaseException as error:  # checked by the test
            self.error = error

    def ended(self) -> bool:
        self._thread.join(5)
        return not self._thread.is_alive()


def test_an_item_is_handed_over(mailbox: Mailbox[int]) -> None:
    assert mailbox.put(1)
    assert mailbox.get(LONG_S) == 1


def test_an_item_is_taken_once(mailbox: Mailbox[int]) -> None:
    mailbox.put(1)
    mailbox.get(LONG_S)
    assert mailbox.get(NEVER_S) is None


def test_get_returns_none_when_nothing_comes_in_time(mailbox: Mailbox[int]) -> None:
    assert mailbox.get(0.01) is None


def test_get_wakes_up_when_an_item_comes(mailbox: Mailbox[int]) -> None:
    receiver = Background(lambda: mailbox.get(LONG_S))
    mailbox.put(1)
    assert receiver.ended()
    assert receiver.result == 1


def test_the_newest_item_replaces_the_waiting_one_and_is_counted() -> None:
    mailbox: Mailbox[int] = Mailbox(newest_wins=True)
    for item in (1, 2, 3):
        mailbox.put(item)
    assert mailbox.get(NEVER_S) == 3
    assert mailbox.dropped == 2


def test_an_item_that_was_taken_does_not_count_as_dropped() -> None:
    mailbox: Mailbox[int] = Mailbox(newest_wins=True)
    for item in (1, 2, 3):
        mailbox.put(item)
        mailbox.get(NEVER_S)
    assert mailbox.dropped == 0


def test_a_sender_that_waits_loses_nothing() -> None:
    mailbox: Mailbox[int] = Mailbox(newest_wins=False)
    sender = Background(lambda: [mailbox.put(item) for item in range(100)])
    received = [mailbox.get(LONG_S) for _ in range(100)]
    assert sender.ended()
    assert received == list(range(100))
    assert mailbox.dropped == 0


def test_a_sender_does_not_return_before_there_is_room() -> None:
    mailbox: Mailbox[int] = Mailbox(newest_wins=False)
    put = []

    def items() -> Iterator[int]:
        for item in range(5):
            put.append(item)
            yield item

    sender = Background(lambda: [mailbox.put(item) for item in items()])
    assert eventually(lambda: len(put) == 2)  # item 0 is in the slot, item 1 waits for it
    assert mailbox.peek() == 0
    assert not eventually(lambda: len(put) > 2, within_s=0.05)
    mailbox.cancel()
    assert sender.ended()


def test_peek_leaves_the_item_where_it_is(mailbox: Mailbox[int]) -> None:
    mailbox.put(1)
    assert mailbox.peek() == 1
    assert mailbox.get(NEVER_S) == 1


def test_peek_sees_nothing_in_an_empty_mailbox(mailbox: Mailbox[int]) -> None:
    assert mailbox.peek() is None


def test_a_waiting_item_can_still_be_taken_after_close(mailbox: Mailbox[int]) -> None:
    mailbox.put(1)
    mailbox.close()
    assert mailbox.get(NEVER_S) == 1


def test_get_raises_closed_once_a_closed_mailbox_is_empty(mailbox: Mailbox[int]) -> None:
    mailbox.put(1)
    mailbox.close()
    mailbox.get(NEVER_S)
    with pytest.raises(Closed):
        mailbox.get(NEVER_S)


def test_get_raises_the_error_of_the_sender_after_its_last_item(mailbox: Mailbox[int]) -> None:
    mailbox.put(1)
    mailbox.close(ValueError("broken"))
    assert mailbox.get(NEVER_S) == 1
    with pytest.raises(ValueError, match="broken"):
        mailbox.get(NEVER_S)


def test_the_error_of_the_sender_is_raised_at_every_get(mailbox: Mailbox[int]) -> None:
    mailbox.close(ValueError("broken"))
    for _ in range(2):
        with pytest.raises(ValueError, match="broken"):
            mailbox.get(NEVER_S)


def test_the_first_close_decides_how_it_ends(mailbox: Mailbox[int]) -> None:
    mailbox.close(ValueError("first"))
    mailbox.close(ValueError("second"))
    mailbox.close()
    with pytest.raises(ValueError, match="first"):
        mailbox.get(NEVER_S)


def test_an_error_after_a_clean_close_is_not_raised(mailbox: Mailbox[int]) -> None:
    mailbox.close()
    mailbox.close(ValueError("too late"))
    with pytest.raises(Closed):
        mailbox.get(NEVER_S)


def test_a_closed_mailbox_accepts_nothing(mailbox: Mailbox[int]) -> None:
    mailbox.close()
    assert not mailbox.put(1)
    assert mailbox.peek() is None


def test_a_refused_item_does_not_replace_the_waiting_one() -> None:
    mailbox: Mailbox[int] = Mailbox(newest_wins=True)
    mailbox.put(1)
    mailbox.close()
    mailbox.put(2)
    assert mailbox.get(NEVER_S) == 1


def test_close_ends_a_waiting_get(mailbox: Mailbox[int]) -> None:
    receiver = Background(lambda: mailbox.get(LONG_S))
    mailbox.close()
    assert receiver.ended()
    assert isinstance(receiver.error, Closed)


def test_cancel_ends_a_waiting_get(mailbox: Mailbox[int]) -> None:
    receiver = Background(lambda: mailbox.get(LONG_S))
    mailbox.cancel()
    assert receiver.ended()
    assert isinstance(receiver.error, Closed)


@pytest.mark.parametrize("end", [Mailbox.close, Mailbox.cancel], ids=["close", "cancel"])
def test_put_returns_false_if_the_mailbox_ends_while_it_waits(end: Callable[[Mailbox[int]], None]) -> None:
    mailbox: Mailbox[int] = Mailbox(newest_wins=False)
    mailbox.put(1)
    sender = Background(lambda: mailbox.put(2))
    end(mailbox)
    assert sender.ended()
    assert sender.result is False


def test_cancel_discards_the_waiting_item(mailbox: Mailbox[int]) -> None:
    mailbox.put(1)
    mailbox.cancel()
    assert mailbox.peek() is None
    with pytest.raises(Closed):
        mailbox.get(NEVER_S)


def test_a_cancelled_mailbox_accepts_nothing(mailbox: Mailbox[int]) -> None:
    mailbox.cancel()
    assert not mailbox.put(1)
