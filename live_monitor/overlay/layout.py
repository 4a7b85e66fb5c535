"""Where labels and notices go: labels inside the picture, close to their faces, none over another; a notice over little."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from live_monitor.overlay.text import Rect


def place_plates(
    faces: Sequence[Rect], sizes: Sequence[tuple[int, int]], taken: Sequence[Rect], picture: tuple[int, int]
) -> list[Rect | None]:
    """Finds a place for every face's plate.

    Args:
        faces: the faces' boxes.
        sizes: width and height of each face's plate, in pixels.
        taken: places already in use, as by the frame rate.
        picture: width and height of the picture, in pixels.

    Returns:
        A place for each face, over no other face where that can be; None where every place near it is taken: a box
        without its label is better than two labels that nobody can read.
    """
    occupied = list(taken)
    places: list[Rect | None] = []
    for face, size in zip(faces, sizes, strict=True):
        free = (place for place in _candidates(face, size, picture) if not any(map(place.overlaps, occupied)))
        place = _best(free, face, faces)
        if place is not None:
            occupied.append(place)
        places.append(place)
    return places


def place_at_lower_edge(size: tuple[int, int], faces: Sequence[Rect], picture: tuple[int, int]) -> Rect:
    """Finds a place for a notice at the lower edge, where least is lost: the upper edge has the status.

    Args:
        size: width and height of its plate, in pixels.
        faces: the faces' boxes.
        picture: width and height of the picture, in pixels.

    Returns:
        The middle of the edge, or the left or right corner where that covers less of the faces.
    """
    width, height = size
    right, top = max(0, picture[0] - width), max(0, picture[1] - height)
    places = [Rect(x, top, x + width, top + height) for x in (right // 2, 0, right)]
    return min(places, key=lambda place: sum(map(place.intersection, faces)))


def _best(places: Iterable[Rect], face: Rect, faces: Sequence[Rect]) -> Rect | None:
    """The first place over no face, else the first over its own alone, else the first."""
    over_itself = over_others = None
    for place in places:
        covered = [other for other in faces if place.overlaps(other)]
        if not covered:
            return place
        if all(other is face for other in covered):
            over_itself = over_itself or place
        else:
            over_others = over_others or place
    return over_itself or over_others


def _candidates(face: Rect, size: tuple[int, int], picture: tuple[int, int]) -> Iterator[Rect]:
    """Above, below, inside at the top and bottom, then to the right and left, each moved into the picture."""
    width, height = size
    if width > picture[0] or height > picture[1]:
        return
    corners = (
        (face.x1, face.y1 - height),
        (face.x1, face.y2),
        (face.x1, face.y1),
        (face.x1, face.y2 - height),
        (face.x2, face.y1),
        (face.x1 - width, face.y1),
        (face.x1, face.y1 - 2 * height),
        (face.x1, face.y2 + height),
    )
    for x, y in corners:
        x, y = min(max(x, 0), picture[0] - width), min(max(y, 0), picture[1] - height)
        yield Rect(x, y, x + width, y + height)
