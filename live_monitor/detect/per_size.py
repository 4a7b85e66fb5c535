"""A network for each of the few picture sizes in use: to change a network's size costs as much as to use it."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from typing import Generic, TypeVar

Network = TypeVar("Network")
Size = tuple[int, int]
"""Width and height in pixels."""

SIZES_READY = 5
"""The full size, the small copy, and the sizes fitted to faces between which a video goes to and fro."""


class PerSize(Generic[Network]):
    """At most SIZES_READY networks of a kind; the one that was longest out of use is changed to a new size."""

    def __init__(self, make: Callable[[], Network], change: Callable[[Network, Size], object]) -> None:
        """Makes nothing yet.

        Args:
            make: a network of any size.
            change: gives a network another size.
        """
        self._make = make
        self._change = change
        self._networks: OrderedDict[Size, Network] = OrderedDict()

    def of(self, size: Size) -> Network:
        """The network for pictures of this size."""
        if size in self._networks:
            network = self._networks.pop(size)
        else:
            full = len(self._networks) == SIZES_READY
            network = self._networks.popitem(last=False)[1] if full else self._make()
            self._change(network, size)
        self._networks[size] = network
        return network
