"""One network for each of the few picture sizes in use."""

from __future__ import annotations

from live_monitor.detect.per_size import PIXELS_READY, SIZES_READY, PerSize, Size


class Net:
    """Remembers its size."""

    def __init__(self, size: Size) -> None:
        self.size = size


def per_size() -> tuple[PerSize[Net], list[Net]]:
    made: list[Net] = []

    def make(size: Size) -> Net:
        made.append(Net(size))
        return made[-1]

    return PerSize(make), made


def test_a_size_in_use_keeps_its_network() -> None:
    networks, made = per_size()
    first = networks.of((320, 180))
    networks.of((640, 360))
    assert networks.of((320, 180)) is first
    assert [network.size for network in made] == [(320, 180), (640, 360)]


def test_the_least_recently_used_of_too_many_sizes_makes_room() -> None:
    networks, made = per_size()
    for width in range(SIZES_READY):
        networks.of((width, 1))
    networks.of((0, 1))
    networks.of((99, 1))
    networks.of((0, 1))
    networks.of((1, 1))
    assert [network.size for network in made[SIZES_READY:]] == [(99, 1), (1, 1)]


def test_a_second_large_size_replaces_the_first() -> None:
    networks, made = per_size()
    for size in [(1280, 736), (320, 192), (928, 544), (320, 192), (1280, 736)]:
        networks.of(size)
    assert [network.size for network in made] == [(1280, 736), (320, 192), (928, 544), (1280, 736)]


def test_a_size_above_the_limit_for_all_is_made_and_kept() -> None:
    networks, made = per_size()
    assert networks.of((PIXELS_READY, 2)) is networks.of((PIXELS_READY, 2)) is made[0]
