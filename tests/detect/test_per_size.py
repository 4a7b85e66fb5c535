"""A network for each of the few sizes in use."""

from __future__ import annotations

from live_monitor.detect.per_size import SIZES_READY, PerSize, Size


class Net:
    """Remembers every size it was given."""

    def __init__(self) -> None:
        self.sizes: list[Size] = []


def per_size() -> tuple[PerSize[Net], list[Net]]:
    made: list[Net] = []

    def make() -> Net:
        made.append(Net())
        return made[-1]

    return PerSize(make, lambda network, size: network.sizes.append(size)), made


def test_a_size_in_use_keeps_its_network() -> None:
    networks, made = per_size()
    first = networks.of((320, 180))
    networks.of((640, 360))
    assert networks.of((320, 180)) is first
    assert [network.sizes for network in made] == [[(320, 180)], [(640, 360)]]


def test_of_many_sizes_the_one_longest_out_of_use_makes_room() -> None:
    networks, made = per_size()
    for width in range(SIZES_READY):
        networks.of((width, 1))
    networks.of((0, 1))
    networks.of((99, 1))
    assert len(made) == SIZES_READY
    assert [network.sizes for network in made][:2] == [[(0, 1)], [(1, 1), (99, 1)]]
