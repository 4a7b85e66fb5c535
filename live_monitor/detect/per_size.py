"""A network for each of the few picture sizes in use: making one costs as much as using it.

One that is no longer needed makes room for a new one instead of being changed to another size: the runtimes keep the memory that
the largest size took.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from typing import Generic, TypeVar

Network = TypeVar("Network")
Size = tuple[int, int]
"""Width and height in pixels."""

SIZES_READY = 8
"""The full size, its copies, the closer look, surroundings, and the sizes fitted to faces, between which a video goes back and
forth."""

PIXELS_READY = 1_500_000
"""Pixels of all sizes together: room for the full size, 1280x720, its copies and small ones, but not for a second large one,
which takes 15 MB."""


class PerSize(Generic[Network]):
    """At most SIZES_READY networks of a kind, for PIXELS_READY together; those longest out of use make room for a new one."""

    def __init__(self, make: Callable[[Size], Network]) -> None:
        """Makes nothing yet.

        Args:
            make: makes a network for pictures of a size.
        """
        self._make = make
        self._networks: OrderedDict[Size, Network] = OrderedDict()

    def of(self, size: Size) -> Network:
        """The network for pictures of this size."""
        if size in self._networks:
            network = self._networks.pop(size)
        else:
            self._make_room(size)
            network = self._make(size)
        self._networks[size] = network
        return network

    def _make_room(self, size: Size) -> None:
        def pixels() -> int:
            return sum(width * height for width, height in (*self._networks, size))

        while self._networks and (len(self._networks) == SIZES_READY or pixels() > PIXELS_READY):
            self._networks.popitem(last=False)
